// Mentions: rooms and nicks after their signs in a text, and the reader's nick as a bare word, if the reader wants that
// to count.
//
// markdown/inline.js asks, outside code and addresses; `mentions` in markdown.js asks what was marked. The terminal
// client follows the same rules: tests/golden/mention.json. So only case is folded here, and not all of `foldName`.

import { after, before, isLetter, isOneWord, isWordy } from './markdown/characters.js';
import { foldCase, NICK_MAX, ROOM_MAX } from './names.js';

/** A name, roughly: the server's rules are stricter. */
const NAME = /[#@][\p{L}\p{N}_][\p{L}\p{M}\p{N}._-]*/uy;

/** A colour of a style sheet is not a room. A room of that name can still be joined. */
const COLOUR = /^(?:[\da-f]{3}|[\da-f]{6}|[\da-f]{8})$/i;

/** A dot, hyphen or underscore inside a name. At the end of a name they belong to the sentence. */
const JOINED = /[._-]+[\p{L}\p{M}\p{N}]/uy;

/** Whether a text may have a nick at all: most have none. @param {string} text @param {string} nick */
export function mayName(text, nick) {
  return foldCase(text).includes(foldCase(nick));
}

/**
 * The room or the nick at a sign: where it ends, or 0 if there is none; whether it is the reader; and how many
 * characters were read.
 * @param {string} text
 * @param {number} at
 * @param {string | null} me
 * @param {number} [from] where it begins, including a backslash before the sign
 * @returns {{end: number, own: boolean, read: number}}
 */
export function nameAt(text, at, me, from = at) {
  const sign = text[at];
  if (!mayBegin(text, from)) return { end: 0, own: false, read: 1 };
  const own = sign === '@' && me ? nickEnd(text, at + 1, me) : -1;
  if (own > 0) return { end: own, own: true, read: own - at };
  NAME.lastIndex = at;
  const written = NAME.exec(text)?.[0] ?? '';
  // A dot ends the sentence, an underscore ends italics.
  let read = written.length;
  while ('._-'.includes(written[read - 1])) read -= 1;
  const name = written.slice(1, read);
  const characters = [...name].length;
  const fits = characters <= (sign === '#' ? ROOM_MAX : NICK_MAX) && /\p{L}/u.test(name) && !/\p{M}{3}/u.test(name);
  return { end: fits && !(sign === '#' && COLOUR.test(name)) ? at + read : 0, own: false, read: Math.max(read, 1) };
}

/** Whether a room or a nick may begin at an index: not inside a word, an address or a path. @param {string} text @param {number} at */
function mayBegin(text, at) {
  const left = before(text, at);
  if (left === '.') return !isLetter(before(text, at - 1));
  return !isWordy(left) && !'#@&/=%+\\'.includes(left || ' ');
}

/**
 * Where the nick ends that begins at an index.
 * @param {string} text
 * @param {number} at
 * @param {string} nick
 * @returns {number} -1 if another name is there, or none
 */
function nickEnd(text, at, nick) {
  const wanted = foldCase(nick);
  let end = at;
  // Character by character: some letters become longer in lower case (İ).
  for (let done = 0; done < wanted.length;) {
    const character = after(text, end);
    const small = foldCase(character);
    if (!small || !wanted.startsWith(small, done)) return -1;
    done += small.length;
    end += character.length;
  }
  return end > at && !goesOn(text, end) ? end : -1;
}

/** Whether a name continues at its presumed end. @param {string} text @param {number} end */
function goesOn(text, end) {
  if (isOneWord(before(text, end), after(text, end))) return true;
  JOINED.lastIndex = end;
  return JOINED.test(text);
}

/**
 * Where a text has the nick as a separate word: start and end indices, in order.
 * @param {string} text
 * @param {string} nick
 * @returns {[number, number][]}
 */
export function bareNicks(text, nick) {
  /** @type {[number, number][]} */
  const found = [];
  const [first] = foldCase(nick);
  if (!first) return found;
  let last = '';
  for (let at = 0; at < text.length;) {
    const character = after(text, at);
    const end = foldCase(character).startsWith(first) && isFree(text, at, last) ? nickEnd(text, at, nick) : -1;
    // Before an `@` it is the beginning of a mail address.
    if (end > at && !(text[end] === '@' && isLetter(after(text, end + 1)))) found.push([at, end]);
    at = Math.max(end, at + character.length);
    last = before(text, at);
  }
  return found;
}

/** Whether a word may begin here. @param {string} text @param {number} at @param {string} last the character before */
function isFree(text, at, last) {
  if (last === '.') return !isLetter(before(text, at - 1));
  return !'_-@'.includes(last || ' ') && !isOneWord(last, after(text, at));
}
