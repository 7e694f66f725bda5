/**
 * One child reading one book: what can be done, and what each change of state asks of the sound, the server
 * and the memory of this tab.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {{sessionId: string, socketUrl: string, pagesUrl: string, thinkingUrl: string,
 *   libraryUrl: string,
 *   book: {id: number, title: string, author: string, language: string, direction: "ltr"|"rtl",
 *     wordCount: number, pageCount: number},
 *   pageFirstWords: number[], position: import("./protocol.js").Position,
 *   resumeAtSentenceStart: boolean, wordsUrl: string, pagesPerPrompt: number,
 *   csrfToken: string}} Boot made by the server's view
 */

import { AnswerPlayer } from "./answer-player.js";
import { newId } from "./ids.js";
import { TabMemory } from "./memory.js";
import { Narrator } from "./narrator.js";
import { PageStore } from "./page-store.js";
import { sentenceAfter, sentenceBefore } from "./places.js";
import { Presence } from "./presence.js";
import { Prompter } from "./prompter.js";
import { CloseCode, MAX_QUESTION_CHARACTERS } from "./protocol.js";
import { Questioner } from "./questioner.js";
import { reduce } from "./reducer.js";
import { SessionClient } from "./session-client.js";
import { canTurn, currentPage, initialState, isAwaitingAnswer, isNarrating, pageNumber } from "./state.js";
import { Store } from "./store.js";
import { Thinking } from "./thinking.js";
import { WordHelper } from "./word-help.js";

const REPORT_MS = 1_000;

export class Reader {
  /** @param {Boot} boot */
  constructor(boot) {
    this.boot = boot;
    this.memory = new TabMemory(`readerai.session.${boot.sessionId}`, () => this.#memorable());
    const memory = this.memory.recall();
    const book = {
      pageFirstWords: boot.pageFirstWords,
      wordCount: boot.book.wordCount,
      resumeAtSentenceStart: boot.resumeAtSentenceStart,
    };
    // This tab's own place is the best guess; the server says if another tablet has been further on since.
    const wordIndex = memory?.positionAt ? memory.wordIndex : boot.position.wordIndex;
    /** @type {Store<State, import("./reducer.js").Event>} */
    this.store = new Store(reduce, initialState(book, wordIndex, memory?.question ?? null));
    const { dispatch } = this.store;

    this.narrator = new Narrator({ state: () => this.state, dispatch });
    const position = () => this.narrator.position(this.state);
    this.thinking = new Thinking();
    this.answers = new AnswerPlayer({ dispatch, thinking: this.thinking });
    this.pages = new PageStore({
      pagesUrl: boot.pagesUrl,
      pageCount: boot.book.pageCount,
      dispatch,
      onRefused: (status) => dispatch({ type: "CLOSED", code: 4000 + status }),
    });
    const { pagesUrl, pagesPerPrompt, csrfToken } = boot;
    this.prompter = new Prompter({ pagesUrl, pagesPerPrompt, csrfToken, dispatch });
    const address = new URL(boot.socketUrl, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.presence = new Presence({
      isHeard: () => this.state.mode === "reading" || this.state.mode === "answering",
      onSign: () => this.client.wake(),
    });
    this.client = new SessionClient({
      url: address.href,
      memory,
      position,
      isWanted: () => this.presence.here,
      onStatus: (status, code) =>
        dispatch(status === "closed" ? { type: "CLOSED", code } : { type: "CONNECTION", status }),
      onPlace: ({ wordIndex: place }) => dispatch({ type: "RESTORED", wordIndex: place }),
      onMessage: (message) => this.questioner.hear(message),
      onClassPaused: (paused) => this.#hold(paused),
      onClassMessage: (text) => dispatch({ type: "CLASS_MESSAGE", text }),
    });
    this.questioner = new Questioner({
      client: this.client,
      position,
      wordCount: boot.book.wordCount,
      previous: memory?.previous ?? null,
      dispatch,
    });
    this.words = new WordHelper({
      wordsUrl: boot.wordsUrl,
      dispatch,
      onSignedOut: () => dispatch({ type: "CLOSED", code: CloseCode.NOT_SIGNED_IN }),
    });
    this.store.watch((state, before) => this.#react(state, before));
  }

  get state() {
    return this.store.state;
  }

  /** Everything that sounds. */
  get players() {
    return [this.narrator.player, this.answers.player, this.words.player];
  }

  /** Begin: after every watcher of the state has subscribed. */
  start() {
    this.pages.near(pageNumber(this.state));
    this.#present(this.state);
    this.questioner.wait(this.state);
    this.client.open();
    this.thinking.load(this.boot.thinkingUrl);
    setInterval(() => this.#tick(), REPORT_MS);
    window.addEventListener("pagehide", () => {
      this.pause();
      this.memory.rememberNow();
    });
  }

  // --- What a child can do -----------------------------------------------------------------
  togglePlay() {
    this.unlockSound();
    if (this.state.mode === "reading") this.pause();
    else this.play();
  }

  play() {
    this.unlockSound();
    this.store.dispatch({ type: "PLAY" });
  }

  pause() {
    this.narrator.catchUp();
    this.store.dispatch({ type: "PAUSE" });
  }

  /** @param {number} wordIndex start reading aloud there */
  readFrom(wordIndex) {
    this.unlockSound();
    this.store.dispatch({ type: "MOVED", wordIndex, play: true });
  }

  /** @param {1|-1} direction by one sentence; over the page's edge to its neighbour */
  moveSentence(direction) {
    const page = currentPage(this.state).text;
    if (!page) return this.turnPage(direction);
    const find = direction > 0 ? sentenceAfter : sentenceBefore;
    const place = find(page.sentences, this.state.wordIndex);
    if (place !== null) return this.store.dispatch({ type: "MOVED", wordIndex: place });
    const beside = this.state.pages[page.number + direction]?.text;
    if (direction < 0 && beside?.sentences.length) {
      return this.store.dispatch({ type: "MOVED", wordIndex: beside.sentences[beside.sentences.length - 1] });
    }
    this.turnPage(direction);
  }

  /** @param {number} words forward, or back when negative; within the book */
  moveWord(words) {
    const wordIndex = Math.min(this.boot.book.wordCount - 1, Math.max(0, this.state.wordIndex + words));
    this.store.dispatch({ type: "MOVED", wordIndex });
  }

  /** @param {1|-1} direction; the book ends behind the last page */
  turnPage(direction) {
    if (!canTurn(this.state, direction)) return;
    const index = pageNumber(this.state) - 1 + direction;
    const wordIndex = this.boot.pageFirstWords[index] ?? this.boot.book.wordCount;
    this.store.dispatch({ type: "MOVED", wordIndex });
  }

  retryVoice() {
    this.pages.retryVoice(pageNumber(this.state));
  }

  openQuestion() {
    this.unlockSound();
    this.narrator.catchUp();
    this.store.dispatch({ type: "ASK_OPENED" });
  }

  /** @param {string} text @returns {boolean} false when there is nothing to ask */
  ask(text) {
    const questionText = text.trim().slice(0, MAX_QUESTION_CHARACTERS);
    if (!questionText) return false;
    this.store.dispatch({ type: "QUESTION_ASKED", id: newId(), text: questionText, at: Date.now() });
    return true;
  }

  closeQuestion() {
    const kept = isAwaitingAnswer(this.state) && this.state.connection === "away";
    this.store.dispatch({ type: kept ? "QUESTION_PARKED" : "QUESTION_CLOSED" });
  }

  /** @param {number} [wordIndex] tell about this word, or about the one where the reading is */
  openWord(wordIndex) {
    // A finger that is held down is no tap to browsers: what they do not count must not count as unlocked.
    if (navigator.userActivation?.isActive ?? true) this.unlockSound();
    this.narrator.catchUp();
    this.store.dispatch({ type: "WORD_OPENED", wordIndex: wordIndex ?? this.state.wordIndex });
  }

  closeWord() {
    this.store.dispatch({ type: "WORD_CLOSED" });
  }

  /** @param {string} text @returns {boolean} false when nothing was said */
  answerPrompt(text) {
    this.unlockSound();
    const said = text.trim();
    if (said) this.store.dispatch({ type: "PROMPT_ANSWERED", text: said });
    return said !== "";
  }

  /** Read on without an answer. */
  skipPrompt() {
    this.unlockSound();
    this.store.dispatch({ type: "PROMPT_SKIPPED" });
  }

  /** What the teacher said has been read. */
  closeNotice() {
    this.store.dispatch({ type: "NOTICE_CLOSED" });
  }

  /** The child begins to speak: what is being said to it ends. */
  hush() {
    this.answers.player.stop();
  }

  /** A tap is under way: let every player sound later without one. */
  unlockSound() {
    for (const player of this.players) player.unlock();
  }

  // --- What a change of state asks for --------------------------------------------------------
  /** @param {State} state @param {State} before */
  #react(state, before) {
    this.narrator.follow(state, before);
    if (isNarrating(state)) this.#preparePrompt(state);
    if (state.prompt?.id !== before.prompt?.id) this.prompter.follow(state.prompt);
    if (pageNumber(state) !== pageNumber(before)) this.pages.near(pageNumber(state));

    if (state.question?.id !== before.question?.id) {
      this.questioner.change(state.question, before.question);
      this.memory.rememberNow();
    }
    this.#present(state);
    this.words.look(state.word?.wordIndex ?? null);
    this.questioner.wait(state);

    if (state.mode === "reading") this.client.wake(); // by the keys of headphones, which no page sees
    if (state.mode !== before.mode || state.cue !== before.cue) this.#report(state.mode === "reading");
    if (state.mode === "closed") return this.#closed(state);
    this.memory.rememberSoon();
  }

  /** @param {State} state */
  #preparePrompt(state) {
    const { prompt } = currentPage(state);
    if (prompt === undefined) this.prompter.prepare(pageNumber(state));
    else if (prompt?.line.audioUrl) this.answers.player.prepare(prompt.line.audioUrl);
  }

  /** @param {State} state */
  #present(state) {
    this.answers.present(state.mode === "waiting" || state.mode === "answering" ? state.question : state.prompt);
  }

  /** @param {boolean} paused by the teacher, the whole class */
  #hold(paused) {
    this.narrator.catchUp();
    this.store.dispatch({ type: "CLASS_PAUSED", paused });
  }

  #tick() {
    this.narrator.catchUp();
    const { playing } = this.narrator.player;
    if (playing || this.client.owesAcknowledgement) this.#report(playing);
  }

  /** What is acknowledged is remembered first: the server forgets it. @param {boolean} playing */
  #report(playing) {
    if (this.client.owesAcknowledgement) this.memory.rememberNow();
    this.client.report(playing);
  }

  /** @param {State} state */
  #closed(state) {
    this.client.socket.close();
    // Whoever reads elsewhere moves the place on: this tab's own memory of it is of no use any more.
    if (state.closeCode === CloseCode.OPENED_ELSEWHERE) this.memory.forget();
  }

  /** @returns {object} what a reload must not lose */
  #memorable() {
    const { wordIndex, question } = this.state;
    return { ...this.client.memory(), wordIndex, question, previous: this.questioner.previous };
  }
}
