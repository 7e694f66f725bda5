/**
 * "Tell me about this": a finger or a pen held on it, the other mouse button, or the menu key.
 */

const HOLD_MS = 500;
/** A finger is never quite still. */
const STILL_PIXELS = 10;

/**
 * @param {HTMLElement} area
 * @param {(element: HTMLElement) => boolean} onPress says whether that meant something; then nothing else comes of it
 */
export function listenToLongPresses(area, onPress) {
  let timer = 0;
  let from = { x: 0, y: 0 };
  let taken = false;
  const over = () => clearTimeout(timer);

  area.addEventListener("pointerdown", (event) => {
    over();
    taken = false;
    if (event.pointerType === "mouse" || !event.isPrimary) return; // a mouse has its other button, and marks text
    const element = /** @type {HTMLElement} */ (event.target);
    from = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => (taken = onPress(element)), HOLD_MS);
  });
  area.addEventListener("pointermove", (event) => {
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL_PIXELS) over();
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) area.addEventListener(name, over);
  area.addEventListener(
    "click",
    (event) => {
      if (taken) event.stopPropagation();
      taken = false;
    },
    { capture: true },
  );
  area.addEventListener("contextmenu", (event) => {
    over();
    if (taken || onPress(/** @type {HTMLElement} */ (event.target))) event.preventDefault();
  });
}
