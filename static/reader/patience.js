/** How long the page waits for (more of) an answer before it says something kind, reads on, or gives up. */

import { isAwaitingAnswer } from "./state.js";

/** Without any sign of an answer for so long, the child is thanked for waiting. */
export const LATE_MS = 12_000;
/** The server ends every question within 45 s: after so long it must have lost this one. */
export const LONGEST_MS = 50_000;
/** Without a connection the question is kept, and the child may read on after this. */
export const PARK_MS = 4_000;

export class Patience {
  /**
   * @param {object} options
   * @param {(event: import("./reducer.js").Event) => void} options.dispatch
   * @param {(question: import("./question.js").Question) => void} options.onLost no answer comes any more
   * @param {Pick<typeof globalThis, "setTimeout"|"clearTimeout">} [options.clock]
   */
  constructor({ dispatch, onLost, clock = globalThis }) {
    this.dispatch = dispatch;
    this.onLost = onLost;
    this.clock = clock;
    this.timers = [];
    this.sign = "";
  }

  /** Each sign of life of the answer starts the wait anew. @param {import("./state.js").State} state */
  watch(state) {
    const { question, connection } = state;
    // Nobody waits in front of a page that rests.
    const waits = question && isAwaitingAnswer(state) && connection !== "resting";
    const sign = waits ? [question.id, question.acknowledged, question.sentences.length, connection].join() : "";
    if (sign === this.sign) return;
    this.sign = sign;
    for (const timer of this.timers) this.clock.clearTimeout(timer);
    this.timers = waits ? this.#wait(question, connection === "away") : [];
  }

  /**
   * @param {import("./question.js").Question} question
   * @param {boolean} away
   * @returns {number[]} the timers set
   */
  #wait(question, away) {
    const { dispatch } = this;
    if (away) return [this.clock.setTimeout(() => dispatch({ type: "QUESTION_PARKED" }), PARK_MS)];
    return [
      this.clock.setTimeout(() => dispatch({ type: "QUESTION_LATE", questionId: question.id }), LATE_MS),
      this.clock.setTimeout(() => this.onLost(question), LONGEST_MS),
    ];
  }
}
