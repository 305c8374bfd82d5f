// Fuzzy search: finding a room by some letters of its name, for the room switcher.

import { foldName, isName, ROOM_MAX, suggestName } from './names.js';

/**
 * How well a name matches the typed letters, which must occur in their order. Higher is better; `null` means no
 * match. The beginning of the name counts most, then beginnings of words, then adjacent letters. The search is linear
 * in the name.
 * @param {string} typed
 * @param {string} name
 * @returns {number | null}
 */
export function fuzzyScore(typed, name) {
  const [word, fold] = [foldName(typed), foldName(name)];
  const wanted = [...word].filter((letter) => letter !== ' ');
  const letters = [...fold];
  if (!wanted.length) return 0;
  const whole = fold.indexOf(word.trim());
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
 * The room that has a name already, however it is spelled. Of the rooms that the server has found for the name, it is
 * the one that has nothing more in its own.
 * @template {{name: string}} R
 * @template {{name: string}} S
 * @param {string} name
 * @param {R[]} known
 * @param {S[]} found by the server, for this name
 * @returns {R | S | undefined}
 */
export function sameRoom(name, known, found) {
  const fold = foldName(name);
  const { length } = [...fold];
  return known.find((room) => foldName(room.name) === fold) ?? found.find((room) => [...foldName(room.name)].length === length);
}

/**
 * A choice in the switcher; `id` is `#name` in one that creates a room.
 * @typedef {{id: string, name: string, joined: boolean, unread: number, mentions: number, members: number | null,
 *   made: boolean}} Choice `made`: no such room is known, and choosing it creates the room. It comes
 *   last, with hyphens for the typed spaces
 */

/**
 * The rooms that match, best first. Without a word: rooms with mentions, then unread ones, then the other joined
 * rooms in their order, then the rest of the list.
 * @param {string} typed
 * @param {{id: string, name: string, unread: number, mentions?: number, members: {count: number} | null}[]} rooms joined
 * @param {{id: string, name: string, members: number}[]} listed
 * @param {string} [query] what `listed` was found for
 * @param {number} [limit]
 * @returns {Choice[]}
 */
export function roomChoices(typed, rooms, listed, query = '', limit = 12) {
  const word = typed.trim().replace(/^#/, '');
  const answers = word === query ? listed : [];
  const joined = new Set(rooms.map(({ id }) => id));
  /** @type {Choice[]} */
  const all = [
    ...rooms.map(({ id, name, unread, mentions = 0, members }) =>
      ({ id, name, joined: true, unread, mentions, members: members?.count ?? null, made: false })),
    ...listed.filter(({ id }) => !joined.has(id)).map(({ id, name, members }) =>
      ({ id, name, joined: false, unread: 0, mentions: 0, members, made: false })),
  ];
  const found = all
    .map((choice, at) => ({ choice, at, fits: fuzzyScore(word, choice.name) ?? (answers.some(({ id }) => id === choice.id) ? 0 : null) }))
    .filter(({ fits }) => fits !== null)
    .sort((one, other) => Number(other.fits) - Number(one.fits) || rank(other.choice) - rank(one.choice) || one.at - other.at)
    .slice(0, limit)
    .map(({ choice }) => choice);
  const meant = suggestName(word, ROOM_MAX) ?? word;
  if (isName(meant) && !sameRoom(meant, all, answers)) {
    found.push({ id: `#${meant}`, name: meant, joined: false, unread: 0, mentions: 0, members: null, made: true });
  }
  return found;
}

/** @param {Choice} choice */
function rank({ mentions, unread, joined }) {
  return (mentions ? 4 : 0) + (unread ? 2 : 0) + (joined ? 1 : 0);
}
