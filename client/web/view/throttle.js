// Calls a function at most once in a time: the first call at once, then the latest values when the time is over.

/**
 * @template {any[]} A
 * @param {number} ms
 * @param {(...values: A) => void} act
 * @returns {{call: (...values: A) => void, flush: () => void}} `flush` makes a waiting call at once
 */
export function throttle(ms, act) {
  /** @type {A | null} */
  let waiting = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const flush = () => {
    const values = waiting;
    waiting = null;
    if (values) act(...values);
  };
  const again = () => {
    timer = undefined;
    if (waiting) {
      flush();
      timer = setTimeout(again, ms);
    }
  };
  return {
    call(...values) {
      waiting = values;
      if (timer !== undefined) return;
      flush();
      timer = setTimeout(again, ms);
    },
    flush,
  };
}
