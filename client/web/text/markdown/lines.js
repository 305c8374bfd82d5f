// What a line begins: a quote, an item of a list, a fence, a table. markdown.js parses blocks with it, and inline.js asks
// what a backslash escapes.

/** The sign of a quote and what may follow it: `>:(` and `>_<` are faces. */
const QUOTE = /^ *>(?=$|[\s>"'*`[#@~“„«]|\p{L}|\p{N})[ \t]?/u;

/** The indent, the bullet or the number, and the space after it. Longer numbers are years and sums. */
const ITEM = /^( *)(?:([-*+])|(\d{1,3})([.)]))[ \t]+(?=\S)/;

/** A ruler, which is not a list of empty items. */
const RULER = /^[-*+ \t]*$/;

/** The tag of a language is short; anything longer after the marks is the first line of code. */
const TAG = /^[\w+#.-]{0,24}$/;

/**
 * An item: `sign` is its bullet, or the character after its number.
 * @typedef {{indent: number, width: number, ordered: boolean, sign: string, number: number}} Marked
 */

/**
 * A fence that begins in a line, after `words` and before a `tag` or `code`.
 * @typedef {{words: string, marks: string, tag: string | null, code: string}} Fence
 */

/** The text of a line of a quote, or null. @param {string} line @returns {string | null} */
export function quoted(line) {
  return QUOTE.test(line) ? line.replace(QUOTE, '') : null;
}

/** @param {string} line @returns {Marked | null} */
export function item(line) {
  if (RULER.test(line)) return null;
  const match = ITEM.exec(line);
  if (!match) return null;
  const [{ length: width }, { length: indent }, bullet, number, behind] = match;
  return { indent, width, ordered: !bullet, sign: bullet ?? behind, number: Number(number) };
}

/**
 * For each run of backticks, by its index, where the next run of this length is.
 * @param {string} text
 */
export function nextTicks(text) {
  /** @type {Map<number, number>} */
  const found = new Map();
  /** By length, the last run of that length. @type {Map<number, number>} */
  const last = new Map();
  for (const { index, 0: { length } } of [...text.matchAll(/`+/g)].reverse()) {
    const next = last.get(length);
    if (next !== undefined) found.set(index, next);
    last.set(length, index);
  }
  return found;
}

/**
 * The fence that begins in a line: three backticks or more that have no partner in it.
 * @param {string} line
 * @returns {Fence | null}
 */
export function fence(line) {
  if (!line.includes('```')) return null;
  const next = nextTicks(line);
  let code = -1;
  for (const { index, 0: marks } of line.matchAll(/`+/g)) {
    if (index <= code) continue;
    const partner = next.get(index);
    if (partner !== undefined) code = partner;
    else if (marks.length >= 3) {
      const behind = line.slice(index + marks.length).trim();
      const isTag = TAG.test(behind);
      return { words: line.slice(0, index).trimEnd(), marks, tag: isTag ? behind : null, code: isTag ? '' : behind };
    }
  }
  return null;
}

/**
 * What a line that ends a fence has before its marks and after them, or null. The marks may follow the code directly;
 * words may follow marks at the beginning of a line.
 * @param {string} line
 * @param {string} marks of the beginning; as many, or more, end it
 * @returns {{code: string, words: string} | null}
 */
export function fenceEnd(line, marks) {
  const text = line.trim();
  if (!text.includes(marks)) return null;
  let start = 0;
  while (text[start] === '`') start += 1;
  if (start >= marks.length && /\s/.test(text[start] ?? '')) return { code: '', words: text.slice(start).trim() };
  if (!text.endsWith(marks)) return null;
  const bare = line.trimEnd();
  let end = bare.length;
  while (bare[end - 1] === '`') end -= 1;
  return { code: bare.slice(0, end), words: '' };
}

/** Whether a line begins a block that a backslash may escape. @param {string} line */
export function beginsBlock(line) {
  return QUOTE.test(line) || item(line) !== null || /^ *```/.test(line);
}

/**
 * The cells of a line of a table, or null if it has none. A backslash escapes a `|` inside a cell.
 * @param {string} line
 * @returns {string[] | null}
 */
export function cells(line) {
  if (!line.includes('|')) return null;
  const text = line.trim();
  const found = [];
  let cell = '';
  for (let at = text[0] === '|' ? 1 : 0; at < text.length; at += 1) {
    if (text[at] === '\\' && text[at + 1] === '|') at += 1;
    else if (text[at] === '|') {
      found.push(cell.trim());
      cell = '';
      continue;
    }
    cell += text[at];
  }
  if (cell.trim()) found.push(cell.trim());
  return found.length ? found : null;
}

/** @typedef {import('./tree.js').Align} Align */

/**
 * The alignment of the columns, if this is the line between the head and the rows of a table.
 * @param {string | undefined} line
 * @returns {Align[] | null}
 */
export function aligned(line = '') {
  if (!/^[\s|:-]+$/.test(line)) return null;
  const marks = cells(line);
  if (!marks?.every((mark) => /^:?-+:?$/.test(mark))) return null;
  return marks.map((mark) => {
    const [left, right] = [mark.startsWith(':'), mark.endsWith(':')];
    return right ? (left ? 'center' : 'right') : left ? 'left' : null;
  });
}
