// Local storage, one that works and with one that does not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as localStore from '../device/local_storage.js';
import { fakeStorage } from './fake_device.js';

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

test('what was put there is there, until it is taken away', () => {
  const one = fakeStorage();
  withStorage(() => one, () => {
    localStore.setItem('token', 'v1.x');
    localStore.setJson('rooms', ['lobby']);
    assert.deepEqual([localStore.getItem('token'), localStore.getJson('rooms'), localStore.getItem('nick'), localStore.getJson('reads')], ['v1.x', ['lobby'], null, null]);
    localStore.setItem('token', null);
    localStore.setJson('rooms', null);
    assert.equal(one.length, 0);
  });
});

test('drafts are kept per room, and an empty one is none', () => {
  const one = fakeStorage();
  withStorage(() => one, () => {
    localStore.setDraft('lobby', 'hel');
    localStore.setDraft('a/b', 'lo');
    assert.deepEqual([localStore.getDraft('lobby'), localStore.getDraft('a/b'), localStore.getDraft('c')], ['hel', 'lo', '']);
    localStore.setDraft('lobby', '');
    assert.deepEqual([localStore.getDraft('lobby'), one.length], ['', 1]);
    localStore.setDraft('#lobby', 'hel');
    for (const [from, to] of [['#lobby', 'id'], ['#lobby', 'id'], ['a/b', 'id']]) localStore.moveDraft(from, to);
    assert.deepEqual(['#lobby', 'a/b', 'id'].map(localStore.getDraft), ['', '', 'hel\nlo'], 'a draft goes with its room');
  });
});

test('signing out leaves the settings, and what belongs to others', () => {
  const one = fakeStorage();
  withStorage(() => one, () => {
    one.setItem('other', 'x');
    localStore.setJson('settings', { theme: 'dark' });
    for (const key of ['token', 'nick', 'rooms', 'reads', 'draft.lobby', 'emoji']) localStore.setItem(key, 'x');
    localStore.clearAllButSettings();
    assert.deepEqual([one.length, one.getItem('other'), localStore.getJson('settings')], [2, 'x', { theme: 'dark' }]);
  });
});

test('a browser without storage, and a broken record, keep nothing and stop nothing', () => {
  withStorage(() => { throw new Error('SecurityError'); }, () => {
    localStore.setItem('token', 'x');
    localStore.setDraft('lobby', 'x');
    localStore.clearAllButSettings();
    assert.deepEqual([localStore.getItem('token'), localStore.getJson('rooms'), localStore.getDraft('lobby')], [null, null, '']);
  });
  const one = fakeStorage();
  one.setItem('throng.rooms', '{');
  withStorage(() => one, () => assert.equal(localStore.getJson('rooms'), null));
});

test('of a record only what has changed is written over what another window wrote meanwhile', () => {
  const one = fakeStorage();
  withStorage(() => one, () => {
    localStore.setJson('settings', { theme: 'light', notify: 'all' });
    localStore.setChangedFields('settings', { theme: 'light', notify: 'off', sound: false }, { theme: 'dark', notify: 'off', sound: false });
    assert.deepEqual(localStore.getJson('settings'), { theme: 'dark', notify: 'all' });
    one.setItem('throng.settings', '{');
    localStore.setChangedFields('settings', { theme: 'dark' }, { theme: 'light' });
    assert.deepEqual(localStore.getJson('settings'), { theme: 'light' });
  });
});

test('setDraft returns whether the draft is stored', () => {
  const one = fakeStorage();
  withStorage(() => one, () => assert.equal(localStore.setDraft('lobby', 'x'), true));
  withStorage(() => { throw new Error('SecurityError'); }, () => assert.equal(localStore.setDraft('lobby', 'x'), false));
});
