/**
 * The wire protocol as the browser speaks it: JSON text frames `{type, payload, seq?}`.
 * The truth is sessions/protocol; this names what the reader page sends and handles.
 *
 * @typedef {{wordIndex: number, audioTimestamp: number}} Position word of the book; ms into its page's audio
 * @typedef {{questionId: string, heard: number}} PreviousAnswer the last question; sentences heard to their end
 * @typedef {{id: string, questionText: string, context: Position, previous?: PreviousAnswer}} AskedQuestion
 * @typedef {{questionId: string, index: number, text: string, words: string[], audioUrl: string|null,
 *   wordTimes: [number, number][]}} AnswerSentence
 * @typedef {{wordIndex: number, audioTimestamp: number, epoch: string,
 *   owner: string, outcome: "new"|"lossless"|"replayed"|"snapshot", lastSeq: number, pendingMessages: Message[],
 *   classPaused?: boolean}} Restored
 * @typedef {{type: string, payload: any, seq?: number}} Message
 */

export const SUBPROTOCOL = "readerai.v1.json";
export const MAX_QUESTION_CHARACTERS = 500;

/** Close codes whose meaning shows on the page. */
export const CloseCode = Object.freeze({
  RESTART: 1012,
  NOT_SIGNED_IN: 4401,
  FORBIDDEN: 4403,
  NOT_FOUND: 4404,
  OPENED_ELSEWHERE: 4409,
  ENDED: 4410,
});

/**
 * @param {number} code of a WebSocket close
 * @returns {boolean} whether to come back with backoff; 4400-4499 means never
 */
export function comesBack(code) {
  return code < 4400 || code > 4499;
}

/**
 * @param {string} type
 * @param {object} payload
 * @returns {string} the frame to send
 */
export function encode(type, payload = {}) {
  return JSON.stringify({ type, payload });
}

/**
 * @param {unknown} frame
 * @returns {Message|null} null for anything that is no message
 */
export function decode(frame) {
  if (typeof frame !== "string") return null;
  try {
    const message = JSON.parse(frame);
    return typeof message?.type === "string" && typeof message.payload === "object" ? message : null;
  } catch {
    return null;
  }
}
