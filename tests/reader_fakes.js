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

/**
 * A server of one session, as a client sees it: an outbox, what it knows of the questions, and an epoch. It hears
 * what was sent when told to; `complaints` are acknowledgements that are not true.
 */
export class FakeServer {
  epoch = 1;
  state = { seq: 0, acked: 0, outbox: [], questions: {} };
  copy = structuredClone(this.state);
  complaints = [];

  constructor(world, wasHad) {
    Object.assign(this, { world, wasHad });
  }

  get socket() {
    return this.world.newest();
  }

  /** The answers, and more of them: a message for the client, if it is there. */
  publish(type, payload) {
    const message = { type, payload, seq: ++this.state.seq };
    this.state.outbox.push(message);
    this.deliver(message);
  }

  deliver({ type, payload, seq }) {
    if (this.socket.greeted && this.socket.readyState === 1) this.socket.hear(type, payload, seq);
  }

  say(id) {
    const question = this.state.questions[id];
    const index = question.said++;
    this.publish("ANSWER_SENTENCE", { questionId: id, index, text: `${this.epoch}` });
  }

  end(id, type) {
    this.state.questions[id].status = "ended";
    this.publish(type, { questionId: id });
  }

  /** Redis was lost: what it knew is as in its copy, or nothing; the numbers begin anywhere. */
  lose(everything, first) {
    const empty = { seq: 0, acked: 0, outbox: [], questions: {} };
    this.state = structuredClone(everything ? empty : this.copy);
    this.state.outbox.forEach((message, index) => (message.seq = first + index + 1));
    this.state.seq = first + this.state.outbox.length;
    this.state.acked = first;
    this.copy = structuredClone(this.state);
    this.epoch += 1;
    if (this.socket.readyState === 1) this.socket.lose(4503);
  }

  /** Hear all that the newest socket has sent. */
  listen() {
    const { socket } = this;
    if (socket.readyState !== 1) return;
    while (socket.readyState === 1 && socket.sent.length) {
      const { type, payload } = socket.sent.shift();
      this.hear(type, payload);
    }
  }

  hear(type, payload) {
    const { state } = this;
    if (type === "HELLO") return this.restore(payload);
    if (type === "STUDENT_QUESTION") this.asked(payload);
    if (type === "QUESTION_CANCELLED") state.questions[payload.id] = { status: "cancelled", said: 0 };
    if (type !== "PROGRESS") return;
    if (payload.ack > state.seq) this.complaints.push(["never sent", payload.ack]);
    const lost = state.outbox.filter(({ seq }) => seq <= payload.ack).filter((message) => !this.wasHad(message));
    if (lost.length) this.complaints.push(["never had", lost]);
    state.acked = Math.max(state.acked, payload.ack);
    state.outbox = state.outbox.filter(({ seq }) => seq > state.acked);
  }

  asked({ id }) {
    if (this.state.questions[id]) return;
    this.state.questions[id] = { status: "asked", said: 0 };
    this.publish("INTERRUPTION_ACKNOWLEDGED", { questionId: id, wordIndex: 0 });
  }

  restore({ epoch, lastSeq, unacknowledged }) {
    for (const question of unacknowledged) this.asked(question);
    const { seq, acked, outbox } = this.state;
    const known = epoch === `${this.epoch}` && lastSeq >= acked && lastSeq <= seq;
    const pendingMessages = outbox.filter((message) => !known || message.seq > lastSeq);
    const outcome = known ? "replayed" : epoch ? "snapshot" : "new";
    this.socket.greeted = true;
    this.socket.hear("SESSION_RESTORED", {
      wordIndex: 5, audioTimestamp: 0, epoch: `${this.epoch}`, outcome, lastSeq: seq, pendingMessages,
    });
  }
}

/**
 * Play a story between a client and a server that both lose much, then let it end well.
 * @param {typeof import("../static/reader/session-client.js").SessionClient} SessionClient
 * @param {[string, number][]} story what happens, each with a number that chooses whom or how
 * @returns {{had: [string, string, number][], cancelled: string[], asked: string[], complaints: any[]}}
 */
export function playStory(SessionClient, story) {
  const world = fakeWorld();
  let had = [], asked = [], cancelled = [];
  let remembered;
  const keyOf = ({ type, payload }) => [payload.questionId, type, payload.index ?? 0];
  const isOver = (id) =>
    cancelled.includes(id) || !asked.includes(id) || had.some(([other, type]) => other === id && /COMP|FAIL/.test(type));
  const server = new FakeServer(world, (message) =>
    isOver(message.payload.questionId) || had.some((key) => `${key}` === `${keyOf(message)}`)
      // A second telling of what was had under another name: an acknowledgement that a sentence made needless.
      || (message.type === "INTERRUPTION_ACKNOWLEDGED" && had.some(([id]) => id === message.payload.questionId)),
  );
  const start = (memory) => {
    const client = new SessionClient({
      url: "ws://here/", memory, position: () => ({ wordIndex: 5, audioTimestamp: 0 }), isWanted: () => true,
      onStatus: () => {}, onPlace: () => {}, onMessage: (message) => had.push(keyOf(message)), injected: world,
      onClassPaused: () => {}, onClassMessage: () => {},
    });
    client.open();
    return client;
  };
  const remember = () => (remembered = structuredClone({ memory: client.memory(), had, asked, cancelled }));
  const leave = () => {
    client.socket.close();
    world.clock.timers.clear();
  };
  const come = () => {
    for (let n = 0; world.newest().readyState !== 0 && n < 9; n += 1) world.clock.advance(10_000);
  };
  const choose = (list, number) => list[list.length - 1 - (number % list.length)];
  const open = (number) =>
    choose(Object.keys(server.state.questions).filter((id) => server.state.questions[id].status === "asked"), number);
  let client = start(null);
  remember();

  const acts = {
    ask() {
      asked.push(`q${asked.length}`);
      client.ask({ id: asked.at(-1), questionText: "?", context: { wordIndex: 5, audioTimestamp: 0 } });
      remember();
    },
    cancel(number) {
      const id = choose(asked, number);
      if (!id || isOver(id)) return;
      cancelled.push(id);
      client.cancel(id);
      remember();
    },
    say: (number) => open(number) && server.say(open(number)),
    complete: (number) => open(number) && server.end(open(number), "ANSWER_COMPLETE"),
    fail: (number) => open(number) && server.end(open(number), "ANSWER_FAILED"),
    repeat: (number) => server.state.outbox.length && server.deliver(choose(server.state.outbox, number)),
    renumber(number) {
      const again = choose(server.state.outbox, number);
      if (again) server.publish(again.type, again.payload);
    },
    listen: () => server.listen(),
    report() {
      remember();
      client.report(true);
    },
    cut: () => world.newest().readyState === 1 && world.newest().lose(1006),
    connect() {
      come();
      if (world.newest().readyState === 0) world.newest().accept();
    },
    copy: () => (server.copy = structuredClone(server.state)),
    failover: (number) => server.lose(false, number),
    flush: (number) => server.lose(true, number),
    reload() {
      const memory = JSON.parse(JSON.stringify(client.memory()));
      leave();
      client = start(memory);
    },
    crash() {
      leave();
      ({ had, asked, cancelled } = structuredClone(remembered));
      client = start(remembered.memory);
    },
  };
  for (const [act, number] of story) acts[act](number);
  for (let n = 0; n < 3; n += 1) {
    for (const act of ["cut", "connect", "listen", "report", "listen"]) acts[act](0);
    for (const id of Object.keys(server.state.questions)) {
      if (server.state.questions[id].status !== "asked") continue;
      server.say(id);
      server.end(id, "ANSWER_COMPLETE");
    }
  }
  return { had, asked, cancelled, complaints: server.complaints };
}
