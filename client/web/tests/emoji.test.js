// Emoji by name.

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { BYTES_MAX, folder, makeList, VERSION } from '../emoji/make.mjs';

const file = new URL('../emoji/list.js', import.meta.url);

/** A module that has not loaded the list. @returns {Promise<typeof import('../emoji.js')>} */
const fresh = (/** @type {string} */ name) => import(`../emoji.js?${name}`);

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
  const groups = await emoji.groups();
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
    ['sob', '😭'], ['thinking', '🤔'], ['100', '💯'], ['flag_de', '🇩🇪'], ['flag_il', '🇮🇱'], ['TADA', '🎉'],
    ['flag_xx', null], ['nothing_like_it', null], ['', null], ['constructor', null],
  ]) assert.equal(await emoji.byName(String(name)), char, String(name));
});

test('a search gives first what begins so, then what has such a word, then what has it inside', async () => {
  assert.equal((await emoji.search('tad'))[0].char, '🎉');
  assert.equal((await emoji.search(':tada:'))[0].char, '🎉');
  assert.equal((await emoji.search('heart'))[0].name, 'heart');
  const names = (await emoji.search('heart', 200)).map(({ name }) => name);
  const [begins, word, inside] = ['heart_eyes', 'blue_heart', 'heartbeat'].map((name) => names.indexOf(name));
  assert.ok(begins >= 0 && inside >= 0 && inside < word && begins < word, names.join(' '));
  const clap = (await emoji.search('lap', 200)).map(({ name }) => name);
  assert.ok(clap.indexOf('laptop') < clap.indexOf('clap'), clap.join(' '));
});

test('a search finds by words that are no names', async () => {
  assert.ok((await emoji.search('laugh')).some(({ char }) => char === '😂'));
  assert.ok((await emoji.search('birthday', 30)).length > 0);
});

test('a search takes spaces, has its limit, and finds nothing for nonsense', async () => {
  assert.equal((await emoji.search('heart eyes'))[0].char, '😍');
  assert.equal((await emoji.search('a', 5)).length, 5);
  assert.deepEqual(await emoji.search('qqqqq'), []);
});

test('names in a text become emoji', () => {
  for (const [text, expected] of [
    ['hi :tada:', 'hi 🎉'],
    [':tada::fire:', '🎉🔥'],
    ['(:+1:)', '(👍)'],
    [':tada: :nothing: :tada:', '🎉 :nothing: 🎉'],
    ['at 12:30:45', 'at 12:30:45'],
    ['12:100:00', '12:100:00'],
    ['std::fire::x', 'std::fire::x'],
    ['see `:tada:` :tada:', 'see `:tada:` 🎉'],
    ['``:tada:` :fire:`` :tada:', '``:tada:` :fire:`` 🎉'],
    ['` :tada:', '` 🎉'],
    ['```\n:tada:\n``` :tada:', '```\n:tada:\n``` 🎉'],
    ['```\n:tada:', '```\n:tada:'],
    ['http://x.example:80:tada:', 'http://x.example:80:tada:'],
    [':constructor: :__proto__:', ':constructor: :__proto__:'],
    ['no names', 'no names'],
    ['::', '::'],
  ]) assert.equal(emoji.replaceNames(text), expected, text);
});

test('before the list is here names stay, and it is fetched', async () => {
  const { replaceNames, load } = await fresh('unloaded');
  assert.equal(replaceNames('hi :tada:'), 'hi :tada:');
  await load();
  assert.equal(replaceNames('hi :tada:'), 'hi 🎉');
});
