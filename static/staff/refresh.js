/** Parts of a page of the admin that fetch themselves again every few seconds, while somebody looks. */

/** @param {HTMLElement} part whose address is the page's own, with `?part=` */
function keepFresh(part) {
  const { refreshSeconds, refreshPart } = part.dataset;
  const again = () => setTimeout(refresh, Number(refreshSeconds) * 1000);
  const refresh = async () => {
    if (document.visibilityState === "visible") await fetchInto(part, refreshPart ?? "");
    again();
  };
  again();
}

/** @param {HTMLElement} part @param {string} name */
async function fetchInto(part, name) {
  const address = new URL(location.href);
  address.searchParams.set("part", name);
  try {
    const response = await fetch(address, { redirect: "manual" });
    if (response.type === "opaqueredirect") location.reload(); // signed out meanwhile
    else if (response.ok) replace(part, await response.text());
  } catch {
    // The network is away for a moment: what is there stays, with the time at which it was true.
  }
}

/** Whoever was about to press something is still on it. @param {HTMLElement} part @param {string} html */
function replace(part, html) {
  const focused = part.contains(document.activeElement) ? document.activeElement?.id : "";
  part.innerHTML = html;
  if (focused) document.getElementById(focused)?.focus();
}

document.addEventListener("submit", (event) => {
  const question = /** @type {HTMLElement} */ (event.target).dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});
for (const part of document.querySelectorAll("[data-refresh-seconds]")) {
  keepFresh(/** @type {HTMLElement} */ (part));
}
