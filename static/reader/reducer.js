/**
 * What each event makes of the reader page's state. Pure: what the state asks for (sound, frames, focus) is done
 * by those who watch it.
 *
 * @typedef {import("./question.js").Question} Question
 * @typedef {import("./state.js").PageEntry} PageEntry
 * @typedef {import("./state.js").State} State
 *
 * @typedef {{type: string, [detail: string]: any}} Event see the handlers
 */

import { sentenceStart } from "./places.js";
import { answered, isAnswerable, prompting, replied } from "./prompting.js";
import { hasMore, newQuestion, silentSentence, unpark } from "./question.js";
import { currentPage, isAwaitingAnswer, isInterrupted, isSheetOpen, pageEntry, pageNumber, resting } from "./state.js";

/**
 * @param {State} state
 * @param {Event} event
 * @returns {State}
 */
export function reduce(state, event) {
  if (state.mode === "closed") return state;
  const handler = handlers[event.type];
  if (!handler) throw new Error(`no such event: ${event.type}`);
  const next = handler(state, event);
  return next.held && next.mode === "reading" ? { ...next, mode: "paused", released: true } : next;
}

/** @type {Record<string, (state: State, event: Event) => State>} */
const handlers = {
  // --- Reading -------------------------------------------------------------------------
  PLAY(state) {
    if (state.held) return state;
    if (state.mode === "prompting") return onward({ ...state, prompt: null });
    return state.mode === "paused" ? { ...state, mode: "reading", begun: true, cue: state.cue + 1 } : state;
  },
  PAUSE: (state) => (state.mode === "reading" ? { ...state, mode: "paused" } : state),
  /** The teacher has paused the class, or lets it go on: who was being read to is read to again. */
  CLASS_PAUSED(state, { paused }) {
    if (paused === state.held) return state;
    if (paused) return { ...state, held: true, released: false };
    const goesOn = state.released && state.mode === "paused";
    const next = { ...state, held: false, released: false };
    return goesOn ? { ...next, mode: "reading", begun: true, cue: state.cue + 1 } : next;
  },
  CLASS_MESSAGE: (state, { text }) => ({ ...state, notice: { text } }),
  NOTICE_CLOSED: (state) => ({ ...state, notice: null }),
  /** The browser wants a tap before it lets sound out, or the audio is broken. */
  SOUND_REFUSED: (state) => (state.mode === "reading" ? { ...state, mode: "paused" } : state),
  /** The narration reached a word by itself. */
  WORD_REACHED(state, { wordIndex }) {
    return state.mode === "reading" && wordIndex !== state.wordIndex ? { ...state, wordIndex } : state;
  },
  /** The child chose a place; `play` says to read from there. */
  MOVED(state, { wordIndex, play = false }) {
    if (state.mode !== "reading" && state.mode !== "paused") return state;
    return at(play ? { ...state, mode: "reading", begun: true } : state, wordIndex);
  },
  /** The narration of page `number` was heard to its end: the place is on the next one, even while prompting. */
  PAGE_HEARD(state, { number }) {
    if (state.mode !== "reading" || number !== pageNumber(state)) return state;
    const { prompt } = currentPage(state);
    const next = at(state, state.book.pageFirstWords[number] ?? state.book.wordCount);
    return prompt ? { ...next, mode: "prompting", resume: true, prompt: prompting(number, prompt) } : next;
  },

  // --- Pages and their voices ----------------------------------------------------------
  PAGE_LOADED: (state, { number, text }) => withPage(state, number, { text }),
  PAGE_DROPPED(state, { number }) {
    const { [number]: _, ...pages } = state.pages;
    return { ...state, pages };
  },
  VOICE(state, { number, voice, narration = null }) {
    const next = withPage(state, number, { voice, narration });
    const silenced = voice === "failed" && state.mode === "reading" && number === pageNumber(state);
    return silenced ? { ...next, mode: "paused" } : next;
  },

  // --- A question ----------------------------------------------------------------------
  ASK_OPENED(state) {
    if (state.mode === "asking") return state;
    const resume = state.mode === "reading" || (isInterrupted(state) && state.resume);
    const question = state.question?.parked ? state.question : null;
    return { ...state, mode: "asking", resume, word: null, prompt: null, question };
  },
  QUESTION_ASKED(state, { id, text, at }) {
    if (state.mode !== "asking") return state;
    return { ...state, mode: "waiting", question: newQuestion(id, text, at) };
  },
  /** The sheet was closed: before asking, or in the middle of an answer. */
  QUESTION_CLOSED(state) {
    if (!isSheetOpen(state)) return state;
    if (state.mode !== "asking" || !state.question?.parked) return back({ ...state, question: null });
    return onward(state);
  },
  /** Read on meanwhile; the answer, or the rest of it, will come later. */
  QUESTION_PARKED(state) {
    if (!state.question || !isAwaitingAnswer(state)) return state;
    return back({ ...state, question: { ...state.question, parked: true } });
  },
  QUESTION_LATE: (state, { questionId }) => onQuestion(state, questionId, (question) => ({ ...question, late: true })),
  ACKNOWLEDGED: (state, { questionId }) =>
    onQuestion(state, questionId, (question) => ({ ...question, acknowledged: true })),
  ANSWER_SENTENCE(state, { sentence }) {
    return onQuestion(state, sentence.questionId, (question) => {
      const last = question.sentences[question.sentences.length - 1];
      if (last && sentence.index <= last.index) return question;
      return { ...question, acknowledged: true, late: false, sentences: [...question.sentences, sentence] };
    });
  },
  ANSWER_COMPLETE: (state, { questionId }) =>
    onQuestion(state, questionId, (question) => ({ ...question, acknowledged: true, complete: true })),
  /** No (further) answer: a kind sentence stands in its place. */
  ANSWER_FAILED(state, { questionId, message }) {
    return onQuestion(state, questionId, (question) => ({
      ...question,
      acknowledged: true,
      complete: true,
      sentences: [...question.sentences, silentSentence(question, message)],
    }));
  },
  SENTENCE_PRESENTED: (state, { questionId, index }) => presenting(state, questionId, { sentence: index, word: -1 }),
  SENTENCE_HEARD: (state, { questionId, index }) => presenting(state, questionId, { heard: index + 1, word: -1 }),
  ANSWER_WORD: (state, { questionId, word }) => presenting(state, questionId, { word }),
  /** The whole answer was presented. */
  ANSWER_HEARD(state, { questionId }) {
    if (state.prompt?.id === questionId) return onward({ ...state, prompt: null });
    if (state.mode !== "answering" || state.question?.id !== questionId) return state;
    return back({ ...state, question: null });
  },

  // --- A word --------------------------------------------------------------------------
  WORD_OPENED(state, { wordIndex }) {
    if (state.mode !== "reading" && state.mode !== "paused") return state;
    return { ...state, mode: "word", resume: state.mode === "reading", word: { wordIndex, help: null } };
  },
  WORD_HELP(state, { wordIndex, help }) {
    return state.word?.wordIndex === wordIndex ? { ...state, word: { wordIndex, help } } : state;
  },
  WORD_CLOSED: (state) => (state.mode === "word" ? onward({ ...state, word: null }) : state),

  // --- A prompt ------------------------------------------------------------------------
  /** What to ask at the end of page `number`; null: nothing. */
  PROMPT_READY: (state, { number, prompt }) => (state.pages[number] ? withPage(state, number, { prompt }) : state),
  PROMPT_ANSWERED(state, { text }) {
    if (!state.prompt || !isAnswerable(state.prompt)) return state;
    return { ...state, prompt: answered(state.prompt, text) };
  },
  /** What is said to the answer given under the id `promptId`; `done`: reading goes on after it. */
  PROMPT_REPLIED(state, { promptId, line, done }) {
    if (state.prompt?.id !== promptId) return state;
    return { ...state, prompt: replied(state.prompt, line, done) };
  },
  PROMPT_SKIPPED: (state) => (state.mode === "prompting" ? onward({ ...state, prompt: null }) : state),

  // --- The connection ------------------------------------------------------------------
  /** Who cannot hear the teacher is not held: it could not hear that the class goes on either. */
  CONNECTION(state, { status }) {
    if (status === state.connection) return state;
    return { ...state, connection: status, held: state.held && status !== "away" };
  },
  CLOSED: (state, { code }) => (
    { ...state, mode: "closed", closeCode: code, question: null, word: null, prompt: null }
  ),
  /** The server knows a place that this page does not. */
  RESTORED(state, { wordIndex }) {
    const place = Math.min(wordIndex, state.book.wordCount);
    if (place === state.wordIndex || state.mode === "finished") return state;
    return isInterrupted(state) ? { ...state, wordIndex: place } : at(state, place);
  },
};

/** @param {State} state @param {number} wordIndex @returns {State} there; behind the last word is the end */
function at(state, wordIndex) {
  const mode = wordIndex < state.book.wordCount ? state.mode : "finished";
  return { ...state, mode, wordIndex, cue: state.cue + 1 };
}

/** @param {State} state the sheet closes @returns {State} reading on, or as it was before */
function back(state) {
  if (!state.resume) return { ...state, mode: resting(state) };
  const sentences = currentPage(state).text?.sentences ?? [];
  const { resumeAtSentenceStart, wordCount } = state.book;
  const atStart = resumeAtSentenceStart && state.wordIndex < wordCount;
  const place = atStart ? sentenceStart(sentences, state.wordIndex) : state.wordIndex;
  return at({ ...state, mode: "reading", resume: false }, place);
}

/**
 * A card or a prompt is over. An answer that came meanwhile to a question of the child's own is heard first.
 * @param {State} state
 * @returns {State}
 */
function onward(state) {
  const { question } = state;
  if (!question?.parked || !hasMore(question)) return back(state);
  return { ...state, mode: "answering", question: unpark(question) };
}

/** @param {State} state @param {number} number @param {Partial<PageEntry>} change @returns {State} */
function withPage(state, number, change) {
  const entry = { ...pageEntry(state, number), ...change };
  return { ...state, pages: { ...state.pages, [number]: entry } };
}

/**
 * Something arrived for a question: heard only if it is the current one and still open. The first sentence
 * takes a waiting sheet to answering, and interrupts the reading of a child who read on meanwhile.
 * @param {State} state
 * @param {string} questionId
 * @param {(question: Question) => Question} change
 * @returns {State}
 */
function onQuestion(state, questionId, change) {
  if (!state.question || state.question.id !== questionId || state.question.complete) return state;
  const question = change(state.question);
  if (question === state.question) return state;
  if (!hasMore(question)) return { ...state, question };
  if (state.mode === "waiting") return { ...state, mode: "answering", question };
  if (question.parked && !isInterrupted(state)) {
    if (question.heard && question.heard === question.sentences.length) return { ...state, question: null };
    return { ...state, mode: "answering", resume: state.mode === "reading", question: unpark(question) };
  }
  return { ...state, question };
}

/** @param {State} state @param {string} questionId @param {Partial<Question>} change @returns {State} */
function presenting(state, questionId, change) {
  if (state.prompt?.id === questionId) return { ...state, prompt: { ...state.prompt, ...change } };
  if (state.mode !== "answering" || state.question?.id !== questionId) return state;
  return { ...state, question: { ...state.question, ...change } };
}
