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

/** So many further words to search by: more for faces, which people look for by mood. */
const WORDS_MAX = [2, 1];

/** A longer second name is not what people type. */
const ALIAS_MAX = 13;

/** Words that say nothing. */
const EMPTY = new Set(['face', 'eye', 'eyes', 'person', 'animal', 'mouth', 'open', 'hand', 'object']);

/** Variants that follow from another one: by gender, by the way they look, by skin and hair. */
const VARIANT = /200D-264[02]|^1F46[89]-200D|200D-27A1|^1F9D1-200D-1F91D|^1F9D1-200D-1F9D1/;

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
  const parts = Object.entries(groups).filter(([group]) => Number(group) !== COMPONENTS).map(([group, name]) => {
    const lines = emoji.filter((/** @type {any} */ one) => one.group === Number(group))
      .map((/** @type {any} */ one) => line(one, names.map((list) => list[one.hexcode] ?? []).flat()));
    return `  '${name}': \`\n${lines.join('\n')}\n\`,\n`;
  });
  return `// Emoji by group, in the order in which pickers show them. A line: the emoji, its names, and after
// a bar more words to search by.
//
// Made by emoji/make.mjs out of emojibase-data ${version} (MIT, © Miles Johnson). Do not edit.

/** @type {Record<string, string>} */
export const list = {
${parts.join('')}};
`;
}

/** @param {any} emoji @param {string[]} all its names */
function line({ emoji, tags = [], group }, all) {
  const flag = /^\p{Regional_Indicator}{2}$/u.test(emoji);
  // :flag_xx: follows from the letters of every flag.
  const [first, ...others] = all.filter((name) => !flag || !name.startsWith('flag_'));
  const aliases = others.filter((name) => name.length <= ALIAS_MAX && !name.includes(first));
  const names = [...new Set([first, ...aliases])].slice(0, 3);
  const known = names.flatMap((name) => name.split('_'));
  const more = tags.filter((/** @type {string} */ tag) => /^[a-z]{3,9}$/.test(tag) && !EMPTY.has(tag) && !alike(tag, known))
    .slice(0, flag ? 0 : WORDS_MAX[group > 0 ? 1 : 0]);
  return `${bare(emoji)} ${names.join(' ')}${more.length ? `|${more.join(' ')}` : ''}`;
}

/** Whether a search for one of the known words finds this one, or the other way. @param {string} tag @param {string[]} known */
function alike(tag, known) {
  return known.some((word) => word.startsWith(tag) || tag.startsWith(word.slice(0, 5)));
}

/** Without the sign that asks for colours, where it is coloured anyway. @param {string} emoji */
function bare(emoji) {
  return emoji.replace(/^(\p{Emoji_Presentation})\ufe0f$/u, '$1');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const from = folder();
  if (!from) throw new Error(`emojibase-data is missing: npm install --no-save emojibase-data@${VERSION}`);
  writeFileSync(new URL('list.js', import.meta.url), makeList(from));
}
