// The avatar of a person: one or two letters in a colour.

import { createElement } from './dom.js';

/** @param {{id: string, nick: string}} user */
export function avatar({ id, nick }) {
  const element = createElement('span', { className: 'disc', textContent: initials(nick), aria: { hidden: true } });
  element.style.setProperty('--hue', String(avatarHue(id)));
  return element;
}

/**
 * The hue of an id, in degrees: always the same one, and different from most others.
 * @param {string} id
 * @returns {number} 0 to 359
 */
export function avatarHue(id) {
  // FNV-1a: ids that differ only in the last letter get hues far apart.
  let sum = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) sum = Math.imul(sum ^ id.charCodeAt(at), 0x01000193);
  return ((sum ^ (sum >>> 15)) >>> 0) % 360;
}

/**
 * The first letters of a nick's first two words; words are separated by `-`, `_` and `.`.
 * @param {string} nick
 */
export function initials(nick) {
  const words = nick.split(/[-_.\s]+/u).map(first).filter(Boolean);
  return words.slice(0, 2).join('') || first(nick) || '?';
}

/** The first letter or digit with its marks, in upper case. @param {string} word */
function first(word) {
  const letter = /[\p{L}\p{N}]\p{M}{0,2}/u.exec(word)?.[0] ?? '';
  const large = letter.toUpperCase();
  // ß and some others would become two letters.
  return [...large].length === [...letter].length ? large : letter;
}
