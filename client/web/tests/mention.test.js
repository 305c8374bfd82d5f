// Mentions. The examples hold the same rule that the terminal client follows.
//
// An example has a text, the nick of the reader, and whether it calls them. `words`: the reader wants to
// be called by the nick alone, without an `@`. `mine`: the reader said it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { mentions, parse } from '../text/markdown.js';
import { newRoom } from '../store/state.js';
import { noteUnread } from '../store/unread.js';

const examples = JSON.parse(readFileSync(new URL('golden/mention.json', import.meta.url), 'utf8'));

/** What is marked as naming the reader. @param {string} text @param {string} nick @param {boolean} [words] */
function marked(text, nick, words) {
  /** @type {string[]} */
  const found = [];
  JSON.stringify(parse(text, { me: nick, words }), (_, value) => {
    if (value?.own) found.push(value.text);
    return value;
  });
  return found;
}

test('every example', () => {
  assert.ok(examples.length > 90);
  for (const { name, text, nick, words, mine, mentions: expected } of examples) {
    const room = { ...newRoom('lobby'), first: 1, last: 2, read: 1 };
    const message = /** @type {any} */ ({ seq: 2, text, from: { id: mine ? 'me' : 'other', nick: 'x' } });
    noteUnread(room, [message], { id: 'me', nick, words });
    assert.equal(room.mentions, expected ? 1 : 0, name);
  }
});

test('what calls is what is marked', () => {
  for (const { name, text, nick, words } of examples) {
    assert.equal(mentions(text, nick, words), nick !== '' && marked(text, nick, words).length > 0, name);
  }
});

test('an at sign belongs to the nick, and every place is marked', () => {
  assert.deepEqual(marked('@ana, ana! banana @ana-maria @Ana', 'ana', true), ['@ana', 'ana', '@Ana']);
  assert.deepEqual(marked('@ana, ana! banana @ana-maria @Ana', 'ana'), ['@ana', '@Ana']);
});

test('places are right behind letters that grow', () => {
  assert.deepEqual(marked('İİ @Ana İana İ ana', 'ana', true), ['@Ana', 'ana']);
});

test('without a nick nobody is named', () => {
  assert.equal(mentions('@ana @', null), false);
  assert.deepEqual(marked('@ana', ''), []);
});
