// Names: which are the same, which cannot be and why, and which one may have been meant.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { foldCase, foldName, nameProblem, NICK_MAX, ROOM_MAX, suggestName } from '../text/names.js';

const NAMES = new URL('../../../protocol/golden/rule-name.json', import.meta.url);

/** What only the server knows: which letters look alike. */
const LOOKS = new Set(['one that looks alike', 'one that looks like m']);

test('names are the same in the spellings that the server takes for the same', () => {
  const cases = JSON.parse(readFileSync(NAMES, 'utf8')).filter((/** @type {any} */ { name }) => !LOOKS.has(name));
  const same = cases.filter((/** @type {any} */ one) => one.same_as);
  const differs = cases.filter((/** @type {any} */ one) => one.differs_from);
  assert.ok(same.length > 3 && differs.length > 3);
  for (const { name, given, same_as: other } of same) assert.equal(foldName(given), foldName(other), name);
  for (const { name, given, differs_from: other } of differs) assert.notEqual(foldName(given), foldName(other), name);
  for (const spelled of ['STRASSE', 'Straße', 'ｓｔｒａße', 'stra\u200dsse']) assert.equal(foldName(spelled), 'strasse', spelled);
});

test('of a text only the case is folded: each of its characters stays one', () => {
  assert.equal(foldCase('ΣΟΦΟΣ, Straße, ＡＮＡ, e\u0301'), 'σοφοσ, straße, ａｎａ, e\u0301');
});

test('a name with spaces is meant with hyphens', () => {
  for (const [name, meant] of [
    ['Ana Maria', 'Ana-Maria'], ['  two   words ', 'two-words'], ['a\tb\u00a0c', 'a-b-c'], ['日本 語', '日本-語'],
  ]) assert.equal(suggestName(name, NICK_MAX), meant);
});

test('nothing is suggested where hyphens do not help, or nothing is wrong', () => {
  for (const name of ['ana', ' ana ', '', ' ', '- -', 'a & b', 'a b!', `${'a '.repeat(NICK_MAX)}`]) assert.equal(suggestName(name, NICK_MAX), null, name);
});

test('what is wrong is said of this name', () => {
  const why = (/** @type {string} */ name, most = NICK_MAX) => nameProblem(name, most);
  assert.equal(why('ana'), null);
  assert.deepEqual(why('Ana Maria'), { key: 'name.space', args: { name: 'Ana Maria', suggestion: 'Ana-Maria' }, suggestion: 'Ana-Maria' });
  assert.deepEqual(why('a&b'), { key: 'name.character', args: { name: 'a&b', character: '&' } });
  assert.deepEqual(why('Ana & Bo'), { key: 'name.character', args: { name: 'Ana & Bo', character: '&' } });
  assert.deepEqual(why('a\u200bb'), { key: 'name.character', args: { name: 'a\u200bb', character: 'U+200B' } });
  assert.deepEqual(why('a·b&'), { key: 'name.character', args: { name: 'a·b&', character: '&' } }, 'a dot that some scripts need');
  assert.deepEqual(why('🎉'), { key: 'name.character', args: { name: '🎉', character: '🎉' } });
  assert.deepEqual(why('a'.repeat(25)), { key: 'name.long', args: { name: 'a'.repeat(25), count: 25, most: 24 } });
  assert.equal(why('a'.repeat(25), ROOM_MAX), null);
  assert.deepEqual(why('...'), { key: 'name.bare', args: { name: '...' } });
  assert.deepEqual(why('- -'), { key: 'name.bare', args: { name: '- -' } });
  assert.deepEqual(why('a '.repeat(30))?.args.count, 59, 'too long with hyphens as well');
  assert.deepEqual(why('a'.repeat(4096))?.args, { name: `${'a'.repeat(60)}…`, count: 4096, most: 24 });
});
