/**
 * Whether a child is with this page. Only then does it go to the server by itself: the newest socket of a
 * session takes it over, and a tablet that wakes up in a bag must not take the book from the one being read.
 */

/** A child that only looks at a page touches it again before long. */
const LATELY_MS = 5 * 60_000;

export class Presence {
  /**
   * @param {object} options
   * @param {() => boolean} options.isHeard whether the page is speaking: it may do so behind a locked screen
   * @param {() => void} options.onSign the child touched the page, or looks at it again
   * @param {Window} [options.window]
   * @param {() => number} [options.now] ms of this tablet's clock, which goes on while it sleeps
   */
  constructor({ isHeard, onSign, window = globalThis.window, now = Date.now }) {
    this.isHeard = isHeard;
    this.document = window.document;
    this.now = now;
    this.signAt = now();
    const sign = () => {
      if (this.document.visibilityState !== "visible") return;
      this.signAt = now();
      onSign();
    };
    for (const type of ["pointerdown", "keydown", "pageshow"]) window.addEventListener(type, sign, { capture: true });
    this.document.addEventListener("visibilitychange", sign);
  }

  /** @returns {boolean} */
  get here() {
    if (this.isHeard()) return true;
    return this.document.visibilityState === "visible" && this.now() - this.signAt < LATELY_MS;
  }
}
