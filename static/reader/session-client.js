/**
 * The conversation with the server about one reading session: introduces itself after each (re)connection,
 * gives up no question before it was answered, drops what was had, and tells the position.
 *
 * @typedef {import("./protocol.js").Position} Position
 * @typedef {import("./protocol.js").AskedQuestion} AskedQuestion
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {[type: string, payload: object]} Unsaid what is to be told once somebody listens
 * @typedef {{epoch: string|null, owner: string|null, lastSeq: number, positionAt: number|null, unsaid: Unsaid[],
 *   questions: import("./open-questions.js").OpenQuestion[]}} Memory
 *   what must outlive a reload; `positionAt`: when the child was last at this page's position, in ms of this
 *   tablet's clock, null when it has not moved here
 * @typedef {"connecting"|"open"|"away"|"moving"|"resting"|"closed"} ClientStatus
 *   open: restored and in step with the server; moving: away for the moment in which another server takes over
 */

import { OpenQuestions } from "./open-questions.js";
import { CloseCode, decode, encode, SUBPROTOCOL } from "./protocol.js";
import { ResilientSocket } from "./resilient-socket.js";

/** A silent connection is asked for a sign of life this often, and given up when none comes. */
const PING_MS = 15_000;
const PONG_MS = 8_000;
/** While it plays, the position is reported each second: one as fresh as this is where the child is now. */
const FRESH_MS = 2_000;
const MAX_AGE_MS = 2 ** 31 - 1;

export class SessionClient {
  /**
   * @param {object} options
   * @param {string} options.url
   * @param {Memory|null} options.memory of before a reload
   * @param {() => Position} options.position where the child is now
   * @param {() => boolean} options.isWanted whether a child is there
   * @param {(status: ClientStatus, code: number) => void} options.onStatus
   * @param {(place: Position) => void} options.onPlace the server knows a place this page does not
   * @param {(message: Message) => void} options.onMessage durable messages of open questions, each once, in order
   * @param {(paused: boolean) => void} options.onClassPaused the teacher has paused the class, or lets it go on
   * @param {(text: string) => void} options.onClassMessage what the teacher says to the class
   * @param {Partial<ConstructorParameters<typeof ResilientSocket>[0]>} [options.injected] for tests
   */
  constructor({
    url, memory, position, isWanted, onStatus, onPlace, onMessage, onClassPaused, onClassMessage, injected = {},
  }) {
    this.position = position;
    this.onStatus = onStatus;
    this.onPlace = onPlace;
    this.onMessage = onMessage;
    this.onClassPaused = onClassPaused;
    this.onClassMessage = onClassMessage;
    this.clock = injected.clock ?? globalThis;
    this.epoch = memory?.epoch ?? null;
    /** @type {string|null} what the server called this page's last connection */
    this.owner = memory?.owner ?? null;
    this.lastSeq = memory?.lastSeq ?? 0;
    this.questions = new OpenQuestions(memory?.questions);
    /** @type {Unsaid[]} */
    this.unsaid = [...(memory?.unsaid ?? [])];
    this.now = injected.now ?? Date.now;
    this.positionAt = memory?.positionAt ?? null;
    this.playing = false;
    /** @type {{place: Position, ageMs: () => number}|null|undefined} where the child was when the page began
     *  to rest; null: nowhere yet; undefined: it is not on its way back from a rest */
    this.rested = undefined;
    this.restored = false;
    this.ackSaid = 0;
    this.pingTimer = 0;
    this.pongTimer = 0;
    this.socket = new ResilientSocket({
      url,
      protocols: [SUBPROTOCOL],
      onOpen: () => this.#introduce(),
      onFrame: (frame) => this.#hear(frame),
      onStatus: (status, code) => this.#statusChanged(status, code),
      isWanted,
      ...injected,
    });
  }

  open() {
    this.socket.open();
  }

  /** A child is there (again). */
  wake() {
    this.socket.wake();
  }

  /** @returns {Memory} */
  memory() {
    const { epoch, owner, lastSeq, positionAt } = this;
    return { epoch, owner, lastSeq, positionAt, unsaid: [...this.unsaid], questions: this.questions.remembered() };
  }

  /** @param {AskedQuestion} question sent now, or once on return */
  ask(question) {
    this.questions.open(question);
    if (this.restored) this.socket.send(encode("STUDENT_QUESTION", question));
  }

  /** @param {string} id of a question whose answer nobody wants any more */
  cancel(id) {
    this.questions.close(id);
    this.#tell("QUESTION_CANCELLED", { id });
  }

  /** @param {{questionId: string, sentences: number, afterMs: number}} heard of an answer that is over */
  heard(heard) {
    this.#tell("ANSWER_HEARD", heard);
  }

  /**
   * Tell the position, and which messages were handled.
   * @param {boolean} playing
   */
  report(playing) {
    this.positionAt = this.now();
    this.playing = playing;
    if (!this.restored) return;
    const progress = { ...this.position(), playing, ack: this.lastSeq };
    if (this.socket.send(encode("PROGRESS", progress))) this.ackSaid = this.lastSeq;
  }

  /** @returns {boolean} whether messages were handled that the server does not know of */
  get owesAcknowledgement() {
    return this.restored && this.lastSeq > this.ackSaid;
  }

  /** Now, or on return. @param {string} type @param {object} payload */
  #tell(type, payload) {
    if (this.restored) this.socket.send(encode(type, payload));
    else this.unsaid.push([type, payload]);
  }

  #introduce() {
    const known = this.epoch === null ? {} : { epoch: this.epoch, owner: this.owner };
    // Whoever touches a page that rested has not been at its place all the while: maybe on another tablet.
    const whereabouts = this.rested === undefined ? this.#whereabouts() : this.rested;
    const place = whereabouts && { position: whereabouts.place, positionAgeMs: whereabouts.ageMs() };
    const { unacknowledged } = this.questions;
    this.socket.send(encode("HELLO", { ...known, lastSeq: this.lastSeq, ...place, unacknowledged }));
    this.saidPosition = whereabouts?.place;
    this.introduced = new Set(unacknowledged.map((question) => question.id));
  }

  /**
   * @returns {{place: Position, ageMs: () => number}|null} this page's position, and how long ago the child was
   *   there: another tablet may have been further on since
   */
  #whereabouts() {
    const { positionAt, playing } = this;
    if (positionAt === null) return null;
    const ageMs = () => {
      const age = this.now() - positionAt;
      return playing && age < FRESH_MS ? 0 : Math.min(Math.max(age, 0), MAX_AGE_MS);
    };
    return { place: this.position(), ageMs };
  }

  /** @param {unknown} frame */
  #hear(frame) {
    const message = decode(frame);
    if (!message) return;
    this.#expectLife();
    switch (message.type) {
      case "SESSION_RESTORED":
        return this.#restore(message.payload);
      case "SERVER_DRAINING":
        return this.socket.waitBeforeReturning(message.payload.retryAfterMs);
      case "CLASS_PAUSED":
        return this.onClassPaused(message.payload.paused);
      case "CLASS_MESSAGE":
        return this.onClassMessage(message.payload.text);
      default:
        return message.seq ? this.#handle(message) : undefined;
    }
  }

  /** @param {import("./protocol.js").Restored} restored */
  #restore(restored) {
    const { epoch, outcome, pendingMessages, lastSeq } = restored;
    if (epoch !== this.epoch || outcome === "snapshot") this.lastSeq = 0;
    this.epoch = epoch;
    this.owner = restored.owner ?? null;
    this.ackSaid = 0;
    this.restored = true;
    this.socket.confirm();
    this.#agreeOnPlace(restored);
    for (const message of pendingMessages) this.#handle(message);
    this.lastSeq = lastSeq;
    for (const [type, payload] of this.unsaid.splice(0)) this.socket.send(encode(type, payload));
    this.#askAgain(outcome);
    this.onClassPaused(restored.classPaused ?? false);
    this.onStatus("open", 0);
  }

  /** @param {Position} place that the server knows after the introduction */
  #agreeOnPlace(place) {
    const rested = this.rested !== undefined;
    this.rested = undefined;
    if (place.wordIndex !== this.saidPosition?.wordIndex) this.onPlace(place);
    else if (rested) this.report(this.playing); // the child may have moved on since it woke the page
  }

  /**
   * Questions made after the introduction were not in it; and a server that lost the session has lost its
   * acknowledged questions too. It drops those that it knows.
   * @param {string} outcome
   */
  #askAgain(outcome) {
    const { unacknowledged, unanswered } = this.questions;
    const unsaid = unacknowledged.filter((question) => !this.introduced?.has(question.id));
    const lost = outcome === "snapshot" ? unanswered : [];
    for (const question of [...unsaid, ...lost]) this.socket.send(encode("STUDENT_QUESTION", question));
  }

  /** @param {Message} message durable: at least once on the wire, once from here on */
  #handle(message) {
    const seq = message.seq ?? 0;
    if (seq <= this.lastSeq) return;
    this.lastSeq = seq;
    if (this.questions.take(message)) this.onMessage(message);
  }

  /**
   * @param {import("./resilient-socket.js").SocketStatus} status
   * @param {number} code
   */
  #statusChanged(status, code) {
    this.restored = false;
    this.clock.clearTimeout(this.pingTimer);
    this.clock.clearTimeout(this.pongTimer);
    if (status === "open") return this.#expectLife();
    if (status === "resting" && this.rested === undefined) this.rested = this.#whereabouts();
    this.onStatus(status === "away" && code === CloseCode.RESTART ? "moving" : status, code);
  }

  /** Something was heard: the connection lives. Ask again in a while. */
  #expectLife() {
    this.clock.clearTimeout(this.pingTimer);
    this.clock.clearTimeout(this.pongTimer);
    this.pingTimer = this.clock.setTimeout(() => {
      this.socket.send(encode("PING"));
      this.pongTimer = this.clock.setTimeout(() => this.socket.drop(), PONG_MS);
    }, PING_MS);
  }
}
