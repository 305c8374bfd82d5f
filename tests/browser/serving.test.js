// The page as a browser gets it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from './harness/browser.js';
import { eventually } from './harness/patience.js';
import { Proxy } from './harness/proxy.js';
import { stage } from './harness/stage.js';

/** The most bytes that the first visit may transfer, including heads. */
const FIRST_LOAD_BYTES_MAX = 101_500;

/**
 * Everything that a page loads until it is idle, by path.
 * @param {import('./harness/person.js').Person} visitor
 * @param {() => Promise<unknown>} load
 */
async function loaded({ page }, load) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  /** @type {Map<string, {path: string, status: number, headers: Record<string, string>, bytes: number}>} */
  const found = new Map();
  /** @type {Set<string>} */
  const cached = new Set();
  session.on('Network.responseReceived', ({ requestId, response: { url, status, headers, fromDiskCache } }) => {
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    found.set(requestId, { path: new URL(url).pathname, status, headers: lower, bytes: 0 });
    if (fromDiskCache) cached.add(requestId);
  });
  session.on('Network.requestServedFromCache', ({ requestId }) => cached.add(requestId));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const one = found.get(requestId);
    if (one) one.bytes = encodedDataLength;
  });
  await load();
  await page.waitForLoadState('networkidle');
  await session.detach();
  return [...found].map(([id, one]) => ({ ...one, cached: cached.has(id) }));
}

test('the first visit is small, compressed and whole', needs.protocol, async (t) => {
  const { server, visitor } = await stage(t);
  const ana = await visitor({ at: 'about:blank', serviceWorkers: 'block' });
  const files = await loaded(ana, () => ana.page.goto(server.url));
  assert.ok(files.some(({ path }) => path === '/'));
  assert.ok(files.filter(({ path }) => path.startsWith('/assets/')).length > 5);
  assert.equal(files.filter(({ path }) => path.endsWith('.css')).length, 1, 'the styles come as one');
  for (const { path, status, headers } of files) {
    assert.equal(status, 200, path);
    assert.equal(headers['x-content-type-options'], 'nosniff', path);
    if (!path.endsWith('.png')) assert.equal(headers['content-encoding'] ?? 'plain', 'br', path);
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  t.diagnostic(`${files.length} files, ${bytes} bytes`);
  assert.ok(bytes > 0 && bytes < FIRST_LOAD_BYTES_MAX, `${bytes} bytes`);
});

/** Runs in the page: shortens the waits between attempts. */
function hurry() {
  Math.random = () => -0.499;
}

for (const [what, path] of [['a module', '**/assets/*/store/store.js'], ['its first module', '**/assets/*/app/main.js'], ['the style', '**/assets/*/style/page.css']]) {
  test(`a page of which ${what} is refused for a moment is there a moment later`, async (t) => {
    const { server, visitor } = await stage(t);
    const { page, trouble } = await visitor({ at: 'about:blank', serviceWorkers: 'block' });
    await page.addInitScript(hurry);
    let refused = 0;
    await page.route(path, (route) => (refused++ < 2 ? route.fulfill({ status: 429, body: 'too many', headers: { 'retry-after': '1' } }) : route.continue()));
    await page.goto(server.url);
    await eventually('the page is there, with its looks', async () => {
      const shown = await page.locator('#welcome input:visible').count().catch(() => 0);
      return shown === 1 && page.evaluate(() => getComputedStyle(document.body).overflow === 'hidden' && sessionStorage.length === 0).catch(() => false);
    });
    assert.ok(refused >= 3);
    trouble.take(/429|did not come|dynamically imported module/);
  });
}

test('a page of which a module never comes says so after some attempts, and can be loaded again', async (t) => {
  const { server, visitor } = await stage(t);
  const { page, trouble } = await visitor({ at: 'about:blank', serviceWorkers: 'block' });
  await page.addInitScript(hurry);
  const path = '**/assets/*/store/store.js';
  await page.route(path, (route) => route.fulfill({ status: 503, body: 'full' }));
  let loads = 0;
  page.on('framenavigated', () => { loads += 1; });
  await page.goto(server.url);
  await eventually('it has given up', () => page.evaluate(() => sessionStorage.getItem('throng.tries')).catch(() => null), (tries) => tries === '5');
  await page.getByText('This page has not loaded completely.').waitFor();
  const before = loads;
  assert.equal(before, 5, 'the first time, and four others');
  await page.unroute(path);
  await page.getByRole('link', { name: 'Load it again' }).click();
  await page.getByRole('textbox').waitFor();
  assert.equal(await page.locator('#loading').count(), 0);
  trouble.take(/503|store\.js|dynamically imported module/);
});

test('the second visit asks for the page and loads nothing of the rest', needs.protocol, async (t) => {
  const { server, visitor } = await stage(t);
  const ana = await visitor({ at: 'about:blank', serviceWorkers: 'block' });
  const first = await loaded(ana, () => ana.page.goto(server.url));
  await ana.page.goto('about:blank');
  const second = await loaded(ana, () => ana.page.goto(server.url));
  const assets = second.filter(({ path }) => path.startsWith('/assets/'));
  assert.equal(assets.length, first.filter(({ path }) => path.startsWith('/assets/')).length);
  for (const { path, cached } of assets) assert.ok(cached, `${path} was loaded again`);
});

test('what the policy forbids does not run', needs.words, async (t) => {
  const { visitor } = await stage(t);
  const ana = await visitor();
  const ran = await ana.page.evaluate(() => {
    const style = document.createElement('style');
    style.textContent = 'body { display: none }';
    document.head.append(style);
    const attempts = [
      () => document.body.insertAdjacentHTML('beforeend', '<b>x</b>'),
      () => { document.body.innerHTML = '<b>x</b>'; },
      () => document.body.append(Object.assign(document.createElement('script'), { src: 'https://other.example/x.js' })),
    ];
    return attempts.filter((attempt) => {
      try {
        attempt();
        return true;
      } catch {
        return false;
      }
    }).length + (getComputedStyle(document.body).display === 'none' ? 1 : 0);
  });
  assert.equal(ran, 0);
  assert.ok(ana.trouble.take(/policy|Trusted|TrustedHTML/i).length >= 3, 'and each is reported: the tests see what goes wrong');
});

test('throng works below the path of a proxy', async (t) => {
  const { server, visitor } = await stage(t);
  const proxy = await Proxy.start('/tools/chat', server.address);
  t.after(() => proxy.stop());
  const ana = await visitor({ at: proxy.url });
  await ana.enter('ana');
  await ana.sayAndSee('hello from below');
  const outside = await ana.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  for (const address of outside) assert.ok(address.startsWith(proxy.url), address);
});
