// Mentions. The examples hold the same rule that the terminal client follows.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { mentions, parts, ranges } from '../mention.js';

const examples = JSON.parse(readFileSync(new URL('golden/mention.json', import.meta.url), 'utf8'));

test('every example', () => {
  assert.ok(examples.length > 20);
  for (const { name, text, nick, mentions: expected } of examples) assert.equal(mentions(text, nick), expected, name);
});

test('parts together are the text', () => {
  for (const { name, text, nick } of examples) {
    assert.equal(parts(text, nick).map((part) => part.text).join(''), text, name);
    assert.equal(parts(text, nick).some(({ own }) => own), mentions(text, nick), name);
  }
});

test('an at sign belongs to the nick, and every place is found', () => {
  assert.deepEqual(parts('@ana, ana! banana', 'ana'), [
    { text: '@ana', own: true }, { text: ', ', own: false }, { text: 'ana', own: true }, { text: '! banana', own: false },
  ]);
});

test('places are right behind letters that grow', () => {
  assert.deepEqual(parts('İİ @Ana İ', 'ana').map(({ text }) => text), ['İİ ', '@Ana', ' İ']);
});

test('without a nick nobody is named', () => {
  assert.deepEqual(ranges('ana', null), []);
});
