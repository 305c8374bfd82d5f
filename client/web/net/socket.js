// The transport: one WebSocket at a time, which reconnects by itself.
//
// app/main.js opens it, and gets its texts and ends. Of the protocol it knows only the close codes and the two
// fields of `bye` that say when to reconnect.

import { reconnectsAfter } from './wire.js';

/** The first wait is at most half a second: a lost packet should not cost more. */
const BASE_MS = 500;

/** The longest wait that this client chooses: half a minute after the server is back, everyone is. */
const WAIT_MS_MAX = 30_000;

/** Timers cannot be longer: a longer one would go off at once. Nearly 25 days. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** A server that says "at once" after this many failures in a row has a defect. */
const FAILURES_MAX = 3;

/** The shortest wait for a server with such a defect. */
const FAILING_MS_MIN = 1_000;

/** A greeted connection that holds this long counts as a success: the next loss is a first one. */
const STEADY_MS = 5_000;

/** How long to wait for a connection to open: phones lose networks without any sign. */
const OPEN_MS_MAX = 15_000;

/**
 * @typedef {object} Listener
 * @property {() => void} opened
 * @property {(text: string) => void} received
 * @property {(end: {again: boolean, inMs: number, code: number, told: boolean}) => void} closed `told`:
 *   the server said when to reconnect
 */

export class Socket {
  #url;
  #listener;
  /** @type {WebSocket | null} */
  #socket = null;
  #attempts = 0;
  #greetedAt = Infinity;
  #connections = 0;
  #timer = 0;
  /** @type {number | undefined | null} */
  #afterMs;
  /** @type {boolean | undefined} */
  #again;

  /**
   * @param {string} url
   * @param {Listener} listener
   */
  constructor(url, listener) {
    this.#url = url;
    this.#listener = listener;
  }

  /** Connects now, unless it is connected or connecting. */
  open() {
    if (this.#socket) return;
    clearTimeout(this.#timer);
    this.#afterMs = this.#again = undefined;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#connections += 1;
    this.#timer = window.setTimeout(() => this.#ended(socket, 1006), OPEN_MS_MAX);
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      clearTimeout(this.#timer);
      this.#listener.opened();
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket && typeof data === 'string') this.#listener.received(data);
    };
    socket.onclose = ({ code }) => this.#ended(socket, code);
  }

  /** The number of this connection: what was meant for one must not go out on the next. */
  get connection() {
    return this.#connections;
  }

  /** Sends a text, unless the connection is lost: `closed` then follows. @param {string} text */
  send(text) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  /** The hello was answered. If the server fails right after that, the back-off goes on. */
  greeted() {
    this.#greetedAt = Date.now();
  }

  /** What `bye` said. @param {boolean} again @param {number | undefined | null} afterMs */
  farewell(again, afterMs) {
    this.#again = again;
    this.#afterMs = afterMs;
  }

  /**
   * Closes this connection without waiting for the other side.
   * @param {boolean} again whether to reconnect
   * @param {number} [afterMs]
   */
  close(again, afterMs) {
    // A wait for the next attempt goes on: the server may have asked for it.
    if (!this.#socket && again) return;
    clearTimeout(this.#timer);
    if (!this.#socket) return;
    this.farewell(again, afterMs);
    this.#ended(this.#socket, 1000);
  }

  /** @param {WebSocket} socket @param {number} code */
  #ended(socket, code) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    clearTimeout(this.#timer);
    socket.close();
    // This page did not close it, so a 1000 comes from a proxy or a lost network.
    const again = this.#again ?? (code === 1000 || reconnectsAfter(code));
    if (Date.now() - this.#greetedAt >= STEADY_MS) this.#attempts = 0;
    this.#greetedAt = Infinity;
    const inMs = reconnectDelayMs(this.#attempts, this.#afterMs);
    this.#attempts += 1;
    if (again) this.#timer = window.setTimeout(() => this.open(), inMs);
    this.#listener.closed({ again, inMs, code, told: this.#afterMs !== undefined && this.#afterMs !== null });
  }
}

/**
 * The wait before the next attempt. What the server says is followed to the millisecond, because the server
 * has spread its clients, but never in a hot loop. Otherwise the wait has full jitter (Brooker, "Exponential
 * Backoff And Jitter", AWS Architecture Blog, 2015).
 * @param {number} attempts that failed in a row
 * @param {number | undefined | null} afterMs from `bye`, or the `retry_ms` of a refused hello
 * @param {() => number} random from 0 to 1
 */
export function reconnectDelayMs(attempts, afterMs, random = Math.random) {
  if (typeof afterMs !== 'number') return Math.floor(random() * Math.min(WAIT_MS_MAX, BASE_MS * 2 ** Math.min(attempts, 20)));
  return Math.min(Math.max(afterMs, attempts < FAILURES_MAX ? 0 : FAILING_MS_MIN), TIMER_MS_MAX);
}
