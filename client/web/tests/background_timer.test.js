// The ticks of a page out of sight.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { tickWhileHidden } from '../device/background_timer.js';

const world = /** @type {any} */ (globalThis);
/** @type {any[]} */
let workers = [];

class FakeWorker {
  ended = 0;
  constructor() {
    workers.push(this);
  }

  terminate() {
    this.ended += 1;
  }
}
const make = () => /** @type {any} */ (new FakeWorker());

beforeEach(() => {
  workers = [];
  world.document = Object.assign(new EventTarget(), { hidden: true });
});

afterEach(() => {
  turn(false);
  delete world.document;
});

/** @param {boolean} hidden */
function turn(hidden) {
  world.document.hidden = hidden;
  world.document.dispatchEvent(new Event('visibilitychange'));
}

test('a worker ticks while the page is hidden, and ends when it is in sight', () => {
  let ticks = 0;
  const tick = () => { ticks += 1; };
  tickWhileHidden(tick, make);
  tickWhileHidden(tick, make);
  assert.equal(workers.length, 1, 'one is enough');
  workers[0].onmessage();
  assert.equal(ticks, 1);
  turn(false);
  assert.equal(workers[0].ended, 1);
  tickWhileHidden(tick, make);
  assert.equal(workers.length, 1, 'in sight the page has its own timer');
  turn(true);
  tickWhileHidden(tick, make);
  assert.equal(workers.length, 2);
});

test('where a worker cannot start, or fails, nothing breaks and it is tried again', () => {
  const refuse = () => { throw new TypeError('refused'); };
  tickWhileHidden(assert.fail, refuse);
  tickWhileHidden(assert.fail, make);
  const failure = new Event('error', { cancelable: true });
  workers[0].onerror(failure);
  assert.ok(failure.defaultPrevented && workers[0].ended === 1);
  tickWhileHidden(assert.fail, make);
  assert.equal(workers.length, 2);
});
