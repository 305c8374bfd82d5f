// Ticks for a page out of sight. Browsers run the timers of a page that was hidden for some minutes
// once a minute, and by then the server has taken its silence for death. Those of a worker go on.
//
// main.js loads it when the page is hidden. Where no worker starts, the timer of the page is all there
// is: the connection may be lost and come back, and nothing else breaks.

import { TICKER, trusted } from './view/install.js';

/** @type {Worker | null} */
let worker = null;

/**
 * Ticks each second until the page is in sight again.
 * @param {() => void} tick
 * @param {() => Worker} [make] a worker
 */
export function tickWhileHidden(tick, make = () => new Worker(trusted(TICKER))) {
  if (worker || !document.hidden) return;
  try {
    worker = make();
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
