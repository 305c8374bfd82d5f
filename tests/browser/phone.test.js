// A phone: everything on the screen, large enough for a thumb, and the message field visible while the
// keyboard is up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whenStill } from './harness/accessible.js';
import { needs } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { overEdges, PHONE, SMALL_PHONE, smallTargets } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** Checks that everything fits the screen and a thumb. @param {Person} person @param {string} what */
async function fits({ page }, what) {
  await whenStill(page);
  assert.deepEqual(await overEdges(page), [], `${what} fits the screen`);
  assert.deepEqual(await smallTargets(page), [], `a thumb hits everything in ${what}`);
}

/** @param {Person} person */
async function openDrawer({ page }) {
  await page.getByRole('button', { name: /^Your rooms/ }).tap();
  await page.locator('#side').getByRole('button', { name: 'lobby' }).waitFor();
}

/** @param {Person} person @param {string} name of an entry of the person's menu */
async function fromMenu(person, name) {
  await openDrawer(person);
  await person.page.locator('#me').tap();
  await person.page.getByRole('menuitem', { name }).tap();
}

/** @param {Person} person */
async function closeDialog({ page }) {
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).tap();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

const LONG = 'a-room-with-a-name-that-is-as-long-as-they-can-be';

for (const [name, phone] of /** @type {[string, typeof PHONE][]} */ ([['a common phone', PHONE], ['a small phone', SMALL_PHONE]])) {
  test(`all fits ${name}`, needs.touch, async (t) => {
    const { server, visitor } = await stage(t);
    const flood = await Flood.join(server, 'bo-with-such-a-long-nick');
    await flood.say('```js\nconst a = "a line of code that is much longer than a telephone is wide, so it scrolls";\n```');
    await flood.say(`https://example.org/${'a-long-address-'.repeat(12)}`);
    await flood.say('Donaudampfschifffahrtsgesellschaft'.repeat(4));
    const ana = await visitor(phone);
    const { page } = ana;
    await fits(ana, 'the first page');
    await ana.enter('ana');
    await ana.seeMany(3);
    await fits(ana, 'the room');
    await ana.say('first line\nsecond line\nthird line');
    await ana.say(Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\n'));
    await ana.seeMany(5);
    await ana.seeAllSent();
    await ana.go(LONG.slice(0, 48));
    await fits(ana, 'an empty room with a long name');
    await ana.go('lobby');
    await ana.composer.fill('a draft that is as long\nas three lines\nof the field');
    await fits(ana, 'the room with a draft');
    await ana.composer.fill('@bo');
    await page.getByRole('option').first().waitFor();
    await fits(ana, 'the completions');
    await ana.composer.fill('');
    await page.getByRole('button', { name: 'Emoji' }).tap();
    await page.getByRole('gridcell').first().waitFor();
    await fits(ana, 'the emoji');
    await page.getByRole('button', { name: 'Emoji' }).tap();
    await openDrawer(ana);
    await fits(ana, 'the drawer');
    await page.locator('#me').tap();
    await fits(ana, 'the menu');
    await page.keyboard.press('Escape');
    await page.locator('#side').getByRole('button', { name: 'Browse rooms' }).last().tap();
    await page.getByRole('dialog').getByRole('button', { name: /lobby/ }).waitFor();
    await fits(ana, 'the list of rooms');
    await closeDialog(ana);
    for (const [entry, what] of [['Change nickname', 'the change of the nick'], ['Settings', 'the settings'], ['Use on another device', 'the code for another device'], ['Keyboard shortcuts', 'the shortcuts'], ['Sign out', 'the question before signing out']]) {
      await fromMenu(ana, entry);
      await page.getByRole('dialog').waitFor();
      await fits(ana, what);
      await closeDialog(ana);
    }
    await page.getByRole('button', { name: /people$/ }).tap();
    await page.getByRole('dialog').getByText('2 people are here').waitFor();
    await fits(ana, 'the people');
    await closeDialog(ana);
    await page.getByRole('button', { name: 'Find a room' }).tap();
    await page.getByRole('option').first().waitFor();
    await fits(ana, 'the switcher');
    await closeDialog(ana);
    await page.getByRole('button', { name: 'Room menu' }).tap();
    await fits(ana, 'the menu of the room');
    await page.keyboard.press('Escape');
    await ana.say('/nonsense');
    await page.locator('.notice').waitFor();
    await fits(ana, 'a notice');
    await server.kill9();
    await page.locator('#banner').waitFor();
    await fits(ana, 'the banner');
    await ana.say('meanwhile');
    await page.locator('#log .waiting').waitFor();
    await fits(ana, 'what waits');
    await server.restart();
    await ana.seeAllSent();
    flood.leave();
  });
}

test('the drawer tells what is unread, and closes with the choice', needs.touch, async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana', PHONE);
  const { page } = ana;
  await ana.go('kitchen');
  const opener = page.locator('#header .to-rooms');
  await page.locator('#side').waitFor({ state: 'hidden' });
  const bo = await Flood.join(server, 'bo');
  await bo.say('one');
  await bo.say('@ana two');
  await eventually('the button tells', () => opener.getAttribute('aria-label'), (label) => label === 'Your rooms, 2 unread messages');
  assert.equal(await opener.locator('.badge').getAttribute('data-count'), '@1');
  await opener.tap();
  const lobby = page.locator('#side').getByRole('button', { name: /^lobby ?, 2 unread messages, 1 mention of you$/ });
  await lobby.tap();
  await page.locator('#side').waitFor({ state: 'hidden' });
  await ana.see('@ana two');
  await eventually('nothing is unread', () => opener.getAttribute('aria-label'), (label) => label === 'Your rooms');
  assert.equal(await page.evaluate(() => document.activeElement?.id === 'text'), false, 'no keyboard comes up by itself');
  // An earlier notice does not cover the drawer.
  await ana.say('/join a\u0301\u0302\u0303\u0304');
  await page.locator('.notice').waitFor();
  await opener.tap();
  await page.locator('.notice').waitFor({ state: 'hidden' });
  await page.locator('#side').getByRole('button', { name: /^kitchen/ }).tap();
  await ana.isIn('kitchen');
  await page.locator('.notice').waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).tap();
  // A tap beside the drawer closes it, and the room behind it is inert while it is open.
  await opener.tap();
  await eventually('the room is still', () => page.locator('#room').evaluate((room) => /** @type {HTMLElement} */ (room).inert));
  await page.locator('#side').waitFor();
  await page.touchscreen.tap(380, 300);
  await page.locator('#side').waitFor({ state: 'hidden' });
  assert.equal(await page.locator('#room').evaluate((room) => /** @type {HTMLElement} */ (room).inert), false);
  bo.leave();
});

test('a thumb pulls the drawer over the room, and pushes it back', needs.touch, async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana', PHONE);
  const { page } = ana;
  await ana.say('```\na line of code that is much longer than a telephone is wide, so it scrolls by itself\n```');
  await ana.seeMany(1);
  const session = await page.context().newCDPSession(page);
  const swipe = async (/** @type {[number, number]} */ from, /** @type {[number, number]} */ to) => {
    // The finger is just as quick on a busy machine.
    let timestamp = Date.now() / 1_000;
    const touch = (/** @type {any} */ type, /** @type {[number, number][]} */ ...points) => {
      timestamp += 0.05;
      return session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y]) => ({ x, y })), timestamp });
    };
    await touch('touchStart', from);
    await touch('touchMove', [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]);
    await touch('touchMove', to);
    await touch('touchEnd');
  };
  /** @type {string[]} */
  const left = [];
  page.on('framenavigated', (frame) => left.push(frame.url()));
  const side = page.locator('#side');
  const isOpen = () => page.locator('#chat.side-open').count();
  await eventually('a swipe opens it', async () => {
    await swipe([120, 300], [320, 310]);
    return isOpen();
  });
  await side.waitFor();
  await swipe([280, 500], [60, 500]);
  await side.waitFor({ state: 'hidden' });
  // Up and down, along code, and from the edge, where the system has its own gesture: the drawer stays
  // closed.
  const code = await page.locator('#log pre').boundingBox();
  assert.ok(code);
  // Scrolled first, so that swiping back stays within the code.
  await eventually('a swipe scrolls the code', async () => {
    await swipe([320, code.y + 20], [120, code.y + 20]);
    return page.locator('#log pre').evaluate((pre) => pre.scrollLeft);
  }, (px) => px > 150);
  for (const [from, to] of /** @type {[[number, number], [number, number]][]} */ ([
    [[120, 300], [260, 600]], [[120, code.y + 20], [240, code.y + 20]], [[4, 300], [220, 300]], [[120, 300], [150, 300]],
  ])) {
    await swipe(from, to);
    assert.equal(await isOpen(), 0, `${from} to ${to}`);
  }
  // There was another page before the chat, and browsers have a swipe that goes back.
  assert.deepEqual(left, [], 'a swipe leads to no other page');
});

test('the keyboard takes its place from the log, not from the newest message', needs.touch, async (t) => {
  const { server, person } = await stage(t);
  const flood = await Flood.join(server, 'flood');
  await flood.sayMany(80);
  const ana = await person('ana', PHONE);
  await ana.see('message 80');
  const { page } = ana;
  const inSight = (/** @type {string} */ text) => eventually(`${text} is right over the field`, async () => {
    const [line, field] = [await page.locator(parts.said, { hasText: text }).last().boundingBox(), await ana.composer.boundingBox()];
    return { line, field, height: page.viewportSize()?.height ?? 0 };
  }, ({ line, field, height }) => Boolean(line && field && line.y >= 0 && line.y + line.height <= field.y && field.y + field.height <= height));
  await inSight('message 80');
  await ana.composer.tap();
  await page.setViewportSize({ width: 390, height: 420 });
  await inSight('message 80');
  await fits(ana, 'the room over the keyboard');
  await ana.say('typed with the keyboard up');
  await ana.see('typed with the keyboard up');
  await inSight('typed with the keyboard up');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'text', 'the keyboard stays after a send');
  await ana.composer.fill('and by the button');
  await page.getByRole('button', { name: 'Send' }).tap();
  await ana.see('and by the button');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'text', 'the keyboard stays');
  await page.getByRole('button', { name: 'Emoji' }).tap();
  await page.getByRole('gridcell').first().waitFor();
  await fits(ana, 'the emoji over the keyboard');
  const picker = await page.locator('#picker').boundingBox();
  assert.ok(picker && picker.y >= 0, `the picker begins on the screen: ${picker?.y}`);
  await page.getByRole('gridcell').first().tap();
  await eventually('it is put in', () => ana.composer.inputValue(), (text) => text !== '');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Emoji', 'no keyboard comes up, and the focus is kept');
  await ana.composer.fill('');
  await page.setViewportSize({ width: 390, height: 844 });
  await inSight('and by the button');
  flood.leave();
});

test('a tap on a message shows what can be done with it', needs.touch, async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana', PHONE);
  const { page } = ana;
  await ana.sayAndSee('one');
  await ana.sayAndSee('two');
  const bar = page.locator('#log .actions');
  assert.equal(await bar.count(), 0);
  await page.locator(parts.said, { hasText: 'one' }).tap();
  await bar.waitFor();
  await fits(ana, 'the actions of a message');
  await page.locator(parts.said, { hasText: 'two' }).tap();
  await page.locator(parts.said, { hasText: 'two' }).locator('.actions').waitFor();
  await page.locator(parts.said, { hasText: 'two' }).locator('.said').tap({ position: { x: 4, y: 8 } });
  await bar.waitFor({ state: 'detached' });
  await page.locator(parts.said, { hasText: 'one' }).tap();
  await bar.getByRole('button', { name: 'Quote' }).tap();
  await eventually('it is quoted', () => ana.composer.inputValue(), (text) => text === '> one\n\n');
});

test('turned on its side, and back', needs.touch, async (t) => {
  const { server, person } = await stage(t);
  const flood = await Flood.join(server, 'flood');
  await flood.sayMany(40);
  const ana = await person('ana', { ...PHONE, viewport: { width: 844, height: 390 } });
  const { page } = ana;
  await ana.see('message 40');
  await fits(ana, 'the room on its side');
  const log = await page.locator('#log').boundingBox();
  assert.ok(log && log.height > 180, `the messages have the most of it: ${log?.height}`);
  await page.getByRole('button', { name: 'Emoji' }).tap();
  await page.getByRole('gridcell').first().waitFor();
  await fits(ana, 'the emoji on its side');
  const picker = await page.locator('#picker').boundingBox();
  assert.ok(picker && picker.y >= 0, `the picker begins on the screen: ${picker?.y}`);
  await page.getByRole('button', { name: 'Emoji' }).tap();
  await page.locator('#me').tap();
  await page.getByRole('menuitem', { name: 'Settings' }).tap();
  await fits(ana, 'the settings on their side');
  await closeDialog(ana);
  await page.setViewportSize({ width: 390, height: 844 });
  await eventually('the newest is in sight', async () => (await page.locator(parts.said, { hasText: 'message 40' }).boundingBox())?.y ?? 0, (y) => y > 0 && y < 844);
  await fits(ana, 'the room upright again');
  flood.leave();
});
