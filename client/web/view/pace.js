// A pace for what may happen often: the first time at once, then at most so often, the latest last.

/**
 * @template {any[]} A
 * @param {number} ms
 * @param {(...values: A) => void} act
 * @returns {{ask: (...values: A) => void, flush: () => void}} `flush` does at once what still waits
 */
export function paced(ms, act) {
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
    ask(...values) {
      waiting = values;
      if (timer !== undefined) return;
      flush();
      timer = setTimeout(again, ms);
    },
    flush,
  };
}
