/** The keys on headphones, keyboards and lock screens. */

/**
 * @param {import("./reader.js").Reader} reader
 * @param {{title: string, author: string}} book
 */
export function connectMediaSession(reader, book) {
  const { mediaSession } = navigator;
  if (!mediaSession) return;
  mediaSession.metadata = new MediaMetadata({ title: book.title, artist: book.author });
  /** @type {Partial<Record<MediaSessionAction, () => void>>} */
  const actions = {
    play: () => reader.play(),
    pause: () => reader.pause(),
    stop: () => reader.pause(),
    previoustrack: () => reader.turnPage(-1),
    nexttrack: () => reader.turnPage(1),
    seekbackward: () => reader.moveSentence(-1),
    seekforward: () => reader.moveSentence(1),
  };
  for (const [action, act] of Object.entries(actions)) {
    mediaSession.setActionHandler(/** @type {MediaSessionAction} */ (action), act);
  }
  reader.store.watch(({ mode }) => {
    const state = mode === "reading" ? "playing" : "paused";
    if (mediaSession.playbackState !== state) mediaSession.playbackState = state;
  });
}
