/**
 * Follows one child's reading: its page, the word it hears, what it asks and is told. Between two places that
 * the server tells, the word goes on as the narration does.
 *
 * @typedef {{number: number, chapter: string, firstWord: number, paragraphs: [string, string][][],
 *   wordTimes: [number, number][]}} Page as the server tells it: words with the white space after each
 * @typedef {{wordIndex: number, wordCount: number, audioTimestamp: number, doing: string, ageMs: number}} Place
 */

import { ResilientSocket } from "../reader/resilient-socket.js";
import { wordAt } from "../reader/timeline.js";

const LOOK_MS = 100;
/** Children's tablets tell their place each second: without news for so long, the word rests where it is. */
const TRUSTED_MS = 5_000;
const FORBIDDEN = 4403;

const root = /** @type {HTMLElement} */ (document.querySelector("#follow"));
const part = (/** @type {string} */ name) =>
  /** @type {HTMLElement} */ (root.querySelector(`[data-follow="${name}"]`));

/** @type {Page|null} */
let page = null;
/** @type {(Place & {heardAt: number})|null} */
let place = null;
/** @type {Element|null} */
let lit = null;

/** @type {Record<string, (message: any) => void>} */
const handlers = {
  page(message) {
    page = message;
    part("chapter").textContent = message.chapter;
    part("text").replaceChildren(...paragraphs(message));
    lit = null;
  },
  place(message) {
    place = { ...message, heardAt: performance.now() };
    showState(message.doing);
    const number = page ? `, page ${page.number}` : "";
    part("place").textContent = `word ${message.wordIndex} of ${message.wordCount}${number}`;
    light();
  },
  question: ({ text }) => talk("staff-asked", text),
  sentence: ({ text }) => talk("staff-said", text),
  answered: () => {},
  left: () => showState("away"),
};

/** @param {Page} shown @returns {HTMLElement[]} */
function paragraphs(shown) {
  let word = shown.firstWord;
  return shown.paragraphs.map((words) => {
    const paragraph = document.createElement("p");
    for (const [text, space] of words) {
      const span = document.createElement("span");
      span.dataset.word = String(word++);
      span.textContent = text;
      paragraph.append(span, space);
    }
    return paragraph;
  });
}

/** @param {string} state */
function showState(state) {
  part("state").dataset.state = state;
  part("state").textContent = state;
  if (place) place.doing = state;
}

/** @param {string} kind @param {string} text */
function talk(kind, text) {
  part("no-talk")?.remove();
  const line = document.createElement("p");
  line.className = kind;
  line.dir = "auto";
  line.textContent = text;
  part("talk").append(line);
  line.scrollIntoView({ block: "nearest" });
}

/** @returns {number} the word that the child hears now */
function wordNow() {
  if (!place || !page) return -1;
  const sinceMs = performance.now() - place.heardAt;
  if (place.doing !== "reading" || sinceMs > TRUSTED_MS) return place.wordIndex;
  const word = wordAt(page.wordTimes, place.audioTimestamp + place.ageMs + sinceMs);
  return Math.max(place.wordIndex, page.firstWord + word);
}

function light() {
  const found = part("text").querySelector(`[data-word="${wordNow()}"]`);
  if (found === lit) return;
  lit?.removeAttribute("data-lit");
  found?.setAttribute("data-lit", "");
  if (found) found.scrollIntoView({ block: "nearest" });
  lit = found;
}

const address = new URL(root.dataset.socket ?? "", location.href);
address.protocol = address.protocol.replace("http", "ws");
const socket = new ResilientSocket({
  url: address.href,
  protocols: [],
  onOpen: () => socket.confirm(),
  onFrame: (frame) => {
    const message = JSON.parse(String(frame));
    handlers[message.type]?.(message);
  },
  onStatus: (status, code) => {
    if (status === "closed") showState(code === FORBIDDEN ? "not yours" : "over");
    else if (status === "away") showState("away");
  },
  isWanted: () => document.visibilityState === "visible",
});
socket.open();
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && socket.wake());
setInterval(light, LOOK_MS);
