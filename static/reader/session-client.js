/**
 * The conversation with the server about one reading session: introduces itself after each (re)connection,
 * gives up no question before it was acknowledged, drops what was seen, and tells the position.
 *
 * @typedef {import("./protocol.js").Position} Position
 * @typedef {import("./protocol.js").AskedQuestion} AskedQuestion
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {{epoch: string|null, lastSeq: number, positionAt: number|null, unacknowledged: AskedQuestion[]}} Memory
 *   what must outlive a reload; `positionAt`: when the child was last at this page's position, in ms of this
 *   tablet's clock, null when it has not moved here
 */

import { decode, encode, SUBPROTOCOL } from "./protocol.js";
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
   * @param {(status: "connecting"|"open"|"away"|"closed", code: number) => void} options.onStatus
   *   open: restored and in step with the server
   * @param {(place: Position) => void} options.onPlace the server knows a place this page does not
   * @param {(message: Message) => void} options.onMessage durable messages, each once, in order
   * @param {Partial<ConstructorParameters<typeof ResilientSocket>[0]>} [options.injected] for tests
   */
  constructor({ url, memory, position, onStatus, onPlace, onMessage, injected = {} }) {
    this.position = position;
    this.onStatus = onStatus;
    this.onPlace = onPlace;
    this.onMessage = onMessage;
    this.clock = injected.clock ?? globalThis;
    this.epoch = memory?.epoch ?? null;
    this.lastSeq = memory?.lastSeq ?? 0;
    /** @type {Map<string, AskedQuestion>} by id: not known to be safe on the server */
    this.unacknowledged = new Map((memory?.unacknowledged ?? []).map((question) => [question.id, question]));
    /** @type {Map<string, AskedQuestion>} acknowledged, but its answer is not complete */
    this.unanswered = new Map();
    /** @type {Set<string>} cancelled while nobody could be told */
    this.unsaidCancellations = new Set();
    this.now = injected.now ?? Date.now;
    this.positionAt = memory?.positionAt ?? null;
    this.playing = false;
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
      ...injected,
    });
  }

  open() {
    this.socket.open();
  }

  /** @returns {Memory} */
  memory() {
    const { epoch, lastSeq, positionAt } = this;
    return { epoch, lastSeq, positionAt, unacknowledged: [...this.unacknowledged.values()] };
  }

  /** @param {AskedQuestion} question sent now, or once on return */
  ask(question) {
    this.unacknowledged.set(question.id, question);
    if (this.restored) this.socket.send(encode("STUDENT_QUESTION", question));
  }

  /** @param {string} id of a question whose answer nobody wants any more */
  cancel(id) {
    this.unacknowledged.delete(id);
    this.unanswered.delete(id);
    if (this.restored) this.socket.send(encode("QUESTION_CANCELLED", { id }));
    else this.unsaidCancellations.add(id);
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

  #introduce() {
    const known = this.epoch === null ? {} : { epoch: this.epoch };
    this.saidPosition = this.positionAt === null ? null : this.position();
    const place =
      this.saidPosition === null ? {} : { position: this.saidPosition, positionAgeMs: this.#positionAge() };
    this.socket.send(
      encode("HELLO", {
        ...known,
        lastSeq: this.lastSeq,
        ...place,
        unacknowledged: [...this.unacknowledged.values()],
      }),
    );
    this.introduced = new Set(this.unacknowledged.keys());
  }

  /** How long ago the child was at this page's position: another tablet may have been further on since. */
  #positionAge() {
    const age = this.now() - (this.positionAt ?? 0);
    if (this.playing && age < FRESH_MS) return 0;
    return Math.min(Math.max(age, 0), MAX_AGE_MS);
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
      default:
        return message.seq ? this.#handle(message) : undefined;
    }
  }

  /** @param {import("./protocol.js").Restored} restored */
  #restore(restored) {
    if (restored.epoch !== this.epoch) {
      this.epoch = restored.epoch;
      this.lastSeq = 0;
    }
    this.ackSaid = 0;
    this.restored = true;
    this.socket.confirm();
    for (const message of restored.pendingMessages) this.#handle(message);
    this.lastSeq = Math.max(this.lastSeq, restored.lastSeq);
    if (restored.wordIndex !== this.saidPosition?.wordIndex) this.onPlace(restored);
    for (const id of this.unsaidCancellations) this.socket.send(encode("QUESTION_CANCELLED", { id }));
    this.unsaidCancellations.clear();
    this.#askAgain(restored.outcome);
    this.onStatus("open", 0);
  }

  /**
   * Questions made after the introduction were not in it; and a server that lost the session has lost its
   * acknowledged questions too. It drops those that it knows.
   * @param {string} outcome
   */
  #askAgain(outcome) {
    for (const [id, question] of this.unacknowledged) {
      if (!this.introduced?.has(id)) this.socket.send(encode("STUDENT_QUESTION", question));
    }
    if (outcome !== "snapshot") return;
    for (const question of this.unanswered.values()) this.socket.send(encode("STUDENT_QUESTION", question));
  }

  /** @param {Message} message durable: at least once on the wire, once from here on */
  #handle(message) {
    const seq = message.seq ?? 0;
    if (seq <= this.lastSeq) return;
    this.lastSeq = seq;
    const id = message.payload.questionId;
    const question = this.unacknowledged.get(id);
    if (question) {
      this.unacknowledged.delete(id);
      this.unanswered.set(id, question);
    }
    if (message.type === "ANSWER_COMPLETE" || message.type === "ANSWER_FAILED") this.unanswered.delete(id);
    this.onMessage(message);
  }

  /**
   * @param {import("./resilient-socket.js").SocketStatus} status
   * @param {number} code
   */
  #statusChanged(status, code) {
    this.restored = false;
    this.clock.clearTimeout(this.pingTimer);
    this.clock.clearTimeout(this.pongTimer);
    if (status === "open") this.#expectLife();
    else this.onStatus(status, code);
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
