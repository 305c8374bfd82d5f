// Whether a text may be sent, and how much room is left in it: the server counts bytes of UTF-8, a person
// counts characters.

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
