// The transport: one WebSocket at a time, and when to try the next one.
//
// main.js opens it, and hears of texts and ends. It knows nothing of the protocol but close codes
// and the two fields of `bye` that say when to come back.

import { comesBack } from './wire.js';

/** The first wait is up to half a second: a lost packet should not cost more. */
const BASE_MS = 500;
/** Nobody waits longer than half a minute for a server that is back. */
const WAIT_MS_MAX = 30_000;
/** Timers count no further: what is longer would go off at once. Nearly 25 days. */
const TIMER_MS_MAX = 2 ** 31 - 1;
/** A connection that was greeted and holds for so long counts as a success: the next loss is a first one. */
const STEADY_MS = 5_000;
/** A server that says "at once" after so many failures in a row has a defect: no wait is shorter than this then. */
const FAILURES_MAX = 3;
const FAILING_MS_MIN = 1_000;
/** A connection that is not open by then is given up: phones lose networks without a word. */
const OPEN_MS_MAX = 15_000;

/**
 * How long to wait before the next attempt. What the server says is obeyed to the millisecond,
 * because it has spread its clients, but never in a hot loop; otherwise full jitter (Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog, 2015).
 * @param {number} attempts that failed in a row
 * @param {number | undefined | null} afterMs from `bye`, or the `retry_ms` of a refused hello
 * @param {() => number} random from 0 to 1
 */
export function waitMs(attempts, afterMs, random = Math.random) {
  if (typeof afterMs !== 'number') return Math.floor(random() * Math.min(WAIT_MS_MAX, BASE_MS * 2 ** Math.min(attempts, 20)));
  return Math.min(Math.max(afterMs, attempts < FAILURES_MAX ? 0 : FAILING_MS_MIN), TIMER_MS_MAX);
}

/**
 * @typedef {object} Ears
 * @property {() => void} opened
 * @property {(text: string) => void} heard
 * @property {(end: {again: boolean, inMs: number, code: number, told: boolean}) => void} closed `told`:
 *   the server said when to come back
 */

export class Socket {
  #url;
  #ears;
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
   * @param {Ears} ears
   */
  constructor(url, ears) {
    this.#url = url;
    this.#ears = ears;
  }

  /** Connects now, unless it is connected or about to be. */
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
      this.#ears.opened();
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket && typeof data === 'string') this.#ears.heard(data);
    };
    socket.onclose = ({ code }) => this.#ended(socket, code);
  }

  /** Which connection this is: what was meant for one is not for the next. */
  get connection() {
    return this.#connections;
  }

  /** Sends a text, unless the connection has gone: then its end is on the way. @param {string} text */
  send(text) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  /** The hello was answered. A server that greets and fails right after is not stormed for that. */
  greeted() {
    this.#greetedAt = Date.now();
  }

  /** What `bye` said. @param {boolean} again @param {number | undefined | null} afterMs */
  farewell(again, afterMs) {
    this.#again = again;
    this.#afterMs = afterMs;
  }

  /**
   * Gives this connection up, without waiting for the other side to agree.
   * @param {boolean} again whether to connect again
   * @param {number} [afterMs]
   */
  close(again, afterMs) {
    // A wait that is under way goes on: the server may have asked for it.
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
    const again = this.#again ?? comesBack(code);
    if (Date.now() - this.#greetedAt >= STEADY_MS) this.#attempts = 0;
    this.#greetedAt = Infinity;
    const inMs = waitMs(this.#attempts, this.#afterMs);
    this.#attempts += 1;
    if (again) this.#timer = window.setTimeout(() => this.open(), inMs);
    this.#ears.closed({ again, inMs, code, told: this.#afterMs !== undefined && this.#afterMs !== null });
  }
}
