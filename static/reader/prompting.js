/**
 * What a child is asked at a page's end, and how that goes: one line after the other is said, the prompt first,
 * then what is said to each answer. Pure.
 *
 * @typedef {{text: string, words: string[], audioUrl: string|null, wordTimes: [number, number][]}} Line
 * @typedef {{kind: string, choices: string[], line: Line}} Prompt as the server has it ready
 *
 * @typedef {Object} Prompting presented line by line as an answer is, sentence by sentence
 * @property {string} id of the line: another line has another, so that nothing of the one before sounds
 * @property {number} page number of the page it is about, which stays in sight
 * @property {string[]} choices words to tap; [] for none
 * @property {number} turn how many lines there were before
 * @property {number} attempt how many answers the child has given
 * @property {string} said the child's last answer
 * @property {import("./protocol.js").AnswerSentence[]} sentences the line; [] while an answer is judged
 * @property {boolean} complete reading goes on after this line: no answer is wanted any more
 * @property {number} sentence
 * @property {number} heard
 * @property {number} word these three as of a `Question`
 */

/** @param {number} page its number @param {Prompt} prompt @returns {Prompting} */
export function prompting(page, { choices, line }) {
  const begun = { page, choices, turn: 0, attempt: 0, said: "", complete: false };
  return saying({ ...begun, id: "", sentences: [], sentence: -1, heard: 0, word: -1 }, line);
}

/** @param {Prompting} prompt @returns {boolean} whether the child may answer now */
export function isAnswerable(prompt) {
  return prompt.sentences.length > 0 && !prompt.complete;
}

/**
 * @param {Prompting} prompt
 * @param {string} text what the child says
 * @returns {Prompting} waiting for a reply; a word that was tapped is not offered again
 */
export function answered(prompt, text) {
  const choices = prompt.choices.filter((choice) => choice !== text);
  return { ...saying(prompt, null), choices, attempt: prompt.attempt + 1, said: text };
}

/** @param {Prompting} prompt @param {Line} line @param {boolean} done @returns {Prompting} */
export function replied(prompt, line, done) {
  return { ...saying(prompt, line), complete: done };
}

/** @param {Prompting} prompt @param {Line|null} line @returns {Prompting} with another line, or with none yet */
function saying(prompt, line) {
  const id = `prompt-${prompt.page}-${prompt.turn + 1}`;
  const sentences = line ? [{ questionId: id, index: 0, ...line }] : [];
  return { ...prompt, id, turn: prompt.turn + 1, sentences, sentence: -1, heard: 0, word: -1 };
}
