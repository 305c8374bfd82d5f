// Parses the text of a paragraph: marks, code, links, rooms, nicks.
//
// It walks through the text once, from left to right, and collects pieces; emphasis.js then pairs the marks. No piece
// is parsed twice: what turns out not to be a link becomes text.

import { bareNicks, nameAt } from '../mention.js';
import { address, endOf, showsHost, withScheme } from './address.js';
import { before, isWordy } from './characters.js';
import { marksAt, settle } from './emphasis.js';
import { beginsBlock, nextTicks } from './lines.js';

/** @typedef {import('./tree.js').Inline} Inline */
/** @typedef {import('./tree.js').Meter} Meter */
/** @typedef {import('./emphasis.js').Marks} Marks */

/**
 * What holds for a whole text: the reader's nick, whether the nick counts without an `@`, what parsing has cost,
 * and how many pieces there are.
 * @typedef {{me: string | null, words: boolean, meter: Meter, pieces: number}} Context
 */

/** Where a piece may begin. */
const SPECIAL = /[\\`*_~[\]#@\n]|https?:\/\/|www\./gi;

const TICKS = /`+/y;

/**
 * The most pieces in a text; what follows is shown as it was typed. Otherwise a few lines could fill the page with
 * elements.
 */
export const PIECES_MAX = 300;

/**
 * @param {string} text
 * @param {Context} context
 * @returns {Inline[]}
 */
export function inline(text, context) {
  return new Line(text, context).read();
}

class Line {
  /** @param {string} text @param {Context} context */
  constructor(text, context) {
    this.text = text;
    this.context = context;
    this.me = context.me;
    this.meter = context.meter;
    this.at = 0;
    /** @type {(Inline | Marks)[]} */
    this.pieces = [];
    /** The open brackets, by the index of their piece. @type {{piece: number, escaped: boolean}[]} */
    this.brackets = [];
    /** Where each bracket closes; made when first needed. @type {Map<number, number> | null} */
    this.closing = null;
    /** See nextTicks; made when first needed. @type {Map<number, number> | null} */
    this.ticks = null;
    /** Runs of backticks that would end code whose beginning is escaped. @type {Set<number>} */
    this.plainTicks = new Set();
  }

  read() {
    const { text, meter } = this;
    const own = this.me && this.context.words ? bareNicks(text, this.me) : [];
    meter.steps += 2 * text.length;
    let special = -1;
    for (let next = 0; this.at < text.length;) {
      meter.steps += 1;
      while (next < own.length && own[next][0] < this.at) next += 1;
      if (special < this.at) special = this.nextSpecial();
      const start = Math.min(special, own[next]?.[0] ?? text.length);
      this.plain(text.slice(this.at, start));
      this.at = start;
      if (start >= text.length) break;
      if (text[start] === '\n') {
        this.pieces.push({ type: 'break' });
        this.at += 1;
      } else if (this.context.pieces >= PIECES_MAX) {
        this.skip(1);
      } else if (own[next]?.[0] === start) {
        this.add({ type: 'mention', text: text.slice(start, own[next][1]), own: true });
        this.at = own[next][1];
      } else {
        this.parsePiece(text[start]);
      }
    }
    return settle(this.pieces, meter);
  }

  nextSpecial() {
    SPECIAL.lastIndex = this.at;
    const found = SPECIAL.exec(this.text)?.index ?? this.text.length;
    this.meter.steps += found - this.at;
    return found;
  }

  /** @param {string} text */
  plain(text) {
    if (text) this.pieces.push({ type: 'plain', text });
  }

  /** @param {Inline | Marks} piece */
  add(piece) {
    this.pieces.push(piece);
    this.context.pieces += 1;
  }

  /** Adds this many characters as text. @param {number} count */
  skip(count) {
    this.plain(this.text.slice(this.at, this.at + count));
    this.at += count;
  }

  /** Parses the piece that begins here. @param {string} sign */
  parsePiece(sign) {
    if (sign === '\\') this.escape();
    else if (sign === '`') this.code();
    else if (sign === '*' || sign === '_' || sign === '~') this.marks(sign);
    else if (sign === '[') this.bracket();
    else if (sign === ']') this.named();
    else if (sign === '#' || sign === '@') this.name(sign);
    else this.bare();
  }

  /**
   * A backslash escapes what would be formatting without it, and is then removed. Anywhere else it is kept: in a chat
   * it is part of paths and patterns.
   */
  escape() {
    const { text, at } = this;
    const next = text[at + 1] ?? '';
    if (next === '\\') this.skip(2);
    else if (this.hidesBlock()) this.drop();
    else if (next === '*' || next === '_' || next === '~') this.marks(next, true);
    else if (next === '[') this.bracket(true);
    else if (next === ']') this.named(true);
    else if (next === '`') this.code(true);
    else if ((next === '#' || next === '@') && nameAt(text, at + 1, this.me, at).end) this.drop();
    else this.skip(1);
  }

  /** Removes the backslash, and adds the sign after it as text. */
  drop() {
    this.at += 1;
    this.skip(this.text[this.at] === '`' ? this.run() : 1);
  }

  /** Whether this backslash escapes a quote, an item of a list, or the beginning of code. */
  hidesBlock() {
    const { text, at } = this;
    const [start] = /(?:^|\n) *\d{0,3}$/.exec(text.slice(Math.max(0, at - 13), at)) ?? [];
    if (start === undefined || (at > 13 && start.length > 12)) return false;
    const end = text.indexOf('\n', at);
    const rest = text.slice(at + 1, end < 0 ? text.length : end);
    this.meter.steps += rest.length;
    return beginsBlock(start.replace('\n', '') + rest);
  }

  /** The number of backticks here. */
  run() {
    TICKS.lastIndex = this.at;
    const length = TICKS.exec(this.text)?.[0].length ?? 1;
    this.meter.steps += length;
    return length;
  }

  /** @param {boolean} [escaped] */
  code(escaped = false) {
    if (!this.ticks) this.meter.steps += this.text.length;
    this.ticks ??= nextTicks(this.text);
    const start = this.at + (escaped ? 1 : 0);
    const end = this.ticks.get(start);
    if (escaped) {
      if (end !== undefined) this.plainTicks.add(end);
      if (end === undefined && !this.plainTicks.has(start)) this.skip(1);
      else this.drop();
      return;
    }
    const count = this.run();
    if (end === undefined) return this.skip(count);
    const inside = this.text.slice(this.at + count, end).replace(/\n/g, ' ');
    // A space at both ends separates a backtick inside from the marks.
    const padded = inside.startsWith(' ') && inside.endsWith(' ') && inside.trim();
    this.add({ type: 'code', text: padded ? inside.slice(1, -1) : inside });
    this.at = end + count;
  }

  /** @param {'*' | '_' | '~'} sign @param {boolean} [escaped] */
  marks(sign, escaped = false) {
    const { length, marks } = marksAt(this.text, this.at, sign, escaped);
    this.meter.steps += length;
    if (!marks) return this.skip(length);
    this.add(marks);
    this.at += length;
  }

  /** @param {boolean} [escaped] */
  bracket(escaped = false) {
    // An image stays text.
    if (this.text[this.at - 1] !== '!') this.brackets.push({ piece: this.pieces.length, escaped });
    this.skip(escaped ? 2 : 1);
  }

  /** The end of a link's text, if an address follows. @param {boolean} [escaped] */
  named(escaped = false) {
    const { text } = this;
    const close = this.at + (escaped ? 1 : 0);
    const found = text[close + 1] === '(' ? this.addressIn(close + 1) : null;
    if (escaped) return this.unnamed(found?.address);
    let open = this.brackets.pop();
    // An escaped bracket would have begun the text: remove its backslash.
    for (; found?.address && open?.escaped; open = this.brackets.pop()) this.unescape(open);
    if (!open || open.escaped || !found) return this.skip(1);
    const inside = found.address ? this.pieces.slice(open.piece + 1) : [];
    this.meter.steps += inside.length + found.end - this.at;
    // What is not a link is skipped as a whole: nested ones would otherwise be parsed again and again.
    if (!found.address || !inside.some(isVisible)) return this.skip(found.end + 1 - this.at);
    const children = settle(inside.flatMap(unlinked), this.meter);
    this.pieces.length = open.piece;
    this.add({ type: 'link', ...found.address, children });
    // A link cannot contain another one.
    this.brackets = [];
    this.at = found.end + 1;
  }

  /** An escaped end: it hides a link, if an address follows and a bracket is open. @param {import('./address.js').Address | null} [found] */
  unnamed(found) {
    const open = found ? this.brackets.at(-1) : undefined;
    if (!open) return this.skip(2);
    if (open.escaped) {
      this.unescape(open);
      this.brackets.pop();
    }
    this.drop();
  }

  /** @param {{piece: number}} bracket */
  unescape({ piece }) {
    this.pieces[piece] = { type: 'plain', text: '[' };
  }

  /** The address in round brackets, and where they end; null if there is none. @param {number} at */
  addressIn(at) {
    this.closing ??= closings(this.text, this.meter);
    const end = this.closing.get(at);
    if (end === undefined || !/^(?:https?:\/\/|mailto:)/i.test(this.text.slice(at + 1, at + 9))) return null;
    return { end, address: address(this.text.slice(at + 1, end)) };
  }

  /** A room or a nick. @param {'#' | '@'} sign */
  name(sign) {
    const { text, at } = this;
    const { end, own, read } = nameAt(text, at, this.me);
    this.meter.steps += read;
    if (!end) return this.skip(read);
    const name = text.slice(at + 1, end);
    this.add(sign === '#' ? { type: 'room', name: name.normalize('NFC') } : { type: 'mention', text: `@${name}`, own });
    this.at = end;
  }

  /** A bare address. */
  bare() {
    const { text, at } = this;
    const end = endOf(text, at);
    const written = text.slice(at, end);
    this.meter.steps += 2 * written.length;
    const full = withScheme(written);
    const found = isWordy(before(text, at)) ? null : address(full);
    if (!found) return this.skip(Math.max(written.length, 1));
    const host = showsHost(full, found) ? null : found.host;
    this.add({ type: 'link', href: found.href, host, children: [{ type: 'plain', text: written }] });
    this.at = end;
  }
}

/** Whether the text of a link has something to click on. @param {Inline | Marks} piece */
function isVisible(piece) {
  return piece.type !== 'plain' || /[\p{L}\p{N}\p{P}\p{S}]/u.test(piece.text);
}

/** A piece inside the text of a link, where nothing else may be a link. @param {Inline | Marks} piece @returns {(Inline | Marks)[]} */
function unlinked(piece) {
  if (piece.type === 'room') return [{ type: 'plain', text: `#${piece.name}` }];
  return piece.type === 'link' ? piece.children : [piece];
}

/** Pairs of round brackets without white space inside. @param {string} text @param {Meter} meter */
function closings(text, meter) {
  meter.steps += text.length;
  /** @type {Map<number, number>} */
  const found = new Map();
  /** @type {number[]} */
  let open = [];
  for (const { 0: sign, index } of text.matchAll(/[()]|\s+/g)) {
    if (sign === '(') open.push(index);
    else if (sign !== ')') open = [];
    else if (open.length) found.set(/** @type {number} */ (open.pop()), index);
  }
  return found;
}
