// How much more may be said.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remainingLength } from '../text/message_length.js';

test('far below the limit nothing is said', () => {
  assert.equal(remainingLength('', 4096), null);
  assert.equal(remainingLength('a'.repeat(3796), 4096), null);
});

test('near the limit the bytes that are left are told', () => {
  assert.deepEqual(remainingLength('a'.repeat(3797), 4096), { left: 299 });
  assert.deepEqual(remainingLength('a'.repeat(4096), 4096), { left: 0 });
});

test('above it the characters that are too many, not the bytes', () => {
  assert.deepEqual(remainingLength('a'.repeat(4097), 4096), { over: 1 });
  assert.deepEqual(remainingLength(`${'a'.repeat(4094)}🎉`, 4096), { over: 1 });
  assert.deepEqual(remainingLength('ä'.repeat(2050), 4096), { over: 2 });
});

test('what is left after taking so many characters away does fit', () => {
  const text = 'aä🎉ж'.repeat(1000);
  const stands = /** @type {{over: number}} */ (remainingLength(text, 4096));
  const shorter = [...text].slice(0, -stands.over).join('');
  assert.ok(new TextEncoder().encode(shorter).length <= 4096);
  assert.ok(new TextEncoder().encode([...text].slice(0, 1 - stands.over).join('')).length > 4096);
});

test('half a character counts as what is sent in its place', () => {
  for (const text of ['\ud83d', '\ude00', 'a\ude00\ud83d', '\ud83d\ud83d\ude00']) {
    const bytes = new TextEncoder().encode(text).length;
    assert.deepEqual(remainingLength(text, bytes), { left: 0 }, JSON.stringify(text));
    assert.deepEqual(remainingLength(text, bytes - 1), { over: 1 }, JSON.stringify(text));
  }
});

test('a book is counted in thousands, and costs no more than its beginning', () => {
  let read = 0;
  const book = /** @type {any} */ ({ length: 1_000_000, charCodeAt: () => { read += 1; return 0x61; } });
  assert.deepEqual(remainingLength(book, 4096), { over: 996_000 });
  assert.ok(read < 50_000, `${read} characters were read`);
  assert.deepEqual(remainingLength('ä'.repeat(4096), 4096), { over: 2048 });
});
