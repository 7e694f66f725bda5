/** The question sheet: the box to ask in, and the answer as it comes. */

import { dictateInto } from "./dictation.js";
import { phrases } from "./phrases.js";
import { isAwaitingAnswer, isSheetOpen } from "./state.js";

/** @typedef {import("./state.js").State} State */

export class SheetView {
  /**
   * @param {HTMLDialogElement} dialog
   * @param {import("./reader.js").Reader} reader
   * @param {string} language of the book
   */
  constructor(dialog, reader, language) {
    const part = (/** @type {string} */ name) =>
      /** @type {HTMLElement} */ (dialog.querySelector(`[data-sheet="${name}"]`));
    this.dialog = dialog;
    this.form = /** @type {HTMLFormElement} */ (part("form"));
    this.field = /** @type {HTMLTextAreaElement} */ (part("field"));
    this.answer = part("answer");
    this.asked = part("asked");
    this.progress = part("progress");
    this.sentences = part("sentences");
    this.close = part("close");
    /** @type {string|undefined} */
    this.questionId = undefined;
    this.speech = dictateInto({ field: this.field, button: part("speak"), language });

    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!reader.ask(this.field.value)) this.field.focus();
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
    part("again").addEventListener("click", () => reader.openQuestion());
    for (const name of ["close", "back"]) part(name).addEventListener("click", () => reader.closeQuestion());
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      reader.closeQuestion();
    });
    dialog.addEventListener("click", (event) => event.target === dialog && reader.closeQuestion());
  }

  /** @param {State} state @param {State} before */
  render(state, before) {
    const open = isSheetOpen(state);
    const asking = state.mode === "asking";
    if (asking !== (before.mode === "asking")) this.speech.cancel();
    if (open !== this.dialog.open) {
      if (open) this.dialog.showModal();
      else this.#dismiss();
    }
    if (!open) return;
    this.form.hidden = !asking;
    this.answer.hidden = asking;
    if (asking && before.mode !== "asking") {
      this.form.reset();
      this.field.focus();
    }
    if (!asking && state.question) this.#renderAnswer(state, state.question);
    if (!asking && before.mode === "asking") this.close.focus();
  }

  /** Close, and let go of the keys at once: the browser does so a frame later, and the next key may be quicker. */
  #dismiss() {
    this.dialog.close();
    const focused = /** @type {HTMLElement|null} */ (document.activeElement);
    if (this.dialog.contains(focused)) focused?.blur();
  }

  /** @param {State} state @param {import("./question.js").Question} question */
  #renderAnswer(state, question) {
    if (question.id !== this.questionId) {
      this.questionId = question.id;
      this.asked.textContent = question.text;
      this.sentences.replaceChildren();
    }
    this.progress.hidden = !isAwaitingAnswer(state);
    this.progress.toggleAttribute("data-between", question.sentences.length > 0);
    if (!this.progress.hidden) this.progress.textContent = progressOf(state, question);
    for (let index = this.sentences.children.length; index < question.sentences.length; index += 1) {
      if (index > question.sentence) break;
      this.sentences.append(sentenceElement(question.sentences[index]));
    }
    this.sentences.querySelector("[data-lit]")?.removeAttribute("data-lit");
    const current = this.sentences.children[question.sentence];
    for (const sentence of this.sentences.children) sentence.toggleAttribute("data-current", sentence === current);
    const word = current?.querySelectorAll(".word")[question.word];
    word?.setAttribute("data-lit", "");
    (word ?? current)?.scrollIntoView({ block: "nearest" });
  }
}

/** @param {State} state @param {import("./question.js").Question} question @returns {string} */
function progressOf(state, question) {
  if (question.sentences.length) {
    if (state.connection === "away") return phrases.moreLater;
    return question.late ? phrases.stillThinking : phrases.more;
  }
  if (question.late) return phrases.stillThinking;
  if (question.acknowledged) return `${phrases.heard} ${phrases.thinking}`;
  return state.connection === "away" ? phrases.kept : phrases.sending;
}

/**
 * @param {import("./protocol.js").AnswerSentence} sentence its words are found in its text, in order
 * @returns {HTMLElement}
 */
export function sentenceElement(sentence) {
  const paragraph = document.createElement("p");
  paragraph.className = "sentence";
  paragraph.dir = "auto";
  let end = 0;
  for (const displayed of sentence.words) {
    const start = sentence.text.indexOf(displayed, end);
    if (start < 0) continue;
    paragraph.append(sentence.text.slice(end, start));
    const word = document.createElement("span");
    word.className = "word";
    word.textContent = displayed;
    paragraph.append(word);
    end = start + displayed.length;
  }
  paragraph.append(sentence.text.slice(end));
  return paragraph;
}
