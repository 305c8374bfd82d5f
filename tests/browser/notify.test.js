// Notifying a person who looks elsewhere: notifications, the title and the icon.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs, PLAIN_HOST } from './harness/browser.js';
import { seeInstalled } from './harness/kept.js';
import { Line } from './harness/line.js';
import { eventually } from './harness/patience.js';
import { Proxy } from './harness/proxy.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/**
 * Runs in the page: a browser that records notifications, and whose person gives this answer when they are
 * asked.
 * @param {{answer: 'granted' | 'denied', phone?: boolean}} how `phone`: only the worker may notify
 */
function recordNotifications({ answer, phone = false }) {
  const record = /** @type {any} */ (window).record = { asked: 0, shown: /** @type {any[]} */ ([]), rung: 0 };
  window.AudioContext = class extends AudioContext {
    createGain() {
      record.rung += 0.5; // two notes
      return super.createGain();
    }
  };
  const key = 'test.permission';
  /** @type {any} */ (window).Notification = class {
    constructor(/** @type {string} */ title, /** @type {any} */ options) {
      if (phone) throw new TypeError('Illegal constructor');
      this.shown = { title, body: options.body, closed: false };
      record.shown.push(this.shown);
    }

    static get permission() {
      return localStorage.getItem(key) ?? 'default';
    }

    static async requestPermission() {
      record.asked += 1;
      localStorage.setItem(key, answer);
      return answer;
    }

    close() {
      this.shown.closed = true;
    }
  };
  if (!phone) return;
  const show = ServiceWorkerRegistration.prototype.showNotification;
  ServiceWorkerRegistration.prototype.showNotification = async function (title, options) {
    await show.call(this, title, options);
    record.shown.push({ title, body: options?.body, closed: false });
  };
}

/** @param {Person} person @returns {Promise<{asked: number, shown: {title: string, body: string, closed: boolean}[]}>} */
const recordOf = ({ page }) => page.evaluate(() => {
  const { asked, shown } = /** @type {any} */ (window).record;
  return { asked, shown };
});

/** How often a sound was played. @param {import('playwright-core').Page} page @returns {Promise<number>} */
const rungIn = (page) => page.evaluate(() => /** @type {any} */ (window).record.rung);

/**
 * A person whose notifications are recorded.
 * @param {Awaited<ReturnType<typeof stage>>} on
 * @param {string} address
 * @param {Parameters<typeof recordNotifications>[0]} how
 */
async function recorded({ visitor }, address, how) {
  const ana = await visitor({ at: 'about:blank' });
  await ana.page.addInitScript(recordNotifications, how);
  await ana.page.goto(address);
  await ana.enter('ana');
  // Otherwise each page would believe that it is the one in view.
  const session = await ana.page.context().newCDPSession(ana.page);
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
  return ana;
}

/** Opens the settings, and selects a choice. @param {Person} person @param {string} choice */
async function choose({ page }, choice) {
  await page.locator('#me').click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.getByLabel(choice).click();
}

/** @param {Person} person */
async function closeDialog({ page }) {
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
}

/** The person looks at another tab; returns a function that brings them back. @param {Person} person */
async function lookAway({ page }) {
  const other = await page.context().newPage();
  await other.bringToFront();
  // A hidden page gets no frames, so this polls by time.
  await page.waitForFunction(() => !document.hasFocus(), undefined, { polling: 25 });
  return async () => {
    await page.bringToFront();
    await other.close();
    await page.waitForFunction(() => document.hasFocus(), undefined, { polling: 25 });
  };
}

/** @param {Person} person @param {string} title */
const seeTitle = ({ page }, title) => eventually(`the title is ${title}`, () => page.title(), (now) => now === title);

/** @param {Person} person */
const iconOf = ({ page }) => page.locator('link[rel~="icon"]').first().getAttribute('href');

/** Waits until this number of notifications was shown, and returns them. @param {Person} person @param {number} count */
const seeShown = (person, count) => eventually(`${count} notifications`, async () => (await recordOf(person)).shown, ({ length }) => length === count);

test('who is named while they look elsewhere is called, and only then', needs.protocol, async (t) => {
  const on = await stage(t);
  const ana = await recorded(on, on.server.url, { answer: 'granted' });
  const bo = await on.person('bo');
  await choose(ana, 'When I am mentioned');
  await eventually('it is on', () => ana.page.evaluate(() => localStorage.getItem('throng.settings') ?? ''), (kept) => kept.includes('"mentions"'));
  await closeDialog(ana);
  const plain = await iconOf(ana);

  // No notification while the page is visible.
  await bo.say('@ana, are you there?');
  await ana.see('@ana, are you there?');
  const lookBack = await lookAway(ana);
  await bo.say('not for you');
  await seeTitle(ana, '(1) lobby · throng');
  await eventually('the icon has a dot', () => iconOf(ana), (icon) => icon !== plain);
  const dot = await iconOf(ana);
  assert.match(dot ?? '', /^data:image\/png/);
  await bo.say('@Ana, come back');
  const shown = await seeShown(ana, 1);
  assert.deepEqual(shown, [{ title: 'bo mentions you in lobby', body: '@Ana, come back', closed: false }]);
  await seeTitle(ana, '(2) lobby · throng');
  await eventually('the icon has a number', () => iconOf(ana), (icon) => icon !== dot && icon !== plain);

  await lookBack();
  await seeTitle(ana, 'lobby · throng');
  assert.equal(await iconOf(ana), plain);
  await eventually('the notification is gone', async () => (await recordOf(ana)).shown[0].closed);
});

test('who does not want to be disturbed is not called, by no notification and no sound', needs.protocol, async (t) => {
  const on = await stage(t);
  const ana = await recorded(on, on.server.url, { answer: 'granted' });
  const bo = await on.person('bo');
  await choose(ana, 'For every message');
  await ana.page.getByLabel('Play a sound').check();
  await closeDialog(ana);
  const attend = async (/** @type {string} */ as) => {
    await ana.page.locator('#me').click();
    await ana.page.getByRole('menuitem', { name: 'Profile and presence' }).click();
    await ana.page.getByLabel(as, { exact: true }).check();
    await closeDialog(ana);
    await ana.page.locator('#me').getByText(as, { exact: true }).waitFor();
  };
  await attend('Do not disturb');
  let lookBack = await lookAway(ana);
  await bo.say('@ana?');
  await eventually('it is there', () => ana.texts(), (texts) => texts.includes('@ana?'));
  assert.equal(await ana.page.title(), 'lobby · throng');
  await lookBack();
  await attend('Online');
  lookBack = await lookAway(ana);
  await bo.say('@ana!');
  assert.deepEqual((await seeShown(ana, 1)).map(({ body }) => body), ['@ana!'], 'the first one called nobody');
  await eventually('it has rung once', () => rungIn(ana.page), (rung) => rung === 1);
  await lookBack();
});

test('without the setting nobody is called, nor asked', needs.protocol, async (t) => {
  const on = await stage(t);
  const ana = await recorded(on, on.server.url, { answer: 'granted' });
  const bo = await on.person('bo');
  const lookBack = await lookAway(ana);
  await bo.say('@ana?');
  await seeTitle(ana, '(1) lobby · throng');
  await bo.say('@ana!');
  await seeTitle(ana, '(2) lobby · throng');
  assert.deepEqual(await recordOf(ana), { asked: 0, shown: [] });
  await lookBack();

  await choose(ana, 'For every message');
  await eventually('the browser was asked', async () => (await recordOf(ana)).asked === 1);
  await closeDialog(ana);
  await lookAway(ana);
  // A person's own message causes no notification.
  await ana.page.evaluate(() => {
    const field = /** @type {HTMLTextAreaElement} */ (document.querySelector('#composer textarea'));
    field.value = '@ana is here';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    /** @type {HTMLFormElement} */ (document.querySelector('#composer')).requestSubmit();
  });
  await bo.see('@ana is here');
  await bo.say('everybody?');
  assert.deepEqual(await seeShown(ana, 1), [{ title: 'bo in lobby', body: 'everybody?', closed: false }]);
  assert.equal((await recordOf(ana)).asked, 1);
});

test('a browser that does not allow it is explained, and the setting stays off', needs.protocol, async (t) => {
  const on = await stage(t);
  const ana = await recorded(on, on.server.url, { answer: 'denied' });
  await choose(ana, 'When I am mentioned');
  await ana.page.locator('#notify-state').filter({ hasText: 'blocks notifications' }).waitFor();
  assert.ok(await ana.page.getByRole('radio', { name: 'Off' }).isChecked());
  await closeDialog(ana);
  const bo = await on.person('bo');
  await lookAway(ana);
  await bo.say('@ana?');
  await seeTitle(ana, '(1) lobby · throng');
  assert.deepEqual(await recordOf(ana), { asked: 1, shown: [] });
  assert.doesNotMatch(await ana.page.evaluate(() => localStorage.getItem('throng.settings') ?? ''), /mentions/);
});

test('what a return brings is counted, and calls nobody', needs.protocol, async (t) => {
  const on = await stage(t);
  const line = await Line.to(on.server);
  t.after(() => line.stop());
  const ana = await recorded(on, line.url, { answer: 'granted' });
  const bo = await on.person('bo');
  await choose(ana, 'When I am mentioned');
  await eventually('the browser was asked', async () => (await recordOf(ana)).asked === 1);
  await closeDialog(ana);
  await lookAway(ana);
  line.refuse();
  await bo.sayAndSee('@ana, while you were away');
  line.accept();
  await seeTitle(ana, '(1) lobby · throng');
  await bo.say('@ana, now');
  assert.deepEqual((await seeShown(ana, 1)).map(({ body }) => body), ['@ana, now']);
});

test('who has just looked away is called before the next frame of the screen', needs.protocol, async (t) => {
  const on = await stage(t);
  const ana = await recorded(on, on.server.url, { answer: 'granted' });
  const bo = await on.person('bo');
  await choose(ana, 'For every message');
  await eventually('the browser was asked', async () => (await recordOf(ana)).asked === 1);
  await closeDialog(ana);
  await ana.page.evaluate(() => { window.requestAnimationFrame = () => 0; });
  await lookAway(ana);
  await bo.say('gone already?');
  assert.deepEqual((await seeShown(ana, 1)).map(({ body }) => body), ['gone already?']);
});

test('where pages may not notify, the worker does', needs.protocol, async (t) => {
  const on = await stage(t);
  const ana = await recorded(on, on.server.url, { answer: 'granted', phone: true });
  await ana.page.context().grantPermissions(['notifications']);
  await seeInstalled(ana);
  const bo = await on.person('bo');
  await choose(ana, 'When I am mentioned');
  await eventually('the browser was asked', async () => (await recordOf(ana)).asked === 1);
  await closeDialog(ana);
  const lookBack = await lookAway(ana);
  await bo.say('@ana, on your phone');
  const shown = () => ana.page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    return (await registration.getNotifications()).map(({ title, body, data }) => ({ title, body, data }));
  });
  // Chromium loses a notification if the list is requested while it is being shown.
  await seeShown(ana, 1);
  const [{ data: { room, ...data }, ...notification }] = await shown();
  assert.deepEqual(notification, { title: 'bo mentions you in lobby', body: '@ana, on your phone' });
  assert.deepEqual([data, /^[0-9A-Z]{26}$/.test(room)], [{ name: 'lobby', seq: 1 }, true]);
  await lookBack();
  await eventually('it goes once it is read', shown, ({ length }) => length === 0);
});

/**
 * Another tab of a person who looks at none of them.
 * @param {Person} person
 * @param {string} address
 */
async function anotherTab(person, address) {
  const page = await person.page.context().newPage();
  await page.addInitScript(recordNotifications, { answer: /** @type {'granted'} */ ('granted') });
  await page.goto(address);
  await page.locator('#me .face.online').waitFor({ state: 'attached' });
  // Browsers allow sounds only in a page that was clicked.
  await page.locator('#log').click();
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
  return page;
}

/** Sends a message, and waits until all tabs have it: by then each would have notified. @param {Person} from @param {string} text @param {import('playwright-core').Page[]} tabs */
async function sayToAll(from, text, tabs) {
  const count = (await from.texts()).length + 1;
  await from.say(text);
  await from.seeMany(count);
  for (const page of tabs) {
    await page.waitForFunction((unread) => document.title.startsWith(`(${unread}) `), count, { polling: 25 });
  }
}

for (const { name, plain } of [{ name: 'one mention calls once over all tabs', plain: false }, { name: 'without HTTPS a sound is played once over all tabs', plain: true }]) {
  test(name, plain ? needs.hosts : needs.protocol, async (t) => {
    const on = await stage(t);
    const proxy = await Proxy.start('', on.server.address);
    t.after(() => proxy.stop());
    const address = proxy.at(plain ? PLAIN_HOST : '127.0.0.1');
    const ana = await recorded(on, address, { answer: 'granted' });
    const bo = await on.person('bo');
    await choose(ana, 'Play a sound');
    if (!plain) await ana.page.getByRole('radio', { name: 'When I am mentioned' }).click();
    await eventually('it is on', () => ana.page.evaluate(() => localStorage.getItem('throng.settings') ?? ''),
      (kept) => kept.includes('"sound":true') && (plain || kept.includes('"mentions"')));
    await closeDialog(ana);
    const tabs = [ana.page, await anotherTab(ana, address), await anotherTab(ana, address)];
    const lookBack = await lookAway(ana);
    assert.equal(await ana.page.evaluate(() => isSecureContext), !plain);
    const rung = async () => (await Promise.all(tabs.map(rungIn))).reduce((sum, count) => sum + count, 0);
    const shown = async () => (await Promise.all(tabs.map((page) => page.evaluate(() => /** @type {any} */ (window).record.shown)))).flat();
    await sayToAll(bo, '@ana, **are** you\nthere?', tabs);
    await eventually('a sound was played', rung, (count) => count > 0);
    if (!plain) await eventually('a notification was shown', shown, ({ length }) => length > 0);
    // Time for any other tab that would notify too.
    await ana.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 3_500)));
    assert.equal(await rung(), 1);
    assert.deepEqual((await shown()).map(({ body }) => body), plain ? [] : ['@ana, are you there?']);
    await sayToAll(bo, '@ana, and now?', tabs);
    await eventually('a second sound was played', rung, (count) => count > 1);
    assert.equal(await rung(), 2);
    // A tab in view keeps the others quiet.
    await lookBack();
    await bo.sayAndSee('@ana, I see you');
    await ana.see('@ana, I see you');
    await ana.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_500)));
    assert.equal(await rung(), 2);
    // Signing out leaves nothing of it.
    await ana.page.locator('#me').click();
    await ana.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await ana.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await eventually('what was called for is forgotten', () => ana.page.evaluate(() => indexedDB.databases()),
      (databases) => !databases.some(({ name }) => name === 'throng calls'));
    ana.trouble.take(/Cross-Origin-Opener-Policy/); // which is for HTTPS alone
  });
}

test('without HTTPS the settings say why there are no notifications', needs.hosts, async (t) => {
  const on = await stage(t);
  const proxy = await Proxy.start('', on.server.address);
  t.after(() => proxy.stop());
  const ana = await on.visitor({ at: proxy.at(PLAIN_HOST) });
  await ana.enter('ana');
  await choose(ana, 'When I am mentioned');
  await ana.page.locator('#notify-state').filter({ hasText: 'HTTPS' }).waitFor();
  assert.ok(await ana.page.getByRole('radio', { name: 'Off' }).isChecked());
  ana.trouble.take(/Cross-Origin-Opener-Policy/);
});
