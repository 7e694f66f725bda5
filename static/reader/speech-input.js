/** A question by voice, where the browser can recognise speech. */

/** No microphone, no leave to use it, or (often) a browser that only says that it can recognise speech. */
const HOPELESS = new Set(["audio-capture", "language-not-supported", "network", "not-allowed", "service-not-allowed"]);

export class SpeechInput {
  /**
   * @param {object} options
   * @param {string} options.language BCP 47
   * @param {(text: string) => void} options.onText what was understood so far
   * @param {(listening: boolean) => void} options.onListening
   * @param {() => void} options.onUnavailable it cannot be done here after all
   * @param {any} [options.Recognition]
   */
  constructor({ language, onText, onListening, onUnavailable, Recognition }) {
    const window_ = /** @type {any} */ (globalThis);
    this.Recognition = Recognition ?? window_.SpeechRecognition ?? window_.webkitSpeechRecognition;
    this.language = language;
    this.onText = onText;
    this.onListening = onListening;
    this.onUnavailable = onUnavailable;
    this.recognition = null;
  }

  get available() {
    return Boolean(this.Recognition);
  }

  /** Begin to listen, or end it and keep what was understood. */
  toggle() {
    if (this.recognition) return this.recognition.stop();
    const recognition = new this.Recognition();
    recognition.lang = this.language;
    recognition.interimResults = true;
    recognition.onresult = (/** @type {any} */ event) =>
      this.onText([...event.results].map((result) => result[0].transcript).join(""));
    recognition.onend = () => this.#over(recognition);
    recognition.onerror = (/** @type {any} */ { error }) => {
      this.#over(recognition);
      if (HOPELESS.has(error)) this.onUnavailable();
    };
    this.recognition = recognition;
    this.onListening(true);
    recognition.start();
  }

  /** Stop listening and forget what is being said. */
  cancel() {
    const recognition = this.recognition;
    if (!recognition) return;
    recognition.onresult = null;
    recognition.abort();
    this.#over(recognition);
  }

  /** @param {object} recognition */
  #over(recognition) {
    if (recognition !== this.recognition) return;
    this.recognition = null;
    this.onListening(false);
  }
}
