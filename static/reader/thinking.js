/**
 * What the reader says at once when a question is safe, while the tutor thinks: voiced ahead, in the book's
 * language. Without it (no such phrase, no voice, no network) the answer is simply waited for.
 */

export class Thinking {
  constructor() {
    /** @type {string|null} */
    this.audioUrl = null;
  }

  /** @param {string} url says where the sound is */
  async load(url) {
    try {
      const response = await fetch(url);
      if (!response.ok) return;
      const { audioUrl } = await response.json();
      await (await fetch(audioUrl)).arrayBuffer(); // so that it is there when it is needed
      this.audioUrl = audioUrl;
    } catch {
      // See above.
    }
  }
}
