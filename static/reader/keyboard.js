/** Every control by key. Letters and signs can be switched off (WCAG 2.1.4); they rest while one types. */

/**
 * @param {import("./reader.js").Reader} reader
 * @param {{mirrored: boolean, allowed: () => boolean, changeSpeed: (steps: number) => void}} options
 *   mirrored: the book runs right to left, so that its "forward" arrow points left
 */
export function listenToKeys(reader, { mirrored, allowed, changeSpeed }) {
  const forward = mirrored ? -1 : 1;
  const sentence = (/** @type {number} */ direction) => reader.moveSentence(direction > 0 ? 1 : -1);
  const page = (/** @type {number} */ direction) => reader.turnPage(direction > 0 ? 1 : -1);

  /** @type {Record<string, () => void>} */
  const named = {
    ArrowLeft: () => sentence(-forward),
    ArrowRight: () => sentence(forward),
    "Shift+ArrowLeft": () => page(-forward),
    "Shift+ArrowRight": () => page(forward),
    PageUp: () => page(-1),
    PageDown: () => page(1),
  };
  /** @type {Record<string, () => void>} */
  const characters = {
    " ": () => reader.togglePlay(),
    q: () => reader.openQuestion(),
    w: () => reader.openWord(),
    "+": () => changeSpeed(1),
    "=": () => changeSpeed(1),
    "-": () => changeSpeed(-1),
    ",": () => reader.moveWord(-1),
    ".": () => reader.moveWord(1),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.closest("dialog, input, textarea, select")) return;
    if (event.key === " " && target.closest("button, a, summary")) return;
    const name = event.shiftKey && event.key.startsWith("Arrow") ? `Shift+${event.key}` : event.key;
    const act = named[name] ?? (allowed() ? characters[event.key.toLowerCase()] : undefined);
    if (!act) return;
    event.preventDefault();
    act();
  });
}
