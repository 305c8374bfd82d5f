// The reconnect back-off: how long to wait before the next attempt to connect.

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
