// Completion: the word before the caret, and the names that it may become.

import { foldName } from './names.js';

/** A room's name has at most 48 characters: a mark further back belongs to another word. */
const WORD_MAX = 49;

/** The most suggestions at once: more would hide the messages. */
export const SUGGESTIONS_MAX = 8;

/** How many of the newest messages are searched for their authors. */
const RECENT_MESSAGES = 200;

/** @typedef {import('../net/wire.js').User} User */

/**
 * A word that can be completed.
 * @typedef {{mark: '@' | ':' | '#' | '/', word: string, from: number}} Word
 *   `from` is where the mark stands (after `/join ` it may be left out); it ends at the caret
 */

const PATTERNS = [
  /(?<before>^|[^\p{L}\p{N}_.@-])(?<mark>@)(?<word>[\p{L}\p{M}\p{N}_.-]*)$/u,
  /(?<before>^|[\s(])(?<mark>#)(?<word>[\p{L}\p{M}\p{N}_.-]+)$/u,
  // One letter is often the mouth of a face: ":D", ":p".
  /(?<before>^|[^\p{L}\p{N}:])(?<mark>:)(?<word>[a-z0-9_+-]{2,})$/u,
];

/**
 * The word that ends at the caret, if it is one of those that can be completed.
 * @param {string} text
 * @param {number} caret
 * @returns {Word | null}
 */
export function completableWord(text, caret) {
  const before = caret < WORD_MAX + 8 ? text.slice(0, caret) : '';
  const command = before.length < WORD_MAX && /^\/([a-z]*)$/i.exec(before);
  if (command) return { mark: '/', word: command[1].toLowerCase(), from: 0 };
  const join = /^\/(?:join|leave)\s+(#?(\S*))$/i.exec(before);
  if (join) return { mark: '#', word: join[2], from: caret - join[1].length };
  const near = text.slice(Math.max(0, caret - WORD_MAX - 1), caret);
  for (const pattern of PATTERNS) {
    const { mark, word } = pattern.exec(near)?.groups ?? {};
    if (mark) return { mark: /** @type {any} */ (mark), word, from: caret - word.length - 1 };
  }
  return null;
}

/**
 * The people whom a word may mean: the authors of the newest messages first, then the other members.
 * @param {string} word
 * @param {{messages: {from: User}[], members: {sample: User[]} | null} | undefined} room
 * @param {string | null | undefined} me this person's own nick, which is not suggested
 * @returns {User[]}
 */
export function matchingPeople(word, room, me) {
  const spoke = (room?.messages ?? []).slice(-RECENT_MESSAGES).map(({ from }) => from).reverse();
  /** @type {Map<string, User>} */
  const found = new Map();
  for (const user of [...spoke, ...(room?.members?.sample ?? [])]) {
    if (user.nick !== me && !found.has(user.nick)) found.set(user.nick, user);
  }
  return rankNames(word, [...found.keys()]).map((nick) => /** @type {any} */ (found.get(nick)));
}

/**
 * The names that match a word: those that begin with it before those that contain it, otherwise in their order.
 * @param {string} word
 * @param {string[]} names
 * @param {number} [limit]
 * @returns {string[]}
 */
export function rankNames(word, names, limit = SUGGESTIONS_MAX) {
  const wanted = foldName(word);
  const begin = [];
  const contain = [];
  for (const name of names) {
    const at = foldName(name).indexOf(wanted);
    if (at === 0) begin.push(name);
    else if (at > 0) contain.push(name);
  }
  return [...begin, ...contain].slice(0, limit);
}

/**
 * The text that replaces the word when a suggestion is chosen.
 * @param {string} text
 * @param {number} caret
 * @param {Word} word
 * @param {string} chosen with its mark, without a space after it
 * @returns {string}
 */
export function completedText(text, caret, word, chosen) {
  return chosen + (word.mark === ':' || /\s/.test(text[caret] ?? '') ? '' : ' ');
}
