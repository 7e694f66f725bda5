/** Shows one page of the book: words to tap, the word being spoken, the place where reading goes on. */

import { listenToLongPresses } from "./long-press.js";
import { isNarrating, shownPage } from "./state.js";

export class PageView {
  /**
   * @param {HTMLElement} page
   * @param {{onTap: (wordIndex: number) => void, onLongPress: (wordIndex: number) => void}} options what is done
   *   with a word
   */
  constructor(page, { onTap, onLongPress }) {
    this.scroller = /** @type {HTMLElement} */ (page.parentElement);
    this.chapter = /** @type {HTMLElement} */ (page.querySelector("[data-chapter]"));
    this.body = /** @type {HTMLElement} */ (page.querySelector("[data-text]"));
    /** @type {import("./places.js").PageText|null} */
    this.text = null;
    /** @type {HTMLElement[]} */
    this.words = [];
    /** @type {HTMLElement|null} */
    this.marked = null;
    /** @type {HTMLElement|null} the word whose card is open */
    this.asked = null;
    this.body.addEventListener("click", (event) => {
      const wordIndex = wordOf(/** @type {HTMLElement} */ (event.target));
      if (wordIndex !== null && !window.getSelection()?.toString()) onTap(wordIndex);
    });
    listenToLongPresses(this.body, (element) => {
      const wordIndex = wordOf(element);
      if (wordIndex !== null) onLongPress(wordIndex);
      return wordIndex !== null;
    });
  }

  /** @param {import("./state.js").State} state */
  render(state) {
    const { text } = shownPage(state);
    if (text !== this.text) this.#show(text);
    const mark = isNarrating(state) ? "lit" : "here";
    const begun = state.begun || state.wordIndex > (text?.firstWord ?? 0);
    const word = (text && begun && this.words[state.wordIndex - text.firstWord]) || null;
    if (word !== this.marked || (word && !(mark in word.dataset))) this.#mark(word, mark);
    this.#markAsked((state.word && this.words[state.word.wordIndex - (text?.firstWord ?? 0)]) ?? null);
  }

  /** @param {number} wordIndex of a word of this page: the keys go on from there */
  focus(wordIndex) {
    const word = this.words[wordIndex - (this.text?.firstWord ?? 0)];
    if (!word) return;
    word.tabIndex = -1;
    word.focus({ preventScroll: true });
  }

  /** @param {import("./places.js").PageText|null} text */
  #show(text) {
    this.text = text;
    this.marked = null;
    this.words = [];
    this.asked = null;
    this.chapter.textContent = text?.chapter ?? "";
    this.chapter.hidden = !text?.chapter;
    this.body.replaceChildren(...(text ? this.#paragraphs(text) : []));
    this.scroller.scrollTo({ top: 0 });
  }

  /** @param {import("./places.js").PageText} text */
  #paragraphs(text) {
    const starts = new Set(text.sentences);
    let index = text.firstWord;
    return text.paragraphs.map((words) => {
      const paragraph = document.createElement("p");
      let sentence = paragraph.appendChild(element("sentence"));
      for (const [displayed, space] of words) {
        const word = sentence.appendChild(element("word"));
        word.dataset.word = String(index);
        word.textContent = displayed;
        this.words.push(word);
        index += 1;
        if (starts.has(index)) {
          paragraph.append(space);
          sentence = paragraph.appendChild(element("sentence"));
        } else sentence.append(space);
      }
      return paragraph;
    });
  }

  /** @param {HTMLElement|null} word @param {"lit"|"here"} mark */
  #mark(word, mark) {
    if (this.marked) {
      delete this.marked.dataset.lit;
      delete this.marked.dataset.here;
      delete this.marked.parentElement?.dataset.current;
    }
    this.marked = word;
    if (!word) return;
    word.dataset[mark] = "";
    if (word.parentElement) word.parentElement.dataset.current = "";
    this.#keepInView(word);
  }

  /** @param {HTMLElement|null} word */
  #markAsked(word) {
    if (word === this.asked) return;
    delete this.asked?.dataset.asked;
    this.asked = word;
    if (!word) return;
    word.dataset.asked = "";
    this.#keepInView(word);
  }

  /** @param {HTMLElement} word */
  #keepInView(word) {
    const view = this.scroller.getBoundingClientRect();
    const place = word.getBoundingClientRect();
    const bottom = view.bottom - Number.parseFloat(getComputedStyle(this.scroller).paddingBottom);
    if (place.top >= view.top && place.bottom <= bottom) return;
    const third = (bottom - view.top) / 3;
    this.scroller.scrollBy({ top: place.top - view.top - third, behavior: "smooth" });
  }
}

/** @param {HTMLElement} element on a page @returns {number|null} the word it belongs to */
function wordOf(element) {
  const word = element.closest("[data-word]");
  return word && Number(word.getAttribute("data-word"));
}

/** @param {string} kind @returns {HTMLElement} */
function element(kind) {
  const span = document.createElement("span");
  span.className = kind;
  return span;
}
