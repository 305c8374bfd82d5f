// Completion: which word the caret stands in, and what it may become. Pure; the composer feeds it.

/** A nick has 24 characters, a room 48; a mark further back than this belongs to another word. */
const WORD_MAX = 49;

/** So many are offered at once: more would hide the messages. */
export const OFFERED_MAX = 8;

/** Whose last words lie further back than this is found among the members. */
const SPOKE_MAX = 200;

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
export function wordAt(text, caret) {
  const before = text.slice(0, caret);
  const command = before.length < WORD_MAX && /^\/([a-z]*)$/.exec(before);
  if (command) return { mark: '/', word: command[1], from: 0 };
  const join = before.length < WORD_MAX + 8 && /^\/(?:join|leave)\s+(#?(\S*))$/.exec(before);
  if (join) return { mark: '#', word: join[2], from: caret - join[1].length };
  const near = before.slice(-WORD_MAX - 1);
  for (const pattern of PATTERNS) {
    const { mark, word } = pattern.exec(near)?.groups ?? {};
    if (mark) return { mark: /** @type {any} */ (mark), word, from: caret - word.length - 1 };
  }
  return null;
}

/**
 * The people whom a word may mean: who spoke last comes first, then who else is there.
 * @param {string} word
 * @param {import('./room.js').Room | undefined} room
 * @param {string | null | undefined} me this person's own nick, which is not offered
 * @returns {import('./wire.js').User[]}
 */
export function people(word, room, me) {
  const spoke = (room?.messages ?? []).slice(-SPOKE_MAX).map(({ from }) => from).reverse();
  /** @type {Map<string, import('./wire.js').User>} */
  const found = new Map();
  for (const user of [...spoke, ...(room?.members?.sample ?? [])]) {
    if (user.nick !== me && !found.has(user.nick)) found.set(user.nick, user);
  }
  return ranked(word, [...found.keys()]).map((nick) => /** @type {any} */ (found.get(nick)));
}

/**
 * The names that fit a word: those that begin with it before those that contain it; otherwise in
 * the order in which they came.
 * @param {string} word
 * @param {string[]} names
 * @param {number} [limit]
 * @returns {string[]}
 */
export function ranked(word, names, limit = OFFERED_MAX) {
  const wanted = word.toLowerCase();
  const begin = [];
  const contain = [];
  for (const name of names) {
    const at = name.toLowerCase().indexOf(wanted);
    if (at === 0) begin.push(name);
    else if (at > 0) contain.push(name);
  }
  return [...begin, ...contain].slice(0, limit);
}

/**
 * Puts what was chosen in the place of the word.
 * @param {string} text
 * @param {number} caret
 * @param {Word} word
 * @param {string} chosen with its mark, without the space after it
 * @returns {{text: string, caret: number}}
 */
export function completed(text, caret, word, chosen) {
  const after = text.slice(caret);
  const space = word.mark === ':' || /^\s/.test(after) ? '' : ' ';
  const head = text.slice(0, word.from) + chosen + space;
  return { text: head + after, caret: head.length };
}
