// The length of a text: whether it may be sent and how much room is left in it (the server counts bytes of UTF-8, a
// person counts characters), and whether it is so long that it is shown folded.

/** From this many bytes before the limit on, the composer shows how many are left. */
const NEAR_BYTES = 300;

/** An excess above this is counted in thousands. */
const EXACT_MAX = 10_000;

/**
 * How many bytes are left in a text, or by how many characters it is too long; `null` far below the limit. This
 * runs at each key, and the text may be a pasted book: it reads up to the limit, and a little beyond.
 * @param {string} text
 * @param {number} bytesMax
 * @returns {null | {left: number} | {over: number}}
 */
export function remainingLength(text, bytesMax) {
  // A code unit of UTF-16 becomes at most three bytes: a short text needs no counting.
  if (text.length * 3 <= bytesMax - NEAR_BYTES) return null;
  let bytes = 0;
  for (let at = 0; at < text.length; at += isPair(text, at) ? 2 : 1) {
    bytes += bytesAt(text, at);
    if (bytes > bytesMax) return { over: charactersFrom(text, at) };
  }
  return bytes > bytesMax - NEAR_BYTES ? { left: bytesMax - bytes } : null;
}

/** Whether a surrogate pair is at an index. @param {string} text @param {number} at */
function isPair(text, at) {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
}

/** The bytes of the character at an index; half a pair is sent as U+FFFD, which has three. @param {string} text @param {number} at */
function bytesAt(text, at) {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return isPair(text, at) ? 4 : 3;
}

/** How many characters there are from an index on. @param {string} text @param {number} from */
function charactersFrom(text, from) {
  const units = text.length - from;
  if (units > 2 * EXACT_MAX) return Math.ceil(units / 1_000) * 1_000;
  let count = units;
  for (let at = from; at < text.length; at += 1) if (isPair(text, at)) count -= 1;
  return count;
}

/** A text as servers accept it: with line feeds alone, and no half of a surrogate pair. @param {string} text */
export function sendableText(text) {
  return text.replace(/\r\n?/g, '\n').replace(/\p{Surrogate}/gu, '\ufffd');
}

/** A visible character: no white space, none that Unicode lets be invisible or that has no shape. */
const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb\u{1d159}]/u;

/**
 * What is wrong with a text, or `null`. The server checks again.
 * @param {string} text
 * @param {number} bytesMax `limits.text_bytes`
 * @returns {null | {code: 'bad_text' | 'text_too_long', key: string, args?: Record<string, number>}}
 *   `key` and `args` make a notice
 */
export function textProblem(text, bytesMax) {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > bytesMax) return { code: 'text_too_long', key: 'say.tooLong', args: { count: bytes - bytesMax } };
  const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.exec(text);
  if (control) return { code: 'bad_text', key: 'say.control', args: { place: control.index + 1 } };
  return VISIBLE.test(text) ? null : { code: 'bad_text', key: 'say.empty' };
}

/** A longer message would fill the screen of a phone. */
const LINES_MAX = 14;
const CHARACTERS_MAX = 1_200;

/** The visible part of a folded message: clearly less than the limits, so that unfolding is worth it. */
const HEAD_LINES = 10;
const HEAD_CHARACTERS = 800;

/** How far back a cut looks for the end of a word, or of a stack of marks. */
const BACK_MAX = 80;

/** Code points that belong to the character before them: marks, joiners, skin tones. */
const TAIL = /^[\p{M}\u200c\u200d\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}]/u;

/** @param {string} text */
export function isLongMessage(text) {
  return text.length > CHARACTERS_MAX || lineEnd(text, LINES_MAX) < text.length;
}

/**
 * The beginning of a long text; a short one as it is.
 * @param {string} text
 */
export function messageHead(text) {
  if (!isLongMessage(text)) return text;
  const end = lineEnd(text, HEAD_LINES);
  if (end <= HEAD_CHARACTERS) return text.slice(0, end);
  return `${text.slice(0, wordEnd(text, HEAD_CHARACTERS)).trimEnd()}…`;
}

/** The index at which this many lines end. @param {string} text @param {number} count */
function lineEnd(text, count) {
  let end = -1;
  for (let line = 0; line < count; line += 1) {
    end = text.indexOf('\n', end + 1);
    if (end < 0) return text.length;
  }
  return end;
}

/** The end of a word before an index, or at least of a whole character. @param {string} text @param {number} at */
function wordEnd(text, at) {
  for (let end = at; end > at - BACK_MAX; end -= 1) if (/\s/.test(text[end])) return end;
  for (let end = at; end > at - BACK_MAX; end -= 1) if (isBoundary(text, end)) return end;
  return at;
}

/** Whether a text may be cut here. @param {string} text @param {number} at */
function isBoundary(text, at) {
  const code = text.charCodeAt(at);
  if (code >= 0xdc00 && code <= 0xdfff) return false;
  return !TAIL.test(text.slice(at, at + 2)) && text[at - 1] !== '\u200d';
}
