// Finding a room by some of its letters.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fuzzyScore, roomChoices, sameRoom } from '../text/fuzzy.js';

/** @param {string} name @param {object} [more] */
const room = (name, more) => ({ id: name, name, unread: 0, mentions: 0, members: { count: 2 }, ...more });
/** @param {string} typed @param {string[]} names */
const found = (typed, names) => roomChoices(typed, names.map((name) => room(name)), []).filter(({ made }) => !made).map(({ name }) => name);

test('the letters must all be there, in their order', () => {
  assert.equal(fuzzyScore('kx', 'kitchen'), null);
  assert.equal(fuzzyScore('nk', 'kitchen'), null);
  assert.notEqual(fuzzyScore('kcn', 'kitchen'), null);
  assert.equal(fuzzyScore('kk', 'kitchen'), null);
});

test('a beginning is better than a middle, a middle better than scattered letters', () => {
  assert.deepEqual(found('it', ['big-tent', 'kitchen', 'italy']), ['italy', 'kitchen', 'big-tent']);
});

test('the first letters of words count', () => {
  assert.deepEqual(found('rp', ['scrap', 'release-planning']), ['release-planning', 'scrap']);
});

test('without a word: mentions, unread, joined, then the others, each in their order', () => {
  const rooms = [room('a'), room('b', { unread: 3 }), room('c', { unread: 1, mentions: 1 }), room('d')];
  const names = roomChoices('', rooms, [{ id: 'z', name: 'z', members: 9 }, { id: 'a', name: 'a', members: 2 }]).map(({ name }) => name);
  assert.deepEqual(names, ['c', 'b', 'a', 'd', 'z']);
});

test('a name that no room has can be made; one that a room has cannot, in any case', () => {
  assert.equal(roomChoices('#garden', [room('kitchen')], []).at(-1)?.made, true);
  assert.equal(roomChoices('Kitchen', [room('kitchen')], []).some(({ made }) => made), false);
  assert.deepEqual(roomChoices('two words', [], []).map(({ name, made }) => [name, made]), [['two-words', true]]);
  assert.deepEqual(roomChoices('two words', [room('two-words')], []).map(({ name, made }) => [name, made]), [['two-words', false]]);
  assert.equal(roomChoices('a & b', [], []).length, 0);
});

const NAMES = new URL('../../../protocol/golden/rule-name.json', import.meta.url);

// What only the server knows: which letters look alike.
const LOOKS = new Set(['one that looks alike', 'one that looks like m']);

test('a name is the same in every spelling that the server takes for the same', () => {
  const cases = JSON.parse(readFileSync(NAMES, 'utf8')).filter((/** @type {any} */ one) => one.same_as ?? one.differs_from);
  assert.ok(cases.length > 8);
  for (const { name, given, same_as: same, differs_from: other } of cases) {
    if (same && !LOOKS.has(name)) assert.equal(sameRoom(given, [room(same)], [])?.name, same, name);
    if (same) assert.equal(roomChoices(given, [], [{ id: same, name: same, members: 1 }], given).some(({ made }) => made), false, `${name}: the server has found it`);
    if (other) assert.equal(sameRoom(given, [room(other)], []), undefined, name);
  }
  const choices = roomChoices('ａｎａ', [room('ana')], []);
  assert.deepEqual(choices.map(({ name, made }) => [name, made]), [['ana', false]]);
});

test('a room that the server has found for another word, or that has more in its name, is not the same', () => {
  const made = (/** @type {string} */ word, /** @type {string} */ name, /** @type {string} */ query) =>
    roomChoices(word, [], [{ id: name, name, members: 1 }], query).some((choice) => choice.made);
  assert.equal(made('раураl', 'paypal', 'раураl'), false);
  assert.equal(made('раураl', 'paypal', ''), true);
  assert.equal(made('раураl', 'paypal-2', 'раураl'), true);
});
