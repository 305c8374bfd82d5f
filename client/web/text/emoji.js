// Emoji by name: for the picker, for completion, and for replacing `:names:` in a text. The list is loaded when it is
// first needed. tests/golden/emoji.json has examples of what is replaced.

import { address, withScheme } from './markdown/address.js';
import { after, before, isWordy } from './markdown/characters.js';
import { parse } from './markdown.js';
import { prefetchModule } from '../net/module_fetch.js';

/** @typedef {{char: string, name: string}} Emoji */
/** @typedef {{name: string, emoji: Emoji[]}} Group */
/** @typedef {Emoji & {names: string[], words: string[]}} Entry */
/** @typedef {{groups: Group[], entries: Entry[], names: Map<string, string>}} Loaded */

/** A name between colons, perhaps after a backslash, which keeps the name. */
const NAMED = /(\\?):([a-z0-9_+-]{1,48}):/g;

/** Private-use characters: one stands for a name while the parser decides where it is. */
const PRIVATE = [0xe000, 0xf8ff];

/** The loaded list. @type {Loaded | null} */
let loaded = null;

/** @type {Promise<Loaded> | null} */
let loading = null;

/**
 * Loads the list, once. After a failure the next call tries again.
 * @returns {Promise<Loaded>}
 */
export function load() {
  loading ??= prefetchModule(new URL('./emoji/list.js', import.meta.url)).then(() => import('./emoji/list.js')).then(({ list }) => (loaded = read(list))).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/**
 * The emoji by group, in the order of the picker.
 * @returns {Promise<Group[]>}
 */
export async function emojiGroups() {
  return (await load()).groups;
}

/**
 * Emoji that match a word: first those whose name begins with it, then those with a word that does, then those that
 * have it anywhere. Shorter names come first.
 * @param {string} word
 * @param {number} [limit]
 * @returns {Promise<Emoji[]>}
 */
export async function searchEmoji(word, limit = 8) {
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
 * Replaces the `:names:` of a text by emoji, except in code and addresses. A backslash keeps a name.
 * @param {string} text
 * @returns {Promise<string>}
 */
export async function replaceNames(text) {
  const names = namesIn(text);
  if (!names.length) return text;
  const known = await load();
  const found = names.flatMap(({ at, typed, name, kept }) => {
    const char = charOf(known, name);
    return char ? [{ at, typed, shown: kept ? typed.slice(1) : char }] : [];
  });
  return replaceProse(text, found);
}

/**
 * The possible names in a text. What stands beside a name must not make it something else, such as a time of day, a
 * path or a part of a route; another name may come right before it.
 * @param {string} text
 */
function namesIn(text) {
  let end = 0;
  return [...text.matchAll(NAMED)].flatMap(({ index: at, 0: typed, 1: kept, 2: name }) => {
    const left = before(text, at);
    const right = after(text, at + typed.length);
    const isFree = at === end || !(isWordy(left) || ':/\\=.'.includes(left || ' '));
    if (!isFree || isWordy(right) || right === '/') return [];
    end = at + typed.length;
    return [{ at, typed, name, kept: kept !== '' }];
  });
}

/**
 * Replaces pieces of a text that are in prose, as the parser reads it; those in code, in an address or in the target
 * of a link stay.
 * @param {string} text
 * @param {{at: number, typed: string, shown: string}[]} pieces in their order
 */
function replaceProse(text, pieces) {
  let mark = PRIVATE[0];
  while (text.includes(String.fromCharCode(mark)) && mark < PRIVATE[1]) mark += 1;
  const sign = String.fromCharCode(mark);
  const places = [...proseMarks(parse(replaced(text, pieces.map((piece) => ({ ...piece, shown: sign })))).children, sign)];
  // If the parser dropped one of them, the others cannot be assigned.
  if (places.length !== pieces.length) return text;
  return replaced(text, pieces.filter((_, at) => places[at]));
}

/** @param {string} text @param {{at: number, typed: string, shown: string}[]} pieces */
function replaced(text, pieces) {
  let at = 0;
  let changed = '';
  for (const piece of pieces) {
    changed += text.slice(at, piece.at) + piece.shown;
    at = piece.at + piece.typed.length;
  }
  return changed + text.slice(at);
}

/**
 * For each mark in a tree, in the order of the text, whether it is in prose.
 * @param {any[]} nodes
 * @param {string} sign
 * @returns {Generator<boolean>}
 */
function* proseMarks(nodes, sign) {
  const count = (/** @type {string} */ text, one = sign) => text.split(one).length - 1;
  for (const { type, text = '', children, items, head, rows, href } of nodes) {
    // A bare address is its own text.
    const isBare = href && address(withScheme(children[0]?.text ?? ''))?.href === href;
    const within = isBare ? count(children[0].text) : count(text);
    for (let left = within; left > 0; left -= 1) yield type === 'plain';
    if (isBare) continue;
    yield* proseMarks(children ?? items ?? (head ? [head, ...rows].flat(2) : []), sign);
    for (let left = count(href ?? '', encodeURIComponent(sign)); left > 0; left -= 1) yield false;
  }
}

const EXACT = 0;
const PREFIX = 1;
const WORD = 2;
const INSIDE = 3;
const NOWHERE = 4;

/** The best matching name of an entry, and its rank. @param {Entry} entry @param {string} wanted */
function bestName({ name, names, words }, wanted) {
  const ranked = names.map((one) => ({ name: one, rank: rank(one, wanted) }));
  const best = ranked.reduce((a, b) => (b.rank < a.rank ? b : a));
  // An emoji that is found by another word is shown with its first name.
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
