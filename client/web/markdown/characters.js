// What a character is, as far as marks and words need to know it.

/** Scripts that are written without spaces between words, or with endings right behind a name. */
const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const LETTER = /[\p{L}\p{M}\p{N}]/u;

/**
 * The character before a place, whole. Empty at the beginning.
 * @param {string} text
 * @param {number} at
 */
export function before(text, at) {
  const code = text.charCodeAt(at - 1);
  return code >= 0xdc00 && code <= 0xdfff && at > 1 ? text.slice(at - 2, at) : text.slice(Math.max(at - 1, 0), at);
}

/**
 * The character at a place, whole. Empty at the end.
 * @param {string} text
 * @param {number} at
 */
export function after(text, at) {
  return at < text.length ? String.fromCodePoint(/** @type {number} */ (text.codePointAt(at))) : '';
}

/** Whether a character makes a word of what stands beside it. @param {string} character */
export function isWordy(character) {
  return LETTER.test(character) && !SPACELESS.test(character);
}

/** Whether there is nothing: an end of the text, or white space. @param {string} character */
export function isSpace(character) {
  return !character || /\s/u.test(character);
}

/** @param {string} character */
export function isDigit(character) {
  return /\p{Nd}/u.test(character);
}
