/** What the page says to the child in words that depend on the moment. */

import { CloseCode } from "./protocol.js";

export const phrases = Object.freeze({
  play: "Play",
  pause: "Pause",
  goOn: "Go on",
  preparing: "Getting the voice ready…",
  pageComing: "Your page is on its way…",
  thinking: "I am thinking about it…",
  stillThinking: "I am still thinking. Thank you for waiting.",
  more: "One moment, there is more to come…",
  moreLater: "No connection right now. The rest comes as soon as I am back.",
  heard: "I heard your question.",
  sending: "Sending your question…",
  kept: "No connection right now. I will keep your question and answer as soon as I can.",
  answerLate: "I could not find an answer this time. Let us read on, and ask me again later.",
  answerCut: "That is all I can say this time. Let us read on.",
  listening: "I am listening…",
  cannotListen: "I cannot hear you here. Please type it.",
  skip: "Skip",
  readOn: "Read on",
  reading: "Reading aloud",
  paused: "Paused",
  asking: "The story waits. What would you like to know?",
  storyGoesOn: "The story goes on",
  away: "No connection. You can go on reading.",
  awayBanner: "No connection just now. You can go on reading; I am trying to get back.",
  moving: "One moment…",
  back: "Connected again",
  held: "Your teacher has paused the reading.",
  letGo: "Your teacher lets you go on.",
  finished: "The end",
  noMeaning: "I cannot tell you what it means just now. A grown-up can help you with it!",
  meaningLater: "No connection right now. I will tell you as soon as I am back.",
  page: (/** @type {number} */ number, /** @type {number} */ count) => `Page ${number} of ${count}`,
});

/** @typedef {{title: string, text: string, button: string, action: "reload"|"sign-in"|"library"}} Farewell */

/** @param {number} code why the page is over @returns {Farewell} */
export function farewell(code) {
  switch (code) {
    case CloseCode.OPENED_ELSEWHERE:
      return {
        title: "This book is open somewhere else",
        text: "You are reading it on another screen. Your place is safe.",
        button: "Read here instead",
        action: "reload",
      };
    case CloseCode.ENDED:
      return {
        title: "That is all for now",
        text: "Your teacher has ended the reading. Your place is safe.",
        button: "To the library",
        action: "library",
      };
    case CloseCode.NOT_SIGNED_IN:
      return {
        title: "Please sign in again",
        text: "You have been away for a while. Your place is safe.",
        button: "Sign in",
        action: "sign-in",
      };
    case CloseCode.FORBIDDEN:
    case CloseCode.NOT_FOUND:
      return {
        title: "This book is not on your shelf",
        text: "Maybe it was put away. There are other stories waiting for you.",
        button: "To the library",
        action: "library",
      };
    default:
      return {
        title: "Something got mixed up",
        text: "Your place is safe. Let us open the book again.",
        button: "Open the book again",
        action: "reload",
      };
  }
}
