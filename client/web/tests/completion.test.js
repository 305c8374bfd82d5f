// Completion: which word the caret stands in, and what it may become.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completableWord, completedText, matchingPeople, rankNames, SUGGESTIONS_MAX } from '../text/completion.js';

/** The word at a bar in a text. @param {string} text */
function at(text) {
  const caret = text.indexOf('|');
  const word = completableWord(text.replace('|', ''), caret);
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
  assert.deepEqual(matchingPeople('', room, 'ana').map(({ nick }) => nick), ['bo', 'cy', 'dee']);
  assert.deepEqual(matchingPeople('', undefined, 'ana'), []);
});

test('names that begin with the word come before those that contain it, in any case', () => {
  assert.deepEqual(rankNames('AN', ['dana', 'ana', 'bo', 'Anton']), ['ana', 'Anton', 'dana']);
  assert.deepEqual(rankNames('STRASS', ['straßenbahn', 'e\u0301toile']), ['straßenbahn']);
  assert.deepEqual(rankNames('ét', ['straßenbahn', 'e\u0301toile']), ['e\u0301toile']);
  assert.equal(rankNames('', Array.from({ length: 50 }, (_, at) => `n${at}`)).length, SUGGESTIONS_MAX);
});

test('what is chosen takes the place of the word, and a space follows where there is none', () => {
  const word = /** @type {any} */ (completableWord('hi @an', 6));
  assert.equal(completedText('hi @an', 6, word, '@ana'), '@ana ');
  assert.equal(completedText('hi @an, bo', 6, word, '@ana'), '@ana ');
  assert.equal(completedText('hi @an bo', 6, word, '@ana'), '@ana');
});

test('an emoji gets no space, and a room after /join keeps the one mark that was typed', () => {
  const emoji = /** @type {any} */ (completableWord('a :ta', 5));
  assert.equal(completedText('a :ta', 5, emoji, '🎉'), '🎉');
  const room = /** @type {any} */ (completableWord('/join #ki', 9));
  assert.deepEqual([room.from, completedText('/join #ki', 9, room, '#kitchen')], [6, '#kitchen ']);
});

test('what lies far before the caret is not looked at', () => {
  const book = { length: 1_000_000, sliced: 0, slice(/** @type {number} */ from, /** @type {number} */ to) {
    this.sliced += to - from;
    return 'x'.repeat(to - from);
  } };
  assert.equal(completableWord(/** @type {any} */ (book), 900_000), null);
  assert.ok(book.sliced < 200, `${book.sliced} characters`);
});
