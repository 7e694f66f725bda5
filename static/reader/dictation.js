/** A field that can be spoken into: by its button, where the browser can recognise speech. */

import { phrases } from "./phrases.js";
import { SpeechInput } from "./speech-input.js";

/**
 * @param {object} options
 * @param {HTMLInputElement|HTMLTextAreaElement} options.field
 * @param {HTMLElement|null} options.button null: this school wants no speech recognised
 * @param {string} options.language BCP 47
 * @param {() => void} [options.onPressed] before it listens, or ends that
 * @returns {SpeechInput}
 */
export function dictateInto({ field, button, language, onPressed }) {
  if (!button) return new SpeechInput({ language, onText() {}, onListening() {}, onUnavailable() {} });
  const speech = new SpeechInput({
    language,
    onText: (text) => (field.value = text),
    onListening: (listening) => {
      button.setAttribute("aria-pressed", String(listening));
      field.placeholder = listening ? phrases.listening : "";
      if (!listening) field.focus();
    },
    onUnavailable: () => {
      button.hidden = true;
      field.placeholder = phrases.cannotListen;
    },
  });
  button.hidden = !speech.available;
  button.addEventListener("click", () => {
    onPressed?.();
    speech.toggle();
  });
  return speech;
}
