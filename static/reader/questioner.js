/**
 * Takes the child's questions to the server, and what comes back to the state. A question that is over is
 * called off if its answer is still under way, and the server hears how much of it was heard.
 *
 * @typedef {import("./question.js").Question} Question
 */

import { Patience } from "./patience.js";
import { phrases } from "./phrases.js";

const MAX_ANSWER_MS = 3_600_000;

export class Questioner {
  /**
   * @param {object} options
   * @param {import("./session-client.js").SessionClient} options.client
   * @param {() => import("./protocol.js").Position} options.position as it is now
   * @param {number} options.wordCount of the book
   * @param {import("./protocol.js").PreviousAnswer|null} options.previous what was heard of the last answer
   * @param {(event: import("./reducer.js").Event) => void} options.dispatch
   */
  constructor({ client, position, wordCount, previous, dispatch }) {
    this.client = client;
    this.position = position;
    this.wordCount = wordCount;
    this.previous = previous;
    this.dispatch = dispatch;
    this.patience = new Patience({ dispatch, onLost: (question) => this.#giveUp(question) });
  }

  /** @param {Question|null} question @param {Question|null} before that it takes the place of */
  change(question, before) {
    if (before && !before.complete) this.client.cancel(before.id);
    if (before) this.#heardOf(before);
    if (!question) return;
    const { wordIndex, audioTimestamp } = this.position();
    const context = { wordIndex: Math.min(wordIndex, this.wordCount - 1), audioTimestamp };
    const previous = this.previous ?? undefined;
    this.client.ask({ id: question.id, questionText: question.text, context, previous });
  }

  /** @param {import("./state.js").State} state */
  wait(state) {
    this.patience.watch(state);
  }

  /** @param {import("./protocol.js").Message} message */
  hear({ type, payload }) {
    const { dispatch } = this;
    if (type === "INTERRUPTION_ACKNOWLEDGED") dispatch({ type: "ACKNOWLEDGED", questionId: payload.questionId });
    else if (type === "ANSWER_SENTENCE") dispatch({ type, sentence: payload });
    else if (type === "ANSWER_COMPLETE" || type === "ANSWER_FAILED") dispatch({ type, ...payload });
  }

  /** @param {Question} question that is over */
  #heardOf({ id: questionId, heard, askedAt }) {
    this.previous = { questionId, heard };
    const afterMs = Math.min(Math.max(Date.now() - askedAt, 0), MAX_ANSWER_MS);
    this.client.heard({ questionId, sentences: heard, afterMs });
  }

  /** @param {Question} question that the server seems to have lost */
  #giveUp({ id: questionId, sentences }) {
    this.client.cancel(questionId);
    const message = sentences.length ? phrases.answerCut : phrases.answerLate;
    this.dispatch({ type: "ANSWER_FAILED", questionId, message });
  }
}
