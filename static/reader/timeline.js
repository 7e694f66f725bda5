/**
 * Which word is spoken when. Pure.
 *
 * @typedef {[number, number][]} WordTimes one `[start, end)` in ms for each word, in order, not overlapping
 */

/**
 * @param {WordTimes} wordTimes
 * @param {number} ms
 * @returns {number} the last word that has begun at `ms`: it stays lit through the silence after it.
 *   Before the first word this is the first; -1 only where there are no words.
 */
export function wordAt(wordTimes, ms) {
  let low = 0;
  let high = wordTimes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (wordTimes[middle][0] <= ms) low = middle + 1;
    else high = middle;
  }
  return wordTimes.length ? Math.max(0, low - 1) : -1;
}
