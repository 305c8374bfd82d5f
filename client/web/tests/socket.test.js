import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconnectDelayMs, Socket } from '../net/socket.js';

test('what the server says is waited for exactly', () => {
  assert.equal(reconnectDelayMs(9, 3_800, () => 0.5), 3_800);
  assert.equal(reconnectDelayMs(0, 0, () => 0.5), 0);
});

test('what the server says makes neither a hot loop nor a timer that overflows', () => {
  assert.deepEqual([2, 3, 9].map((attempts) => reconnectDelayMs(attempts, 0)), [0, 1_000, 1_000]);
  assert.deepEqual([2 ** 31 - 1, 2 ** 31, Number.MAX_SAFE_INTEGER].map((ms) => reconnectDelayMs(0, ms)), [2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1]);
});

test('the wait without a word of the server is spread from zero to a limit that doubles', () => {
  const most = () => 0.999999;
  assert.deepEqual([0, 1, 2, 6, 60, 5_000].map((attempts) => reconnectDelayMs(attempts, undefined, most)), [499, 999, 1_999, 29_999, 29_999, 29_999]);
  assert.equal(reconnectDelayMs(60, null, () => 0), 0);
});

/** A browser's WebSocket, as far as the transport uses it. */
class FakeSocket {
  static OPEN = 1;
  /** @type {FakeSocket[]} */
  static made = [];
  readyState = 1;
  /** @type {string[]} */
  sent = [];
  /** @type {any} */
  onclose;
  /** @type {any} */
  onopen;

  constructor() {
    FakeSocket.made.push(this);
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(text);
  }

  close() {}
}

/** A transport with a clock that the test turns. @param {(t: any) => void} play */
function withSocket(play) {
  const before = { WebSocket: globalThis.WebSocket, window: globalThis.window, clearTimeout: globalThis.clearTimeout };
  /** @type {{act: () => void, inMs: number}[]} */
  const timers = [];
  /** @type {any[]} */
  const ends = [];
  FakeSocket.made = [];
  Object.assign(globalThis, {
    WebSocket: FakeSocket,
    window: { setTimeout: (/** @type {() => void} */ act, /** @type {number} */ inMs) => timers.push({ act, inMs }) },
    clearTimeout: (/** @type {number} */ id) => id && delete timers[id - 1],
  });
  try {
    const socket = new Socket('ws://127.0.0.1/ws', { opened() {}, received() {}, closed: (end) => ends.push(end) });
    play({ socket, timers, ends, made: FakeSocket.made });
  } finally {
    Object.assign(globalThis, before);
  }
}

test('a wait that the server asked for is kept, and told apart from one that was drawn', () => withSocket(({ socket, ends, made, timers }) => {
  socket.open();
  socket.farewell(true, 3_800);
  made[0].onclose({ code: 1001 });
  assert.deepEqual(ends, [{ again: true, inMs: 3_800, code: 1001, told: true }]);
  assert.equal(timers.at(-1).inMs, 3_800);
  timers.at(-1).act();
  made[1].onclose({ code: 1006 });
  assert.equal(ends[1].told, false);
}));

test('an end that this page did not bring about is come back from, also when it looks like one', () => withSocket(({ socket, ends, made }) => {
  for (const code of [0, 1000, 1005, 1006]) {
    socket.open();
    made.at(-1).onclose({ code });
    assert.equal(ends.at(-1).again, true, `${code}`);
  }
  for (const code of [1002, 1007, 1009, 4500]) {
    socket.open();
    made.at(-1).onclose({ code });
    assert.equal(ends.at(-1).again, false, `${code}`);
  }
  socket.open();
  socket.farewell(false);
  made.at(-1).onclose({ code: 1000 });
  assert.equal(ends.at(-1).again, false, 'the server said so');
  socket.open();
  socket.close(false);
  assert.equal(ends.at(-1).again, false, 'the person left');
}));

test('a network that is lost during a wait leaves the wait alone; whoever leaves ends it', () => withSocket(({ socket, made, timers }) => {
  socket.open();
  socket.farewell(true, 3_800);
  made[0].onclose({ code: 1001 });
  socket.close(true);
  assert.deepEqual(timers.filter(Boolean).map((/** @type {any} */ { inMs }) => inMs), [3_800]);
  socket.close(false);
  assert.equal(timers.filter(Boolean).length, 0);
}));

test('connecting at once ends the wait, and connects once', () => withSocket(({ socket, made, timers }) => {
  socket.open();
  made[0].onclose({ code: 1006 });
  socket.open();
  socket.open();
  assert.equal(made.length, 2);
  assert.equal(timers.filter(Boolean).length, 1, 'only the deadline of the new connection');
}));

test('what was meant for one connection can be told from the next', () => withSocket(({ socket, made }) => {
  socket.open();
  const first = socket.connection;
  made[0].onclose({ code: 1006 });
  socket.open();
  assert.notEqual(socket.connection, first);
}));

test('only a greeted connection that held makes the next loss a first one', () => withSocket(({ socket, ends, made }) => {
  const { random } = Math;
  const { now } = Date;
  Math.random = () => 0.999999;
  let at = 1_000_000;
  Date.now = () => at;
  try {
    for (const heldMs of [0, 0, 4_999, 5_000, 0]) {
      socket.open();
      socket.greeted();
      at += heldMs;
      made.at(-1).onclose({ code: 1006 });
    }
    socket.open();
    at += 60_000;
    made.at(-1).onclose({ code: 1006 });
  } finally {
    Object.assign(Math, { random });
    Object.assign(Date, { now });
  }
  assert.deepEqual(ends.map((/** @type {any} */ { inMs }) => inMs), [499, 999, 1_999, 499, 999, 1_999], 'the last one was not greeted');
}));
