// A timer for a hidden page. Browsers run the timers of a page that has been hidden for some minutes once a
// minute, by which time the server has closed the silent connection. Timers of a worker go on.
//
// app/main.js loads this when the page is hidden. If no worker starts, the page's own timer has to do: the
// connection may be lost and come back, and nothing else breaks.

import { TICKER, trustedScriptUrl } from './worker_registration.js';

/** @type {Worker | null} */
let worker = null;

/**
 * Ticks each second until the page is visible again.
 * @param {() => void} tick
 * @param {() => Worker} [start] starts the worker
 */
export function tickWhileHidden(tick, start = () => new Worker(trustedScriptUrl(TICKER))) {
  if (worker || !document.hidden) return;
  try {
    worker = start();
  } catch {
    return;
  }
  worker.onmessage = tick;
  worker.onerror = (event) => {
    event.preventDefault();
    stop();
  };
  document.addEventListener('visibilitychange', stop, { once: true });
}

function stop() {
  worker?.terminate();
  worker = null;
  document.removeEventListener('visibilitychange', stop);
}
