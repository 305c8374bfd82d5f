// How long the frames of a page take: the time between two of them, as requestAnimationFrame tells.

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
