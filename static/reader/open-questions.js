/**
 * The questions that are open in this tab, and what was had of each answer. Pure.
 *
 * A message is taken for what it is, not for its number: a Redis that lost its last writes numbers anew, and a
 * second worker may begin an answer again. What belongs to no open question is over, however often it comes;
 * so an ended question need not be remembered.
 *
 * @typedef {import("./protocol.js").AskedQuestion} AskedQuestion
 * @typedef {{question: AskedQuestion, acknowledged: boolean, sentences: number}} OpenQuestion
 *   acknowledged: it is safe on the server; sentences: how many of its answer were had
 */

export class OpenQuestions {
  /** @param {OpenQuestion[]} remembered of before a reload */
  constructor(remembered = []) {
    /** @type {Map<string, OpenQuestion>} */
    this.byId = new Map(remembered.map((open) => [open.question.id, { ...open }]));
  }

  /** @param {AskedQuestion} question */
  open(question) {
    this.byId.set(question.id, { question, acknowledged: false, sentences: 0 });
  }

  /** @param {string} id of a question that is over, or not wanted any more */
  close(id) {
    this.byId.delete(id);
  }

  /** @returns {AskedQuestion[]} not known to be safe on the server */
  get unacknowledged() {
    return [...this.byId.values()].filter((open) => !open.acknowledged).map((open) => open.question);
  }

  /** @returns {AskedQuestion[]} safe on the server, unless it lost them */
  get unanswered() {
    return [...this.byId.values()].filter((open) => open.acknowledged).map((open) => open.question);
  }

  /** @returns {OpenQuestion[]} what must outlive a reload */
  remembered() {
    return [...this.byId.values()].map((open) => ({ ...open }));
  }

  /**
   * @param {import("./protocol.js").Message} message durable
   * @returns {boolean} whether it is wanted and new; it counts as had from now on
   */
  take({ type, payload }) {
    const open = this.byId.get(payload.questionId);
    if (!open) return false;
    const known = open.acknowledged;
    open.acknowledged = true;
    switch (type) {
      case "INTERRUPTION_ACKNOWLEDGED":
        return !known;
      case "ANSWER_SENTENCE":
        if (payload.index < open.sentences) return false;
        open.sentences = payload.index + 1;
        return true;
      case "ANSWER_COMPLETE":
      case "ANSWER_FAILED":
        return this.byId.delete(payload.questionId);
      default:
        return false;
    }
  }
}
