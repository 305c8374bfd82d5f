// Elements that are in a page only for a moment: a test that looks from time to time may miss them, so the
// page records them.

import { eventually } from './patience.js';

/**
 * Starts to watch for an element.
 * @param {import('playwright-core').Page} page
 * @param {string} selector
 * @returns {Promise<() => Promise<unknown>>} waits until it has been there
 */
export async function glimpse(page, selector) {
  const seen = await page.evaluateHandle((wanted) => {
    const now = { is: false };
    new MutationObserver(() => {
      now.is ||= document.querySelector(wanted) !== null;
    }).observe(document.body, { subtree: true, childList: true, attributeFilter: ['class'] });
    return now;
  }, selector);
  return () => eventually(`there was ${selector}`, () => seen.evaluate(({ is }) => is));
}

/** Runs in each page: records which messages are marked as the target of a link. */
export function recordMarks() {
  const marked = /** @type {any} */ (window).marked = /** @type {string[]} */ ([]);
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const line = /** @type {Element} */ (target);
      if (line.matches('#log li.flash')) marked.push(line.getAttribute('data-seq') ?? '');
    }
  }).observe(document, { subtree: true, attributeFilter: ['class'] });
}

/** Waits until a message has been marked again since the last call. @param {import('./person.js').Person} person @param {number} seq */
export async function seeMarked({ page }, seq) {
  await eventually(`${seq} is marked`, () => page.evaluate(() => /** @type {string[]} */ (/** @type {any} */ (window).marked.splice(0))),
    (marked) => marked.includes(String(seq)));
}
