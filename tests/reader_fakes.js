/** Stand-ins for the browser's clock, network and events, for the modules' tests. */

/** A clock that moves only when told. */
export class FakeClock {
  now = 0;
  timers = new Map();
  nextId = 1;

  setTimeout = (act, ms) => {
    const id = this.nextId++;
    this.timers.set(id, { at: this.now + ms, act });
    return id;
  };

  clearTimeout = (id) => this.timers.delete(id);

  advance(ms) {
    const end = this.now + ms;
    for (;;) {
      const due = [...this.timers].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.now = due[1].at;
      due[1].act();
    }
    this.now = end;
  }
}

/** A class of sockets that remember what happened to them; the newest is last in `made`. */
export function fakeWebSocket() {
  return class FakeWebSocket {
    static OPEN = 1;
    static made = [];
    readyState = 0;
    sent = [];

    constructor(url, protocols) {
      Object.assign(this, { url, protocols });
      FakeWebSocket.made.push(this);
    }

    send(frame) {
      this.sent.push(JSON.parse(frame));
    }

    close() {
      this.readyState = 3;
    }

    accept() {
      this.readyState = 1;
      this.onopen?.();
    }

    hear(type, payload, seq) {
      this.onmessage?.({ data: JSON.stringify({ type, payload, seq }) });
    }

    lose(code) {
      this.readyState = 3;
      this.onclose?.({ code });
    }
  };
}

export function fakeWindow() {
  const window = new EventTarget();
  window.document = new EventTarget();
  window.document.visibilityState = "visible";
  return window;
}

/** Everything a socket needs, and the socket; `random` is 1 so that each wait is its longest. */
export function fakeWorld() {
  const clock = new FakeClock();
  const WebSocket = fakeWebSocket();
  const window = fakeWindow();
  return { clock, WebSocket, window, random: () => 1, newest: () => WebSocket.made.at(-1) };
}
