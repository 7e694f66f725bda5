/**
 * How long to wait before the next attempt to connect: exponential, capped, with full jitter, so that a
 * school whose network comes back does not arrive all in the same moment.
 */

export const FIRST_MS = 1_000;
export const FACTOR = 1.5;
export const LONGEST_MS = 30_000;

/**
 * @param {number} attempt failed attempts since the last good connection, from 0
 * @param {() => number} random a number in [0, 1)
 * @returns {number} milliseconds to wait, evenly spread over [0, ceiling of this attempt)
 */
export function backoffDelay(attempt, random = Math.random) {
  return random() * Math.min(LONGEST_MS, FIRST_MS * FACTOR ** attempt);
}
