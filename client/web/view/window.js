// The window of the log: which of the items are in the document. At most 80, whatever the room does.
//
// log.js asks, with what the person sees, and draws the answer. Plain arithmetic on places in the
// list of items.js; a slice holds the items from `from` up to, without, `to`.

/** @typedef {{from: number, to: number}} Slice */

/** So many items fill a screen almost twice, and their elements stay a few hundred. */
export const WINDOW_MAX = 80;

/** The height of the lowest message, in px. */
const LOWEST = 24;

/**
 * How many items the window holds. Only a view higher than about 1,280 px, which 80 low messages
 * would not fill with some to spare, gets more.
 * @param {number} height of the view, in px
 */
export function sizeFor(height) {
  return Math.max(WINDOW_MAX, Math.ceil((height / LOWEST) * 1.5));
}

/** The newest items. @param {number} count of all items @param {number} size @returns {Slice} */
export function atEnd(count, size) {
  return { from: Math.max(0, count - size), to: count };
}

/** The items round one of them. @param {number} count @param {number} index @param {number} size @returns {Slice} */
export function around(count, index, size) {
  return slice(index - Math.floor(size / 2), count, size);
}

/**
 * The window in a list that has changed: the first of the items that the person sees and that is
 * still there keeps as many items above it as it had. So what comes in above or below, or fills a
 * gap, does not push out what is being read.
 * @param {{key: string}[]} items
 * @param {string[]} keys of the items that were in the window
 * @param {string[]} seen the keys of those that the person sees, the best to hold on to first
 * @param {number} size
 * @returns {Slice | null} `null`: none of them is left
 */
export function held(items, keys, seen, size) {
  for (const key of seen) {
    const index = items.findIndex((item) => item.key === key);
    const above = keys.indexOf(key);
    if (index >= 0) return slice(index - Math.max(0, above), items.length, size);
  }
  return null;
}

/**
 * The window after the person scrolled, or `null` while it may stay: it moves when what is to spare
 * on one side has shrunk to a quarter, and then so far that both sides have the same.
 * @param {Slice} now
 * @param {number} count of all items
 * @param {number} first that is in sight
 * @param {number} last that is in sight
 * @param {number} size
 * @returns {Slice | null}
 */
export function recentred(now, count, first, last, size) {
  const spare = Math.max(0, size - (last - first + 1));
  const edge = Math.ceil(spare / 4);
  const high = first - now.from < edge && now.from > 0;
  const low = now.to - 1 - last < edge && now.to < count;
  if (!high && !low) return null;
  const next = slice(first - Math.floor(spare / 2), count, size);
  return next.from === now.from && next.to === now.to ? null : next;
}

/** @param {number} from @param {number} count @param {number} size @returns {Slice} */
function slice(from, count, size) {
  const start = Math.max(0, Math.min(from, count - size));
  return { from: start, to: Math.min(count, start + size) };
}
