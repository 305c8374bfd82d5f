// The shelf, with a storage that works and with one that does not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as shelf from '../shelf.js';

/** @param {any} storage @param {() => void} play */
function withStorage(storage, play) {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
  Object.defineProperty(globalThis, 'localStorage', { get: () => storage(), configurable: true });
  try {
    play();
  } finally {
    if (before) Object.defineProperty(globalThis, 'localStorage', before);
    else delete (/** @type {any} */ (globalThis)).localStorage;
  }
}

/** A storage as browsers have it. */
function storage() {
  /** @type {Map<string, string>} */
  const map = new Map();
  return {
    getItem: (/** @type {string} */ key) => map.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {any} */ value) => void map.set(key, String(value)),
    removeItem: (/** @type {string} */ key) => void map.delete(key),
    key: (/** @type {number} */ at) => [...map.keys()][at] ?? null,
    get length() {
      return map.size;
    },
  };
}

test('what was put there is there, until it is taken away', () => {
  const one = storage();
  withStorage(() => one, () => {
    shelf.set('token', 'v1.x');
    shelf.save('rooms', ['lobby']);
    assert.deepEqual([shelf.get('token'), shelf.load('rooms'), shelf.get('nick'), shelf.load('reads')], ['v1.x', ['lobby'], null, null]);
    shelf.set('token', null);
    shelf.save('rooms', null);
    assert.equal(one.length, 0);
  });
});

test('drafts are kept per room, and an empty one is none', () => {
  const one = storage();
  withStorage(() => one, () => {
    shelf.keepDraft('lobby', 'hel');
    shelf.keepDraft('a/b', 'lo');
    assert.deepEqual([shelf.draft('lobby'), shelf.draft('a/b'), shelf.draft('c')], ['hel', 'lo', '']);
    shelf.keepDraft('lobby', '');
    assert.deepEqual([shelf.draft('lobby'), one.length], ['', 1]);
  });
});

test('signing out leaves the settings, and what belongs to others', () => {
  const one = storage();
  withStorage(() => one, () => {
    one.setItem('other', 'x');
    shelf.save('settings', { theme: 'dark' });
    for (const key of ['token', 'nick', 'rooms', 'reads', 'draft.lobby', 'emoji']) shelf.set(key, 'x');
    shelf.forget();
    assert.deepEqual([one.length, one.getItem('other'), shelf.load('settings')], [2, 'x', { theme: 'dark' }]);
  });
});

test('a browser without storage, and a broken record, keep nothing and stop nothing', () => {
  withStorage(() => { throw new Error('SecurityError'); }, () => {
    shelf.set('token', 'x');
    shelf.keepDraft('lobby', 'x');
    shelf.forget();
    assert.deepEqual([shelf.get('token'), shelf.load('rooms'), shelf.draft('lobby')], [null, null, '']);
  });
  const one = storage();
  one.setItem('throng.rooms', '{');
  withStorage(() => one, () => assert.equal(shelf.load('rooms'), null));
});
