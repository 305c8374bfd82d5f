// The token of a login and its cookie: what is posted, and what follows from each answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saveIdentity } from '../device/identity_storage.js';
import { keepLogin } from '../device/login_cookie.js';
import { initialState } from '../store/state.js';
import { Client } from './client.js';
import { fakeStorage } from './fake_device.js';

/** @type {any} */
const state = initialState();
const IN = { ...state, phase: 'online', token: 'L1', login: 3 };
const OUT = { ...state, phase: 'naming', token: null, login: 3 };

/**
 * What the page posts, stores and gives to the store.
 * @param {any} before
 * @param {any} after
 * @param {{status?: number, stored?: [string, string][], cookies?: boolean}} [device] `status` 0: no network
 */
async function played(before, after, { status = 204, stored = [], cookies = true } = {}) {
  const values = new Map(stored);
  /** @type {any[]} */
  const asked = [];
  /** @type {any[]} */
  const inputs = [];
  const fakes = {
    localStorage: fakeStorage(values), document: { baseURI: 'https://chat.example/tools/chat/' }, navigator: { cookieEnabled: cookies },
    fetch: async (/** @type {URL} */ url, /** @type {any} */ { method, headers, body }) => {
      asked.push([method, url.href, headers['content-type'], JSON.parse(body)]);
      if (!status) throw new TypeError('Failed to fetch');
      return { status };
    },
  };
  const known = Object.keys(fakes).map((name) => /** @type {const} */ ([name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  for (const [name, value] of Object.entries(fakes)) Object.defineProperty(globalThis, name, { value, configurable: true });
  try {
    await keepLogin(before, after, (type, fields) => inputs.push([type, fields]));
  } finally {
    for (const [name, one] of known) {
      if (one) Object.defineProperty(globalThis, name, one);
      else delete (/** @type {any} */ (globalThis))[name];
    }
  }
  return { asked, inputs, stored: Object.fromEntries(values) };
}

const POSTED = ['POST', 'https://chat.example/tools/chat/login-cookie', 'application/json', { token: 'L1' }];
const CLEARED = ['DELETE', 'https://chat.example/tools/chat/login-cookie', 'application/json', { login: 3 }];
const COOKIE = ['token', { token: 'cookie' }];

test('a token that was posted is known as a cookie from then on', async () => {
  assert.deepEqual(await played(OUT, IN), { asked: [POSTED], inputs: [COOKIE], stored: {} });
});

test('a token stays on the device where the server takes none, or no cookie is kept', async () => {
  for (const status of [0, 403, 404, 429, 503]) {
    assert.deepEqual(await played(OUT, IN, { status }), { asked: [POSTED], inputs: [], stored: { 'throng.token': 'L1' } }, String(status));
  }
  assert.deepEqual(await played(OUT, IN, { cookies: false }), { asked: [], inputs: [], stored: { 'throng.token': 'L1' } });
});

test('of two tabs with one token the later one takes the cookie of the first', async () => {
  const there = /** @type {[string, string][]} */ ([['throng.token', 'cookie']]);
  assert.deepEqual((await played(OUT, IN, { status: 410, stored: there })).inputs, [COOKIE]);
  assert.deepEqual((await played(OUT, IN, { status: 410 })).inputs, []);
  assert.deepEqual(await played(IN, OUT, { stored: there }), { asked: [], inputs: [COOKIE], stored: { 'throng.token': 'cookie' } });
  assert.deepEqual(await played(IN, OUT), { asked: [], inputs: [], stored: {} }, 'the first one has not stored it yet, and the login is not ended');
});

test('a login that has ended takes its cookie away, later if there is no network', async () => {
  const before = { ...IN, token: 'cookie' };
  const there = /** @type {[string, string][]} */ ([['throng.token', 'cookie']]);
  assert.deepEqual(await played(before, OUT, { stored: there }), { asked: [CLEARED], inputs: [], stored: { 'throng.token': 'cookie' } });
  assert.deepEqual((await played(before, { ...OUT, login: null }, { status: 0 })).stored, { 'throng.left': '3' });
});

test('the token of a guest is stored, that of a login is not', () => {
  const values = new Map();
  Object.defineProperty(globalThis, 'localStorage', { value: fakeStorage(values), configurable: true });
  try {
    saveIdentity(state, { ...state, token: 'v1.guest' });
    assert.equal(values.get('throng.token'), 'v1.guest');
    saveIdentity(state, IN);
    assert.equal(values.get('throng.token'), 'v1.guest');
    saveIdentity(IN, { ...IN, token: 'cookie' });
    assert.equal(values.get('throng.token'), 'cookie');
  } finally {
    delete (/** @type {any} */ (globalThis)).localStorage;
  }
});

test('a tab that takes the cookie of another one comes back as nobody else when it is refused', () => {
  const client = new Client().play('token', { token: 'cookie' }).play('opened');
  assert.equal(client.asked('hello').token, 'cookie');
  client.refuse('hello', 'bad_token');
  assert.deepEqual([client.state.phase, client.state.token, client.count('hello')], ['naming', null, 1]);
});

test('a token that another tab has replaced meanwhile is no reason to log out', () => {
  const client = new Client({ token: 'L1', login: 3 }).play('start').play('opened').play('token', { token: 'cookie' }).refuse('hello', 'bad_token');
  assert.deepEqual(client.effects, [{ do: 'close', again: true, afterMs: 0 }, { do: 'open' }]);
  assert.deepEqual([client.state.token, client.state.notice], ['cookie', null]);
  client.play('closed', { again: true, inMs: 0 }).play('opened');
  assert.equal(client.asked('hello').token, 'cookie');
});
