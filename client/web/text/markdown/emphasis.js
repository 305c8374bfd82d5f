// Bold, italic and struck text: what is a mark, and which marks belong together.
//
// inline.js asks for the marks of a text, and passes all its pieces to get nodes. Each mark is pushed on a stack once
// and popped once, so the cost is linear for any text.

import { after, before, isLetter, isSpaceless, isWordy } from './characters.js';

/** @typedef {import('./tree.js').Inline} Inline */

/**
 * A run of equal marks. `left` of them have no partner yet; `opened` and `closed` are the kinds that begin and end
 * here, inner ones first. `raw`: how they were typed, if they were escaped.
 * @typedef {{type: 'marks', sign: string, count: number, opens: boolean, closes: boolean,
 *   left: number, opened: Kind[], closed: Kind[], raw: string | null}} Marks
 *
 * @typedef {'strong' | 'emphasis' | 'struck'} Kind
 */

/** The depth of nested marks. Deeper ones stay text. */
const DEPTH_MAX = 6;

/** @type {Record<Kind, number>} */
const SIZE = { strong: 2, emphasis: 1, struck: 2 };

const RUN = { '*': /\*+/y, '_': /_+/y, '~': /~+/y };

/** Escaped marks: a backslash before each, or one before all. */
const ESCAPED_RUN = { '*': /(?:\\\*)+\**/y, '_': /(?:\\_)+_*/y, '~': /(?:\\~)+~*/y };

/**
 * The ASCII characters that may stand before an opening mark and after a closing one, and those that may not touch a
 * mark on its inner side. Elsewhere stars and underscores are patterns, paths, products and pointers. Of other scripts
 * everything but the letters of a word may stand outside.
 */
const BEFORE = /[\s([{<"']/;
const AFTER = /[\s)\]}>"'.,:;!?-]/;
const NOT_BEHIND = /[\s.,:;!?/\\)\]}>|&=%^]/;
const NOT_AHEAD = /[\s/\\([{<|&=^]/;

/** The most marks of other kinds between a mark and the character that it touches. */
const PAST_MAX = 8;

/**
 * The marks at an index: their length, and null if they are plain text.
 * @param {string} text
 * @param {number} at
 * @param {'*' | '_' | '~'} sign
 * @param {boolean} escaped whether a backslash begins them
 * @returns {{length: number, marks: Marks | null}}
 */
export function marksAt(text, at, sign, escaped) {
  const pattern = escaped ? ESCAPED_RUN[sign] : RUN[sign];
  pattern.lastIndex = at;
  const raw = pattern.exec(text)?.[0] ?? sign;
  const { length } = raw;
  const count = escaped ? raw.replaceAll('\\', '').length : length;
  const known = sign === '*' ? count <= 3 : count === (sign === '_' ? 1 : 2);
  if (!known) return { length, marks: null };
  const left = before(text, at);
  const right = after(text, at + length);
  // A star in quotation marks is plain.
  const isQuoted = left === right && (left === '"' || left === "'");
  const opens = !isQuoted && !NOT_BEHIND.test(right || ' ') && isFree(pastMarks(text, at, -1), right, BEFORE);
  const closes = !isQuoted && !NOT_AHEAD.test(left || ' ') && isFree(pastMarks(text, at + length, 1), left, AFTER);
  return { length, marks: { type: 'marks', sign, count, opens, closes, left: count, opened: [], closed: [], raw: escaped ? raw : null } };
}

/**
 * The character on one side of an index, past marks of all kinds.
 * @param {string} text @param {number} at @param {-1 | 1} step
 */
function pastMarks(text, at, step) {
  let place = at;
  for (let left = PAST_MAX; left > 0 && '*_~'.includes((step < 0 ? text[place - 1] : text[place]) || ' '); left -= 1) place += step;
  return step < 0 ? before(text, place) : after(text, place);
}

/**
 * Whether the character outside allows a mark: it is in the list, or not a part of the word inside.
 * @param {string} outside @param {string} inside @param {RegExp} allowed of ASCII
 */
function isFree(outside, inside, allowed) {
  if (!outside) return true;
  if (outside <= '\x7f' && !isLetter(outside)) return allowed.test(outside);
  return !isWordy(outside) || isSpaceless(inside);
}

/**
 * Turns pieces into nodes.
 * @param {(Inline | Marks)[]} pieces
 * @param {import('./tree.js').Meter} meter
 * @returns {Inline[]}
 */
export function settle(pieces, meter) {
  pair(pieces, meter);
  if (!pieces.some((piece) => piece.type === 'marks' && piece.raw !== null)) return nest(pieces, meter);
  const unescaped = pieces.map(unescape);
  pair(unescaped, meter);
  return nest(unescaped, meter);
}

/**
 * The marks before pairing. Escaped ones become text, without backslashes if they would have had a partner.
 * @param {Inline | Marks} piece
 * @returns {Inline | Marks}
 */
function unescape(piece) {
  if (piece.type !== 'marks') return piece;
  const { sign, count, raw, opened, closed } = piece;
  if (raw === null) return { ...piece, left: count, opened: [], closed: [] };
  return { type: 'plain', text: opened.length || closed.length ? sign.repeat(count) : raw };
}

/** Finds the partners. @param {(Inline | Marks)[]} pieces @param {import('./tree.js').Meter} meter */
function pair(pieces, meter) {
  /** Indices of marks that wait for a partner, by sign and count. @type {Record<string, number[]>} */
  const waiting = { '*1': [], '*2': [], '*3': [], '_1': [], '~2': [] };
  const stacks = Object.values(waiting);
  for (const [at, marks] of pieces.entries()) {
    meter.steps += 1;
    if (marks.type !== 'marks') continue;
    while (marks.closes && marks.left) {
      meter.steps += 1;
      const partner = nearest(waiting, marks);
      if (partner < 0) break;
      // Marks that began after the partner and have not ended stay text.
      for (const stack of stacks) while (/** @type {number} */ (stack.at(-1)) >= partner) stack.pop();
      const opener = /** @type {Marks} */ (pieces[partner]);
      const size = opener.left === 3 ? Math.min(2, marks.left) : opener.left;
      const kind = marks.sign === '~' ? 'struck' : size === 2 ? 'strong' : 'emphasis';
      opener.opened.push(kind);
      marks.closed.push(kind);
      opener.left -= size;
      marks.left -= size;
      if (opener.left) waiting[opener.sign + opener.left].push(partner);
    }
    if (marks.opens && marks.left) waiting[marks.sign + marks.left].push(at);
  }
}

/**
 * The nearest marks that these can close: those of the same count. Three count as two and one, and match both.
 * @param {Record<string, number[]>} waiting
 * @param {Marks} marks
 */
function nearest(waiting, { sign, left }) {
  let place = -1;
  for (let count = 1; count <= 3; count += 1) {
    const stack = count === left || count === 3 || left === 3 ? waiting[sign + count] : undefined;
    place = Math.max(place, stack?.at(-1) ?? -1);
  }
  return place;
}

/** Builds the nodes. @param {(Inline | Marks)[]} pieces @param {import('./tree.js').Meter} meter */
function nest(pieces, meter) {
  /** @type {Inline[]} */
  const root = [];
  /** The children of the open nodes; `flat`: too deep to be a node. @type {{children: Inline[], flat: boolean}[]} */
  const open = [{ children: root, flat: false }];
  const here = () => /** @type {{children: Inline[], flat: boolean}} */ (open.at(-1));
  for (const piece of pieces) {
    meter.steps += 1;
    if (piece.type !== 'marks') {
      add(here().children, piece);
      continue;
    }
    const { sign, left, opened, closed } = piece;
    for (const kind of closed) {
      const { flat } = here();
      open.pop();
      if (flat) add(here().children, { type: 'plain', text: sign.repeat(SIZE[kind]) });
    }
    if (left) add(here().children, { type: 'plain', text: sign.repeat(left) });
    for (const kind of opened.reverse()) {
      const { children } = here();
      const flat = open.length > DEPTH_MAX;
      /** @type {Extract<Inline, {type: Kind}>} */
      const node = { type: kind, children: [] };
      add(children, flat ? { type: 'plain', text: sign.repeat(SIZE[kind]) } : node);
      open.push({ children: flat ? children : node.children, flat });
    }
  }
  return root;
}

/** Adds a node; adjacent texts are merged. @param {Inline[]} nodes @param {Inline} node */
function add(nodes, node) {
  const last = nodes.at(-1);
  if (node.type === 'plain' && last?.type === 'plain') nodes[nodes.length - 1] = { type: 'plain', text: last.text + node.text };
  else if (node.type !== 'plain' || node.text) nodes.push(node);
}
