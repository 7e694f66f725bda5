/**
 * Finds out about the word whose card is open, and says it aloud: the word as soon as it has its voice, then
 * what it means.
 *
 * @typedef {import("./state.js").WordHelp} WordHelp
 */

import { get, pause, Refusal } from "./page-store.js";
import { Player } from "./player.js";

/** The server ends its own search within 30 s, as it is set up by default. */
const LONGEST_MS = 35_000;
/** @type {WordHelp} */
const NOTHING = Object.freeze({
  word: "", syllables: [], meaning: null, complete: true, source: null,
  audioUrl: null, wordTimes: [], meaningAudioUrl: null,
});

export class WordHelper {
  /**
   * @param {object} options
   * @param {string} options.wordsUrl the URL of word n is `${wordsUrl}${n}/`
   * @param {(event: import("./reducer.js").Event) => void} options.dispatch
   * @param {() => void} options.onSignedOut
   */
  constructor({ wordsUrl, dispatch, onSignedOut }) {
    this.wordsUrl = wordsUrl;
    this.dispatch = dispatch;
    this.onSignedOut = onSignedOut;
    this.player = new Player({ onEnded: () => this.#next(), onRefused: () => (this.waiting = []) });
    this.control = new AbortController();
    /** @type {number|null} */
    this.wordIndex = null;
    /** @type {string[]} what is still to be said, as URLs */
    this.waiting = [];
    /** @type {Set<string>} what this card has said or will say by itself */
    this.begun = new Set();
  }

  /** @param {number|null} wordIndex the word whose card is open; null: be silent at once */
  look(wordIndex) {
    if (wordIndex === this.wordIndex) return;
    this.wordIndex = wordIndex;
    this.control.abort();
    this.player.stop();
    this.waiting = [];
    this.begun.clear();
    if (wordIndex !== null) this.#find(wordIndex);
  }

  /** @param {string} url say this now, and nothing after it */
  say(url) {
    this.waiting = [url];
    this.#next();
  }

  #next() {
    const url = this.waiting.shift();
    if (url) this.player.play(url, 0);
  }

  /** @param {number} wordIndex */
  async #find(wordIndex) {
    this.control = new AbortController();
    const { signal } = this.control;
    const endsAt = Date.now() + LONGEST_MS;
    try {
      for (;;) {
        const { retryAfterMs, ...help } = await (await get(`${this.wordsUrl}${wordIndex}/`, signal)).json();
        if (signal.aborted) return;
        help.complete ||= Date.now() > endsAt;
        this.dispatch({ type: "WORD_HELP", wordIndex, help });
        this.#sayWhatIsNew(help);
        if (help.complete) return;
        await pause(retryAfterMs, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401) this.onSignedOut();
      else this.dispatch({ type: "WORD_HELP", wordIndex, help: NOTHING });
    }
  }

  /** @param {WordHelp} help */
  #sayWhatIsNew({ audioUrl, meaningAudioUrl }) {
    for (const url of [audioUrl, meaningAudioUrl]) {
      if (!url || this.begun.has(url)) continue;
      this.begun.add(url);
      this.waiting.push(url);
    }
    if (!this.player.playing) this.#next();
  }
}
