/** Starts the reader page: the state, its views, and the ways to act on it. */

import { FrameView } from "./frame-view.js";
import { listenToKeys } from "./keyboard.js";
import { connectMediaSession } from "./media-session.js";
import { PageView } from "./page-view.js";
import { PromptView } from "./prompt-view.js";
import { Reader } from "./reader.js";
import { SettingsView } from "./settings-view.js";
import { SheetView } from "./sheet-view.js";
import { WordCardView } from "./word-card-view.js";

const root = /** @type {HTMLElement} */ (document.querySelector("#reader"));
const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(`[data-part="${name}"]`));
/** @type {import("./reader.js").Boot} */
const boot = JSON.parse(document.querySelector("#boot")?.textContent ?? "");

const reader = new Reader(boot);
const frame = new FrameView(root, boot);
const page = new PageView(part("page"), {
  onTap: (wordIndex) => reader.readFrom(wordIndex),
  onLongPress: (wordIndex) => reader.openWord(wordIndex),
});
const sheet = new SheetView(
  /** @type {HTMLDialogElement} */ (root.querySelector("#sheet")), reader, boot.book.language,
);
const card = new WordCardView(
  /** @type {HTMLDialogElement} */ (root.querySelector("#word-card")), reader, (wordIndex) => page.focus(wordIndex),
);
const prompt = new PromptView(
  /** @type {HTMLDialogElement} */ (root.querySelector("#prompt")), reader, boot.book.language,
);
const settings = new SettingsView(root, ({ speed, volume }) => {
  for (const player of reader.players) {
    player.setRate(speed);
    player.setVolume(volume);
  }
});

/** @type {Record<string, () => void>} */
const actions = {
  play: () => reader.togglePlay(),
  "previous-page": () => reader.turnPage(-1),
  "next-page": () => reader.turnPage(1),
  "back-sentence": () => reader.moveSentence(-1),
  "forward-sentence": () => reader.moveSentence(1),
  ask: () => reader.openQuestion(),
  "ask-word": () => reader.openWord(),
  "retry-voice": () => reader.retryVoice(),
  "close-notice": () => reader.closeNotice(),
};
for (const [name, act] of Object.entries(actions)) part(name).addEventListener("click", act);
listenToKeys(reader, {
  mirrored: boot.book.direction === "rtl",
  allowed: () => settings.preferences.shortcuts,
  changeSpeed: (steps) => settings.changeSpeed(steps),
});
connectMediaSession(reader, boot.book);

/** @type {(state: import("./state.js").State, before: import("./state.js").State) => void} */
const render = (state, before) => {
  card.render(state, before); // first: a card that ends the page takes the keys after it has let go of them
  frame.render(state, before);
  page.render(state);
  prompt.render(state); // before the sheet that may follow it: a dialog that closes gives the keys away
  sheet.render(state, before);
};
reader.store.watch(render);
render(reader.state, reader.state);
reader.start();
