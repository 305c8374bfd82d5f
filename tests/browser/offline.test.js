// The connection comes and goes: what the person sees, and when the page reconnects.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { seeInstalled } from './harness/kept.js';
import { Line } from './harness/line.js';
import { readAt, seePlace } from './harness/log.js';
import { eventually } from './harness/patience.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** Browsers' timers may be a little early, and clocks are rounded. */
const EARLY_MS = 20;

/**
 * A person whose connection can be cut.
 * @param {import('node:test').TestContext} t
 * @param {Parameters<typeof stage>[1]} [options]
 */
async function onALine(t, options) {
  const { server, visitor } = await stage(t, options);
  const line = await Line.to(server);
  t.after(() => line.stop());
  const ana = await visitor({ at: line.url });
  const frames = heardBy(ana);
  await ana.enter('ana');
  return { server, line, ana, frames };
}

/** Records what the server sends to a page from now on, with the time. @param {Person} person */
function heardBy({ page }) {
  /** @type {{at: number, event: any}[]} */
  const heard = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) =>
    heard.push({ at: Date.now(), event: JSON.parse(String(payload)) })));
  return heard;
}

test('who has scrolled up stays there while the server dies and comes back, and gets what was missed', needs.frames, async (t) => {
  const { server, line, ana, frames } = await onALine(t);
  let flood = await Flood.join(server, 'flood');
  await flood.sayMany(300, (number) => `line ${number}`);
  await ana.see('line 300');
  const before = await readAt(ana, 270);

  line.refuse();
  await server.kill9();
  await server.restart();
  flood = await Flood.join(server, 'flood2');
  await flood.sayMany(7, (number) => `missed ${number}`);
  const heard = frames.length;
  line.accept();
  const jump = ana.page.getByRole('button', { name: '7 new messages' });
  await jump.waitFor();
  await seePlace(ana, before);
  const brought = frames.slice(heard).flatMap(({ event }) => event.events ?? (event.type === 'message' ? [event] : []));
  assert.deepEqual(brought.map(({ text }) => text), Array.from({ length: 7 }, (_, n) => `missed ${n + 1}`), 'exactly what was missed came');
  await jump.click();
  await ana.see('missed 7');
  flood.leave();
});

/** Records when the connection is lost and back, and when the banner appears and disappears. @param {Person} person */
function watchBanner({ page }) {
  return page.evaluate(() => {
    const marks = /** @type {any} */ (window).marks = /** @type {{what: string, at: number}[]} */ ([]);
    const banner = /** @type {HTMLElement} */ (document.querySelector('#banner'));
    new MutationObserver(() => {
      marks.push({ what: banner.hidden ? 'hidden' : 'shown', at: performance.now() });
    }).observe(banner, { attributeFilter: ['hidden'] });
    let isLost = false;
    new MutationObserver(() => {
      const isOffline = document.querySelector('#me .face.offline') !== null;
      if (isOffline === isLost) return;
      isLost = isOffline;
      // The time at which the frame that draws it begins: the page counts from there.
      marks.push({ what: isLost ? 'lost' : 'back', at: Number(document.timeline.currentTime) });
    }).observe(/** @type {Element} */ (document.querySelector('#me')), { subtree: true, childList: true, attributes: true });
  });
}

/** @param {Person} person @returns {Promise<{what: string, at: number}[]>} */
const marksOf = ({ page }) => page.evaluate(() => /** @type {any} */ (window).marks);

test('a banner comes when the connection has been away for a while, and goes when it is back', needs.frames, async (t) => {
  const { line, ana, frames } = await onALine(t);
  await watchBanner(ana);
  const greetings = () => frames.filter(({ event }) => event.type === 'ok' && event.user).length;
  // Most losses are short, and are not shown.
  for (let cut = 1; cut <= 3; cut += 1) {
    const before = greetings();
    line.cut();
    await eventually('it is back', greetings, (count) => count > before);
  }
  line.refuse();
  const banner = ana.page.locator('#banner');
  await banner.waitFor();
  await banner.filter({ hasText: 'Connection lost.' }).waitFor();
  line.accept();
  await banner.waitFor({ state: 'hidden' });
  await ana.sayAndSee('back');
  let lost = NaN;
  let shown = 0;
  for (const { what, at } of await marksOf(ana)) {
    if (what === 'lost') lost = at;
    if (what !== 'shown') continue;
    shown += 1;
    assert.ok(at - lost >= 1_500 - EARLY_MS, `it came ${at - lost} ms after the loss`);
  }
  assert.ok(shown >= 1);
});

/**
 * Asks the server to drain; returns the wait that it sent, and the earliest time at which the page got it.
 * @param {import('./harness/server.js').Server} server
 * @param {Line} line
 * @param {{at: number, event: any}[]} frames
 */
async function drained(server, line, frames) {
  const before = line.heardAt;
  const ended = server.stop();
  // The test learns of it later than the page, so the time is taken by the line.
  const at = await eventually('the server speaks', () => line.heardAt, (now) => now > before);
  const { event } = /** @type {any} */ (await eventually('it says bye', () => frames.find((one) => one.event.type === 'bye') ?? null));
  await ended;
  return { at, afterMs: event.after_ms };
}

test('after a drain the page comes back when the server said, and asks for nothing before', needs.frames, async (t) => {
  const { server, line, ana, frames } = await onALine(t, { flags: ['--return-spread', '10s'] });
  await ana.sayAndSee('before');
  const before = line.attempts.length;
  const { at, afterMs } = await drained(server, line, frames);
  assert.ok(Number.isSafeInteger(afterMs), 'the server said when');
  await server.restart();
  const up = Date.now();
  const first = await eventually('the page comes back', () => line.attempts[before] ?? 0);
  assert.ok(first - at >= afterMs - EARLY_MS, `told to wait ${afterMs} ms, it waited ${first - at} ms`);
  await ana.sayAndSee('after');
  // A short wait may end before the server is back.
  if (first > up) assert.equal(line.attempts.length, before + 1, 'one attempt was enough');
});

test('a network that goes and comes during that wait changes nothing', needs.frames, async (t) => {
  const { server, line, ana, frames } = await onALine(t, { flags: ['--return-spread', '10s'] });
  await ana.sayAndSee('before');
  const before = line.attempts.length;
  const { at, afterMs } = await drained(server, line, frames);
  await ana.loseNetwork();
  await ana.findNetwork();
  await server.restart();
  const first = await eventually('the page comes back', () => line.attempts[before] ?? 0);
  assert.ok(first - at >= afterMs - EARLY_MS, `told to wait ${afterMs} ms, it waited ${first - at} ms`);
  await ana.sayAndSee('after');
});

test('a network that is back ends the wait at once', async (t) => {
  const { server, ana, line } = await onALine(t);
  await ana.sayAndSee('before');
  await ana.loseNetwork();
  await ana.say('written offline');
  await ana.page.locator('#banner').waitFor();
  await ana.findNetwork();
  await ana.see('written offline');
  await ana.seeAllSent();
  assert.ok(line.attempts.length >= 2);
  const flood = await Flood.join(server, 'flood');
  const { head } = await flood.ask('history', { room: 'lobby' });
  assert.equal(head, 2);
  flood.leave();
});

/** Another build of the client, with other addresses and another text. */
const NEXT = 'assets/nextnextnext/';

/** A person whose browser has stored the client; `hash` is the folder of its files. @param {import('node:test').TestContext} t */
async function installed(t) {
  const { line, ana } = await onALine(t);
  await ana.sayAndSee('before');
  await seeInstalled(ana);
  const hash = /assets\/[^/]+\//.exec(await (await fetch(line.url)).text())?.[0] ?? '';
  assert.ok(hash && hash !== NEXT);
  return { line, ana, hash };
}

test('a new version of the client replaces the old one as a whole', async (t) => {
  const { line, ana, hash } = await installed(t);

  line.path = (path) => path.replace(NEXT, hash);
  line.change = (path, text) => {
    if (path === '/') return text.replaceAll(hash, NEXT);
    return path.endsWith('/words/en.js') ? text.replace("'Browse rooms'", "'Browse the rooms'") : text;
  };
  // With a slow network it comes at the next visit: until then the old version is shown.
  await eventually('the new version is shown', async () => {
    await ana.reload();
    await ana.see('before');
    return ana.page.getByRole('button', { name: 'Browse the rooms' }).count();
  });
  const loaded = () => ana.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.includes('/assets/')));
  for (const address of await loaded()) assert.ok(address.includes(NEXT), `${address} is of the old version`);
  const kept = () => ana.page.evaluate(async () => (await (await caches.open('throng')).keys()).map(({ url }) => url));
  await eventually('the old version is gone', kept, (urls) => urls.some((url) => url.includes(NEXT)) && !urls.some((url) => url.includes(hash)));

  // The stored version opens completely without a network.
  await ana.loseNetwork();
  await ana.reload();
  await ana.see('before');
  for (const address of await loaded()) assert.ok(address.includes(NEXT), `${address} is of the old version`);
  await ana.findNetwork();
  await ana.sayAndSee('after');
});

test('a page whose new version cannot be loaded as a whole stays the old one offline', async (t) => {
  const { line, ana, hash } = await installed(t);
  // The server has the new page, but one of its files is missing.
  let isAsked = false;
  line.path = (path) => {
    if (!path.endsWith('/wire.js')) return path.replace(NEXT, hash);
    isAsked = true;
    return '/missing';
  };
  line.change = (path, text) => (path === '/' ? text.replaceAll(hash, NEXT) : text);
  await ana.reload();
  await eventually('the missing file was asked for', () => isAsked);
  line.path = (path) => path;
  line.change = null;
  await ana.loseNetwork();
  await ana.reload();
  await ana.see('before');
  const names = await ana.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  assert.ok(!names.some((name) => name.includes(NEXT)), 'nothing of the new one is mixed in');
  await ana.findNetwork();
  // From the page, if it was shown in time, or only from the worker.
  ana.trouble.take(/404|dynamically imported module/);
});

test('who comes back to the page does not wait for the next attempt', needs.protocol, async (t) => {
  const { line, ana } = await onALine(t);
  const { page } = ana;
  // Otherwise each page would believe that it is the one in view.
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
  const other = await page.context().newPage();
  await other.bringToFront();
  await page.waitForFunction(() => document.hidden || !document.hasFocus(), undefined, { polling: 25 });
  // By itself, the page would only try again after days.
  await page.evaluate(() => { Math.random = () => 1e6; });
  line.cut();
  await page.locator('#me .face.offline').waitFor({ state: 'attached' });
  const before = line.attempts.length;
  await page.bringToFront();
  await eventually('the page is back', () => line.attempts.length, (attempts) => attempts > before);
  await page.evaluate(() => { Math.random = () => 0; });
  await ana.sayAndSee('back');
  await other.close();
});

test('what is loaded later is there without a network too, with its looks', async (t) => {
  const { server, visitor } = await stage(t);
  const ana = await visitor({ at: server.url });
  await ana.enter('ana');
  await ana.page.locator('#people .person').waitFor();
  await seeInstalled(ana);
  await eventually('the dialogs and their style are kept', () => ana.page.evaluate(async () => {
    const kept = (await (await caches.open('throng')).keys()).map(({ url }) => url);
    return ['dialog.css', 'people.css', 'lazy_parts.js', 'settings_dialog.js'].every((name) => kept.some((url) => url.endsWith(`/${name}`)));
  }));
  await ana.loseNetwork();
  await server.kill9();
  await ana.reload();
  await ana.page.locator('#log .view').waitFor();
  await ana.page.keyboard.press('Control+,');
  await ana.page.locator('dialog.settings').waitFor();
  assert.equal(await ana.page.locator('dialog.settings').evaluate((dialog) => getComputedStyle(dialog).display), 'flex');
  await ana.findNetwork();
});
