// Several tabs of one person in one browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyInChromium } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { glimpse } from './harness/glimpse.js';
import { logOf, seeInstalled, seeUnsent } from './harness/kept.js';
import { eventually } from './harness/patience.js';
import { Person, parts } from './harness/person.js';
import { stage } from './harness/stage.js';

/**
 * Another tab in a person's browser.
 * @param {import('./harness/server.js').Server} server
 * @param {Person} person
 * @param {string} [at]
 */
async function tabOf(server, person, at = '') {
  const page = await person.page.context().newPage();
  const tab = new Person(server, person.page.context(), page);
  await page.goto(new URL(at, server.url).href);
  await page.locator(parts.shown).waitFor({ state: 'attached' });
  // The stored messages are shown before there is a connection.
  await page.locator('#me .face.online').waitFor({ state: 'attached' });
  return tab;
}

test('what is said in one tab comes in both, once', async (t) => {
  const { server, person } = await stage(t);
  const one = await person('ana');
  await one.sayAndSee('before');
  const two = await tabOf(server, one);
  await two.see('before');
  const said = ['from one', 'from two', 'from one again'];
  await one.sayAndSee(said[0]);
  await two.sayAndSee(said[1]);
  await one.sayAndSee(said[2]);
  for (const tab of [one, two]) {
    await tab.see(said[2]);
    await tab.seeAllSent();
    assert.deepEqual(await tab.texts(), ['before', ...said]);
    assert.equal(await tab.page.locator(`${parts.said}.mine`).count(), 4, 'all of one person');
  }
});

test('who signs out in one tab is signed out in the other, and both can begin anew', async (t) => {
  const { server, person } = await stage(t);
  const one = await person('ana');
  await one.sayAndSee('before');
  const two = await tabOf(server, one);
  await two.see('before');
  await two.composer.fill('a draft');
  await one.page.locator('#me').click();
  await one.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await one.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  for (const { page } of [one, two]) await page.locator('#welcome').waitFor();
  const left = await two.page.evaluate(() => Object.keys(localStorage).filter((key) => key !== 'throng.settings'));
  assert.deepEqual(left, [], 'nothing of the person stays on the device');
  await two.reload();
  await two.page.locator('#welcome').waitFor();
  await two.enter('bo');
  await two.sayAndSee('as somebody else');
  await one.reload();
  await one.see('as somebody else');
});

test('a draft of a tab that is never drawn again does not outlive the sign-out', async (t) => {
  const { server, person } = await stage(t);
  const one = await person('ana');
  const two = await tabOf(server, one);
  await two.page.evaluate(() => { window.requestAnimationFrame = () => 0; });
  await two.composer.fill('a draft');
  const keys = () => one.page.evaluate(() => Object.keys(localStorage));
  await eventually('it is kept', keys, (all) => all.some((key) => key.startsWith('throng.draft.')));
  await two.composer.fill('a draft that is not kept yet');
  await one.page.locator('#me').click();
  await one.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await one.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await one.page.locator('#welcome').waitFor();
  await eventually('the other tab has got it', () => two.composer.inputValue(), (text) => text === '');
  // Its field saves its text at the latest when the page is left.
  await two.page.goto('about:blank');
  assert.deepEqual((await keys()).filter((key) => key !== 'throng.settings'), []);
});

test('what is read in one tab is read in the other', onlyInChromium('of two windows of Firefox only one is looked at'), async (t) => {
  const { server, person } = await stage(t);
  const one = await person('ana');
  await one.go('kitchen');
  const two = await tabOf(server, one, '#kitchen');
  const flood = await Flood.join(server, 'flood');
  await flood.sayMany(3);
  const unread = (/** @type {Person} */ { page }) => page.locator(`${parts.room('lobby')}.unread`);
  for (const tab of [one, two]) await unread(tab).waitFor();
  await one.go('lobby');
  await one.see('message 3');
  for (const tab of [one, two]) await unread(tab).waitFor({ state: 'detached' });
  assert.equal(await two.page.title(), 'kitchen · throng');
  const marked = await glimpse(two.page, `${parts.room('lobby')}.unread`);
  await flood.say('message 4');
  await marked();
  await unread(two).waitFor({ state: 'detached' });
  flood.leave();
});

/**
 * Two tabs of one person, and a server that has gone.
 * @param {import('node:test').TestContext} t
 */
async function twoAway(t) {
  const { server, person } = await stage(t);
  const one = await person('ana');
  await one.sayAndSee('before');
  await seeInstalled(one);
  const two = await tabOf(server, one);
  await two.see('before');
  await server.kill9();
  return { server, one, two };
}

for (const [how, goOn] of /** @type {[string, (tab: Person) => Promise<unknown>][]} */ ([
  ['which is reloaded', async (tab) => {
    await tab.reload();
    await eventually('it waits', () => tab.outgoing(), (texts) => texts[0] === 'written in a tab that goes');
  }],
  ['which knew nothing of it', async (tab) => assert.deepEqual(await tab.outgoing(), [])],
])) {
  test(`what was said offline in a tab that is closed is sent once by another, ${how}`, async (t) => {
    const { server, one, two } = await twoAway(t);
    await one.say('written in a tab that goes');
    const [{ cid }] = await seeUnsent(one, 1);
    await one.page.close();
    await goOn(two);
    await server.restart();
    await two.see('written in a tab that goes');
    await two.seeAllSent();
    const flood = await Flood.join(server, 'flood');
    assert.deepEqual((await logOf(flood)).map((message) => [message.text, message.cid]).slice(1), [['written in a tab that goes', cid]]);
    await seeUnsent(two, 0);
    flood.leave();
  });
}

test('two tabs that both have it send it once', async (t) => {
  const { server, one, two } = await twoAway(t);
  const said = ['first', 'second', 'third'];
  for (const text of said) await one.say(text);
  await seeUnsent(one, 3);
  await two.reload();
  await eventually('the other tab has it too', () => two.outgoing(), (texts) => texts.length === 3);
  await server.restart();
  for (const tab of [one, two]) {
    await tab.see('third');
    await tab.seeAllSent();
    assert.deepEqual(await tab.texts(), ['before', ...said]);
  }
  const flood = await Flood.join(server, 'flood');
  assert.deepEqual((await logOf(flood)).map(({ text }) => text), ['before', ...said]);
  await seeUnsent(two, 0);
  flood.leave();
});

test('a room that one tab joins stays in the list when the other joins one as well', async (t) => {
  const { server, person } = await stage(t);
  const one = await person('ana');
  await one.sayAndSee('before');
  const two = await tabOf(server, one);
  await two.see('before');
  await one.go('kitchen');
  await one.sayAndSee('in the kitchen');
  await two.go('garden');
  await two.sayAndSee('in the garden');
  await two.reload();
  await two.see('in the garden');
  for (const room of ['lobby', 'kitchen', 'garden']) await two.page.locator(parts.room(room)).waitFor({ state: 'attached' });
  await one.reload();
  for (const room of ['lobby', 'kitchen', 'garden']) await one.page.locator(parts.room(room)).waitFor({ state: 'attached' });
});

/** @param {Person} tab @param {string} text what the field must contain */
const holds = (tab, text) => eventually(`the field holds ${JSON.stringify(text)}`, () => tab.composer.inputValue(), (value) => value === text);

/** The stored draft of the lobby. @param {Person} tab */
const kept = (tab) => tab.page.evaluate(() =>
  Object.entries(localStorage).filter(([key]) => key.startsWith('throng.draft.')).map(([, text]) => text).join());

test('a draft is the same in all tabs, and one that is merely left open writes nothing over it', async (t) => {
  const { server, person } = await stage(t);
  const one = await person('ana');
  await one.composer.fill('v1');
  await eventually('it is kept', () => kept(one), (text) => text === 'v1');
  const two = await tabOf(server, one);
  await holds(two, 'v1');
  await one.composer.fill('v1 and a page more');
  await holds(two, 'v1 and a page more');
  await two.page.close({ runBeforeUnload: true });
  await eventually('the newer one is kept', () => kept(one), (text) => text === 'v1 and a page more');
  await one.reload();
  await holds(one, 'v1 and a page more');
});

test('what one tab has said is no draft in another, however that one ends', async (t) => {
  const { server, person } = await stage(t);
  const one = await person('ana');
  await one.composer.fill('said once');
  await eventually('it is kept', () => kept(one), (text) => text !== '');
  const two = await tabOf(server, one);
  await holds(two, 'said once');
  await one.composer.press('Enter');
  await one.see('said once');
  await holds(two, '');
  // A tab that was not informed in time does not save it either.
  await two.page.evaluate(() => {
    const field = /** @type {HTMLTextAreaElement} */ (document.querySelector('#text'));
    field.value = 'said once';
    dispatchEvent(new PageTransitionEvent('pagehide'));
    field.value = '';
  });
  assert.equal(await kept(one), '');
  await two.go('kitchen');
  await two.go('lobby');
  await holds(two, '');
  assert.equal(await one.page.locator('nav .draft').count(), 0);
});

test('what is typed in a tab stays there while another tab says something, and is kept', async (t) => {
  const { server, person } = await stage(t);
  const one = await person('ana');
  const two = await tabOf(server, one);
  // Typed and not saved yet: the pause after the last key does not end.
  await two.page.evaluate(() => {
    const set = window.setTimeout;
    window.setTimeout = /** @type {any} */ ((/** @type {() => void} */ act, /** @type {number} */ ms) => set(act, ms === 400 ? 3_600_000 : ms));
  });
  await two.composer.fill('mine');
  await one.sayAndSee('theirs');
  await one.composer.fill('theirs too');
  await eventually('it is kept', () => kept(one), (text) => text === 'theirs too');
  await two.see('theirs');
  assert.equal(await two.composer.inputValue(), 'mine');
  await two.page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide')));
  assert.equal(await kept(two), 'mine', 'the last one who typed');
  await holds(one, 'mine');
});

test('a setting that one tab changes holds in the other, and stays when that one changes another', async (t) => {
  const { server, person } = await stage(t);
  const one = await person('ana');
  const two = await tabOf(server, one);
  const set = async (/** @type {Person} */ tab, /** @type {string} */ name) => {
    await tab.page.bringToFront();
    await tab.page.keyboard.press('Control+,');
    await tab.page.getByLabel(name).check();
    await tab.page.keyboard.press('Escape');
  };
  await set(one, 'My nickname without “@” mentions me too');
  await set(two, 'Dark');
  await eventually('both look so', () => one.page.evaluate(() => document.documentElement.dataset.theme), (theme) => theme === 'dark');
  const settings = await one.page.evaluate(() => JSON.parse(localStorage.getItem('throng.settings') ?? '{}'));
  assert.deepEqual([settings.words, settings.theme], [true, 'dark']);
});

test('a browser that keeps no drafts loses none to an empty one', async (t) => {
  const { server, visitor } = await stage(t);
  const ana = await visitor({ at: 'about:blank' });
  await ana.page.addInitScript(() => {
    Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
  });
  await ana.page.goto(server.url);
  await ana.enter('ana');
  await ana.composer.fill('a draft');
  await ana.page.evaluate(() => {
    dispatchEvent(new PageTransitionEvent('pagehide'));
    document.dispatchEvent(new Event('visibilitychange'));
    dispatchEvent(new PageTransitionEvent('pageshow'));
  });
  assert.equal(await ana.composer.inputValue(), 'a draft');
});
