// Names of rooms and nicks: which ones may be, when two are the same, what is wrong with one that was typed, and the
// name that the person may have meant.

/** Letters, marks, digits and three signs, and the joiners, dots and hyphens that some scripts need. */
export const NAME = /^[\p{L}\p{M}\p{N}_.\u200c\u200d\u180e\u00b7\u058a\u05f3\u05f4\u06fd\u06fe\u0f0b\u2010\u2027\u30a0\u30fb-]+$/u;

/** The most characters in the name of a room, and in a nick. */
export const ROOM_MAX = 48;
export const NICK_MAX = 24;

/**
 * Whether this may be the name of a room; with another length, a nick. The server has stricter rules.
 * @param {string} word
 * @param {number} [most] characters
 */
export function isName(word, most = ROOM_MAX) {
  return [...word].length <= most && /[\p{L}\p{N}]/u.test(word) && NAME.test(word);
}

/** A text in which case does not count, nor whether a sigma ends a word. @param {string} text */
export function foldCase(text) {
  return text.toLowerCase().replaceAll('ς', 'σ');
}

/**
 * A name in the form in which it is compared, as far as a browser knows it: the server also takes letters that look
 * alike for the same.
 * @param {string} name
 */
export function foldName(name) {
  // The capitals of some letters are two letters, ß among them.
  return foldCase(name.normalize('NFKC').toUpperCase()).replace(/[\u200c\u200d]/g, '').normalize('NFD');
}

/** The name of a room in a sentence. A direct one is called by its people, and has its sign already. @param {string} name */
export const roomTitle = (name) => (name.startsWith('@') ? name : `#${name}`);

/** The most characters of a wrong name that its sentence repeats. */
const QUOTED_MAX = 60;

/**
 * A notice that says why. The `suggestion`, if there is one, is put into the field, for another Enter.
 * @typedef {{key: string, args: Record<string, string | number>, suggestion?: string}} NameProblem
 */

/** @param {string} name */
const withHyphens = (name) => name.trim().replace(/\s+/g, '-');

/**
 * The name with hyphens instead of spaces; null when that is not a name either, or the same name.
 * @param {string} name
 * @param {number} most characters
 * @returns {string | null}
 */
export function suggestName(name, most) {
  const meant = withHyphens(name);
  return meant !== name.trim() && isName(meant, most) ? meant : null;
}

/**
 * Why this cannot be a name, or null.
 * @param {string} typed
 * @param {number} most characters
 * @returns {NameProblem | null}
 */
export function nameProblem(typed, most) {
  if (isName(typed, most)) return null;
  const characters = [...withHyphens(typed)];
  const name = characters.length > QUOTED_MAX ? `${characters.slice(0, QUOTED_MAX).join('')}…` : typed.trim();
  const meant = suggestName(typed, most);
  if (meant) return { key: 'name.space', args: { name, suggestion: meant }, suggestion: meant };
  const character = [...typed].find((one) => !/\s/.test(one) && !NAME.test(one));
  if (character) return { key: 'name.character', args: { name, character: visible(character) } };
  if (characters.length > most) return { key: 'name.long', args: { name, count: characters.length, most } };
  return { key: 'name.bare', args: { name } };
}

/** An invisible character is named by its code point. @param {string} character */
function visible(character) {
  const number = /** @type {number} */ (character.codePointAt(0)).toString(16).toUpperCase();
  return /[\p{C}\p{Z}]/u.test(character) ? `U+${number.padStart(4, '0')}` : character;
}
