// The admin without `eval`: Alpine's CSP build reads expressions itself and knows no globals. What unfold's
// expressions reach for is given to them here by name, and what it cannot read is a method here.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;

const storage = {
  getItem: (name) => localStorage.getItem(name),
  setItem: (name, value) => localStorage.setItem(name, value),
};

const place = {
  location: {
    get pathname() { return location.pathname; },
    get search() { return location.search; },
    get hash() { return location.hash; },
    get href() { return location.href; },
    set href(address) { location.href = address; },
  },
};

// Wrapped, because the build refuses values that are themselves globals.
const globals = {
  localStorage: storage,
  window: place,
  getCurrentTab: () => getCurrentTab(),
  sortRecords: (event) => sortRecords(event),
  moveRecords: (event) => moveRecords(event),
};

const searchKeys = {
  focused() {
    this.openSearchResults = true;
    this.currentIndex = 0;
  },
  escaped() {
    this.openSearchResults = false;
    const field = this.$refs.searchInput;
    if (field.value === "") field.blur();
    else field.value = "";
  },
};

const shell = {
  activeTab: "",
  sidebarMobileOpen: false,
  sidebarDesktopOpen: true,
  init() {
    const first = this.$root.dataset.primaryTab;
    this.activeTab = first ? getCurrentTab() || first : "";
    this.sidebarDesktopOpen = storage.getItem("sidebarDesktopOpen") !== "0";
    this.$watch("sidebarDesktopOpen", (open) => storage.setItem("sidebarDesktopOpen", open ? "1" : "0"));
  },
};

document.addEventListener("alpine:init", () => {
  Alpine.data("theme", (wanted) => ({ ...globals, ...theme(wanted) }));
  Alpine.data("searchForm", searchForm);
  Alpine.data("searchDropdown", () => Object.assign(searchDropdown(), searchKeys));
  Alpine.data("searchCommand", searchCommand);
  Alpine.data("shell", () => ({ ...shell }));
});
