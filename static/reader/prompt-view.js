/** The sheet on which the child is asked about the page just heard. */

import { dictateInto } from "./dictation.js";
import { phrases } from "./phrases.js";
import { sentenceElement } from "./sheet-view.js";

/** @typedef {import("./state.js").State} State */

export class PromptView {
  /**
   * @param {HTMLDialogElement} dialog
   * @param {import("./reader.js").Reader} reader
   * @param {string} language of the book
   */
  constructor(dialog, reader, language) {
    const part = (/** @type {string} */ name) =>
      /** @type {HTMLElement} */ (dialog.querySelector(`[data-prompt="${name}"]`));
    this.dialog = dialog;
    this.reader = reader;
    this.title = part("title");
    this.line = part("line");
    this.said = part("said");
    this.choices = part("choices");
    this.form = /** @type {HTMLFormElement} */ (part("form"));
    this.field = /** @type {HTMLInputElement} */ (part("field"));
    this.skip = part("skip");
    this.lineId = "";
    this.line.lang = language;
    this.choices.lang = language;
    const onPressed = () => reader.hush();
    this.speech = dictateInto({ field: this.field, button: part("speak"), language, onPressed });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!reader.answerPrompt(this.field.value)) this.field.focus();
    });
    this.skip.addEventListener("click", () => reader.skipPrompt());
    part("ask").addEventListener("click", () => reader.openQuestion());
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      reader.skipPrompt();
    });
    dialog.addEventListener("click", (event) => event.target === dialog && reader.skipPrompt());
    // The play key reads on, as everywhere, unless it types or presses something.
    dialog.addEventListener("keydown", (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      if (event.key !== " " || event.repeat || target.closest("button, input")) return;
      event.preventDefault();
      reader.skipPrompt();
    });
  }

  /** @param {State} state */
  render({ prompt }) {
    if (!prompt) return this.#dismiss();
    if (!this.dialog.open) {
      this.dialog.showModal();
      this.title.focus(); // no field, whose keyboard would cover the page
    }
    if (prompt.id !== this.lineId) this.#showLine(prompt);
    this.line.querySelector("[data-lit]")?.removeAttribute("data-lit");
    const word = this.line.querySelectorAll(".word")[prompt.word];
    word?.setAttribute("data-lit", "");
  }

  /** Close, and let go of the keys at once, as the question's sheet does. */
  #dismiss() {
    if (!this.dialog.open) return;
    this.speech.cancel();
    this.lineId = "";
    this.dialog.close();
    const focused = /** @type {HTMLElement|null} */ (document.activeElement);
    if (this.dialog.contains(focused)) focused?.blur();
  }

  /** While an answer is judged, the line before stays. @param {import("./prompting.js").Prompting} prompt */
  #showLine(prompt) {
    this.lineId = prompt.id;
    this.speech.cancel();
    this.said.textContent = prompt.said;
    this.said.hidden = !prompt.said;
    this.line.toggleAttribute("data-waiting", !prompt.sentences.length);
    if (!prompt.sentences.length) return;
    const sentence = sentenceElement(prompt.sentences[0]);
    sentence.toggleAttribute("data-current", true);
    this.line.replaceChildren(sentence);
    this.form.reset();
    this.form.hidden = prompt.complete;
    this.choices.hidden = prompt.complete || !prompt.choices.length;
    this.choices.replaceChildren(...prompt.choices.map((choice) => this.#choice(choice)));
    this.skip.textContent = prompt.complete ? phrases.readOn : phrases.skip;
    if (prompt.complete) this.skip.focus();
  }

  /** @param {string} word @returns {HTMLElement} */
  #choice(word) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet button-large";
    button.textContent = word;
    button.addEventListener("click", () => this.reader.answerPrompt(word));
    return button;
  }
}
