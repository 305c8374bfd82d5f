// Markdown as people type it in chats: a text becomes a tree of plain values (markdown/tree.js).
//
// view/markdown_nodes.js turns trees into DOM nodes, markdown/plain.js into one line of text, and `mentions` says whether a
// text mentions the reader. This file parses blocks: paragraphs, fenced code, quotes, lists, tables. markdown/inline.js
// parses the text of a line. Headings, images and HTML are not supported and stay text. Every pass is linear in the
// text, and depth is bounded, because anybody can send any text.

import { inline, PIECES_MAX } from './markdown/inline.js';
import { aligned, cells, fence, fenceEnd, item, quoted } from './markdown/lines.js';
import { mayName } from './mention.js';

/** @typedef {import('./markdown/tree.js').Block} Block */
/** @typedef {import('./markdown/tree.js').Tree} Tree */
/** @typedef {import('./markdown/tree.js').Meter} Meter */

/** The depth of nested quotes and lists. Deeper ones stay text: only attacks nest deeper. */
const DEPTH_MAX = 5;

const EMOJI = '(?:\\p{Regional_Indicator}{2}|[0-9#*]\\uFE0F?\\u20E3|(?:\\p{Emoji_Presentation}|\\p{Extended_Pictographic}(?=[\\uFE0F\\u200D\\u{1F3FB}-\\u{1F3FF}]))'
  + '\\uFE0F?[\\u{1F3FB}-\\u{1F3FF}]?(?:\\u200D\\p{Extended_Pictographic}\\uFE0F?[\\u{1F3FB}-\\u{1F3FF}]?)*[\\u{E0020}-\\u{E007F}]*)';
const FEW_EMOJI = new RegExp(`^(?:\\s*${EMOJI}){1,6}\\s*$`, 'u');

/** The longest text that is checked for emoji alone. */
const FEW_EMOJI_MAX = 160;

/**
 * @param {string} text
 * @param {{me?: string | null, words?: boolean, meter?: Meter}} [options] `me`: the reader's nick, which is
 *   marked where it is mentioned; `words`: also where it has no `@`
 * @returns {Tree}
 */
export function parse(text, { me = null, words = false, meter = { steps: 0 } } = {}) {
  const lines = text.split(/\r\n?|\n/);
  meter.steps += text.length;
  const large = text.length <= FEW_EMOJI_MAX && FEW_EMOJI.test(text);
  return { type: 'text', large, children: new Blocks(lines, 0, { me, words, meter, pieces: 0 }).read() };
}

/**
 * Whether a text mentions the reader, in what would be marked: neither in code nor in addresses.
 * @param {string} text
 * @param {string | null} nick
 * @param {boolean} [words] whether the nick counts without an `@` too
 */
export function mentions(text, nick, words = false) {
  return Boolean(nick) && mayName(text, /** @type {string} */ (nick)) && parse(text, { me: nick, words }).children.some(isOwn);
}

/** @param {any} node @returns {boolean} */
function isOwn(node) {
  const { own = false, children, items, head, rows } = node;
  return own || [children, items, head?.flat(), rows?.flat(2)].some((nodes) => nodes?.some(isOwn));
}

/** Parses lines into blocks. The content of a quote or an item is parsed by another instance. */
class Blocks {
  /** @param {string[]} lines @param {number} depth @param {import('./markdown/inline.js').Context} context */
  constructor(lines, depth, context) {
    this.lines = lines;
    this.depth = depth;
    this.context = context;
    this.meter = context.meter;
    this.at = 0;
    /** Lines of the paragraph that is being read. @type {string[]} */
    this.open = [];
    /** @type {Block[]} */
    this.blocks = [];
    /** For each line the next one in which a fence begins or ends; made when first needed. @type {number[] | null} */
    this.fences = null;
    /** Whether the lines before `diffEnd` are a diff; and before which line there is no table. */
    this.diff = false;
    this.diffEnd = 0;
    this.tablesFrom = 0;
  }

  read() {
    while (this.at < this.lines.length) {
      const line = this.lines[this.at];
      this.meter.steps += line.length + 1;
      if (!line.trim()) {
        this.endParagraph();
        this.at += 1;
      } else if (!this.fence(line, true) && !this.quote(line) && !this.list(line) && !this.table(line) && !this.fence(line)) {
        this.open.push(line.trimEnd());
        this.at += 1;
      }
    }
    this.endParagraph();
    return this.blocks;
  }

  endParagraph() {
    if (!this.open.length) return;
    this.blocks.push({ type: 'paragraph', children: this.inline(this.open.join('\n')) });
    this.open = [];
  }

  /** @param {string} text */
  inline(text) {
    return inline(text, this.context);
  }

  /**
   * A fence, at the beginning of a line or after words. An unclosed one runs to the end.
   * @param {string} line
   * @param {boolean} [first] only a fence at the beginning of the line
   */
  fence(line, first = false) {
    if (first && !/^ *```/.test(line)) return false;
    const begun = fence(line);
    this.meter.steps += line.length;
    if (!begun || (begun.words && (first || !this.isMeant(begun)))) return false;
    const { words, marks, tag, code } = begun;
    if (words) this.open.push(words);
    this.endParagraph();
    // The code may begin right after the marks.
    const text = code ? [code] : [];
    for (this.at += 1; this.at < this.lines.length; this.at += 1) {
      const next = this.lines[this.at];
      this.meter.steps += next.length + 1;
      const end = fenceEnd(next, marks);
      if (!end) {
        text.push(next);
        continue;
      }
      if (end.code.trim()) text.push(end.code);
      // What follows the marks is parsed as a line.
      if (end.words) this.lines[this.at] = end.words;
      else this.at += 1;
      break;
    }
    // One word with nothing below it is code, not a tag.
    if (tag !== null && !text.length) this.blocks.push({ type: 'fence', language: '', text: tag });
    else this.blocks.push({ type: 'fence', language: tag ?? '', text: text.join('\n') });
    return true;
  }

  /**
   * Whether marks after words begin a fence: they end their line and something follows below, or they are closed
   * below.
   * @param {import('./markdown/lines.js').Fence} begun
   */
  isMeant({ marks, tag, code }) {
    if (!tag && !code) return this.lines.slice(this.at + 1, this.at + 3).some((line) => line.trim());
    return this.fenceEndAfter(this.at, marks) > 0;
  }

  /** The line in which a fence of this line ends, or 0. @param {number} at @param {string} marks */
  fenceEndAfter(at, marks) {
    this.fences ??= this.fenceLines();
    const end = this.fences[at + 1] ?? this.lines.length;
    return end < this.lines.length && fenceEnd(this.lines[end], marks) ? end : 0;
  }

  fenceLines() {
    const found = Array.from(this.lines, () => this.lines.length);
    for (let at = this.lines.length - 1; at >= 0; at -= 1) {
      this.meter.steps += this.lines[at].length + 1;
      found[at] = fence(this.lines[at]) ? at : found[at + 1] ?? this.lines.length;
    }
    return found;
  }

  /** @param {string} line */
  quote(line) {
    if (this.depth >= DEPTH_MAX || quoted(line) === null) return false;
    this.endParagraph();
    const inner = [];
    for (; this.at < this.lines.length; this.at += 1) {
      const said = quoted(this.lines[this.at]);
      if (said === null) break;
      this.meter.steps += this.lines[this.at].length + 1;
      inner.push(said);
    }
    this.blocks.push({ type: 'quote', children: this.deeper(inner) });
    return true;
  }

  /** @param {string} line */
  list(line) {
    const first = this.depth < DEPTH_MAX && item(line);
    if (!first || this.isDiff(first)) return false;
    this.endParagraph();
    const { ordered } = first;
    /** @type {number[]} */
    const typed = [];
    /** @type {Block[][]} */
    const items = [];
    for (let next = item(line); next && continues(first, next) && !this.isDiff(next);) {
      typed.push(next.number);
      items.push(this.deeper(this.body(next)));
      next = this.at < this.lines.length ? item(this.lines[this.at]) : null;
    }
    // 1. 1. 1. means counting; other numbers are kept.
    const counts = typed.every((number) => number === first.number);
    this.blocks.push({ type: 'list', ordered, items: items.map((children, at) =>
      ({ number: !ordered ? null : counts ? first.number + at : typed[at], children })) });
    return true;
  }

  /**
   * Whether some of the next lines begin with a plus and others with a minus: a diff, or pros and cons. Bullets would
   * make both look the same.
   * @param {import('./markdown/lines.js').Marked} first
   */
  isDiff({ sign }) {
    if (sign !== '+' && sign !== '-') return false;
    if (this.at < this.diffEnd) return this.diff;
    const signs = new Set();
    for (this.diffEnd = this.at; this.lines[this.diffEnd]?.trim(); this.diffEnd += 1) {
      const line = this.lines[this.diffEnd];
      this.meter.steps += line.length + 1;
      if (/^[+-]\s/.test(line)) signs.add(line[0]);
    }
    this.diff = signs.size > 1;
    return this.diff;
  }

  /** The lines of an item: its own, and those that are indented below it. @param {import('./markdown/lines.js').Marked} marked */
  body({ indent, width }) {
    const inner = [this.lines[this.at].slice(width)];
    // Code that begins in the item belongs to it, even though pasted code is not indented.
    const begun = fence(inner[0]);
    const within = begun ? this.fenceEndAfter(this.at, begun.marks) : 0;
    const bare = within > 0 && depthOf(this.lines[within]) < indent + 2;
    let end = this.at + 1;
    for (let at = end; at < this.lines.length; at += 1) {
      const line = untab(this.lines[at]);
      this.meter.steps += line.length + 1;
      const blank = !line.trim();
      const depth = depthOf(line);
      if (at > within && !blank && depth < indent + 2) {
        // An empty line between two items leaves them one list.
        if (item(line)) end = at;
        break;
      }
      if (at > within && blank && at > end) break;
      inner.push(bare && at <= within ? this.lines[at] : line.slice(Math.min(depth, width)));
      if (!blank) end = at + 1;
    }
    this.at = end;
    return inner;
  }

  /** A table: a line with cells, a line with alignments, and further lines with cells. @param {string} line */
  table(line) {
    const head = this.at >= this.tablesFrom && cells(line);
    const align = head && aligned(this.lines[this.at + 1]);
    if (!align || align.length !== head.length) return false;
    const rows = [head];
    for (let at = this.at + 2; at < this.lines.length; at += 1) {
      const row = cells(this.lines[at]);
      if (!row) break;
      this.meter.steps += this.lines[at].length + 1;
      // Surplus cells join the last one, missing ones stay empty.
      rows.push(align.map((_, column) => (column < align.length - 1 ? row[column] ?? '' : row.slice(column).join(' | '))));
    }
    const end = this.at + rows.length + 1;
    const pieces = this.context.pieces + rows.length * align.length;
    // Each cell is an element: a table with too many stays text, and is not counted again.
    if (pieces > PIECES_MAX) {
      this.tablesFrom = end;
      return false;
    }
    this.context.pieces = pieces;
    this.endParagraph();
    this.at = end;
    const [top, ...below] = rows.map((row) => row.map((cell) => this.inline(cell)));
    this.blocks.push({ type: 'table', align, head: top, rows: below });
    return true;
  }

  /** @param {string[]} lines */
  deeper(lines) {
    return new Blocks(lines, this.depth + 1, this.context).read();
  }
}

/** Whether an item belongs to the list that another one began: stars and minuses are the same. @param {import('./markdown/lines.js').Marked} first @param {import('./markdown/lines.js').Marked} next */
function continues(first, next) {
  const isAlike = first.sign === next.sign || (first.sign + next.sign).match(/^[-*]{2}$/) !== null;
  return isAlike && next.indent <= first.indent + 1;
}

/** The indent of a line; 0 for an empty one. @param {string} line */
function depthOf(line) {
  return Math.max(0, line.search(/\S/));
}

/** Tabs before a line count as four spaces. @param {string} line */
function untab(line) {
  return line.replace(/^[ \t]+/, (space) => space.replace(/\t/g, '    '));
}
