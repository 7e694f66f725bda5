/**
 * A question of the child's and how far its answer has come. Pure; what it makes of the page is the reducer's.
 *
 * @typedef {import("./protocol.js").AnswerSentence} AnswerSentence
 *
 * @typedef {Object} Question
 * @property {string} id
 * @property {string} text
 * @property {number} askedAt by this tablet's clock, in ms
 * @property {boolean} acknowledged it is safe on the server
 * @property {boolean} parked the child reads on; the answer will interrupt the reading when it comes
 * @property {AnswerSentence[]} sentences in order
 * @property {boolean} complete no further sentence comes
 * @property {number} sentence the one being presented, or presented last; -1 before the first
 * @property {number} heard how many sentences were presented to their end
 * @property {number} word the word being spoken; -1 for none
 * @property {boolean} late the child has been waiting for some time
 */

/** @param {string} id @param {string} text @param {number} askedAt @returns {Question} */
export function newQuestion(id, text, askedAt) {
  const presented = { sentence: -1, heard: 0, word: -1 };
  const coming = { acknowledged: false, parked: false, sentences: [], complete: false, late: false };
  return { id, text, askedAt, ...coming, ...presented };
}

/**
 * @param {Question} question one that was open when the page was left
 * @returns {Question} sentences that were heard stay in sight; the one that was cut off is spoken again
 */
export function reopened(question) {
  const begun = { ...newQuestion(question.id, question.text, 0), ...question };
  return { ...begun, sentence: begun.heard - 1, word: -1, late: false };
}

/** @param {Question} question @param {string} text @returns {AnswerSentence} shown, not spoken */
export function silentSentence(question, text) {
  return { questionId: question.id, index: question.sentences.length, text, words: [], audioUrl: null, wordTimes: [] };
}

/** @param {Question} question @returns {boolean} whether there is something to present, if only the answer's end */
export function hasMore(question) {
  return question.sentences.length > question.heard || question.complete;
}

/** @param {Question} question @returns {Question} whose answer is presented now */
export function unpark(question) {
  return { ...question, parked: false };
}
