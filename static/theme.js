// Light or dark: the reader's own choice, else the device's. Loaded before the page is drawn, so
// that a dark page never flashes light.
{
  const KEY = "readerai.theme";
  const root = document.documentElement;

  const isTheme = (value) => value === "light" || value === "dark";

  // Storage may be refused (private windows): then the choice lasts for this page only.
  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };

  const remember = (theme) => {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // nothing to do: see above
    }
  };

  const chosen = remembered();
  if (isTheme(chosen)) root.dataset.theme = chosen;

  const shown = () =>
    root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        root.dataset.theme = shown() === "dark" ? "light" : "dark";
        remember(root.dataset.theme);
      });
    }
  });
}
