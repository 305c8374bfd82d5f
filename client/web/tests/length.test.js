// How much more may be said.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { space } from '../length.js';

test('far below the limit nothing is said', () => {
  assert.equal(space('', 4096), null);
  assert.equal(space('a'.repeat(3796), 4096), null);
});

test('near the limit the bytes that are left are told', () => {
  assert.deepEqual(space('a'.repeat(3797), 4096), { left: 299 });
  assert.deepEqual(space('a'.repeat(4096), 4096), { left: 0 });
});

test('above it the characters that are too many, not the bytes', () => {
  assert.deepEqual(space('a'.repeat(4097), 4096), { over: 1 });
  assert.deepEqual(space(`${'a'.repeat(4094)}🎉`, 4096), { over: 1 });
  assert.deepEqual(space('ä'.repeat(2050), 4096), { over: 2 });
});

test('what is left after taking so many characters away does fit', () => {
  const text = 'aä🎉ж'.repeat(1000);
  const stands = /** @type {{over: number}} */ (space(text, 4096));
  const shorter = [...text].slice(0, -stands.over).join('');
  assert.ok(new TextEncoder().encode(shorter).length <= 4096);
  assert.ok(new TextEncoder().encode([...text].slice(0, 1 - stands.over).join('')).length > 4096);
});
