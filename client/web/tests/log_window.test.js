// The window of the log: which items are in the document while lists grow, shrink and fill up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WINDOW_MAX, windowAround, windowAtEnd, windowHolding, windowRecentred, windowSize } from '../view/log_items.js';

const SIZE = WINDOW_MAX;

/** @param {number} from @param {number} to */
const items = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => ({ key: `seq ${from + at}` }));

/** @param {{key: string}[]} list @param {{from: number, to: number}} slice */
const keys = (list, { from, to }) => list.slice(from, to).map(({ key }) => key);

test('the end is the newest eighty', () => {
  assert.deepEqual(windowAtEnd(1_000, SIZE), { from: 920, to: 1_000 });
  assert.deepEqual(windowAtEnd(3, SIZE), { from: 0, to: 3 });
  assert.deepEqual(windowAtEnd(0, SIZE), { from: 0, to: 0 });
});

test('a target stands in the middle or as near to it as the ends allow', () => {
  assert.deepEqual(windowAround(1_000, 500, SIZE), { from: 460, to: 540 });
  assert.deepEqual(windowAround(1_000, 3, SIZE), { from: 0, to: 80 });
  assert.deepEqual(windowAround(1_000, 999, SIZE), { from: 920, to: 1_000 });
});

test('what comes at either side leaves the same items in the window', () => {
  const before = items(1_000, 1_999);
  const slice = windowAround(before.length, 500, SIZE);
  const seen = [before[500].key, before[501].key];
  for (const after of [items(900, 1_999), items(1_000, 2_400), items(1_200, 1_999)]) {
    const next = windowHolding(after, keys(before, slice), seen, SIZE);
    assert.ok(next);
    assert.deepEqual(keys(after, next), keys(before, slice));
  }
});

test('a gap that fills does not push out what is read', () => {
  const before = [...items(1, 100), { key: 'gap 101' }, ...items(201, 300)];
  const slice = windowAround(before.length, 100, SIZE);
  // From below: the reader is at 205; fifty come in above.
  const below = [...items(1, 100), { key: 'gap 101' }, ...items(151, 300)];
  const next = windowHolding(below, keys(before, slice), ['seq 205'], SIZE);
  assert.ok(next);
  const index = below.findIndex(({ key }) => key === 'seq 205');
  assert.ok(next.from <= index && index < next.to);
  assert.equal(index - next.from, keys(before, slice).indexOf('seq 205'), 'as many above as before');
  assert.ok(next.to - next.from <= SIZE);
});

test('when the first in sight is gone the next one counts', () => {
  const before = items(1, 100);
  const after = items(50, 100);
  const next = windowHolding(after, keys(before, { from: 20, to: 100 }), ['seq 40', 'seq 60'], SIZE);
  assert.deepEqual(next, { from: 0, to: 51 });
  assert.equal(windowHolding(items(500, 600), keys(before, { from: 0, to: 80 }), ['seq 40'], SIZE), null);
});

test('after a larger window, and where there was none, the item is in the middle', () => {
  const list = items(1, 1_000);
  const all = list.map(({ key }) => key);
  assert.deepEqual(windowHolding(list, all, ['seq 500'], SIZE), { from: 459, to: 539 });
  assert.deepEqual(windowHolding(list, [], ['seq 500'], SIZE), { from: 459, to: 539 });
  assert.deepEqual(windowHolding(list, all, ['seq 1000'], SIZE), { from: 920, to: 1_000 });
  assert.deepEqual(windowHolding(list, keys(list, { from: 420, to: 500 }), ['seq 500'], Infinity), { from: 0, to: 1_000 });
});

test('the window rests while enough is to spare and then centres', () => {
  const slice = { from: 100, to: 180 };
  assert.equal(windowRecentred(slice, 1_000, 130, 149, SIZE), null);
  assert.equal(windowRecentred(slice, 1_000, 120, 139, SIZE), null, 'a third is left above');
  assert.deepEqual(windowRecentred(slice, 1_000, 119, 138, SIZE), { from: 89, to: 169 });
  assert.deepEqual(windowRecentred(slice, 1_000, 150, 169, SIZE), { from: 120, to: 200 });
});

test('the window does not move beyond the ends', () => {
  assert.equal(windowRecentred({ from: 0, to: 80 }, 1_000, 0, 19, SIZE), null);
  assert.equal(windowRecentred({ from: 920, to: 1_000 }, 1_000, 980, 999, SIZE), null);
  assert.equal(windowRecentred({ from: 0, to: 5 }, 5, 0, 4, SIZE), null);
});

test('a walk through a long list meets every item and never stays restless', () => {
  const count = 1_000;
  let slice = windowAtEnd(count, SIZE);
  const met = new Set();
  for (let first = count - 20; first >= 0; first -= 7) {
    const next = windowRecentred(slice, count, first, first + 19, SIZE);
    if (next) slice = next;
    assert.ok(slice.from <= first && first + 19 < slice.to, 'what is in sight is in the window');
    assert.ok(slice.to - slice.from <= SIZE);
    assert.equal(windowRecentred(slice, count, first, first + 19, SIZE), null, 'one step settles it');
    for (let at = slice.from; at < slice.to; at += 1) met.add(at);
  }
  assert.equal(met.size, count);
});

test('only a very high view holds more than eighty', () => {
  assert.equal(windowSize(0), WINDOW_MAX);
  assert.equal(windowSize(1_200), WINDOW_MAX);
  assert.equal(windowSize(2_160), 135);
});
