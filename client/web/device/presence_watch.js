// Whether somebody is at this device: after some minutes without a key, a touch or a move, nobody is. And what the person
// has chosen by hand, which holds in all tabs of this browser: the most present connection counts.

import { setJson, parseJson, watchItem } from './local_storage.js';
import { addPresence } from '../store/presence.js';

/** After this long nobody is there. Who reads a long text moves something sooner. */
export const IDLE_MS = 600_000;

/** What shows that somebody is there. */
const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart'];

/** @param {import('../store/state.js').Dispatch} dispatch */
export function watchPresence(dispatch) {
  addPresence();
  watchItem('attendance', (value) => dispatch('attend', { as: parseJson(value)?.as }));
  let lastAt = Date.now();
  let isIdle = false;
  let timer = setTimeout(look, IDLE_MS);
  /** Looks at the clock: timers of a page that sleeps come late. */
  function look() {
    clearTimeout(timer);
    const left = lastAt + IDLE_MS - Date.now();
    if (left > 0) timer = setTimeout(look, left);
    else tell(true);
  }
  const tell = (/** @type {boolean} */ idle) => {
    isIdle = idle;
    dispatch('idle', { isIdle });
  };
  const sign = (/** @type {any} */ { type, movementX, movementY }) => {
    // Messages that come under a mouse at rest move it, too.
    if (type === 'pointermove' && !movementX && !movementY) return;
    lastAt = Date.now();
    if (!isIdle) return;
    tell(false);
    look();
  };
  for (const type of SIGNS) addEventListener(type, sign, { capture: true, passive: true });
}

/** The person chooses how they are there. @param {string} as @param {import('../store/state.js').Dispatch} dispatch */
export function chooseAttendance(as, dispatch) {
  // With the time: who chooses the same once more tells the other tabs once more.
  setJson('attendance', { as, at: Date.now() });
  dispatch('attend', { as });
}
