// Emoji by name.

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { BYTES_MAX, folder, makeList, VERSION } from '../text/emoji/make_list.mjs';

const file = new URL('../text/emoji/list.js', import.meta.url);

/** A module that has not loaded the list. @returns {Promise<typeof import('../text/emoji.js')>} */
const fresh = (/** @type {string} */ name) => import(`../text/emoji.js?${name}`);

const emoji = await fresh('loaded');
await emoji.load();

test('the list is the one that the package gives', { skip: folder() ? false : `emojibase-data ${VERSION} is not installed` }, () => {
  assert.equal(readFileSync(file, 'utf8'), makeList(/** @type {string} */ (folder())));
});

test('the list is small, and says where it is from', () => {
  assert.ok(statSync(file).size <= BYTES_MAX, `${statSync(file).size} bytes`);
  assert.match(readFileSync(file, 'utf8'), new RegExp(`emojibase-data ${VERSION.replaceAll('.', '\\.')} \\(MIT`));
});

test('there are nine groups without skin tones, and no emoji twice', async () => {
  const groups = await emoji.emojiGroups();
  assert.deepEqual(groups.map(({ name }) => name), ['smileys-emotion', 'people-body', 'animals-nature',
    'food-drink', 'travel-places', 'activities', 'objects', 'symbols', 'flags']);
  const all = groups.flatMap((group) => group.emoji);
  assert.ok(all.length > 1500);
  assert.equal(new Set(all.map(({ char }) => char)).size, all.length);
  for (const { char, name } of all) {
    assert.match(name, /^[a-z0-9_+-]+$/);
    assert.doesNotMatch(char, /[\u{1f3fb}-\u{1f3ff}]/u);
    assert.match(char, /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u);
  }
});

test('the names that people know', async () => {
  for (const [name, char] of [
    ['smile', '😄'], ['joy', '😂'], ['thumbsup', '👍'], ['+1', '👍'], ['-1', '👎'], ['tada', '🎉'], ['party', '🎉'], ['heart', '❤️'],
    ['rocket', '🚀'], ['shrug', '🤷'], ['pray', '🙏'], ['fire', '🔥'], ['eyes', '👀'], ['wave', '👋'], ['rofl', '🤣'],
    ['sob', '😭'], ['thinking', '🤔'], ['100', '💯'], ['flag_de', '🇩🇪'], ['flag_il', '🇮🇱'],
  ]) assert.equal(await emoji.replaceNames(`:${name}:`), char, name);
  for (const text of [':flag_xx:', ':nothing_like_it:', '::', ':constructor:']) assert.equal(await emoji.replaceNames(text), text, text);
});

test('a search gives first what begins so, then what has such a word, then what has it inside', async () => {
  assert.equal((await emoji.searchEmoji('tad'))[0].char, '🎉');
  assert.equal((await emoji.searchEmoji(':tada:'))[0].char, '🎉');
  assert.equal((await emoji.searchEmoji('heart'))[0].name, 'heart');
  const names = (await emoji.searchEmoji('heart', 200)).map(({ name }) => name);
  const [begins, word, inside] = ['heart_eyes', 'blue_heart', 'heartbeat'].map((name) => names.indexOf(name));
  assert.ok(begins >= 0 && inside >= 0 && inside < word && begins < word, names.join(' '));
  const clap = (await emoji.searchEmoji('lap', 200)).map(({ name }) => name);
  assert.ok(clap.indexOf('laptop') < clap.indexOf('clap'), clap.join(' '));
});

test('a search finds by words that are no names', async () => {
  assert.ok((await emoji.searchEmoji('laugh')).some(({ char }) => char === '😂'));
  assert.ok((await emoji.searchEmoji('birthday', 30)).length > 0);
});

test('a search takes spaces, has its limit, and finds nothing for nonsense', async () => {
  assert.equal((await emoji.searchEmoji('heart eyes'))[0].char, '😍');
  assert.equal((await emoji.searchEmoji('a', 5)).length, 5);
  assert.deepEqual(await emoji.searchEmoji('qqqqq'), []);
});

const examples = JSON.parse(readFileSync(new URL('golden/emoji.json', import.meta.url), 'utf8'));

for (const { name, text, said } of examples) {
  test(`example: ${name}`, async () => assert.equal(await emoji.replaceNames(text), said));
}

test('names are replaced where they would be shown as they are, whatever surrounds them', async () => {
  const pieces = ['a', ' ', '\n', '`', '```', '\n```\n', '*', '**', '[', '](https://x.example/-', ')', 'https://x.example/-', '\\', '> ', '- ', '| a |\n|-|\n| ', ':ok:', ':ok:', ':tada:', ':nothing:'];
  let state = 1;
  const next = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let changed = 0;
  for (let round = 0; round < 5_000; round += 1) {
    const text = Array.from({ length: 1 + next(12) }, () => pieces[next(pieces.length)]).join('');
    const said = await emoji.replaceNames(text);
    const bare = (/** @type {string} */ one) => one.replace(/\\+(?=:(?:ok|tada):)/g, '');
    assert.equal(bare(said.replaceAll('🆗', ':ok:').replaceAll('🎉', ':tada:')), bare(text), JSON.stringify(text));
    if (said !== text) changed += 1;
  }
  assert.ok(changed > 1_000, `${changed}`);
});

test('a name is replaced though the list was not here yet', async () => {
  const { replaceNames } = await fresh('unloaded');
  assert.equal(await replaceNames('hi :tada:'), 'hi 🎉');
});
