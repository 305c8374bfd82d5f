// Finding a room by some of its letters, for the switcher. Pure.

import { isName } from './wire.js';

/**
 * How well a name fits what was typed: all letters must occur in their order. Higher is better;
 * `null` means not at all. A beginning counts most, then beginnings of words, then neighbours.
 * Each letter is looked for once, from where the last one was found: linear in the name.
 * @param {string} typed
 * @param {string} name
 * @returns {number | null}
 */
export function score(typed, name) {
  const wanted = [...typed.toLowerCase()].filter((letter) => letter !== ' ');
  const letters = [...name.toLowerCase()];
  if (!wanted.length) return 0;
  const whole = name.toLowerCase().indexOf(typed.toLowerCase().trim());
  let sum = whole === 0 ? 100 : whole > 0 ? 50 : 0;
  let at = -1;
  for (const letter of wanted) {
    const found = letters.indexOf(letter, at + 1);
    if (found < 0) return null;
    if (found === at + 1) sum += 4;
    if (found === 0 || /[-_. ]/.test(letters[found - 1])) sum += 6;
    at = found;
  }
  return sum - letters.length / 100;
}

/**
 * What the switcher offers.
 * @typedef {{name: string, joined: boolean, unread: number, mentions: number, members: number | null,
 *   made: boolean}} Choice `made`: no such room is known; choosing it makes it
 */

/**
 * The rooms that fit, best first. Without a word: mentions, then unread, then the joined ones in
 * their order, then others of the list.
 * @param {string} typed
 * @param {{name: string, unread: number, mentions?: number, members: {count: number} | null}[]} rooms joined
 * @param {{name: string, members: number}[]} listed
 * @param {number} [limit]
 * @returns {Choice[]}
 */
export function choices(typed, rooms, listed, limit = 12) {
  const word = typed.trim().replace(/^#/, '');
  const joined = new Set(rooms.map(({ name }) => name));
  /** @type {Choice[]} */
  const all = [
    ...rooms.map(({ name, unread, mentions = 0, members }) =>
      ({ name, joined: true, unread, mentions, members: members?.count ?? null, made: false })),
    ...listed.filter(({ name }) => !joined.has(name)).map(({ name, members }) =>
      ({ name, joined: false, unread: 0, mentions: 0, members, made: false })),
  ];
  const found = all
    .map((choice, at) => ({ choice, at, fits: score(word, choice.name) }))
    .filter(({ fits }) => fits !== null)
    .sort((one, other) => Number(other.fits) - Number(one.fits) || rank(other.choice) - rank(one.choice) || one.at - other.at)
    .slice(0, limit)
    .map(({ choice }) => choice);
  const exact = all.some(({ name }) => name.toLowerCase() === word.toLowerCase());
  if (isName(word) && !exact) {
    found.push({ name: word, joined: false, unread: 0, mentions: 0, members: null, made: true });
  }
  return found;
}

/** @param {Choice} choice */
function rank({ mentions, unread, joined }) {
  return (mentions ? 4 : 0) + (unread ? 2 : 0) + (joined ? 1 : 0);
}
