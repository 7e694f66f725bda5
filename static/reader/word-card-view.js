/** The card of one word: how it is said, its syllables, and what it means here. */

import { phrases } from "./phrases.js";
import { currentPage } from "./state.js";

/** @typedef {import("./state.js").State} State */

const AROUND = /^[\p{P}\p{Z}]+|[\p{P}\p{Z}]+$/gu;

export class WordCardView {
  /**
   * @param {HTMLDialogElement} dialog
   * @param {import("./reader.js").Reader} reader
   * @param {(wordIndex: number) => void} onClosed the keys are free again
   */
  constructor(dialog, reader, onClosed) {
    const part = (/** @type {string} */ name) =>
      /** @type {HTMLElement} */ (dialog.querySelector(`[data-card="${name}"]`));
    this.dialog = dialog;
    this.onClosed = onClosed;
    this.word = part("word");
    this.syllables = part("syllables");
    this.meaning = part("meaning");
    this.progress = part("progress");
    this.sayWord = part("say-word");
    this.sayMeaning = part("say-meaning");
    const say = (/** @type {"audioUrl"|"meaningAudioUrl"} */ name) => {
      const url = reader.state.word?.help?.[name];
      if (url) reader.words.say(url);
    };
    this.sayWord.addEventListener("click", () => say("audioUrl"));
    this.sayMeaning.addEventListener("click", () => say("meaningAudioUrl"));
    for (const name of ["close", "back"]) part(name).addEventListener("click", () => reader.closeWord());
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      reader.closeWord();
    });
    // The finger that opened the card by a long press is lifted over its backdrop: that closes nothing.
    let pressed = false;
    dialog.addEventListener("pointerdown", (event) => (pressed = event.target === dialog));
    dialog.addEventListener("click", (event) => event.target === dialog && pressed && reader.closeWord());
  }

  /** @param {State} state @param {State} before */
  render(state, before) {
    if (state.word === null) {
      if (this.dialog.open) this.#dismiss(before.word?.wordIndex ?? state.wordIndex);
      return;
    }
    if (state.word !== before.word || state.connection !== before.connection) this.#show(state, state.word);
    if (!this.dialog.open) this.dialog.showModal();
  }

  /** @param {number} wordIndex */
  #dismiss(wordIndex) {
    this.dialog.close();
    this.onClosed(wordIndex);
  }

  /** @param {State} state @param {import("./state.js").WordCard} card */
  #show(state, { wordIndex, help }) {
    const { text } = currentPage(state);
    const displayed = text?.paragraphs.flat()[wordIndex - text.firstWord]?.[0] ?? "";
    this.word.textContent = help?.word || displayed.replace(AROUND, "") || displayed;
    this.syllables.hidden = (help?.syllables.length ?? 0) < 2;
    this.syllables.textContent = help?.syllables.join(" · ") ?? "";
    this.sayWord.hidden = !help?.audioUrl;
    this.sayMeaning.hidden = !help?.meaningAudioUrl;
    const meaning = help?.meaning ?? "";
    if (this.meaning.textContent !== meaning) this.meaning.textContent = meaning; // a screen reader says it once
    this.progress.hidden = meaning !== "";
    this.progress.toggleAttribute("data-over", help?.complete ?? false);
    this.progress.textContent = progressOf(state, help);
  }
}

/** @param {State} state @param {import("./state.js").WordCard["help"]} help @returns {string} */
function progressOf(state, help) {
  if (help?.complete) return phrases.noMeaning;
  return state.connection === "away" ? phrases.meaningLater : phrases.thinking;
}
