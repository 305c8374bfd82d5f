// Messages that a person has not seen: how many, where they begin, and that read ones stay read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { inView } from './harness/log.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** The badge of a room in the list: a number, one with an @ for mentions, or nothing. @param {Person} person @param {string} room */
async function badge({ page }, room) {
  const all = await page.locator(`${parts.room(room)} .badge`).allTextContents();
  return all.join(' ');
}

/** @param {Person} person @param {string} room @param {string} wanted */
const seeBadge = (person, room, wanted) => eventually(`beside ${room} is "${wanted}"`, () => badge(person, room), (now) => now === wanted);

/** Waits until a message is the last one in view. @param {Person} person @param {number} seq */
const seeAtEnd = (person, seq) => eventually(`message ${seq} is in view at the end`, () => inView(person.page), (seen) => seen.at(-1)?.seq === seq);

/** The seq of the first message below the unread divider, or `null`. @param {Person} person */
const firstNew = ({ page }) => page.evaluate(() => {
  const next = document.querySelector('#log li.new + li.message');
  return next && Number(next.getAttribute('data-seq'));
});

/** @param {import('./harness/server.js').Server} server @param {string} room */
async function flooding(server, room) {
  return Flood.join(server, `in ${room}`.replace(' ', '-'), room);
}

test('what is said elsewhere is counted, and mentions apart; opening the room reads it, for good', async (t) => {
  const { server, person } = await stage(t);
  const [bo, ana] = [await flooding(server, 'garden'), await person('ana')];
  t.after(() => bo.leave());
  await bo.sayMany(5);
  await ana.go('garden');
  await seeAtEnd(ana, 5);
  await ana.go('lobby');
  assert.equal(await badge(ana, 'garden'), '', 'what was there when a person came is not unread');

  await bo.sayMany(2, (number) => `number ${number}`);
  await seeBadge(ana, 'garden', '2');
  await bo.say('hello @ana');
  await seeBadge(ana, 'garden', '@1');
  assert.match(await ana.page.locator(parts.room('garden')).innerText(), /3 unread messages, 1 mention of you/);
  await ana.reload();
  await seeBadge(ana, 'garden', '@1');
  assert.match(await ana.page.locator(parts.room('garden')).innerText(), /3 unread messages/, 'and after a reload');

  await ana.go('garden');
  await seeAtEnd(ana, 8);
  assert.equal(await firstNew(ana), 6, 'the line stands above the first one');
  await seeBadge(ana, 'garden', '');
  await bo.say('while it is looked at');
  await seeAtEnd(ana, 9);
  assert.equal(await firstNew(ana), 6, 'the line stays while the room is open');
  assert.equal(await badge(ana, 'garden'), '');

  await ana.go('lobby');
  await ana.go('garden');
  await seeAtEnd(ana, 9);
  assert.equal(await firstNew(ana), null, 'read once, read for good');
  await ana.reload();
  await seeAtEnd(ana, 9);
  await ana.sayAndSee('after the reload');
  assert.equal(await firstNew(ana), null);
  assert.equal(await badge(ana, 'garden'), '');
});

test('who answers has read: the line goes', async (t) => {
  const { server, person } = await stage(t);
  const [bo, ana] = [await flooding(server, 'garden'), await person('ana')];
  t.after(() => bo.leave());
  await ana.go('garden');
  await ana.sayAndSee('mine');
  await ana.go('lobby');
  await bo.say('an answer');
  await seeBadge(ana, 'garden', '1');
  await ana.go('garden');
  await eventually('the line is there', () => firstNew(ana), (seq) => seq === 2);
  await ana.sayAndSee('and mine to that');
  await eventually('the line has gone', () => firstNew(ana), (seq) => seq === null);
});

/** A person who has read 100 messages of a room, and comes back to 150 more. @param {import('node:test').TestContext} t */
async function manyUnread(t) {
  const { server, person } = await stage(t);
  const [bo, ana] = [await flooding(server, 'garden'), await person('ana')];
  t.after(() => bo.leave());
  await bo.sayMany(100);
  await ana.go('garden');
  await seeAtEnd(ana, 100);
  await ana.go('lobby');
  await bo.sayMany(150, (number) => `message ${100 + number}`);
  await seeBadge(ana, 'garden', '99+');
  await ana.go('garden');
  await seeAtEnd(ana, 250);
  return ana;
}

test('a hundred and more are unread: the first one is a button away, and so is the newest', async (t) => {
  const ana = await manyUnread(t);
  await ana.page.getByRole('button', { name: 'Jump to first unread' }).click();
  const seen = await eventually('the first one is in view', () => inView(ana.page), (now) => now.some(({ seq }) => seq === 101));
  assert.equal(await firstNew(ana), 101);
  assert.ok(seen.some(({ seq }) => seq === 100), 'with a little of what was before it');
  assert.equal(await ana.page.evaluate(() => document.activeElement?.getAttribute('data-seq')), '101', 'the keyboard is there too');
  assert.equal(await ana.page.getByRole('button', { name: 'Jump to first unread' }).count(), 0);
  await ana.page.getByRole('button', { name: 'Jump to newest' }).click();
  await seeAtEnd(ana, 250);
  assert.equal(await ana.page.getByRole('button', { name: 'Jump to first unread' }).count(), 0, 'nobody is sent there again');
});

test('who goes to the newest by Escape has done with the unread ones', async (t) => {
  const ana = await manyUnread(t);
  const first = ana.page.getByRole('button', { name: 'Jump to first unread' });
  await first.waitFor();
  await ana.page.keyboard.press('Escape');
  await first.waitFor({ state: 'hidden' });
  await seeAtEnd(ana, 250);
});

test('the first unread one is a button away also when it is not loaded', async (t) => {
  const { server, person } = await stage(t);
  const [bo, ana] = [await flooding(server, 'garden'), await person('ana')];
  t.after(() => bo.leave());
  await bo.sayMany(10);
  await ana.go('garden');
  await seeAtEnd(ana, 10);
  await ana.go('lobby');
  await ana.loseNetwork();
  await eventually('the page is away', () => bo.ask('members', { room: 'garden' }), ({ members }) => members.count === 1);
  await bo.sayMany(1_000, (number) => `message ${10 + number}`);
  await ana.findNetwork();
  await seeBadge(ana, 'garden', '99+');
  assert.match(await ana.page.locator(parts.room('garden')).innerText(), /1,?000 unread messages/);
  await ana.go('garden');
  await seeAtEnd(ana, 1_010);
  await ana.page.getByRole('button', { name: 'Jump to first unread' }).click();
  await eventually('the first one is in view', () => inView(ana.page), (now) => now.some(({ seq }) => seq === 11));
  assert.equal(await firstNew(ana), 11);
});

test('what a person says in another window of theirs is not unread', async (t) => {
  const { server, person } = await stage(t);
  const [bo, ana] = [await flooding(server, 'garden'), await person('ana')];
  t.after(() => bo.leave());
  await ana.go('garden');
  await ana.sayAndSee('the first');
  const other = await ana.page.context().newPage();
  await other.goto(`${server.url}#lobby`);
  await other.locator(`${parts.room('lobby')}[aria-current="true"]`).waitFor();
  await other.locator(parts.room('garden')).waitFor();
  await other.locator('#me .face.online').waitFor();
  // Every badge that was ever shown on the room, until the end.
  await other.evaluate((room) => {
    const told = /** @type {any} */ (window);
    told.badges = [];
    new MutationObserver(() => {
      for (const { textContent } of document.querySelectorAll(`${room} .badge`)) told.badges.push(textContent);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  }, parts.room('garden'));
  for (const text of ['one', 'two', 'three']) await ana.sayAndSee(text);
  await ana.go('lobby');
  await bo.say('from somebody else');
  await other.locator(`${parts.room('garden')} .badge`).waitFor();
  assert.deepEqual(await other.evaluate(() => [...new Set(/** @type {any} */ (window).badges)]), ['1']);
});

test('what comes while another tab is in front is counted and marked, and read when the person is back', needs.protocol, async (t) => {
  const { server, person } = await stage(t);
  const [bo, ana] = [await flooding(server, 'lobby'), await person('ana')];
  t.after(() => bo.leave());
  await bo.say('while ana looks');
  await seeAtEnd(ana, 1);
  const devtools = await ana.page.context().newCDPSession(ana.page);
  // Pages under test always believe that they have the focus, unless this is set.
  await devtools.send('Emulation.setFocusEmulationEnabled', { enabled: false });
  const other = await ana.page.context().newPage();
  await other.bringToFront();
  await eventually('the page is not in front', () => ana.page.evaluate(() => document.hasFocus()), (has) => !has);
  await bo.sayMany(3, (number) => `meanwhile ${number}`);
  await seeBadge(ana, 'lobby', '3');
  assert.match(await ana.page.title(), /3/);
  await bo.say('@ana?');
  await seeBadge(ana, 'lobby', '@1');
  await ana.page.bringToFront();
  await eventually('the line is there', () => firstNew(ana), (seq) => seq === 2);
  await seeBadge(ana, 'lobby', '');
  await eventually('the title is calm again', () => ana.page.title(), (title) => !/\d/.test(title));
});
