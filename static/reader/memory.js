/**
 * What outlives a reload, in this tab only: the place, the numbers of the conversation, an open question.
 * Another tab or another day asks the server.
 */

/**
 * @template T
 * @param {string} key
 * @returns {T|null}
 */
export function recall(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {object} value
 */
export function remember(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage refused or full: the server still knows the place.
  }
}

/** @param {string} key */
export function forget(key) {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // See above.
  }
}
