/**
 * Plays one piece of audio at a time, from an exact moment, and has the next one ready: two audio elements
 * take turns, so that going on to a prepared piece has no gap. `stop` is silence at once, and nothing that
 * was under way before a `stop` or a newer `play` is ever heard after it.
 */

export class Player {
  /**
   * @param {object} options
   * @param {() => void} options.onEnded the piece was heard to its end
   * @param {(error: Error) => void} options.onRefused the browser wants a tap first, or cannot play it
   * @param {() => HTMLAudioElement} [options.createAudio]
   */
  constructor({ onEnded, onRefused, createAudio = () => new Audio() }) {
    this.onEnded = onEnded;
    this.onRefused = onRefused;
    this.active = createAudio();
    this.spare = createAudio();
    this.playing = false;
    /** Changes at each play and stop: whoever waited for something checks it. */
    this.turn = 0;
    /** @type {number|null} where it will begin: until its length is known, the element itself says 0 */
    this.beginsAtMs = null;
    for (const audio of [this.active, this.spare]) {
      audio.preload = "auto";
      audio.preservesPitch = true;
      audio.addEventListener("ended", () => audio === this.active && this.playing && this.#ended());
      audio.addEventListener("error", () => {
        if (audio === this.active && this.playing) this.#refused(new Error("audio cannot be played"));
      });
    }
  }

  /** Milliseconds into the piece. */
  get timeMs() {
    return this.beginsAtMs ?? Math.round(this.active.currentTime * 1000);
  }

  /** @param {string} url of what will probably be played next */
  prepare(url) {
    if (this.active.getAttribute("src") === url || this.spare.getAttribute("src") === url) return;
    this.spare.src = url;
    this.#dress(this.spare);
  }

  /**
   * @param {string} url
   * @param {number} fromMs
   */
  async play(url, fromMs) {
    const turn = this.#silence();
    if (this.active.getAttribute("src") !== url) {
      if (this.spare.getAttribute("src") !== url) this.spare.src = url;
      [this.active, this.spare] = [this.spare, this.active];
    }
    const audio = this.active;
    this.#dress(audio);
    this.playing = true;
    this.beginsAtMs = fromMs;
    try {
      if (audio.readyState < HTMLMediaElement.HAVE_METADATA) await metadata(audio);
      if (turn !== this.turn) return;
      audio.currentTime = fromMs / 1000;
      this.beginsAtMs = null;
      await audio.play();
    } catch (error) {
      if (turn === this.turn) this.#refused(/** @type {Error} */ (error));
    }
  }

  /** Silent at once. */
  stop() {
    this.#silence();
  }

  /** @param {number} rate 1 is the voice's own speed; its pitch is kept */
  setRate(rate) {
    this.rate = rate;
    this.#dress(this.active);
    this.#dress(this.spare);
  }

  /** @param {number} volume 0 to 1 */
  setVolume(volume) {
    this.volume = volume;
    this.#dress(this.active);
    this.#dress(this.spare);
  }

  /** Some browsers let an element sound only if it was touched during a tap: touch those that are idle. */
  unlock() {
    if (this.unlocked) return;
    this.unlocked = true;
    for (const audio of [this.active, this.spare]) audio.load();
  }

  #silence() {
    this.turn += 1;
    this.playing = false;
    this.beginsAtMs = null;
    this.active.pause();
    return this.turn;
  }

  #ended() {
    this.playing = false;
    this.onEnded();
  }

  /** @param {Error} error */
  #refused(error) {
    this.#silence();
    this.onRefused(error);
  }

  /** @param {HTMLAudioElement} audio (a new source resets its rate) */
  #dress(audio) {
    audio.defaultPlaybackRate = this.rate ?? 1;
    audio.playbackRate = this.rate ?? 1;
    audio.volume = this.volume ?? 1;
  }
}

/** @param {HTMLAudioElement} audio @returns {Promise<void>} when its length is known */
function metadata(audio) {
  return new Promise((resolve, reject) => {
    audio.addEventListener("loadedmetadata", () => resolve(), { once: true });
    audio.addEventListener("error", () => reject(new Error("audio cannot be loaded")), { once: true });
  });
}
