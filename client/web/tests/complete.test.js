// Completion: which word the caret stands in, and what it may become.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completed, OFFERED_MAX, people, ranked, wordAt } from '../complete.js';

/** The word at a bar in a text. @param {string} text */
function at(text) {
  const caret = text.indexOf('|');
  const word = wordAt(text.replace('|', ''), caret);
  return word && `${word.mark}${word.word} ${word.from}`;
}

test('a nick is completed from its mark on, anywhere but within a word', () => {
  assert.equal(at('@|'), '@ 0');
  assert.equal(at('hello @an|'), '@an 6');
  assert.equal(at('hello (@an|a)'), '@an 7');
  assert.equal(at('line\n@דנ|'), '@דנ 5');
  assert.equal(at('ana@example.or|'), null);
  assert.equal(at('@ana |'), null);
  assert.equal(at('an|a'), null);
});

test('a room is completed after one letter, since a single # begins other things', () => {
  assert.equal(at('see #k|'), '#k 4');
  assert.equal(at('#|'), null);
  assert.equal(at('no#k|'), null);
});

test('an emoji is completed after two letters, since faces and times of day have one or none', () => {
  assert.equal(at('well :ta|'), ':ta 5');
  assert.equal(at(':+1|'), ':+1 0');
  for (const face of [':D', ':p', ':']) assert.equal(at(`well ${face}|`), null, face);
  assert.equal(at('at 12:30|'), null);
  assert.equal(at('a::bc|'), null);
});

test('a command is completed at the very beginning alone', () => {
  assert.equal(at('/|'), '/ 0');
  assert.equal(at('/jo|'), '/jo 0');
  assert.equal(at('a /jo|'), null);
  assert.equal(at('/me wav|'), null);
});

test('after /join and /leave comes a room, with or without its mark', () => {
  assert.equal(at('/join kit|'), '#kit 6');
  assert.equal(at('/leave #kit|'), '#kit 7');
});

test('a word that is longer than any name is none', () => {
  assert.equal(at(`@${'a'.repeat(48)}|`), `@${'a'.repeat(48)} 0`);
  assert.equal(at(`@${'a'.repeat(60)}|`), null);
  assert.equal(at(`/join ${'a'.repeat(60)}|`), null);
});

/** @param {string} nick @param {string} [id] */
const user = (nick, id = nick) => ({ id, nick });

test('who spoke last comes first, then who else is there; nobody twice, and not oneself', () => {
  const said = ['bo', 'ana', 'cy', 'bo'].map((nick) => ({ from: user(nick) }));
  const room = /** @type {any} */ ({ messages: said, members: { sample: [user('ana'), user('bo'), user('dee')] } });
  assert.deepEqual(people('', room, 'ana').map(({ nick }) => nick), ['bo', 'cy', 'dee']);
  assert.deepEqual(people('', undefined, 'ana'), []);
});

test('names that begin with the word come before those that contain it, in any case', () => {
  assert.deepEqual(ranked('AN', ['dana', 'ana', 'bo', 'Anton']), ['ana', 'Anton', 'dana']);
  assert.equal(ranked('', Array.from({ length: 50 }, (_, at) => `n${at}`)).length, OFFERED_MAX);
});

test('what is chosen takes the place of the word, and a space follows where there is none', () => {
  const word = /** @type {any} */ (wordAt('hi @an', 6));
  assert.deepEqual(completed('hi @an', 6, word, '@ana'), { text: 'hi @ana ', caret: 8 });
  assert.deepEqual(completed('hi @an, bo', 6, word, '@ana'), { text: 'hi @ana , bo', caret: 8 });
  assert.deepEqual(completed('hi @an bo', 6, word, '@ana'), { text: 'hi @ana bo', caret: 7 });
});

test('an emoji gets no space, and a room after /join keeps the one mark that was typed', () => {
  const emoji = /** @type {any} */ (wordAt('a :ta', 5));
  assert.deepEqual(completed('a :ta', 5, emoji, '🎉'), { text: 'a 🎉', caret: 4 });
  const room = /** @type {any} */ (wordAt('/join #ki', 9));
  assert.equal(completed('/join #ki', 9, room, '#kitchen').text, '/join #kitchen ');
});
