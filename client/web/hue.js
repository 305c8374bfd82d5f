// What stands for a person beside their messages: a colour and one or two letters.

/**
 * A hue in degrees: for one id always the same, for others mostly another one.
 * @param {string} id
 * @returns {number} 0 to 359
 */
export function hue(id) {
  // FNV-1a: ids that differ in the last letter only get far apart.
  let sum = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) sum = Math.imul(sum ^ id.charCodeAt(at), 0x01000193);
  return ((sum ^ (sum >>> 15)) >>> 0) % 360;
}

/**
 * The first letters of a nick's first two words; words are parted by `-`, `_` and `.`.
 * @param {string} nick
 */
export function initials(nick) {
  const words = nick.split(/[-_.\s]+/u).map(first).filter(Boolean);
  return words.slice(0, 2).join('') || first(nick) || '?';
}

/** The first letter or digit with its marks, large. @param {string} word */
function first(word) {
  const letter = /[\p{L}\p{N}]\p{M}{0,2}/u.exec(word)?.[0] ?? '';
  const large = letter.toUpperCase();
  // ß and some others become two.
  return [...large].length === [...letter].length ? large : letter;
}
