/**
 * Fetches what to ask at a page's end while the page is read, and has the child's answer judged. Whatever goes
 * wrong, the child is not asked, or is asked no further, and the story goes on.
 */

/** Fetching is tried so often, so long apart. */
const TRIES = 3;
const RETRY_MS = 4_000;
/** So long a child waits for what is said to an answer. */
const JUDGE_MS = 8_000;

export class Prompter {
  /**
   * @param {object} options
   * @param {string} options.pagesUrl the prompt of page n is at `${pagesUrl}${n}/prompt/`
   * @param {number} options.pagesPerPrompt 0: the children of this class are not asked
   * @param {string} options.csrfToken
   * @param {(event: import("./reducer.js").Event) => void} options.dispatch
   */
  constructor({ pagesUrl, pagesPerPrompt, csrfToken, dispatch }) {
    this.pagesUrl = pagesUrl;
    this.pagesPerPrompt = pagesPerPrompt;
    this.csrfToken = csrfToken;
    this.dispatch = dispatch;
    /** The page whose prompt is being fetched; 0: none. */
    this.fetching = 0;
    /** @type {AbortController|null} */
    this.judging = null;
  }

  /** @param {number} number a page that is being read and whose prompt is not known yet */
  prepare(number) {
    if (!this.pagesPerPrompt || number % this.pagesPerPrompt || number === this.fetching) return;
    this.fetching = number;
    this.#fetch(number);
  }

  /** @param {import("./prompting.js").Prompting|null} prompt another line of it: one without words waits for a reply */
  follow(prompt) {
    this.judging?.abort();
    this.judging = null;
    if (prompt && !prompt.sentences.length) this.#judge(prompt);
  }

  /** @param {number} number */
  async #fetch(number) {
    /** @type {import("./prompting.js").Prompt|null} */
    let prompt = null;
    for (let tries = 1; tries <= TRIES && this.fetching === number; tries += 1) {
      try {
        const response = await fetch(this.#url(number));
        if (response.ok) {
          if (response.status !== 204) prompt = promptOf(await response.json());
          break;
        }
      } catch {
        // No network just now, or half an answer: see below.
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    if (this.fetching !== number) return; // the child is elsewhere
    this.fetching = 0;
    this.dispatch({ type: "PROMPT_READY", number, prompt });
  }

  /** @param {import("./prompting.js").Prompting} prompt */
  async #judge({ id: promptId, page, said, attempt }) {
    const control = new AbortController();
    this.judging = control;
    const timer = setTimeout(() => this.dispatch({ type: "PROMPT_SKIPPED" }), JUDGE_MS);
    control.signal.addEventListener("abort", () => clearTimeout(timer));
    try {
      const response = await fetch(this.#url(page), {
        method: "POST",
        headers: { "X-CSRFToken": this.csrfToken },
        body: new URLSearchParams({ answer: said, attempt: String(attempt) }),
        signal: control.signal,
      });
      if (!response.ok) throw new Error(`refused with ${response.status}`);
      const { done, ...line } = await response.json();
      this.dispatch({ type: "PROMPT_REPLIED", promptId, line, done });
    } catch {
      if (!control.signal.aborted) this.dispatch({ type: "PROMPT_SKIPPED" });
    }
  }

  /** @param {number} number @returns {string} */
  #url(number) {
    return `${this.pagesUrl}${number}/prompt/`;
  }
}

/** @param {any} data as the server says it @returns {import("./prompting.js").Prompt} */
function promptOf({ kind, choices, ...line }) {
  return { kind, choices, line };
}
