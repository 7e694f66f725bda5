/** Everything around the page: its number, the controls, banner, notices and the cards that end it. */

import { farewell, phrases } from "./phrases.js";
import { canTurn, shownNumber, shownPage } from "./state.js";

/** @typedef {import("./state.js").State} State */

export class FrameView {
  /**
   * @param {HTMLElement} root
   * @param {import("./reader.js").Boot} boot
   */
  constructor(root, boot) {
    const part = (/** @type {string} */ name) =>
      /** @type {HTMLElement} */ (root.querySelector(`[data-part="${name}"]`));
    this.root = root;
    this.pageCount = boot.book.pageCount;
    this.wordCount = boot.book.wordCount;
    this.page = part("page");
    this.number = part("page-number");
    this.progress = /** @type {HTMLProgressElement} */ (part("progress"));
    this.play = /** @type {HTMLButtonElement} */ (part("play"));
    this.playLabel = part("play-label");
    this.previous = /** @type {HTMLButtonElement} */ (part("previous-page"));
    this.next = /** @type {HTMLButtonElement} */ (part("next-page"));
    this.back = /** @type {HTMLButtonElement} */ (part("back-sentence"));
    this.banner = part("banner");
    this.held = part("held");
    this.notice = part("notice");
    this.preparing = part("preparing");
    this.noVoice = part("no-voice");
    this.finish = part("finish");
    this.farewell = part("farewell");
    /** @type {NodeListOf<HTMLElement>} what lies under a card that ends the page */
    this.underneath = root.querySelectorAll(".reader-bar, .page-scroll, .controls");
    this.farewellButton = /** @type {HTMLAnchorElement} */ (part("farewell-button"));
    this.live = part("live");
    this.addresses = {
      library: boot.libraryUrl,
      "sign-in": root.dataset.signInUrl ?? boot.libraryUrl,
      reload: location.pathname,
    };
  }

  /** @param {State} state @param {State} before */
  render(state, before) {
    const number = shownNumber(state);
    const page = shownPage(state);
    const reading = state.mode === "reading";
    const { dataset } = this.root;
    dataset.state = state.mode;
    dataset.connection = state.connection;
    dataset.page = String(number);
    dataset.position = String(state.wordIndex);
    dataset.voice = page.voice;

    this.number.textContent = phrases.page(number, this.pageCount);
    this.page.setAttribute("aria-label", phrases.page(number, this.pageCount));
    this.progress.value = state.wordIndex / this.wordCount;
    this.playLabel.textContent = reading ? phrases.pause : this.#playName(state);
    this.previous.disabled = !canTurn(state, -1);
    this.next.disabled = !canTurn(state, 1);
    this.back.disabled = state.wordIndex === 0;
    this.#renderBanner(state);
    this.held.hidden = !state.held;
    this.play.disabled = state.held;
    this.notice.hidden = state.notice === null;
    if (state.notice !== before.notice) {
      const line = /** @type {HTMLElement} */ (this.notice.querySelector("span"));
      line.textContent = state.notice?.text ?? "";
    }
    this.preparing.hidden = page.text !== null && (!reading || page.voice === "ready" || page.voice === "failed");
    this.preparing.textContent = page.text ? phrases.preparing : phrases.pageComing;
    this.noVoice.hidden = page.voice !== "failed";
    this.#renderCards(state, before);
    this.#announce(state, before);
  }

  /** A resting page has nobody to tell. @param {State} state */
  #renderBanner({ connection }) {
    this.banner.hidden = connection !== "away" && connection !== "moving";
    const line = /** @type {HTMLElement} */ (this.banner.querySelector("span"));
    line.textContent = connection === "moving" ? phrases.moving : phrases.awayBanner;
  }

  /** @param {State} state @returns {string} */
  #playName(state) {
    return state.begun || state.wordIndex > 0 ? phrases.goOn : phrases.play;
  }

  /** @param {State} state @param {State} before */
  #renderCards(state, before) {
    const covered = state.mode === "finished" || state.mode === "closed";
    for (const element of this.underneath) element.inert = covered;
    this.finish.hidden = state.mode !== "finished";
    if (state.mode === "finished" && before.mode !== "finished") this.finish.querySelector("h2")?.focus();
    this.farewell.hidden = state.mode !== "closed";
    if (state.mode !== "closed" || before.mode === "closed") return;
    const { title, text, button, action } = farewell(state.closeCode);
    const heading = /** @type {HTMLElement} */ (this.farewell.querySelector("h2"));
    heading.textContent = title;
    /** @type {HTMLElement} */ (this.farewell.querySelector("p")).textContent = text;
    this.farewellButton.textContent = button;
    this.farewellButton.href = this.addresses[action];
    this.farewellButton.focus();
  }

  /** One line for screen readers when something changed; never each word. @param {State} state @param {State} before */
  #announce(state, before) {
    const line = news(state, before, this.pageCount);
    if (line) this.live.textContent = line;
  }
}

/**
 * @param {State} state
 * @param {State} before
 * @param {number} pageCount
 * @returns {string|null}
 */
function news(state, before, pageCount) {
  if (state.held !== before.held) return state.held ? phrases.held : phrases.letGo;
  const sentence = state.question?.sentences[state.question.sentence];
  if (sentence && state.question?.sentence !== before.question?.sentence) return sentence.text;
  if (state.question?.late && !before.question?.late) return phrases.stillThinking;
  if (state.question?.acknowledged && !before.question?.acknowledged) return phrases.heard;
  if (state.mode !== before.mode) {
    if (state.mode === "reading") return before.mode === "paused" ? phrases.reading : phrases.storyGoesOn;
    if (state.mode === "paused") return phrases.paused;
    if (state.mode === "asking") return phrases.asking;
    if (state.mode === "finished") return phrases.finished;
  }
  if (shownNumber(state) !== shownNumber(before)) return phrases.page(shownNumber(state), pageCount);
  if (state.connection !== before.connection) {
    if (state.connection === "away") return phrases.away;
    if (before.connection === "away" && state.connection === "open") return phrases.back;
  }
  return null;
}
