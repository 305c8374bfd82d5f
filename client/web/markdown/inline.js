// What stands in a line: marks, code, links, rooms, nicks.
//
// markdown.js feeds it with paragraphs. It walks through a paragraph once, from left to right, and
// leaves pieces behind; markdown/emphasis.js then pairs the marks. A piece that was read is never
// read again: what turns out to be no link is passed over as text.

import { ranges } from '../mention.js';
import { address, endOf, showsHost } from './address.js';
import { after, before, isDigit, isSpace, isWordy } from './characters.js';
import { settle } from './emphasis.js';

/**
 * `host`: where a link leads, when its text does not show it. `own`: the nick of the reader.
 * @typedef {{type: 'plain', text: string}
 *   | {type: 'strong' | 'emphasis' | 'struck', children: Inline[]}
 *   | {type: 'code', text: string}
 *   | {type: 'break'}
 *   | {type: 'link', href: string, host: string | null, children: Inline[]}
 *   | {type: 'room', name: string}
 *   | {type: 'mention', text: string, own: boolean}} Inline
 *
 * @typedef {import('./emphasis.js').Marks} Marks
 *
 * What holds for a whole text: the own nick, what was spent, and how many pieces there are.
 * @typedef {{me: string | null, meter: import('../markdown.js').Meter, pieces: number}} Context
 */

/** Signs that a backslash makes plain. Only those that mean something here: paths and patterns keep theirs. */
const ESCAPABLE = '\\`*_~[]#@>';

/** Where something may begin. */
const SPECIAL = /[\\`*_~[\]#@\n]|https?:\/\//gi;

const RUN = { '`': /`+/y, '*': /\*+/y, '_': /_+/y, '~': /~+/y };

/** A name as the server knows names. Its rule is stricter; a link to no room asks the server. */
const NAME = /[#@][\p{L}\p{N}_][\p{L}\p{M}\p{N}._-]*/uy;

/**
 * So many things stand in one text; what follows is shown as it was typed. A few lines could
 * otherwise fill the page with elements.
 */
const PIECES_MAX = 300;

/** The longest names that the server takes, in characters. */
const ROOM_MAX = 48;
const NICK_MAX = 24;

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
    /** Places of pieces that are an open bracket. @type {number[]} */
    this.brackets = [];
    /** Where the bracket that is open here closes; made when first asked for. @type {Map<number, number> | null} */
    this.closing = null;
    /** For each run of backticks the next one of its length; made when first asked for. @type {Map<number, number> | null} */
    this.ticks = null;
  }

  read() {
    const { text, meter } = this;
    const own = ranges(text, this.me);
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
        this.take(text[start]);
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

  /** Takes this many characters as they are. @param {number} count */
  skip(count) {
    this.plain(this.text.slice(this.at, this.at + count));
    this.at += count;
  }

  /** Takes what begins here. @param {string} sign */
  take(sign) {
    if (sign === '\\') this.escape();
    else if (sign === '`') this.code();
    else if (sign === '*' || sign === '_' || sign === '~') this.marks(sign);
    else if (sign === '[') this.bracket();
    else if (sign === ']') this.named();
    else if (sign === '#' || sign === '@') this.name(sign);
    else this.bare();
  }

  escape() {
    const { text, at } = this;
    const next = text[at + 1] ?? '';
    // ¯\_(ツ)_/¯ keeps its arm.
    if (next === '_' && text[at - 1] === '¯') this.skip(2);
    else if ((next && ESCAPABLE.includes(next)) || this.hidesItem(next)) {
      this.at += 1;
      this.skip(1);
    } else this.skip(1);
  }

  /** Whether a backslash keeps a line from being an item of a list. @param {string} next */
  hidesItem(next) {
    if (next !== '-' && next !== '.') return false;
    const start = this.text.slice(Math.max(0, this.at - 13), this.at);
    return (next === '-' ? /(?:^|\n) *$/ : /(?:^|\n) *\d+$/).test(start);
  }

  /** @param {keyof typeof RUN} sign */
  run(sign) {
    RUN[sign].lastIndex = this.at;
    const length = RUN[sign].exec(this.text)?.[0].length ?? 1;
    this.meter.steps += length;
    return length;
  }

  code() {
    const count = this.run('`');
    this.ticks ??= nextTicks(this.text, this.meter);
    const end = this.ticks.get(this.at);
    if (end === undefined) return this.skip(count);
    const inside = this.text.slice(this.at + count, end).replace(/\n/g, ' ');
    // A space at both ends keeps a backtick within from touching the marks.
    const padded = inside.startsWith(' ') && inside.endsWith(' ') && inside.trim();
    this.add({ type: 'code', text: padded ? inside.slice(1, -1) : inside });
    this.at = end + count;
  }

  /** @param {'*' | '_' | '~'} sign */
  marks(sign) {
    const count = this.run(sign);
    const known = sign === '*' ? count <= 3 : count === (sign === '_' ? 1 : 2);
    if (!known) return this.skip(count);
    const left = before(this.text, this.at);
    const right = after(this.text, this.at + count);
    // One mark does nothing within a word (snake_case, 2*3*4), two do nothing between digits (2**8).
    const sum = isDigit(left) && isDigit(right);
    const opens = !isSpace(right) && (count > 1 ? !sum : !isWordy(left));
    const closes = !isSpace(left) && (count > 1 ? !sum : !isWordy(right));
    this.add({ type: 'marks', sign, count, opens, closes, left: count, opened: [], closed: [] });
    this.at += count;
  }

  bracket() {
    // What an exclamation mark makes a picture elsewhere stays text.
    if (this.text[this.at - 1] !== '!') this.brackets.push(this.pieces.length);
    this.skip(1);
  }

  /** The end of a link's name, if an address follows. */
  named() {
    const open = this.brackets.pop();
    if (open === undefined || this.text[this.at + 1] !== '(') return this.skip(1);
    this.closing ??= closings(this.text, this.meter);
    const end = this.closing.get(this.at + 1);
    if (end === undefined || !/^(?:https?:\/\/|mailto:)/i.test(this.text.slice(this.at + 2, this.at + 10))) return this.skip(1);
    const found = address(this.text.slice(this.at + 2, end));
    const inside = found ? this.pieces.slice(open + 1) : [];
    this.meter.steps += inside.length + end - this.at;
    // What could not be a link is passed over as a whole, or a nest of them would be read again and again.
    if (!found || !inside.some(isVisible)) return this.skip(end + 1 - this.at);
    const children = settle(inside.flatMap(unlinked), this.meter);
    this.pieces.length = open;
    this.add({ type: 'link', ...found, children });
    // No link holds another one.
    this.brackets = [];
    this.at = end + 1;
  }

  /** A room or a nick. @param {'#' | '@'} sign */
  name(sign) {
    NAME.lastIndex = this.at;
    const written = NAME.exec(this.text)?.[0] ?? '';
    this.meter.steps += written.length;
    const left = before(this.text, this.at);
    if (!written || isWordy(left) || (left && '#@&/=.%+\\'.includes(left))) return this.skip(1);
    // A point ends the sentence, a line below ends what is in italics.
    let end = written.length;
    while ('._-'.includes(written[end - 1])) end -= 1;
    const name = written.slice(1, end);
    const characters = [...name].length;
    const fits = characters <= (sign === '#' ? ROOM_MAX : NICK_MAX) && /\p{L}/u.test(name) && !/\p{M}{3}/u.test(name);
    if (!fits) return this.skip(1 + name.length);
    this.add(sign === '#'
      ? { type: 'room', name: name.normalize('NFC') }
      : { type: 'mention', text: `@${name}`, own: name.toLowerCase() === this.me?.toLowerCase() });
    this.at += 1 + name.length;
  }

  /** An address as it is. */
  bare() {
    const end = endOf(this.text, this.at);
    const written = this.text.slice(this.at, end);
    this.meter.steps += 2 * written.length;
    const found = isWordy(before(this.text, this.at)) ? null : address(written);
    if (!found) return this.skip(Math.max(written.length, 1));
    const host = showsHost(written, found) ? null : found.host;
    this.add({ type: 'link', href: found.href, host, children: [{ type: 'plain', text: written }] });
    this.at = end;
  }
}

/** Whether a link's name has something to click on. @param {Inline | Marks} piece */
function isVisible(piece) {
  return piece.type !== 'plain' || /[\p{L}\p{N}\p{P}\p{S}]/u.test(piece.text);
}

/** A piece as it stands in the name of a link, where nothing else leads anywhere. @param {Inline | Marks} piece @returns {(Inline | Marks)[]} */
function unlinked(piece) {
  if (piece.type === 'room') return [{ type: 'plain', text: `#${piece.name}` }];
  return piece.type === 'link' ? piece.children : [piece];
}

/** @param {string} text @param {import('../markdown.js').Meter} meter */
function nextTicks(text, meter) {
  const runs = [...text.matchAll(/`+/g)].reverse();
  meter.steps += text.length + runs.length;
  /** @type {Map<number, number>} */
  const found = new Map();
  /** By length, the run of that length that was seen last. @type {Map<number, number>} */
  const last = new Map();
  for (const { index, 0: { length } } of runs) {
    const next = last.get(length);
    if (next !== undefined) found.set(index, next);
    last.set(length, index);
  }
  return found;
}

/** Pairs of round brackets without white space between them. @param {string} text @param {import('../markdown.js').Meter} meter */
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
