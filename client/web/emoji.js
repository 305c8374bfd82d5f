// Emoji by name: for the picker, for completion while typing, and for names typed in full.
//
// The composer and its picker ask. The list is loaded when it is first asked for; until then
// nobody pays for it.

/** @typedef {{char: string, name: string}} Emoji */
/** @typedef {{name: string, emoji: Emoji[]}} Group */
/** @typedef {Emoji & {names: string[], words: string[]}} Entry */
/** @typedef {{groups: Group[], entries: Entry[], names: Map<string, string>}} Loaded */

/** A name between colons, with nothing beside it that makes it something else, such as a time of day. */
const NAMED = /:([a-z0-9_+-]{1,48}):/g;

/** What has been loaded. @type {Loaded | null} */
let loaded = null;

/** @type {Promise<Loaded> | null} */
let loading = null;

/**
 * Loads the list, once. A load that failed is tried again when somebody asks again.
 * @returns {Promise<Loaded>}
 */
export function load() {
  loading ??= import('./emoji/list.js').then(({ list }) => (loaded = read(list))).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/**
 * The emoji by group, in the order of pickers.
 * @returns {Promise<Group[]>}
 */
export async function groups() {
  return (await load()).groups;
}

/**
 * The emoji of a name, without colons.
 * @param {string} name
 * @returns {Promise<string | null>}
 */
export async function byName(name) {
  return charOf(await load(), name.toLowerCase());
}

/**
 * Emoji for what was typed: first those whose name begins with it, then those with a word that
 * does, then those that have it anywhere. Shorter names come first, since more of them was typed.
 * @param {string} word
 * @param {number} [limit]
 * @returns {Promise<Emoji[]>}
 */
export async function search(word, limit = 8) {
  const wanted = word.toLowerCase().replace(/^:|:$/g, '').trim().replace(/[\s-]+/g, '_') || word;
  const { entries } = await load();
  return entries
    .map((entry, order) => ({ ...bestName(entry, wanted), char: entry.char, order }))
    .filter(({ rank }) => rank < NOWHERE)
    .sort((a, b) => a.rank - b.rank || a.name.length - b.name.length || a.order - b.order)
    .slice(0, limit)
    .map(({ char, name }) => ({ char, name }));
}

/**
 * A text with its `:names:` as emoji, but not in code. Names need the list: while it is not here
 * they stay, and it is fetched for the next time. Who types a name is offered completions, and has it.
 * @param {string} text
 * @returns {string}
 */
export function replaceNames(text) {
  if (!text.includes(':') || text.search(NAMED) < 0) return text;
  const known = loaded;
  if (!known) {
    load().catch(() => {});
    return text;
  }
  return outsideCode(text, (piece) => {
    let end = 0;
    return piece.replace(NAMED, (typed, name, at) => {
      // 12:30:45 and a::b:: are no names; another name may stand right before.
      const free = at === end || !/[\p{L}\p{N}:]/u.test(piece[at - 1]);
      const char = free ? charOf(known, name) : null;
      if (char) end = at + typed.length;
      return char ?? typed;
    });
  });
}

const EXACT = 0;
const PREFIX = 1;
const WORD = 2;
const INSIDE = 3;
const NOWHERE = 4;

/** The name of an entry that fits best, and how well. @param {Entry} entry @param {string} wanted */
function bestName({ name, names, words }, wanted) {
  const ranked = names.map((one) => ({ name: one, rank: rank(one, wanted) }));
  const best = ranked.reduce((a, b) => (b.rank < a.rank ? b : a));
  // The first name stands for an emoji that is found by another word.
  if (best.rank > WORD && words.some((one) => one.startsWith(wanted))) return { name, rank: WORD };
  return best.rank === NOWHERE && words.some((one) => one.includes(wanted)) ? { name, rank: INSIDE } : best;
}

/** @param {string} name @param {string} wanted */
function rank(name, wanted) {
  if (name === wanted) return EXACT;
  if (name.startsWith(wanted)) return PREFIX;
  if (name.includes(`_${wanted}`)) return WORD;
  return name.includes(wanted) ? INSIDE : NOWHERE;
}

/** @param {Loaded} known @param {string} name @returns {string | null} */
function charOf({ names }, name) {
  const flag = /^flag_([a-z]{2})$/.exec(name)?.[1];
  if (!flag) return names.get(name) ?? null;
  return names.get(flagOf(flag)) ?? null;
}

/** The flag of a country's two letters. @param {string} letters */
function flagOf(letters) {
  return String.fromCodePoint(...[...letters.toLowerCase()].map((letter) => 0x1f1e6 + letter.charCodeAt(0) - 97));
}

/** @param {Record<string, string>} list @returns {Loaded} */
function read(list) {
  /** @type {Entry[]} */
  const entries = [];
  const names = new Map();
  const found = Object.entries(list).map(([name, lines]) => {
    const emoji = lines.trim().split('\n').map((line) => {
      const [before, more = ''] = line.split('|');
      const [sign, ...all] = before.split(' ');
      const char = /^[A-Z]{2}$/.test(sign) ? flagOf(sign) : sign;
      entries.push({ char, name: all[0], names: all, words: more ? more.split(' ') : [] });
      for (const one of all) if (!names.has(one)) names.set(one, char);
      names.set(char, char);
      return { char, name: all[0] };
    });
    return { name, emoji };
  });
  return { groups: found, entries, names };
}

/**
 * Changes what stands outside of code: outside of backticks that close, and of fences.
 * @param {string} text
 * @param {(piece: string) => string} change
 */
function outsideCode(text, change) {
  const pieces = text.split(/(`+)/);
  /** For each run of backticks the place of the next one of its length. @type {Map<number, number>} */
  const closing = new Map();
  /** @type {Map<number, number>} */
  const last = new Map();
  for (let at = pieces.length - 2; at > 0; at -= 2) {
    const { length } = pieces[at];
    const next = last.get(length);
    if (next !== undefined) closing.set(at, next);
    last.set(length, at);
  }
  let changed = '';
  for (let at = 0; at < pieces.length; at += 1) {
    if (at % 2 === 0) {
      changed += change(pieces[at]);
      continue;
    }
    // A fence that nobody closed runs to the end.
    const fence = pieces[at].length >= 3 && /(?:^|\n) *$/.test(pieces[at - 1].slice(-80));
    const end = closing.get(at) ?? (fence ? pieces.length - 1 : at);
    changed += pieces.slice(at, end + 1).join('');
    at = end;
  }
  return changed;
}
