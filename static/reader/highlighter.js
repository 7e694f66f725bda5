/** Follows a player's clock frame by frame and says when the word changes. */

import { wordAt } from "./timeline.js";

export class Highlighter {
  /**
   * @param {{timeMs: number, playing: boolean}} player
   * @param {(word: number) => void} onWord called only when the word changes
   */
  constructor(player, onWord) {
    this.player = player;
    this.onWord = onWord;
    this.frame = 0;
    this.word = -1;
    /** @type {import("./timeline.js").WordTimes} */
    this.wordTimes = [];
  }

  /** @param {import("./timeline.js").WordTimes} wordTimes of what the player plays from now on */
  follow(wordTimes) {
    this.stop();
    this.wordTimes = wordTimes;
    this.frame = requestAnimationFrame(this.#look);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.word = -1;
  }

  /** Look now: frames do not come while the page is hidden. */
  catchUp() {
    if (!this.frame || !this.player.playing) return;
    const word = wordAt(this.wordTimes, this.player.timeMs);
    if (word === this.word || word < 0) return;
    this.word = word;
    this.onWord(word);
  }

  #look = () => {
    this.frame = requestAnimationFrame(this.#look);
    this.catchUp();
  };
}
