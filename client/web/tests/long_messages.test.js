// Folding long messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLongMessage, messageHead } from '../text/message_length.js';

const lines = (/** @type {number} */ count) => Array.from({ length: count }, (_, at) => `line ${at}`).join('\n');

test('fourteen lines and 1,200 characters are not long, one more is', () => {
  assert.ok(!isLongMessage(lines(14)));
  assert.ok(isLongMessage(lines(15)));
  assert.ok(!isLongMessage('a'.repeat(1200)));
  assert.ok(isLongMessage('a'.repeat(1201)));
});

test('a short text is its own head', () => {
  assert.equal(messageHead('a\nb'), 'a\nb');
});

test('the messageHead of many lines is ten whole lines', () => {
  assert.equal(messageHead(lines(15)), lines(10));
});

test('the messageHead of long lines ends at a word and says that it goes on', () => {
  const text = 'seven words stand in this sentence. '.repeat(100);
  const short = messageHead(text);
  assert.ok(short.endsWith('…') && short.length < 810, short);
  assert.ok(text.startsWith(short.slice(0, -1)));
  assert.match(text[short.length - 1], /\s/);
});

test('a messageHead is never much shorter than its limit, and never long itself', () => {
  for (const text of ['a'.repeat(4096), '\n'.repeat(4096), '👨‍👩‍👧'.repeat(400), `a${'\u0301'.repeat(4000)}`, 'ab\n'.repeat(1300)]) {
    assert.ok(!isLongMessage(messageHead(text)));
    assert.ok(messageHead(text).length >= 9);
  }
});

test('a messageHead cuts no character in two', () => {
  for (let pad = 0; pad < 12; pad += 1) {
    const short = messageHead('x'.repeat(pad) + '👍🏽'.repeat(600));
    assert.doesNotMatch(short, /\p{Surrogate}/u);
    assert.match(short, /^x*(?:👍🏽)+…$/u);
    assert.match(messageHead('x'.repeat(pad) + 'e\u0301'.repeat(900)), /^x*(?:e\u0301)+…$/u);
    assert.match(messageHead('x'.repeat(pad) + '👩‍🚀'.repeat(600)), /^x*(?:👩‍🚀)+…$/u);
  }
});
