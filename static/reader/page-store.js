/**
 * Fetches the pages around the child's place, their narration and its audio, and keeps them so near that a
 * page turn waits for nothing. What it has it reports as events; what is far away it drops.
 */

/** Pages kept beside the current one. */
const BEHIND = 1;
const AHEAD = 2;
/** After a failed fetch (no network, a server on its way back). */
const RETRY_MS = 2_000;

/** The server's word that going on is no use. */
export class Refusal extends Error {
  /** @param {number} status of HTTP */
  constructor(status) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

export class PageStore {
  /**
   * @param {object} options
   * @param {string} options.pagesUrl the URL of page n is `${pagesUrl}${n}/`
   * @param {number} options.pageCount
   * @param {(event: import("./reducer.js").Event) => void} options.dispatch
   * @param {(status: number) => void} options.onRefused signed out (401), forbidden (403), gone (404)
   */
  constructor({ pagesUrl, pageCount, dispatch, onRefused }) {
    this.pagesUrl = pagesUrl;
    this.pageCount = pageCount;
    this.dispatch = dispatch;
    this.onRefused = onRefused;
    /** @type {Map<number, AbortController>} pages wanted now */
    this.wanted = new Map();
    /** @type {Map<number, string>} object URLs of loaded audio, by page */
    this.sounds = new Map();
  }

  /** @param {number} number the page being shown: it comes first, its neighbours after it */
  near(number) {
    const first = Math.max(1, number - BEHIND);
    const last = Math.min(this.pageCount, number + AHEAD);
    for (const other of this.wanted.keys()) if (other < first || other > last) this.#drop(other);
    const order = [number, number + 1, number - 1, number + 2];
    for (const other of order) if (other >= first && other <= last && !this.wanted.has(other)) this.#fetch(other);
  }

  /** @param {number} number a page whose voice failed: try once more */
  retryVoice(number) {
    this.wanted.get(number)?.abort();
    this.dispatch({ type: "VOICE", number, voice: "coming" });
    this.#fetch(number);
  }

  /** @param {number} number */
  #drop(number) {
    this.wanted.get(number)?.abort();
    this.wanted.delete(number);
    const sound = this.sounds.get(number);
    if (sound) URL.revokeObjectURL(sound);
    this.sounds.delete(number);
    this.dispatch({ type: "PAGE_DROPPED", number });
  }

  /** @param {number} number */
  async #fetch(number) {
    const control = new AbortController();
    this.wanted.set(number, control);
    const { signal } = control;
    let hasText = false;
    try {
      const text = await (await get(`${this.pagesUrl}${number}/`, signal)).json();
      this.dispatch({ type: "PAGE_LOADED", number, text });
      hasText = true;
      await this.#fetchVoice(number, text.narrationUrl, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Refusal)) throw error;
      // Without its voice a page can still be read; without its text, or signed out, it cannot.
      if (hasText && error.status !== 401) this.dispatch({ type: "VOICE", number, voice: "failed" });
      else this.onRefused(error.status);
    }
  }

  /**
   * @param {number} number
   * @param {string} url
   * @param {AbortSignal} signal
   */
  async #fetchVoice(number, url, signal) {
    for (;;) {
      const response = await get(url, signal, [503]);
      if (response.status === 503) {
        this.dispatch({ type: "VOICE", number, voice: "failed" });
        return;
      }
      if (response.status === 202) {
        this.dispatch({ type: "VOICE", number, voice: "preparing" });
        await pause((await response.json()).retryAfterMs, signal);
        continue;
      }
      const narration = await response.json();
      const audioUrl = await loadSound(narration.audioUrl, signal);
      if (audioUrl.startsWith("blob:")) this.sounds.set(number, audioUrl);
      this.dispatch({ type: "VOICE", number, voice: "ready", narration: { ...narration, audioUrl } });
      return;
    }
  }
}

/**
 * Keep asking until there is an answer: a lost network or a restarting server is only a matter of time.
 * @param {string} url
 * @param {AbortSignal} signal
 * @param {number[]} meant server errors that are an answer
 * @returns {Promise<Response>}
 */
export async function get(url, signal, meant = []) {
  for (;;) {
    try {
      const response = await fetch(url, { signal, headers: { Accept: "application/json" } });
      if (response.ok || meant.includes(response.status)) return response;
      if (response.status < 500 && response.status !== 429) throw new Refusal(response.status);
    } catch (error) {
      if (signal.aborted || error instanceof Refusal) throw error;
    }
    await pause(RETRY_MS, signal);
  }
}

/**
 * Load the whole sound, so that seeking and going on need no network any more.
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<string>} an object URL; or the same URL where the storage lets only audio elements read it
 */
export async function loadSound(url, signal) {
  if (new URL(url, location.href).origin !== location.origin) return url;
  const blob = await (await get(url, signal)).blob();
  if (signal.aborted) throw signal.reason;
  return URL.createObjectURL(blob);
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal ends the pause with an error; the network's return ends it early
 * @returns {Promise<void>}
 */
export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const finish = () => {
      clearTimeout(timer);
      over.abort();
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", finish, { signal: over.signal });
    window.addEventListener("online", finish, { signal: over.signal });
  });
}
