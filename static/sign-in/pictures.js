// A child taps three pictures in order. Without this script each tap asks the server for the next page;
// with it the first two stay here, and the third sends them all.

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-pictures]"));
const places = form.querySelectorAll(".pick");

const picked = () => form.querySelectorAll('input[name="picture"]').length;

/** Put a tapped picture into the next place. @param {HTMLButtonElement} button */
function pick(button) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = button.name;
  field.value = button.value;
  const picture = /** @type {HTMLImageElement} */ (button.querySelector("img")).cloneNode();
  places[picked()].append(field, picture);
  button.disabled = true;
}

form.addEventListener("submit", (event) => {
  const button = /** @type {HTMLButtonElement} */ (event.submitter);
  if (picked() < places.length - 1) {
    event.preventDefault();
    pick(button);
  }
});

// Whoever comes back to this page by the browser's own way begins anew, as the server does.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.replace(form.action);
});
