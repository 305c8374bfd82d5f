import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitMs } from '../socket.js';

test('what the server says is waited for exactly', () => {
  assert.equal(waitMs(9, 3_800, () => 0.5), 3_800);
  assert.equal(waitMs(9, 0, () => 0.5), 0);
});

test('the wait without a word of the server is spread from zero to a limit that doubles', () => {
  const most = () => 0.999999;
  assert.deepEqual([0, 1, 2, 6, 60, 5_000].map((attempts) => waitMs(attempts, undefined, most)), [499, 999, 1_999, 29_999, 29_999, 29_999]);
  assert.equal(waitMs(60, null, () => 0), 0);
});
