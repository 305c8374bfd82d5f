// A person's colour and letters.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { avatarHue, initials } from '../view/avatar.js';

test('a colour stays the same, also in later versions', () => {
  assert.equal(avatarHue('01K9ZS00000000000000000001'), avatarHue('01K9ZS00000000000000000001'));
  assert.deepEqual(['ana', 'bo', 'cy'].map(avatarHue), [246, 41, 146]);
});

test('ids that differ in one letter are spread over the whole circle', () => {
  const sixths = new Set();
  for (let at = 0; at < 40; at += 1) {
    const found = avatarHue(`01K9ZS000000000000000000${String(at).padStart(2, '0')}`);
    assert.ok(Number.isInteger(found) && found >= 0 && found < 360);
    sixths.add(Math.floor(found / 60));
  }
  assert.equal(sixths.size, 6);
});

test('initials are the first letters of up to two words', () => {
  for (const [nick, letters] of [
    ['ana', 'A'], ['ana-maria', 'AM'], ['bo_the.third', 'BT'], ['__cy__', 'C'], ['7of9', '7'], ['-1', '1'],
    ['日本語', '日'], ['שלום', 'ש'], ['ßa', 'ß'], ['zoë', 'Z'], ['e\u0301a', 'É'.normalize('NFD')], ['𝒳y', '𝒳'], ['', '?'], ['--', '?'],
  ]) assert.equal(initials(nick), letters, nick);
});
