// Links to a room and to one message in it, from outside and within the page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { seeMarked } from './harness/glimpse.js';
import { inView } from './harness/log.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';
import { Wire } from './harness/wire.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** The room that is shown. @param {Person} person */
const shown = (person) => person.page.locator(parts.shown).getAttribute('title');

/** The hash of the address. @param {Person} person */
const hash = (person) => new URL(person.page.url()).hash;

/** Waits until a message is marked, and in view. @param {Person} person @param {number} seq */
async function seeTarget(person, seq) {
  await seeMarked(person, seq);
  assert.ok((await inView(person.page)).some((one) => one.seq === seq), 'and in view');
}

/** @param {Person} person @param {RegExp} words */
const seeNotice = (person, words) => person.page.locator('#notices').getByText(words).waitFor();

/** @param {import('./harness/server.js').Server} server @param {number} count @param {string} [room] */
async function fill(server, count, room) {
  const flood = await Flood.join(server, 'flood', room);
  await flood.sayMany(count);
  flood.leave();
}

test('a link to a room opens there, after the nick', async (t) => {
  const { visitor } = await stage(t);
  const ana = await visitor({ at: '#gärten' });
  await ana.enter('ana');
  assert.equal(await shown(ana), 'gärten');
  await ana.sayAndSee('here');
  assert.equal(decodeURIComponent(hash(ana)), '#gärten');
  assert.deepEqual(await ana.page.locator('nav .room bdi').allTextContents(), ['gärten'], 'and in no other room');
});

test('a browser that takes no change of the address for a while hinders nothing, and gets it later', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  // As Safari does after a hundred changes within ten seconds.
  await ana.page.evaluate(() => {
    for (const name of /** @type {const} */ (['pushState', 'replaceState'])) {
      history[name] = () => { throw new DOMException('on purpose', 'SecurityError'); };
    }
  });
  for (const room of ['kitchen', 'attic']) {
    await ana.say(`/join ${room}`);
    await ana.isIn(room);
    await ana.sayAndSee(`in the ${room}`);
  }
  assert.equal(hash(ana), '#lobby');
  await ana.page.evaluate(() => {
    for (const name of ['pushState', 'replaceState']) delete /** @type {any} */ (history)[name];
  });
  await eventually('the address is that of the room', () => hash(ana), (now) => now === '#attic');
  await ana.page.goBack();
  await ana.isIn('lobby');
});

test('a link that is followed while the page still waits for its words leads there', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana', { locale: 'de-DE', serviceWorkers: 'block' });
  await ana.sayAndSee('before');
  /** @type {() => void} */
  let release = () => {};
  const held = new Promise((resolve) => { release = () => resolve(undefined); });
  await ana.page.context().route('**/words/de.js', async (route) => {
    await held;
    await route.continue();
  });
  const asked = ana.page.waitForRequest('**/words/de.js');
  await ana.reload({ waitUntil: 'commit' });
  await asked;
  await ana.page.evaluate(() => { location.hash = '#kitchen'; });
  release();
  await ana.isIn('kitchen');
  assert.equal(hash(ana), '#kitchen');
});

test('a link to a message opens there, with what was said round it', needs.frames, async (t) => {
  const { server, visitor } = await stage(t);
  await fill(server, 1_000);
  const ana = await visitor({ at: '#lobby/200' });
  const wire = new Wire(ana.page);
  await ana.enter('ana');
  await seeTarget(ana, 200);
  assert.deepEqual(wire.said('history').map(({ around }) => around), [200], 'one page is enough');
  const seqs = (await inView(ana.page)).map(({ seq }) => seq);
  assert.ok(seqs[0] < 200 && (seqs.at(-1) ?? 0) > 200, 'in the midst');
  await ana.page.getByRole('button', { name: 'Jump to newest' }).click();
  await eventually('the newest is in view', () => inView(ana.page), (seen) => seen.at(-1)?.seq === 1_000);
  assert.equal(hash(ana), '#lobby', 'the address names no message that is not looked at');
});

test('a link in a running page goes there, and back and forward between links', async (t) => {
  const { server, person } = await stage(t);
  await fill(server, 1_000);
  const ana = await person('ana');
  await ana.go('lobby', 990);
  await seeTarget(ana, 990);
  await ana.go('lobby', 300);
  await seeTarget(ana, 300);
  await ana.go('other');
  await ana.sayAndSee('elsewhere');
  await ana.page.goBack();
  await seeTarget(ana, 300);
  assert.equal(await shown(ana), 'lobby');
  await ana.page.goForward();
  await ana.see('elsewhere');
  assert.equal(await shown(ana), 'other');
  assert.equal(hash(ana), '#other');
});

test('back goes to the room before, and into none that was left', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  for (const room of ['attic', 'kitchen']) {
    await ana.say(`/join ${room}`);
    await ana.isIn(room);
  }
  await ana.page.locator(parts.room('lobby')).click();
  await ana.isIn('lobby');
  await ana.page.goBack();
  await ana.isIn('kitchen');
  await ana.page.goBack();
  await ana.isIn('attic');
  await ana.page.goForward();
  await ana.isIn('kitchen');
  await ana.say('/leave');
  await ana.isIn('attic');
  // The history entry of the room that was left now has the address of the room before it; the lobby is
  // further back.
  await ana.page.goForward();
  await ana.isIn('lobby');
  await ana.page.goBack();
  await ana.isIn('attic');
  await ana.page.locator(parts.room('lobby')).click();
  await ana.isIn('lobby');
  await ana.page.locator(parts.room('attic')).click();
  await ana.isIn('attic');
  await ana.say('/leave');
  await ana.isIn('lobby');
  for (let step = 0; step < 2; step += 1) await ana.page.goBack();
  await ana.sayAndSee('still here');
  assert.deepEqual([await hash(ana), await shown(ana)], ['#lobby', 'lobby']);
  assert.equal(await ana.page.locator(parts.room('attic')).count(), 0, 'going back does not join');
});

test('the same link twice goes there twice', async (t) => {
  const { server, person } = await stage(t);
  await fill(server, 1_000);
  const ana = await person('ana');
  await ana.go('lobby', 300);
  await seeTarget(ana, 300);
  await ana.page.locator('button.jump.newest').click();
  await eventually('the newest is in view', () => inView(ana.page), (seen) => seen.at(-1)?.seq === 1_000);
  await ana.page.locator('#log li.flash').waitFor({ state: 'detached' });
  await ana.go('lobby', 300);
  await seeTarget(ana, 300);
});

test('a message that is not there is told, and the newest are shown', async (t) => {
  const { server, visitor } = await stage(t);
  await fill(server, 100);
  const ana = await visitor({ at: '#lobby/4711' });
  await ana.enter('ana');
  await seeNotice(ana, /4711/);
  await eventually('the newest is in view', () => inView(ana.page), (seen) => seen.at(-1)?.seq === 100);
  // No message has the number 0: the link is to the room.
  const bo = await visitor({ at: '#lobby/0' });
  await bo.enter('bo');
  await eventually('the newest is in view', () => inView(bo.page), (seen) => seen.at(-1)?.seq === 100);
  assert.equal(hash(bo), '#lobby');
});

test('a link that names no room is told, and the lobby is there', async (t) => {
  const { visitor } = await stage(t);
  const ana = await visitor({ at: `#${encodeURIComponent('no such name')}` });
  await ana.enter('ana');
  await seeNotice(ana, /no such name/);
  await eventually('the lobby is shown', () => shown(ana), (room) => room === 'lobby');
  await ana.sayAndSee('in the lobby');
  await eventually('the address names it', () => hash(ana), (now) => now === '#lobby');
  // A hash that is not a valid place changes nothing.
  for (const bad of ['#%E0%A4%A', '#/', '#lobby/x', `#${'x'.repeat(2_000)}`]) {
    await ana.page.evaluate((to) => { location.hash = to; }, bad);
    await ana.sayAndSee(`still here after ${bad.slice(0, 20)}`);
    assert.equal(await shown(ana), 'lobby');
  }
});

test('a room that does not exist, where rooms are not made by joining, is told', async (t) => {
  const { visitor } = await stage(t, { flags: ['--rooms-open', 'false'] });
  const ana = await visitor({ at: '#nowhere' });
  await ana.page.getByRole('textbox').fill('ana');
  await ana.page.getByRole('textbox').press('Enter');
  await seeNotice(ana, /nowhere/);
});

test('the link of a message leads to it, in another browser', async (t) => {
  const { server, person, visitor } = await stage(t);
  const flood = await Flood.join(server, 'flood');
  t.after(() => flood.leave());
  await flood.sayMany(500);
  const ana = await person('ana', { permissions: ['clipboard-write'] });
  await eventually('the newest is in view', () => inView(ana.page), (seen) => seen.at(-1)?.seq === 500);
  // The toolbar appears where the mouse moves.
  await eventually('the toolbar is there', async () => {
    for (const x of [200, 220]) await ana.page.locator('#log li[data-seq="499"]').hover({ position: { x, y: 8 } });
    return ana.page.locator('#log li[data-seq="499"] .actions').count();
  });
  // It shows this only for a moment, while the mouse is still over it.
  const colours = await ana.page.evaluateHandle(() => {
    const probe = document.createElement('i');
    probe.style.color = 'var(--on-accent)';
    document.body.append(probe);
    const seen = { wanted: getComputedStyle(probe).color, copied: /** @type {string[]} */ ([]) };
    probe.remove();
    new MutationObserver(() => {
      const button = document.querySelector('button.copied');
      if (button) seen.copied.push(getComputedStyle(button).color);
    }).observe(document.body, { subtree: true, attributeFilter: ['class'] });
    return seen;
  });
  await ana.page.getByRole('button', { name: 'Copy link to this message' }).click();
  await eventually('it can be seen that it was copied', () => colours.evaluate(({ wanted, copied }) => copied.includes(wanted)));
  await ana.composer.press('ControlOrMeta+v');
  const link = await ana.composer.inputValue();
  assert.equal(link, `${server.url}#lobby/499`);
  await flood.sayMany(500);
  const bo = await visitor({ at: link });
  await bo.enter('bo');
  await seeTarget(bo, 499);
});

test('a link to where nothing was kept of it shows a gap between it and the newest', async (t) => {
  const { server, person } = await stage(t);
  await fill(server, 1_000);
  const ana = await person('ana');
  await eventually('the newest is in view', () => inView(ana.page), (seen) => seen.at(-1)?.seq === 1_000);
  await ana.go('lobby', 500);
  await seeTarget(ana, 500);
  await ana.page.locator('#log .view').focus();
  await ana.page.keyboard.press('End');
  await eventually('the newest is in view', () => inView(ana.page), (seen) => seen.at(-1)?.seq === 1_000);
  await eventually('the gap is shown', () => ana.page.locator('#log li.gap').textContent(), (words) => /not loaded/.test(words ?? ''));
});
