// The frames of a page: waiting for them, and measuring them. A frame's time is that between two calls of
// requestAnimationFrame.

/**
 * Waits for frames: after two, the page has drawn its current state.
 * @param {import('./person.js').Person} person
 * @param {number} [count]
 */
export function seeDrawn({ page }, count = 2) {
  return page.evaluate((frames) => new Promise((resolve) => {
    const next = (/** @type {number} */ left) => (left ? requestAnimationFrame(() => next(left - 1)) : resolve(undefined));
    next(frames);
  }), count);
}

/**
 * Measures frames until the returned function is called, which returns the times in milliseconds, in order.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<() => Promise<number[]>>}
 */
export async function watchFrames(page) {
  const watched = await page.evaluateHandle(() => {
    const watch = { times: /** @type {number[]} */ ([]), last: performance.now(), runs: true };
    /** @param {number} now */
    const frame = (now) => {
      watch.times.push(now - watch.last);
      watch.last = now;
      if (watch.runs) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    return watch;
  });
  return () => watched.evaluate((watch) => {
    watch.runs = false;
    return watch.times;
  });
}
