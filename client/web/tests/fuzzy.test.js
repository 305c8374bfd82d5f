// Finding a room by some of its letters.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choices, score } from '../fuzzy.js';

/** @param {string} name @param {object} [more] */
const room = (name, more) => ({ name, unread: 0, mentions: 0, members: { count: 2 }, ...more });
/** @param {string} typed @param {string[]} names */
const found = (typed, names) => choices(typed, names.map((name) => room(name)), []).filter(({ made }) => !made).map(({ name }) => name);

test('the letters must all be there, in their order', () => {
  assert.equal(score('kx', 'kitchen'), null);
  assert.equal(score('nk', 'kitchen'), null);
  assert.notEqual(score('kcn', 'kitchen'), null);
  assert.equal(score('kk', 'kitchen'), null);
});

test('a beginning is better than a middle, a middle better than scattered letters', () => {
  assert.deepEqual(found('it', ['big-tent', 'kitchen', 'italy']), ['italy', 'kitchen', 'big-tent']);
});

test('the first letters of words count', () => {
  assert.deepEqual(found('rp', ['scrap', 'release-planning']), ['release-planning', 'scrap']);
});

test('without a word: mentions, unread, joined, then the others, each in their order', () => {
  const rooms = [room('a'), room('b', { unread: 3 }), room('c', { unread: 1, mentions: 1 }), room('d')];
  const names = choices('', rooms, [{ name: 'z', members: 9 }, { name: 'a', members: 2 }]).map(({ name }) => name);
  assert.deepEqual(names, ['c', 'b', 'a', 'd', 'z']);
});

test('a name that no room has can be made; one that a room has cannot, in any case', () => {
  assert.equal(choices('#garden', [room('kitchen')], []).at(-1)?.made, true);
  assert.equal(choices('Kitchen', [room('kitchen')], []).some(({ made }) => made), false);
  assert.equal(choices('two words', [], []).length, 0);
});
