/**
 * The reader page's state: how it begins, and what can be read off it. Pure; `reducer.js` changes it.
 *
 * @typedef {import("./places.js").PageText} PageText
 * @typedef {{audioUrl: string, durationMs: number, wordTimes: [number, number][]}} Narration
 * @typedef {"coming"|"preparing"|"ready"|"failed"} Voice
 * @typedef {import("./prompting.js").Prompt} Prompt
 * @typedef {import("./question.js").Question} Question
 * @typedef {{text: PageText|null, voice: Voice, narration: Narration|null, prompt?: Prompt|null}} PageEntry
 *   prompt: what to ask at the page's end; null: nothing; not there: not known yet
 *
 * @typedef {{word: string, syllables: string[], meaning: string|null, complete: boolean,
 *   source: "glossary"|"model"|"offline"|null, audioUrl: string|null, wordTimes: [number, number][],
 *   meaningAudioUrl: string|null}} WordHelp as the server tells it; complete: no more will be known
 * @typedef {Object} WordCard
 * @property {number} wordIndex the word that is explained
 * @property {WordHelp|null} help what is known of it so far
 *
 * @typedef {"paused"|"reading"|"prompting"|"asking"|"waiting"|"answering"|"word"|"finished"|"closed"} Mode
 *   prompting: the child is asked about the page just heard; asking: the question box is open; waiting: for the
 *   first sentence; word: a word's card is open; closed: this page is over
 *
 * @typedef {Object} State
 * @property {Mode} mode
 * @property {number} wordIndex the word to go on with, and while reading the word being spoken
 * @property {number} cue changes whenever the narration must (re)start at `wordIndex`
 * @property {boolean} begun the child has pressed Play once
 * @property {boolean} resume after the question or the word, go on reading aloud
 * @property {Question|null} question
 * @property {WordCard|null} word what the card says; null unless the mode is `word`
 * @property {import("./prompting.js").Prompting|null} prompt while prompting
 * @property {Record<number, PageEntry>} pages by page number; only those near the place
 * @property {"connecting"|"open"|"away"|"moving"|"resting"} connection as of `SessionClient`
 * @property {number} closeCode why `closed`
 * @property {boolean} held the teacher has paused the class: nothing is read aloud
 * @property {boolean} released once the teacher lets the class go on, so does the reading
 * @property {{text: string}|null} notice what the teacher has said last, until the child has put it away
 * @property {{pageFirstWords: number[], wordCount: number, resumeAtSentenceStart: boolean}} book
 */

import { pageOf } from "./places.js";
import { hasMore, reopened } from "./question.js";

/** @type {PageEntry} */
const COMING = Object.freeze({ text: null, voice: "coming", narration: null });

/**
 * @param {{pageFirstWords: number[], wordCount: number, resumeAtSentenceStart: boolean}} book
 * @param {number} wordIndex
 * @param {Question|null} question one that was open when the page was left
 * @returns {State}
 */
export function initialState(book, wordIndex, question = null) {
  const state = {
    mode: /** @type {Mode} */ ("paused"),
    wordIndex: Math.min(wordIndex, book.wordCount),
    cue: 0,
    begun: false,
    resume: false,
    question: null,
    word: null,
    prompt: null,
    pages: {},
    connection: /** @type {const} */ ("connecting"),
    closeCode: 0,
    held: false,
    released: false,
    notice: null,
    book,
  };
  state.mode = resting(state);
  if (!question) return state;
  const restored = reopened(question);
  if (restored.parked) return { ...state, question: restored };
  return { ...state, question: restored, mode: restored.sentences.length ? "answering" : "waiting", resume: true };
}

/** @param {State} state @returns {Mode} what the page is when nothing goes on */
export function resting(state) {
  return state.wordIndex >= state.book.wordCount ? "finished" : "paused";
}

/** @param {State} state @returns {number} number of the page of the place */
export function pageNumber(state) {
  return pageOf(state.book.pageFirstWords, state.wordIndex);
}

/** @param {State} state @param {number} number @returns {PageEntry} what is there of a page */
export function pageEntry(state, number) {
  return state.pages[number] ?? COMING;
}

/** @param {State} state @returns {PageEntry} the page of the place */
export function currentPage(state) {
  return pageEntry(state, pageNumber(state));
}

/** @param {State} state @returns {number} number of the page in sight: while prompting, the one just heard */
export function shownNumber(state) {
  return state.prompt?.page ?? pageNumber(state);
}

/** @param {State} state @returns {PageEntry} the page in sight */
export function shownPage(state) {
  return pageEntry(state, shownNumber(state));
}

/** @param {State} state @returns {boolean} whether the narration should sound right now */
export function isNarrating(state) {
  return state.mode === "reading" && currentPage(state).voice === "ready" && currentPage(state).text !== null;
}

/** @param {State} state @returns {boolean} whether the question sheet is open */
export function isSheetOpen(state) {
  return state.mode === "asking" || state.mode === "waiting" || state.mode === "answering";
}

/** @param {State} state @returns {boolean} whether the story waits behind a sheet or a card, whoever asks on it */
export function isInterrupted(state) {
  return isSheetOpen(state) || state.mode === "word" || state.mode === "prompting";
}

/** @param {State} state @returns {boolean} whether the sheet shows all there is of an answer that is not complete */
export function isAwaitingAnswer(state) {
  if (state.mode !== "waiting" && state.mode !== "answering") return false;
  return state.question !== null && !hasMore(state.question);
}

/**
 * @param {State} state
 * @param {1|-1} direction
 * @returns {boolean} whether there is a page to turn to. The end of a book is heard; only a child who had
 *   to read the last page without the voice turns to it by hand.
 */
export function canTurn(state, direction) {
  const number = pageNumber(state) + direction;
  const count = state.book.pageFirstWords.length;
  return number >= 1 && (number <= count || currentPage(state).voice === "failed");
}
