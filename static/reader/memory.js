/**
 * What outlives a reload, in this tab only: the place, the numbers of the conversation, an open question.
 * Another tab or another day asks the server.
 */

const REMEMBER_MS = 250;

export class TabMemory {
  /**
   * @param {string} key
   * @param {() => object} read what is to be remembered now
   */
  constructor(key, read) {
    this.key = key;
    this.read = read;
    this.timer = 0;
    this.forgotten = false;
  }

  /** @returns {any} what was remembered before; null for nothing */
  recall() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) ?? "null");
    } catch {
      return null;
    }
  }

  /** Remember in a moment, and whatever changes until then with it. */
  rememberSoon() {
    this.timer ||= setTimeout(() => this.rememberNow(), REMEMBER_MS);
  }

  rememberNow() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.forgotten) return;
    const memory = this.read();
    try {
      sessionStorage.setItem(this.key, JSON.stringify(memory));
    } catch {
      // Storage refused or full: the server still knows the place.
    }
  }

  /** Forget for good: nothing is remembered after it. */
  forget() {
    clearTimeout(this.timer);
    this.forgotten = true;
    try {
      sessionStorage.removeItem(this.key);
    } catch {
      // See above.
    }
  }
}
