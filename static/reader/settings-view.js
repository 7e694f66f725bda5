/** How the page reads and looks: speed, volume, letters, highlight, keys; kept on this device. */

import { FASTEST, loadPreferences, sanitise, savePreferences, SLOWEST } from "./preferences.js";

const STEP = 0.1;

export class SettingsView {
  /**
   * @param {HTMLElement} root
   * @param {(preferences: import("./preferences.js").Preferences) => void} onChange also called at once
   */
  constructor(root, onChange) {
    this.root = root;
    this.onChange = onChange;
    this.preferences = loadPreferences();
    /** @type {HTMLInputElement[]} */
    this.inputs = [...root.querySelectorAll("input[data-preference]")];
    for (const input of this.inputs) input.addEventListener("input", () => this.change(valueOf(input)));
    for (const button of root.querySelectorAll("[data-speed-step]")) {
      button.addEventListener("click", () => this.changeSpeed(Number(button.getAttribute("data-speed-step"))));
    }
    const dialog = /** @type {HTMLDialogElement} */ (root.querySelector("#settings"));
    root.querySelector('[data-part="open-settings"]')?.addEventListener("click", () => dialog.showModal());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    this.#apply();
  }

  /** @param {Partial<import("./preferences.js").Preferences>} some */
  change(some) {
    this.preferences = sanitise({ ...this.preferences, ...some });
    savePreferences(this.preferences);
    this.#apply();
  }

  /** @param {number} steps faster, or slower when negative */
  changeSpeed(steps) {
    this.change({ speed: this.preferences.speed + steps * STEP });
  }

  #apply() {
    const { speed, letters, roomy, highlight } = this.preferences;
    Object.assign(this.root.dataset, { letters, highlight, roomy });
    for (const input of this.inputs) show(input, this.preferences);
    for (const output of this.root.querySelectorAll('[data-part="speed"]')) output.textContent = `${speed.toFixed(1)}×`;
    for (const button of this.root.querySelectorAll("[data-speed-step]")) {
      const faster = Number(button.getAttribute("data-speed-step")) > 0;
      /** @type {HTMLButtonElement} */ (button).disabled = faster ? speed >= FASTEST : speed <= SLOWEST;
    }
    this.onChange(this.preferences);
  }
}

/** @param {HTMLInputElement} input @returns {object} what its preference would be */
function valueOf(input) {
  const name = /** @type {string} */ (input.dataset.preference);
  if (input.type === "checkbox") return { [name]: input.checked };
  return { [name]: input.type === "range" ? input.valueAsNumber : input.value };
}

/** @param {HTMLInputElement} input @param {any} preferences */
function show(input, preferences) {
  const value = preferences[/** @type {string} */ (input.dataset.preference)];
  if (input.type === "checkbox") input.checked = value;
  else if (input.type === "radio") input.checked = input.value === String(value);
  else input.value = String(value);
}
