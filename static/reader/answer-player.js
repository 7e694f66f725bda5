/**
 * Presents an answer, or what a prompt says, sentence by sentence as it comes in: speaks it and lights its words;
 * where it has no sound, leaves it in sight for as long as reading it takes.
 */

import { Highlighter } from "./highlighter.js";
import { Player } from "./player.js";

/** A child's silent reading: time for a sentence without sound. */
const READING_MS_PER_CHARACTER = 65;
const READING_MS_AT_LEAST = 2_000;
/** A breath after the last sentence, before the story goes on. */
const LAST_BREATH_MS = 600;
/** An answer that is there as soon needs no "let me think" before it. */
const THINKING_MS = 150;

/** @typedef {import("./question.js").Question|import("./prompting.js").Prompting} Question what is presented */

export class AnswerPlayer {
  /** @param {{dispatch: (event: import("./reducer.js").Event) => void, thinking: {audioUrl: string|null}}} options
   *   thinking: what is said at once, while the tutor thinks */
  constructor({ dispatch, thinking }) {
    this.dispatch = dispatch;
    this.thinking = thinking;
    this.player = new Player({
      onEnded: () => (this.index < 0 ? this.#thought() : this.#heard()),
      onRefused: () => {
        if (this.index < 0) this.#thought();
        else if (this.question) this.#showSilently(this.question.sentences[this.index].text);
      },
    });
    this.highlighter = new Highlighter(this.player, (word) => {
      if (this.question) this.dispatch({ type: "ANSWER_WORD", questionId: this.question.id, word });
    });
    this.timer = 0;
    /** @type {Question|null} */
    this.question = null;
    this.index = -1;
    this.busy = false;
    /** @type {string|null} the question that was received with "let me think" */
    this.received = null;
  }

  /**
   * @param {Question|null} question the answer to present, grown or new; one of which sentences were presented
   *   before goes on after them; null: be silent at once
   */
  present(question) {
    if (question?.id !== this.question?.id) this.#reset(question?.sentence ?? -1);
    this.question = question;
    if (question && !this.busy) {
      this.#receive(question);
      this.#next();
    } else this.#prepareNext();
  }

  /**
   * The question is safe and its answer is not there yet: say so. The answer waits until that is said.
   * @param {Question} question
   */
  #receive(question) {
    if (!question.acknowledged || question.sentences.length || question.complete) return;
    if (this.received === question.id) return;
    this.received = question.id;
    this.timer = setTimeout(() => {
      if (this.busy || !this.thinking.audioUrl) return;
      this.busy = true;
      this.player.play(this.thinking.audioUrl, 0);
    }, THINKING_MS);
  }

  /** What is said while the tutor thinks was said. */
  #thought() {
    this.busy = false;
    this.#next();
  }

  /** @param {number} index of the sentence presented last */
  #reset(index) {
    this.player.stop();
    this.highlighter.stop();
    clearTimeout(this.timer);
    this.index = index;
    this.busy = false;
  }

  /** The sentence was presented to its end. */
  #heard() {
    const questionId = this.question?.id;
    this.dispatch({ type: "SENTENCE_HEARD", questionId, index: this.index });
    if (questionId === this.question?.id) this.#next();
  }

  /** The sentence before (if any) is over: go on, wait for more, or be done. */
  #next() {
    const question = this.question;
    if (!question) return;
    this.highlighter.stop();
    this.busy = this.index + 1 < question.sentences.length || question.complete;
    if (!this.busy) return;
    this.index += 1;
    const sentence = question.sentences[this.index];
    if (!sentence) {
      this.timer = setTimeout(
        () => this.dispatch({ type: "ANSWER_HEARD", questionId: question.id }),
        question.sentences.length ? LAST_BREATH_MS : 0,
      );
      return;
    }
    this.dispatch({ type: "SENTENCE_PRESENTED", questionId: question.id, index: this.index });
    if (!sentence.audioUrl) return this.#showSilently(sentence.text);
    this.player.play(sentence.audioUrl, 0);
    this.highlighter.follow(sentence.wordTimes);
    this.#prepareNext();
  }

  #prepareNext() {
    const audioUrl = this.question?.sentences[this.index + 1]?.audioUrl;
    if (audioUrl) this.player.prepare(audioUrl);
  }

  /** @param {string} text */
  #showSilently(text) {
    this.highlighter.stop();
    const ms = Math.max(READING_MS_AT_LEAST, text.length * READING_MS_PER_CHARACTER);
    this.timer = setTimeout(() => this.#heard(), ms);
  }
}
