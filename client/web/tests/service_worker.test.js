// The service worker, in a world of its own: a cache and a network that the test holds in its hands.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

const SCRIPT = readFileSync(new URL('../worker/service_worker.js', import.meta.url), 'utf8');
const BASE = 'https://chat.example/below/';

/** @param {string} hash */
const page = (hash) => `<link rel="icon" href="icon.svg"><link rel="manifest" href="manifest.webmanifest">
  <link rel="stylesheet" href="assets/${hash}/style/base.css"><script type="module" src="assets/${hash}/main.js"></script>
  <a href="https://elsewhere.example/">elsewhere</a>`;

class World {
  /** What the network answers, by address. @type {Map<string, string>} */
  network = new Map();
  /** @type {Map<string, Response>} */
  kept = new Map();
  /** @type {string[]} */
  asked = [];
  /** @type {Record<string, (event: any) => void>} */
  listeners = {};
  /** Timers that the test lets run. @type {(() => void)[]} */
  timers = [];
  isSlow = false;
  /** @type {any[]} */
  windows = [];
  /** @type {string[]} */
  opened = [];

  constructor() {
    const address = (/** @type {any} */ request) => new URL(request.url ?? request, BASE).href;
    const cache = {
      match: async (/** @type {any} */ request) => this.kept.get(address(request))?.clone(),
      put: async (/** @type {any} */ request, /** @type {Response} */ response) => void this.kept.set(address(request), response),
      addAll: async (/** @type {string[]} */ all) => {
        const found = await Promise.all(all.map(async (one) => /** @type {[string, Response]} */ ([one, await this.fetch(one)])));
        if (found.some(([, { ok }]) => !ok)) throw new TypeError('not all of them');
        for (const [one, response] of found) this.kept.set(address(one), response);
      },
      keys: async () => [...this.kept.keys()].map((url) => ({ url })),
      delete: async (/** @type {any} */ request) => this.kept.delete(address(request)),
    };
    const self = {
      location: { href: `${BASE}worker.js` }, skipWaiting() {}, clients: {
        claim: async () => {},
        matchAll: async () => this.windows,
        openWindow: async (/** @type {string} */ url) => void this.opened.push(url),
      },
      addEventListener: (/** @type {string} */ type, /** @type {any} */ listener) => { this.listeners[type] = listener; },
    };
    runInNewContext(SCRIPT, {
      self, URL, Promise, Set, caches: { open: async () => cache, match: cache.match },
      fetch: (/** @type {any} */ request) => this.fetch(address(request)),
      setTimeout: (/** @type {() => void} */ act, /** @type {number} */ _, /** @type {any} */ value) => this.timers.push(() => /** @type {any} */ (act)(value)),
    });
  }

  /** @param {string} url */
  async fetch(url) {
    this.asked.push(url.slice(BASE.length));
    if (this.isSlow) return new Promise(() => {});
    const body = this.network.get(url.slice(BASE.length));
    if (this.network.size === 0) throw new TypeError('no network');
    return new Response(body ?? 'nothing here', { status: body === undefined ? 404 : 200 });
  }

  /** A server with the page of this hash. @param {string} hash */
  serves(hash) {
    this.network = new Map([['', page(hash)], ['icon.svg', 'icon'], ['manifest.webmanifest', 'manifest'],
      [`assets/${hash}/style/base.css`, `style ${hash}`], [`assets/${hash}/main.js`, `main ${hash}`], [`assets/${hash}/emoji/list.js`, 'emoji']]);
  }

  async install() {
    /** @type {Promise<any> | undefined} */
    let done;
    this.listeners.install({ waitUntil: (/** @type {any} */ promise) => { done = promise; } });
    await done;
  }

  /** What the page gets for an address; `undefined` when the worker leaves it alone. @param {string} path @param {object} [more] */
  async get(path, more = {}) {
    /** @type {any} */
    let answer;
    /** @type {Promise<any>[]} */
    const waits = [];
    this.listeners.fetch({
      request: { url: new URL(path, BASE).href, method: 'GET', mode: 'cors', ...more },
      respondWith: (/** @type {any} */ promise) => { answer = promise; },
      waitUntil: (/** @type {any} */ promise) => waits.push(promise),
    });
    if (!answer) return undefined;
    while (this.isSlow && this.timers.length) this.timers.shift()?.();
    const text = await (await answer).text();
    if (!this.isSlow) await Promise.all(waits);
    return text;
  }

  /** The person taps a notification. @param {any} data */
  async tap(data) {
    let closed = false;
    /** @type {Promise<any> | undefined} */
    let done;
    this.listeners.notificationclick({
      notification: { data, close: () => { closed = true; } },
      waitUntil: (/** @type {any} */ promise) => { done = promise; },
    });
    await done;
    assert.ok(closed);
  }

  /** A window that is open. @param {string} url @param {string} visibilityState */
  open(url, visibilityState) {
    /** @type {any} */
    const one = { url, visibilityState, told: [], focused: 0, postMessage: (/** @type {any} */ what) => one.told.push({ ...what }), focus: async () => { one.focused += 1; } };
    this.windows.push(one);
    return one;
  }

  get paths() {
    return [...this.kept.keys()].map((url) => url.slice(BASE.length)).sort();
  }
}

const OLD = '0123456789abcdef';
const NEW = 'fedcba9876543210';
const NAVIGATION = { mode: 'navigate' };

/** @param {string} hash */
async function installed(hash = OLD) {
  const world = new World();
  world.serves(hash);
  await world.install();
  return world;
}

test('installing keeps the page and all that it names, and nothing from elsewhere', async () => {
  const world = await installed();
  assert.deepEqual(world.paths, ['', `assets/${OLD}/main.js`, `assets/${OLD}/style/base.css`, 'icon.svg', 'manifest.webmanifest']);
});

test('without a network the page and its assets come from the cache', async () => {
  const world = await installed();
  world.network.clear();
  assert.equal(await world.get('', NAVIGATION), page(OLD));
  assert.equal(await world.get('?from=home#lobby', NAVIGATION), page(OLD));
  assert.equal(await world.get(`assets/${OLD}/main.js`), `main ${OLD}`);
  assert.equal(await world.get('icon.svg'), 'icon');
});

test('a network that does not answer is waited for three seconds, not for ever', async () => {
  const world = await installed();
  world.isSlow = true;
  assert.equal(await world.get('', NAVIGATION), page(OLD));
});

test('a server in trouble does not take the page away', async () => {
  const world = await installed();
  world.network = new Map([['other', 'x']]);
  assert.equal(await world.get('', NAVIGATION), page(OLD));
  assert.ok(world.paths.includes(''));
});

test('an asset that is kept is not asked for again', async () => {
  const world = await installed();
  world.asked.length = 0;
  await world.get(`assets/${OLD}/main.js`);
  assert.deepEqual(world.asked, []);
});

test('what is loaded later is kept too', async () => {
  const world = await installed();
  await world.get(`assets/${OLD}/emoji/list.js`);
  world.network.clear();
  assert.equal(await world.get(`assets/${OLD}/emoji/list.js`), 'emoji');
});

test('a newer page comes at once, and what belongs to the older one goes', async () => {
  const world = await installed();
  await world.get(`assets/${OLD}/emoji/list.js`);
  world.serves(NEW);
  assert.equal(await world.get('', NAVIGATION), page(NEW));
  assert.deepEqual(world.paths, ['', `assets/${NEW}/main.js`, `assets/${NEW}/style/base.css`, 'icon.svg', 'manifest.webmanifest']);
});

test('a newer page of which a part is missing leaves the older one whole', async () => {
  const world = await installed();
  world.serves(NEW);
  world.network.delete(`assets/${NEW}/main.js`);
  await world.get('', NAVIGATION);
  world.network.clear();
  assert.equal(await world.get('', NAVIGATION), page(OLD));
  assert.equal(await world.get(`assets/${OLD}/main.js`), `main ${OLD}`);
});

test('the socket, the health and the metrics, other pages and other methods are none of its business', async () => {
  const world = await installed();
  for (const path of ['ws', 'healthz', 'readyz', 'metrics', 'worker.js', 'api/rooms']) assert.equal(await world.get(path), undefined, path);
  assert.equal(await world.get('metrics', NAVIGATION), undefined);
  assert.equal(await world.get('https://chat.example/', NAVIGATION), undefined, 'above its folder');
  assert.equal(await world.get('https://elsewhere.example/below/'), undefined);
  assert.equal(await world.get('', { ...NAVIGATION, method: 'POST' }), undefined);
});

test('a notification that is tapped brings a window of the page to its message', async () => {
  const world = new World();
  const other = world.open('https://chat.example/elsewhere/', 'visible');
  const metrics = world.open(`${BASE}metrics`, 'visible');
  const hidden = world.open(BASE, 'hidden');
  const seen = world.open(`${BASE}#kitchen`, 'visible');
  await world.tap({ room: 'ID', name: 'lobby', seq: 7 });
  assert.deepEqual([seen.told, seen.focused], [[{ type: 'show', room: 'ID', name: 'lobby', seq: 7 }], 1]);
  for (const left of [other, metrics, hidden]) assert.deepEqual([left.told, left.focused], [[], 0]);
  seen.visibilityState = 'hidden';
  await world.tap({ room: 'ID', name: 'lobby', seq: 'x' });
  assert.deepEqual([hidden.told, hidden.focused], [[{ type: 'show', room: 'ID', name: 'lobby', seq: null }], 1]);
  assert.deepEqual(world.opened, []);
});

test('without a window a notification opens the page at its message', async () => {
  const world = new World();
  await world.tap({ room: 'ID', name: 'a/b #', seq: 7 });
  await world.tap(null);
  assert.deepEqual(world.opened, [`${BASE}#a%2Fb%20%23/7`, BASE]);
});
