// Markdown as people type it in chats: a text becomes a tree of plain values.
//
// Messages feed it, view/markdown.js builds nodes out of its trees, and notify.js and the
// announcer take `plain`. Blocks are read here: paragraphs, fenced code, quotes, lists. What stands
// in a line is read by markdown/inline.js. Headings, tables, images and HTML are no part of it: they
// stay text as written. Every pass is linear in the text, and depth is bounded, because texts come
// from anybody.

import { inline } from './markdown/inline.js';

/** @typedef {import('./markdown/inline.js').Inline} Inline */

/**
 * Something that stands below what came before it.
 * @typedef {{type: 'paragraph', children: Inline[]}
 *   | {type: 'fence', language: string, text: string}
 *   | {type: 'quote', children: Block[]}
 *   | {type: 'list', ordered: boolean, items: Item[]}} Block
 *
 * `number` is null in a list with bullets.
 * @typedef {{number: number | null, children: Block[]}} Item
 *
 * A whole text. `large`: a few emoji and nothing else.
 * @typedef {{type: 'text', large: boolean, children: Block[]}} Tree
 *
 * Counts what parsing costs, for the tests that hold it to be linear.
 * @typedef {{steps: number}} Meter
 */

/** Quotes and lists within each other. Deeper ones stay text: nobody reads them, and bombs are made so. */
const DEPTH_MAX = 5;

/** A tag for colouring is short; anything longer behind a fence is its first line. */
const FENCE = /^ *(`{3,})[ \t]*([\w+#.-]{0,24})$/;
const FENCE_WITH_TEXT = /^ *(`{3,})([^`]+)$/;

/** What may follow the sign of a quote. `>:(` and `>_<` are faces. */
const QUOTE = /^ *>(?=$|[\s>"'*`[#@~“„«]|\p{L}|\p{N})[ \t]?/u;

/** The indent, the bullet or the number, and the gap behind it. Longer numbers are years and sums. */
const ITEM = /^( *)(?:([-*])|(\d{1,3})\.)[ \t]+(?=\S)/;

/** A line drawn by hand, which is no list of nothing. */
const RULER = /^[-* \t]*$/;

const EMOJI = '(?:\\p{Regional_Indicator}{2}|[0-9#*]\\uFE0F?\\u20E3|(?:\\p{Emoji_Presentation}|\\p{Extended_Pictographic}(?=[\\uFE0F\\u200D\\u{1F3FB}-\\u{1F3FF}]))'
  + '\\uFE0F?[\\u{1F3FB}-\\u{1F3FF}]?(?:\\u200D\\p{Extended_Pictographic}\\uFE0F?[\\u{1F3FB}-\\u{1F3FF}]?)*[\\u{E0020}-\\u{E007F}]*)';
const FEW_EMOJI = new RegExp(`^(?:\\s*${EMOJI}){1,6}\\s*$`, 'u');

/** Six families with flags are shorter. */
const FEW_EMOJI_MAX = 160;

/** Directions that somebody sets with invisible characters. Where no element holds them in, they go. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * @param {string} text
 * @param {{me?: string | null, meter?: Meter}} [options] `me`: the own nick, whose mentions are marked
 * @returns {Tree}
 */
export function parse(text, { me = null, meter = { steps: 0 } } = {}) {
  const lines = text.split(/\r\n?|\n/);
  meter.steps += text.length;
  const large = text.length <= FEW_EMOJI_MAX && FEW_EMOJI.test(text);
  return { type: 'text', large, children: new Blocks(lines, 0, { me, meter, pieces: 0 }).read() };
}

/**
 * A text as one line without marks, for notifications, quotes and screen readers.
 * @param {string} text
 * @returns {string}
 */
export function plain(text) {
  return blocksPlain(parse(text).children).replace(DIRECTIONS, '').replace(/\s+/g, ' ').trim();
}

/** @param {Block[]} blocks @returns {string} */
function blocksPlain(blocks) {
  return blocks.map((block) => {
    if (block.type === 'paragraph') return inlinePlain(block.children);
    if (block.type === 'fence') return block.text;
    if (block.type === 'quote') return `“${blocksPlain(block.children)}”`;
    return block.items.map(({ number, children }) =>
      `${number === null ? '•' : `${number}.`} ${blocksPlain(children)}`).join(' ');
  }).join(' ');
}

/** @param {Inline[]} nodes @returns {string} */
function inlinePlain(nodes) {
  return nodes.map((node) => {
    if (node.type === 'break') return ' ';
    if (node.type === 'room') return `#${node.name}`;
    if (node.type === 'link') return inlinePlain(node.children) + (node.host ? ` (${node.host})` : '');
    return 'children' in node ? inlinePlain(node.children) : node.text;
  }).join('');
}

/** Reads lines into blocks. What is within a quote or an item is read by another one, deeper. */
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
  }

  read() {
    while (this.at < this.lines.length) {
      const line = this.lines[this.at];
      this.meter.steps += line.length + 1;
      if (!line.trim()) {
        this.endParagraph();
        this.at += 1;
      } else if (!this.fence(line) && !this.quote(line) && !this.list(line)) {
        this.open.push(line.trimEnd());
        this.at += 1;
      }
    }
    this.endParagraph();
    return this.blocks;
  }

  endParagraph() {
    if (!this.open.length) return;
    const children = inline(this.open.join('\n'), this.context);
    this.blocks.push({ type: 'paragraph', children });
    this.open = [];
  }

  /** A fence that nobody closed runs to the end. @param {string} line */
  fence(line) {
    const tagged = FENCE.exec(line.trimEnd());
    const [, marks, tail] = tagged ?? FENCE_WITH_TEXT.exec(line) ?? [];
    if (!marks) return false;
    this.endParagraph();
    // Some begin with the code right behind the marks.
    const text = tagged ? [] : [tail.trim()];
    for (this.at += 1; this.at < this.lines.length; this.at += 1) {
      const next = this.lines[this.at].trimEnd();
      this.meter.steps += next.length + 1;
      if (!next.endsWith(marks)) {
        text.push(this.lines[this.at]);
        continue;
      }
      // Some end with the marks right behind the code.
      let end = next.length;
      while (next[end - 1] === '`') end -= 1;
      if (next.slice(0, end).trim()) text.push(next.slice(0, end));
      this.at += 1;
      break;
    }
    // One word and nothing below it is no tag.
    if (tagged && !text.length) this.blocks.push({ type: 'fence', language: '', text: tail });
    else this.blocks.push({ type: 'fence', language: tagged ? tail : '', text: text.join('\n') });
    return true;
  }

  /** @param {string} line */
  quote(line) {
    if (this.depth >= DEPTH_MAX || !QUOTE.test(line)) return false;
    this.endParagraph();
    const inner = [];
    for (; this.at < this.lines.length && QUOTE.test(this.lines[this.at]); this.at += 1) {
      this.meter.steps += this.lines[this.at].length + 1;
      inner.push(this.lines[this.at].replace(QUOTE, ''));
    }
    this.blocks.push({ type: 'quote', children: this.deeper(inner) });
    return true;
  }

  /** @param {string} line */
  list(line) {
    const first = this.depth < DEPTH_MAX && item(line);
    if (!first) return false;
    this.endParagraph();
    const { ordered } = first;
    /** @type {Item[]} */
    const items = [];
    let typed = NaN;
    for (let next = item(line); next && next.ordered === ordered && next.indent <= first.indent + 1;) {
      // Who writes 1. 1. 1. counts; any other number is meant.
      const before = items.at(-1)?.number ?? 0;
      const number = !ordered ? null : next.number === typed ? before + 1 : next.number;
      typed = next.number;
      items.push({ number, children: this.deeper(this.body(next)) });
      next = this.at < this.lines.length ? item(this.lines[this.at]) : null;
    }
    this.blocks.push({ type: 'list', ordered, items });
    return true;
  }

  /** The lines of an item: its own, and those that are indented below it. @param {Marked} marked */
  body({ indent, width }) {
    const inner = [this.lines[this.at].slice(width)];
    let end = this.at + 1;
    for (let at = end; at < this.lines.length; at += 1) {
      const line = untab(this.lines[at]);
      this.meter.steps += line.length + 1;
      const blank = !line.trim();
      const depth = blank ? 0 : line.search(/\S/);
      if (!blank && depth < indent + 2) {
        // An empty line between two items leaves them one list.
        if (item(line)) end = at;
        break;
      }
      if (blank && at > end) break;
      inner.push(line.slice(Math.min(depth, width)));
      if (!blank) end = at + 1;
    }
    this.at = end;
    return inner;
  }

  /** @param {string[]} lines */
  deeper(lines) {
    return new Blocks(lines, this.depth + 1, this.context).read();
  }
}

/** @typedef {{indent: number, width: number, ordered: boolean, number: number}} Marked */

/** @param {string} line @returns {Marked | null} */
function item(line) {
  if (RULER.test(line)) return null;
  const match = ITEM.exec(line);
  if (!match) return null;
  const [{ length: width }, { length: indent }, bullet, number] = match;
  return { indent, width, ordered: !bullet, number: Number(number) };
}

/** Tabs before a line count as four spaces. @param {string} line */
function untab(line) {
  return line.replace(/^[ \t]+/, (space) => space.replace(/\t/g, '    '));
}
