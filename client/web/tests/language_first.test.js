// A reader of another language has all words at once; those of the lazy parts in English come later.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasWords, setLanguage } from '../words/translate.js';

test('a sentence of the other language is there before the lazy words in English', async () => {
  assert.equal(hasWords('error.muted'), false, 'the lazy words are not loaded here');
  await setLanguage('de');
  assert.equal(hasWords('error.muted'), true);
  assert.equal(hasWords('error.of_a_later_version'), false);
});
