// A badge is read by the camera, in browsers that can read codes; no picture leaves the tablet.

/** @typedef {{detect(source: HTMLVideoElement): Promise<{rawValue: string}[]>}} Detector */

const LOOK_MS = 200;
const BADGE = /^\/badge\/[\w-]+\/$/;

const root = /** @type {HTMLElement} */ (document.querySelector("[data-badge]"));
const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(`[data-part="${name}"]`));
const open = part("open");
const dialog = /** @type {HTMLDialogElement} */ (part("camera"));
const video = /** @type {HTMLVideoElement} */ (part("video"));
const news = part("news");

/** @returns {Promise<Detector|null>} null: this browser reads no codes */
async function detector() {
  const { BarcodeDetector } = /** @type {any} */ (globalThis);
  if (!BarcodeDetector || !navigator.mediaDevices) return null;
  const formats = await BarcodeDetector.getSupportedFormats();
  return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
}

/** The way of a badge's link on this server, whatever name the server had when it was printed. @param {string} link */
function badgePath(link) {
  const path = URL.canParse(link) ? new URL(link).pathname : "";
  return BADGE.test(path) ? path : null;
}

/** Look until a badge is seen or the camera is closed. @param {Detector} codes */
async function look(codes) {
  dialog.showModal();
  news.textContent = "Hold it in front of the camera.";
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    news.textContent = "The camera may not be used here. Ask your teacher.";
    return;
  }
  try {
    video.srcObject = stream;
    while (dialog.open) {
      const seen = await codes.detect(video).catch(() => []);
      const path = seen.map((code) => badgePath(code.rawValue)).find(Boolean);
      if (path && dialog.open) {
        location.assign(path + location.search);
        return;
      }
      if (seen.length) news.textContent = "That is no badge of ours.";
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

const codes = await detector().catch(() => null);
if (codes) {
  open.hidden = false;
  root.querySelector(".badge-help")?.remove();
  open.addEventListener("click", () => look(codes));
}
// A page that is kept for "back" must not keep the camera.
addEventListener("pagehide", () => dialog.close());
