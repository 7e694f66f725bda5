/**
 * A WebSocket that comes back: exponential backoff with full jitter, at once when the browser says the
 * network or the child is back, and never after a close code that says so. While nobody is there it rests.
 */

import { backoffDelay, FIRST_MS } from "./backoff.js";
import { comesBack } from "./protocol.js";

/** A connection that has held this long after it was confirmed starts the backoff afresh. */
const STABLE_MS = 5_000;
/** An attempt that has not opened by then is given up. */
const OPENING_MS = 10_000;

/**
 * @typedef {"connecting"|"open"|"away"|"resting"|"closed"} SocketStatus
 *   away: lost, and coming back; resting: until `wake`; closed: for good
 */

export class ResilientSocket {
  /**
   * @param {object} options
   * @param {string} options.url
   * @param {string[]} options.protocols
   * @param {() => void} options.onOpen a new connection is there: introduce yourself
   * @param {(frame: unknown) => void} options.onFrame
   * @param {(status: SocketStatus, code: number) => void} options.onStatus code: of the close, else 0
   * @param {() => boolean} [options.isWanted] whether somebody is there to connect for
   * @param {typeof WebSocket} [options.WebSocket]
   * @param {Pick<typeof globalThis, "setTimeout"|"clearTimeout">} [options.clock]
   * @param {() => number} [options.random]
   * @param {Window} [options.window] for online, visibility and page-cache events
   */
  constructor({ url, protocols, onOpen, onFrame, onStatus, ...injected }) {
    this.url = url;
    this.protocols = protocols;
    this.onOpen = onOpen;
    this.onFrame = onFrame;
    this.onStatus = onStatus;
    this.isWanted = injected.isWanted ?? (() => true);
    this.WebSocket = injected.WebSocket ?? globalThis.WebSocket;
    this.clock = injected.clock ?? globalThis;
    this.random = injected.random ?? Math.random;
    this.window = injected.window ?? globalThis.window;
    /** @type {SocketStatus} */
    this.status = "connecting";
    this.attempt = 0;
    /** @type {WebSocket|null} */
    this.socket = null;
    this.retryTimer = 0;
    this.openingTimer = 0;
    this.stableTimer = 0;
    /** The server's own wish for the next wait, in ms; nothing cuts it short. */
    this.wishedDelay = 0;
    this.wishTimer = 0;
    this.listening = new AbortController();
  }

  /** Connect, and keep coming back until `close` or a close code that forbids it. */
  open() {
    const { signal } = this.listening;
    this.window.addEventListener("online", () => this.#hurry(FIRST_MS), { signal });
    this.window.addEventListener("offline", () => this.drop(), { signal });
    this.window.addEventListener("pageshow", () => this.#hurry(0), { signal });
    this.window.document.addEventListener(
      "visibilitychange",
      () => this.window.document.visibilityState === "visible" && this.#hurry(0),
      { signal },
    );
    this.#connectIfWanted();
  }

  /** Somebody is there again. */
  wake() {
    if (this.status !== "resting") return;
    this.#become("connecting", 0);
    this.#connect();
  }

  /**
   * @param {string} frame
   * @returns {boolean} false when there is no open connection to take it
   */
  send(frame) {
    if (this.socket?.readyState !== this.WebSocket.OPEN) return false;
    this.socket.send(frame);
    return true;
  }

  /** The connection is a good one (the session was restored): soon the backoff may start afresh. */
  confirm() {
    this.clock.clearTimeout(this.stableTimer);
    this.stableTimer = this.clock.setTimeout(() => (this.attempt = 0), STABLE_MS);
  }

  /** Give up this connection, which is dead or about to die, and come back. */
  drop() {
    const socket = this.#forget();
    if (!socket) return;
    socket.close();
    this.#comeBack(1006);
  }

  /** @param {number} delayMs the server asked to be left alone for so long */
  waitBeforeReturning(delayMs) {
    this.wishedDelay = delayMs;
  }

  /** Close for good. */
  close() {
    this.#end(1000);
  }

  #connectIfWanted = () => {
    this.retryTimer = 0;
    if (this.isWanted()) this.#connect();
    else this.#become("resting", 0);
  };

  #connect() {
    const socket = new this.WebSocket(this.url, this.protocols);
    this.socket = socket;
    this.openingTimer = this.clock.setTimeout(() => this.drop(), OPENING_MS);
    socket.onopen = () => {
      this.clock.clearTimeout(this.openingTimer);
      this.#become("open", 0);
      this.onOpen();
    };
    socket.onmessage = (event) => this.onFrame(event.data);
    socket.onclose = (event) => {
      this.#forget();
      if (comesBack(event.code)) this.#comeBack(event.code);
      else this.#end(event.code);
    };
  }

  /** Let go of the current connection: nothing it still says is heard. */
  #forget() {
    const socket = this.socket;
    this.socket = null;
    this.clock.clearTimeout(this.stableTimer);
    this.clock.clearTimeout(this.openingTimer);
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
    return socket;
  }

  /** @param {number} code */
  #comeBack(code) {
    const delay = backoffDelay(this.attempt, this.random);
    this.attempt += 1;
    const wished = this.wishedDelay;
    this.wishedDelay = 0;
    if (wished) this.wishTimer = this.clock.setTimeout(() => this.#connectWithin(delay), wished);
    else this.#connectWithin(delay);
    this.#become("away", code);
  }

  /** @param {number} delayMs */
  #connectWithin(delayMs) {
    this.retryTimer = this.clock.setTimeout(this.#connectIfWanted, delayMs);
  }

  /**
   * The world changed for the better: do not sit out a long wait.
   * @param {number} spreadMs arrive at a random moment within
   */
  #hurry(spreadMs) {
    if (!this.retryTimer) return;
    this.clock.clearTimeout(this.retryTimer);
    this.#connectWithin(this.random() * spreadMs);
  }

  /** @param {number} code */
  #end(code) {
    this.listening.abort();
    this.clock.clearTimeout(this.wishTimer);
    this.clock.clearTimeout(this.retryTimer);
    this.#forget()?.close();
    this.#become("closed", code);
  }

  /**
   * @param {SocketStatus} status
   * @param {number} code
   */
  #become(status, code) {
    this.status = status;
    this.onStatus(status, code);
  }
}
