// Mentions: where a text names somebody.
//
// The store counts with `mentions`, markdown/inline.js marks with `ranges`. The rule is the same in
// the terminal client: the nick as a word of its own, in any case. Letters, digits, `_` and `-`
// make a word. An `@` before the nick belongs to it. Examples: tests/golden/mention.json.

const IN_WORD = /[\p{Alphabetic}\p{N}_-]/u;

/**
 * Whether a text names somebody.
 * @param {string} text
 * @param {string | null} nick
 */
export function mentions(text, nick) {
  return ranges(text, nick).length > 0;
}

/**
 * A text in parts, those that name somebody marked.
 * @param {string} text
 * @param {string | null} nick
 * @returns {{text: string, own: boolean}[]}
 */
export function parts(text, nick) {
  const found = [];
  let at = 0;
  for (const [start, end] of ranges(text, nick)) {
    if (start > at) found.push({ text: text.slice(at, start), own: false });
    found.push({ text: text.slice(start, end), own: true });
    at = end;
  }
  if (at < text.length) found.push({ text: text.slice(at), own: false });
  return found;
}

/**
 * Where a text names somebody: beginnings and ends, in order.
 * @param {string} text
 * @param {string | null} nick
 * @returns {[number, number][]}
 */
export function ranges(text, nick) {
  const name = (nick ?? '').toLowerCase();
  const low = text.toLowerCase();
  /** @type {[number, number][]} */
  const found = [];
  if (!name) return found;
  for (let at = low.indexOf(name); at >= 0; at = low.indexOf(name, at + name.length)) {
    const end = at + name.length;
    if (!isInWord(low, at - 1) && !isInWord(low, end)) found.push([low[at - 1] === '@' ? at - 1 : at, end]);
  }
  return low.length === text.length ? found : backToText(text, found);
}

/** Whether a letter of a word is here. @param {string} text @param {number} at in UTF-16 units */
function isInWord(text, at) {
  const code = text.charCodeAt(at);
  const start = code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
  const point = text.codePointAt(start);
  return point !== undefined && IN_WORD.test(String.fromCodePoint(point));
}

/**
 * Some letters grow when they become small ones (İ). Places in the small text are counted back.
 * @param {string} text
 * @param {[number, number][]} found
 * @returns {[number, number][]}
 */
function backToText(text, found) {
  /** @type {number[]} */
  const places = [];
  let at = 0;
  for (const character of text) {
    for (let left = character.toLowerCase().length; left > 0; left -= 1) places.push(at);
    at += character.length;
  }
  places.push(at);
  return found.map(([start, end]) => [places[start], places[end]]);
}
