import assert from 'node:assert/strict';
import { test } from 'node:test';

import { excerpt } from '../text/excerpt.js';

/** The pieces, the marked ones in brackets. @param {string} text @param {[number, number][]} marks */
const shown = (text, marks) => excerpt(text, marks).map(({ text: piece, isMarked }) => (isMarked ? `[${piece}]` : piece)).join('');

test('marks count characters, not code units', () => {
  assert.equal(shown('a red fox', [[2, 9]]), 'a [red fox]');
  assert.equal(shown('👍🏽 fox 🦊', [[3, 6]]), '👍🏽 [fox] 🦊');
  assert.equal(shown('fox\nfox', [[0, 3], [4, 7]]), '[fox] [fox]');
  assert.equal(shown('no marks', []), 'no marks');
});

test('a long text is cut around its first mark', () => {
  const text = `${'x'.repeat(500)} fox ${'y'.repeat(500)}`;
  const cut = shown(text, [[501, 504]]);
  assert.ok(cut.startsWith('…x') && cut.includes(' [fox] y') && cut.endsWith('y…'), cut);
  assert.ok([...cut].length < 300, cut);
});

test('marks that are none mark nothing', () => {
  for (const marks of [[[5, 2]], [[-1, 3]], [[90, 95]], [[2, 2]], [[0, 3], [1, 2]]]) {
    const pieces = excerpt('a red fox', /** @type {any} */ (marks));
    assert.equal(pieces.map(({ text: piece }) => piece).join(''), 'a red fox', JSON.stringify(marks));
  }
});
