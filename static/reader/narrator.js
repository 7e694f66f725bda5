/**
 * Reads the page of the place aloud: its sound from the exact word on, the light that follows it, and the
 * next sound ready in time.
 *
 * @typedef {import("./state.js").State} State
 */

import { Highlighter } from "./highlighter.js";
import { Player } from "./player.js";
import { currentPage, isNarrating, pageNumber } from "./state.js";

export class Narrator {
  /**
   * @param {object} options
   * @param {() => State} options.state as it is now
   * @param {(event: import("./reducer.js").Event) => void} options.dispatch
   */
  constructor({ state, dispatch }) {
    this.player = new Player({
      onEnded: () => dispatch({ type: "PAGE_HEARD", number: pageNumber(state()) }),
      onRefused: () => dispatch({ type: "SOUND_REFUSED" }),
    });
    this.highlighter = new Highlighter(this.player, (word) => {
      const { text } = currentPage(state());
      if (text) dispatch({ type: "WORD_REACHED", wordIndex: text.firstWord + word });
    });
  }

  /** Let the state know the word that is sounding right now. */
  catchUp() {
    this.highlighter.catchUp();
  }

  /** @param {State} state @returns {import("./protocol.js").Position} its place, to the millisecond */
  position(state) {
    const { wordIndex } = state;
    const { text, narration } = currentPage(state);
    const start = (text && narration?.wordTimes[wordIndex - text.firstWord]?.[0]) ?? 0;
    return { wordIndex, audioTimestamp: isNarrating(state) ? Math.max(start, this.player.timeMs) : start };
  }

  /** @param {State} state @param {State} before */
  follow(state, before) {
    const narrating = isNarrating(state);
    if (narrating && (!isNarrating(before) || state.cue !== before.cue)) this.#narrate(state);
    else if (!narrating && isNarrating(before)) this.#silence();
    this.#prepareNextPage(state);
  }

  /** @param {State} state */
  #narrate(state) {
    const { text, narration } = currentPage(state);
    if (!text || !narration) return;
    const { wordTimes, audioUrl } = narration;
    this.player.play(audioUrl, wordTimes[state.wordIndex - text.firstWord]?.[0] ?? 0);
    this.highlighter.follow(wordTimes);
  }

  #silence() {
    this.player.stop();
    this.highlighter.stop();
  }

  /** @param {State} state */
  #prepareNextPage(state) {
    const here = currentPage(state).narration;
    const next = here && state.pages[pageNumber(state) + 1]?.narration;
    if (next && this.player.playing) this.player.prepare(next.audioUrl);
    else if (here && !this.player.playing) this.player.prepare(here.audioUrl);
  }
}
