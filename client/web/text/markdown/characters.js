// Properties of characters for marks, words and names.

/** Scripts without spaces between words, or with endings right after a name. */
const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const LETTER = /[\p{L}\p{M}\p{N}]/u;

/**
 * The whole character before an index. Empty at the beginning.
 * @param {string} text
 * @param {number} at
 */
export function before(text, at) {
  const code = text.charCodeAt(at - 1);
  return code >= 0xdc00 && code <= 0xdfff && at > 1 ? text.slice(at - 2, at) : text.slice(Math.max(at - 1, 0), at);
}

/**
 * The whole character at an index. Empty at the end.
 * @param {string} text
 * @param {number} at
 */
export function after(text, at) {
  return at < text.length ? String.fromCodePoint(/** @type {number} */ (text.codePointAt(at))) : '';
}

/** A letter, a mark on one, or a digit. @param {string} character */
export function isLetter(character) {
  return LETTER.test(character);
}

/** Whether a character continues the word beside it. @param {string} character */
export function isWordy(character) {
  return LETTER.test(character) && !SPACELESS.test(character);
}

/** Whether a character is a letter of a script without spaces. @param {string} character */
export function isSpaceless(character) {
  return SPACELESS.test(character);
}

/** Whether two adjacent characters belong to one word: `ana` and `さん` do not. @param {string} one @param {string} other */
export function isOneWord(one, other) {
  return isLetter(one) && isLetter(other) && (SPACELESS.test(one) === SPACELESS.test(other) || /[\p{M}\p{N}]/u.test(other));
}
