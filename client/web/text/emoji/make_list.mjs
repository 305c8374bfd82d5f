// Makes emoji/list.js out of the npm package emojibase-data.
//
//     npm install --no-save emojibase-data@17.0.0 && node client/web/emoji/make.mjs
//
// The package may lie elsewhere: EMOJIBASE_DATA names its folder. What is taken are facts: which
// emoji there are, their groups, and the names that people type. tests/emoji.test.js makes the list
// again when the package is there, and compares.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The list that is in the project comes from this version. */
export const VERSION = '17.0.0';

/** The list is loaded when somebody first looks for an emoji: it has to come at once. */
export const BYTES_MAX = 40_000;

/** Parts of emoji, such as skin tones, are none that somebody picks. */
const COMPONENTS = 2;

/** So many further words to search by, by group: most for faces, which people look for by mood. */
const WORDS_MAX = [4, 1, 0, 1, 1, 1, 1, 1, 0, 0];

/** A longer second name is not what people type. */
const ALIAS_MAX = 12;

/** Words that say nothing. */
const EMPTY = new Set(['face', 'feels', 'eye', 'eyes', 'person', 'animal', 'mouth', 'open', 'hand', 'object']);

/** Variants that follow from another one: by gender, by the way they look, by skin and hair. */
const VARIANT = /200D-264[02]|^1F46[89]-200D|200D-27A1|^1F9D1-200D-1F91D|^1F9D1-200D-1F9D1/;

const FLAG = /^\p{Regional_Indicator}{2}$/u;

/** The folder of the package, or null. */
export function folder() {
  if (process.env.EMOJIBASE_DATA) return process.env.EMOJIBASE_DATA;
  try {
    return dirname(createRequire(import.meta.url).resolve('emojibase-data/package.json'));
  } catch {
    return null;
  }
}

/**
 * The text of list.js.
 * @param {string} from the folder of the package
 */
export function makeList(from) {
  const read = (/** @type {string} */ file) => JSON.parse(readFileSync(join(from, file), 'utf8'));
  const { version } = read('package.json');
  const { groups } = read('meta/groups.json');
  const names = [read('en/shortcodes/github.json'), read('en/shortcodes/emojibase.json')];
  const emoji = read('en/data.json')
    .filter((/** @type {any} */ { group, hexcode }) => group !== undefined && group !== COMPONENTS && !VARIANT.test(hexcode))
    .sort((/** @type {any} */ a, /** @type {any} */ b) => a.order - b.order);
  /** How many emoji have a word. The words of many are those that people think of. @type {Map<string, number>} */
  const common = new Map();
  for (const { tags = [] } of emoji) for (const tag of tags) common.set(tag, (common.get(tag) ?? 0) + 1);
  const parts = Object.entries(groups).filter(([group]) => Number(group) !== COMPONENTS).map(([group, name]) => {
    const lines = emoji.filter((/** @type {any} */ one) => one.group === Number(group))
      .map((/** @type {any} */ one) => line(one, names.map((list) => list[one.hexcode] ?? []).flat(), common));
    return `  '${name}': \`\n${lines.join('\n')}\n\`,\n`;
  });
  return `// Emoji by group, in the order in which pickers show them. A line: the emoji, its names, and after
// a bar more words to search by. A flag is the two letters of its country.
//
// Made by emoji/make.mjs out of emojibase-data ${version} (MIT, © Miles Johnson). Do not edit.

/** @type {Record<string, string>} */
export const list = {
${parts.join('')}};
`;
}

/** @param {any} emoji @param {string[]} all its names @param {Map<string, number>} common */
function line({ emoji, tags = [], group }, all, common) {
  const flag = FLAG.test(emoji);
  // :flag_xx: follows from the letters of every flag.
  const [first, ...others] = all.filter((name) => !flag || !name.startsWith('flag_'));
  const aliases = others.filter((name) => name.length <= ALIAS_MAX && !name.includes(first) && !flag);
  const names = [...new Set([first, ...aliases])].slice(0, 3);
  const known = flag ? [] : names.flatMap((name) => name.split('_'));
  /** @type {string[]} */
  const more = [];
  for (const tag of [...tags].sort((a, b) => Number(common.get(b)) - Number(common.get(a)) || (a < b ? -1 : 1))) {
    if (more.length === WORDS_MAX[group]) break;
    if (/^[a-z]{3,9}$/.test(tag) && !EMPTY.has(tag) && !alike(tag, [...known, ...more])) more.push(tag);
  }
  return `${bare(emoji)} ${names.join(' ')}${more.length ? `|${more.join(' ')}` : ''}`;
}

/** Whether a search for one of the known words finds this one, or the other way. @param {string} tag @param {string[]} known */
function alike(tag, known) {
  return known.some((word) => word.startsWith(tag) || tag.startsWith(word.slice(0, 4)));
}

/**
 * Without the sign that asks for colours, where it is coloured anyway. A flag is its two letters.
 * @param {string} emoji
 */
function bare(emoji) {
  if (!FLAG.test(emoji)) return emoji.replace(/^(\p{Emoji_Presentation})\ufe0f$/u, '$1');
  return [...emoji].map((letter) => String.fromCharCode(Number(letter.codePointAt(0)) - 0x1f1e6 + 65)).join('');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const from = folder();
  if (!from) throw new Error(`emojibase-data is missing: npm install --no-save emojibase-data@${VERSION}`);
  writeFileSync(new URL('list.js', import.meta.url), makeList(from));
}
