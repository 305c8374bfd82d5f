// The log of a page as a person sees it: what is in view, where it is, and whether messages are missing
// without a gap that shows it.

import { seeDrawn } from './frames.js';
import { eventually } from './patience.js';

/**
 * The result of `watchLog`.
 * @typedef {object} Watched
 * @property {number} frames how many frames were checked
 * @property {number} elements the most elements in the document
 * @property {number} rows the most rows in the log
 * @property {string[]} wrong adjacent messages in the log with missing ones between them, and no gap
 * @property {number[]} seqs all that were in the document, in order
 * @property {number} moved how far the held message moved at most, in px
 */

/** The messages in view, from the top: each with its distance from the top of the view, in px. @param {import('playwright-core').Page} page */
export function inView(page) {
  return page.evaluate(() => {
    const view = document.querySelector('#log .view')?.getBoundingClientRect() ?? { top: 0, bottom: 0 };
    return [...document.querySelectorAll('#log li[data-seq]')]
      .map((line) => ({ seq: Number(line.getAttribute('data-seq')), at: line.getBoundingClientRect() }))
      .filter(({ at }) => at.bottom > view.top + 1 && at.top < view.bottom - 1)
      .map(({ seq, at }) => ({ seq, at: at.top - view.top }));
  });
}

/** A wheel scrolls smoothly: it starts some frames late, and moves in every frame until it stops. */
const REST_FRAMES = 20;

/** About the height of a short message. */
const LINE_PX = 24;

/**
 * Waits until nothing in view has moved for some frames, and returns the messages in view.
 * @param {import('./person.js').Person} person
 */
export async function atRest(person) {
  let before = await inView(person.page);
  const { now } = await eventually('the log stands still', async () => {
    const last = before;
    await seeDrawn(person, REST_FRAMES);
    before = await inView(person.page);
    return { last, now: before };
  }, ({ last, now }) => JSON.stringify(last) === JSON.stringify(now));
  return now;
}

/**
 * Scrolls up until a message is in view, and returns the top one once nothing moves.
 * @param {import('./person.js').Person} person
 * @param {number} seq
 */
export async function readAt(person, seq) {
  await eventually(`message ${seq} is in view`, async () => {
    const [first] = await atRest(person);
    if (first && first.seq > seq) await wheel(person.page, -Math.max(200, LINE_PX * (first.seq - seq)));
    return first?.seq ?? Infinity;
  }, (first) => first <= seq);
  return (await atRest(person))[0];
}

/**
 * Waits until a message is the first in view again, at the same position.
 * @param {import('./person.js').Person} person
 * @param {{seq: number, at: number}} before
 */
export function seePlace({ page }, before) {
  return eventually(`message ${before.seq} is at the top, at ${before.at}`, () => inView(page),
    ([first]) => first?.seq === before.seq && Math.abs(first.at - before.at) <= 1);
}

/** How many elements the document has. @param {import('playwright-core').Page} page */
export function elementCount(page) {
  return page.evaluate(() => document.getElementsByTagName('*').length);
}

/** Turns the wheel over the log. @param {import('playwright-core').Page} page @param {number} px up is negative */
export async function wheel(page, px) {
  await page.locator('#log .view').hover({ position: { x: 200, y: 200 } });
  await page.mouse.wheel(0, px);
}

/**
 * Checks the log in each frame until the returned function is called.
 * @param {import('playwright-core').Page} page
 * @param {number} [held] the seq of a message that must stay where it is
 * @returns {Promise<() => Promise<Watched>>}
 */
export async function watchLog(page, held) {
  const watched = await page.evaluateHandle((seq) => {
    const watch = {
      frames: 0, elements: 0, rows: 0, wrong: /** @type {string[]} */ ([]), seqs: /** @type {Set<number>} */ (new Set()),
      moved: 0, runs: true,
    };
    const view = /** @type {Element} */ (document.querySelector('#log .view'));
    const placeOf = () => {
      const line = view.querySelector(`li[data-seq="${seq}"]`);
      return line ? line.getBoundingClientRect().top - view.getBoundingClientRect().top : Infinity;
    };
    const place = seq === null ? 0 : placeOf();
    const look = () => {
      watch.frames += 1;
      watch.elements = Math.max(watch.elements, document.getElementsByTagName('*').length);
      const rows = [...view.querySelectorAll('li[data-key]')];
      watch.rows = Math.max(watch.rows, rows.length);
      let last = 0;
      for (const row of rows) {
        if (row.matches('.gap')) last = 0;
        const now = Number(row.getAttribute('data-seq'));
        if (!now) continue;
        if (last && now !== last + 1) watch.wrong.push(`${now} after ${last}`);
        last = now;
        watch.seqs.add(now);
      }
      if (seq !== null) watch.moved = Math.max(watch.moved, Math.abs(placeOf() - place));
      if (watch.runs) requestAnimationFrame(look);
    };
    look();
    return watch;
  }, held ?? null);
  return () => watched.evaluate((watch) => {
    watch.runs = false;
    const { frames, elements, rows, wrong, moved } = watch;
    return { frames, elements, rows, wrong: wrong.slice(0, 9), moved, seqs: [...watch.seqs].sort((one, other) => one - other) };
  });
}

/**
 * How many messages the page holds in memory, in any structure: the browser counts them after a garbage
 * collection.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<number>}
 */
export async function messagesInMemory(page) {
  const devtools = await page.context().newCDPSession(page);
  const { result: prototype } = await devtools.send('Runtime.evaluate', { expression: 'Object.prototype' });
  const { objects } = await devtools.send('Runtime.queryObjects', { prototypeObjectId: /** @type {string} */ (prototype.objectId) });
  const { result } = await devtools.send('Runtime.callFunctionOn', {
    objectId: objects.objectId,
    returnByValue: true,
    functionDeclaration: `function () {
      const own = (one, name) => Object.getOwnPropertyDescriptor(one, name)?.value;
      return this.filter((one) => own(one, 'type') === 'message' && own(one, 'seq') > 0 && own(one, 'cid')).length;
    }`,
  });
  await devtools.detach();
  return result.value;
}
