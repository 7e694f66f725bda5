/** How this child likes to read: remembered on this device, shown on the document as data attributes. */

const KEY = "readerai.preferences";

export const LETTER_SIZES = 5;
export const SLOWEST = 0.6;
export const FASTEST = 1.4;
export const HIGHLIGHTS = Object.freeze(["sun", "mint", "sky", "rose", "off"]);

/**
 * @typedef {{speed: number, volume: number, letters: number, roomy: boolean, highlight: string,
 *   shortcuts: boolean}} Preferences letters: size, 1 to LETTER_SIZES
 */

/** @type {Preferences} */
const DEFAULTS = { speed: 1, volume: 1, letters: 3, roomy: false, highlight: "sun", shortcuts: true };

/** @param {any} raw @returns {Preferences} with every value in its range, whatever was stored */
export function sanitise(raw) {
  const value = { ...DEFAULTS, ...(typeof raw === "object" ? raw : null) };
  const within = (/** @type {any} */ number, /** @type {number} */ low, /** @type {number} */ high, fallback = low) =>
    Number.isFinite(number) ? Math.min(high, Math.max(low, number)) : fallback;
  return {
    speed: Math.round(within(value.speed, SLOWEST, FASTEST, 1) * 10) / 10,
    volume: within(value.volume, 0, 1, 1),
    letters: Math.round(within(value.letters, 1, LETTER_SIZES, 3)),
    roomy: value.roomy === true,
    highlight: HIGHLIGHTS.includes(value.highlight) ? value.highlight : "sun",
    shortcuts: value.shortcuts !== false,
  };
}

/** @returns {Preferences} */
export function loadPreferences() {
  try {
    return sanitise(JSON.parse(localStorage.getItem(KEY) ?? "null"));
  } catch {
    return sanitise(null);
  }
}

/** @param {Preferences} preferences */
export function savePreferences(preferences) {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Storage refused: it holds for this page.
  }
}
