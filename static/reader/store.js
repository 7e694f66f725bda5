/** State in one place: every change is an event through one pure reducer, and everybody else looks on. */

/**
 * @template State, Event
 */
export class Store {
  /**
   * @param {(state: State, event: Event) => State} reducer pure
   * @param {State} initial
   */
  constructor(reducer, initial) {
    this.reducer = reducer;
    this.state = initial;
    /** @type {((state: State, before: State) => void)[]} */
    this.watchers = [];
    /** @type {Event[]} */
    this.queue = [];
    this.busy = false;
  }

  /** @param {(state: State, before: State) => void} watcher called after each change, in order of subscription */
  watch(watcher) {
    this.watchers.push(watcher);
  }

  /**
   * Apply an event and tell the watchers. An event dispatched by a watcher waits for its turn, so that
   * every watcher sees every state, in order.
   * @param {Event} event
   */
  dispatch = (event) => {
    this.queue.push(event);
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.queue.length) {
        const before = this.state;
        this.state = this.reducer(before, /** @type {Event} */ (this.queue.shift()));
        if (this.state === before) continue;
        for (const watcher of this.watchers) watcher(this.state, before);
      }
    } finally {
      this.busy = false;
    }
  };
}
