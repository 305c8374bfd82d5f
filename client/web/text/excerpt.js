// A part of a text with pieces of it marked, as a search shows a hit.

/** How many characters stand before the first mark, at most, and in all. */
const BEFORE_MAX = 60;
const SHOWN_MAX = 280;

/**
 * Cuts a text into pieces.
 * @param {string} text
 * @param {[number, number][]} marks from one character to before another, counted in code points as the server counts
 * @returns {{text: string, isMarked: boolean}[]} what is left out has an ellipsis
 */
export function excerpt(text, marks) {
  const characters = [...text.replace(/\s/g, ' ')];
  // A server that lies marks nothing.
  const real = marks.filter(([begin, end]) => begin >= 0 && end > begin && end <= characters.length);
  const from = Math.max(0, (real[0]?.[0] ?? 0) - BEFORE_MAX);
  const to = Math.min(characters.length, from + SHOWN_MAX);
  /** @type {{text: string, isMarked: boolean}[]} */
  const pieces = [];
  const add = (/** @type {string} */ piece, isMarked = false) => piece && pieces.push({ text: piece, isMarked });
  if (from > 0) add('…');
  let at = from;
  for (const [begin, end] of real) {
    if (begin < at || begin >= to) continue;
    add(characters.slice(at, begin).join(''));
    at = Math.min(end, to);
    add(characters.slice(begin, at).join(''), true);
  }
  add(characters.slice(at, to).join(''));
  if (to < characters.length) add('…');
  return pieces;
}
