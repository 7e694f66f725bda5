/**
 * Finding one's way in a book: pages and sentences of a word. Pure.
 *
 * @typedef {{number: number, chapter: string, firstWord: number, paragraphs: [string, string][][],
 *   sentences: number[], narrationUrl: string}} PageText
 */

/** How far into a sentence "back" still means the sentence before; further in, it means this one's start. */
const JUST_BEGUN_WORDS = 2;

/**
 * @param {number[]} starts ascending, the first not above `wordIndex`
 * @param {number} wordIndex
 * @returns {number} position in `starts` of the last start at or before the word
 */
function lastStartAt(starts, wordIndex) {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= wordIndex) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/**
 * @param {number[]} pageFirstWords first word of each page
 * @param {number} wordIndex
 * @returns {number} number of the page that holds the word, from 1
 */
export function pageOf(pageFirstWords, wordIndex) {
  return lastStartAt(pageFirstWords, wordIndex) + 1;
}

/**
 * @param {number[]} sentences first word of each sentence of the page
 * @param {number} wordIndex
 * @returns {number} first word of the word's own sentence
 */
export function sentenceStart(sentences, wordIndex) {
  return sentences.length ? sentences[lastStartAt(sentences, wordIndex)] : wordIndex;
}

/**
 * @param {number[]} sentences
 * @param {number} wordIndex
 * @returns {number|null} where "back one sentence" goes; null: to the page before
 */
export function sentenceBefore(sentences, wordIndex) {
  const current = lastStartAt(sentences, wordIndex);
  if (sentences.length && wordIndex - sentences[current] >= JUST_BEGUN_WORDS) return sentences[current];
  return current > 0 ? sentences[current - 1] : null;
}

/**
 * @param {number[]} sentences
 * @param {number} wordIndex
 * @returns {number|null} where "forward one sentence" goes; null: to the next page
 */
export function sentenceAfter(sentences, wordIndex) {
  return sentences[lastStartAt(sentences, wordIndex) + 1] ?? null;
}
