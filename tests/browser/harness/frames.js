// The frames of a page: waiting for some, and how long they take, which is the time between two of them
// as requestAnimationFrame tells.

/**
 * Waits for frames of the screen: after two, what the page knows is drawn.
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
 * Watches until the function that is returned is called; that one gives the times in milliseconds,
 * in order.
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
