// The window of the log (a virtual list): which of the items are in the document, usually at most 80.
//
// Plain arithmetic on indices of the items of log_items.js. log.js draws the result.

/** The items from `from` up to `to`, which is not included. @typedef {{from: number, to: number}} LogWindow */

/** This many items fill a screen almost twice, and their elements stay a few hundred. */
export const WINDOW_MAX = 80;

/** The height of the lowest message, in px. */
const LOWEST = 24;

/**
 * How many items the window holds: 80, and more only in a view higher than about 1,280 px.
 * @param {number} height of the view, in px
 */
export function windowSize(height) {
  return Math.max(WINDOW_MAX, Math.ceil((height / LOWEST) * 1.5));
}

/** The newest items. @param {number} count of all items @param {number} size @returns {LogWindow} */
export function windowAtEnd(count, size) {
  return { from: Math.max(0, count - size), to: count };
}

/** The items around one of them. @param {number} count @param {number} index @param {number} size @returns {LogWindow} */
export function windowAround(count, index, size) {
  return windowFrom(index - Math.floor(size / 2), count, size);
}

/**
 * The window in a list that has changed: the first visible item that still exists keeps as many items above it
 * as it had. So nothing that is added elsewhere pushes out what the person reads. An item that was not in the window,
 * or in a larger one (everything is in it for printing), gets into the middle.
 * @param {{key: string}[]} items
 * @param {string[]} keys of the items that were in the window
 * @param {string[]} visible the keys of those that are visible, the best anchor first
 * @param {number} size
 * @returns {LogWindow | null} `null`: none of them is left
 */
export function windowHolding(items, keys, visible, size) {
  for (const key of visible) {
    const index = items.findIndex((item) => item.key === key);
    const above = keys.indexOf(key);
    if (index >= 0) return above >= 0 && above < size ? windowFrom(index - above, items.length, size) : windowAround(items.length, index, size);
  }
  return null;
}

/**
 * The window after the person has scrolled, or `null` while it may stay. It moves when the spare items on one side
 * have shrunk to a third, about a screen, and then so far that both sides have the same number.
 * @param {LogWindow} now
 * @param {number} count of all items
 * @param {number} first the first visible item
 * @param {number} last the last visible item
 * @param {number} size
 * @returns {LogWindow | null}
 */
export function windowRecentred(now, count, first, last, size) {
  const spare = Math.max(0, size - (last - first + 1));
  const edge = Math.ceil(spare / 3);
  const high = first - now.from < edge && now.from > 0;
  const low = now.to - 1 - last < edge && now.to < count;
  if (!high && !low) return null;
  const next = windowFrom(first - Math.floor(spare / 2), count, size);
  return next.from === now.from && next.to === now.to ? null : next;
}

/** @param {number} from @param {number} count @param {number} size @returns {LogWindow} */
function windowFrom(from, count, size) {
  const start = Math.max(0, Math.min(from, count - size));
  return { from: start, to: Math.min(count, start + size) };
}
