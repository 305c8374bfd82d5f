// A room is identified by its id, not its name: one room with two spellings, another room with the same name,
// and rooms whose id is not known yet.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flood } from './harness/flood.js';
import { logOf, seeEnd, seeInstalled, seeUnsent } from './harness/kept.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** The kitchen with a Cyrillic letter: for the server it is the same name. */
const OTHER_KITCHEN = 'kit\u0441hen';

/** The names of the rooms, from top to bottom. @param {Person} person */
const names = ({ page }) => page.locator('nav .room bdi').allTextContents();

/** Waits until the rooms have these names. @param {Person} person @param {...string} wanted */
const seeRooms = (person, ...wanted) => eventually(`the rooms are ${wanted}`, () => names(person), (all) => all.join() === wanted.join());

/** The hash of the address. @param {Person} person */
const hash = ({ page }) => decodeURIComponent(new URL(page.url()).hash);

/** The stored list of rooms. @param {Person} person @returns {Promise<[string, string][]>} */
const listed = ({ page }) => page.evaluate(() => JSON.parse(localStorage.getItem('throng.rooms') ?? '[]'));

/** Waits until the texts of the log are these. @param {Person} person @param {...string} wanted */
const seeTexts = (person, ...wanted) => eventually(`the log is ${wanted}`, () => person.texts(), (texts) => texts.join() === wanted.join());

test('two spellings of a name are one room with one history', async (t) => {
  const { server, person } = await stage(t);
  const bo = await Flood.join(server, 'bo', 'kitchen');
  t.after(() => bo.leave());
  await bo.say('who cooks?');
  const ana = await person('ana');
  await ana.say(`/join ${OTHER_KITCHEN}`);
  await ana.isIn('kitchen');
  await seeTexts(ana, 'who cooks?');
  assert.deepEqual([await names(ana), hash(ana), await ana.page.title()], [['lobby', 'kitchen'], '#kitchen', 'kitchen · throng']);
  for (const other of ['KITCHEN', '#Kitchen', OTHER_KITCHEN.toUpperCase()]) {
    await ana.go('lobby');
    await ana.page.evaluate((room) => { location.hash = `#${encodeURIComponent(room)}/1`; }, other);
    await ana.isIn('kitchen');
    await eventually('the address has the one spelling', () => hash(ana), (now) => now.split('/')[0] === '#kitchen');
    await seeRooms(ana, 'lobby', 'kitchen');
  }
  await ana.sayAndSee('I do');
  assert.deepEqual((await logOf(bo, 'kitchen')).map(({ text }) => text), ['who cooks?', 'I do']);
});

test('what is written offline under another spelling is sent to the room that it means', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await ana.sayAndSee('in the lobby');
  await ana.go('kitchen');
  await ana.sayAndSee('in the kitchen');
  await server.kill9();
  await ana.go(OTHER_KITCHEN);
  await ana.say('under another spelling');
  await ana.write('half a sentence');
  await seeUnsent(ana, 1);
  await server.restart();
  await seeRooms(ana, 'lobby', 'kitchen');
  await ana.isIn('kitchen');
  await ana.seeAllSent();
  await seeTexts(ana, 'in the kitchen', 'under another spelling');
  assert.deepEqual([hash(ana), await ana.composer.inputValue()], ['#kitchen', 'half a sentence']);
  await seeUnsent(ana, 0);
});

test('a new room that was opened offline outlives a reload, with what was written there', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await ana.sayAndSee('in the lobby');
  await seeInstalled(ana);
  await server.kill9();
  await ana.go('attic');
  await ana.say('first');
  await ana.go('cellar');
  await ana.go('attic');
  await ana.write('half a sentence');
  await seeUnsent(ana, 1);
  await ana.reload();
  await ana.isIn('attic');
  assert.deepEqual([await names(ana), await ana.outgoing(), await ana.composer.inputValue()], [['lobby', 'attic', 'cellar'], ['first'], 'half a sentence']);
  await server.restart();
  await ana.seeAllSent();
  await ana.see('first');
  await eventually('all rooms have ids', () => listed(ana), (all) => all.every(([id]) => /^[0-9A-Z]{26}$/.test(id)));
  assert.deepEqual([await names(ana), hash(ana), await ana.composer.inputValue()], [['lobby', 'attic', 'cellar'], '#attic', 'half a sentence']);
  await ana.reload();
  await ana.see('first');
  assert.equal(await ana.composer.inputValue(), 'half a sentence');
});

test('a room that was lost with the data of the server and made again begins fresh', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  for (const text of ['one', 'two', 'three']) await ana.sayAndSee(text);
  await seeEnd(ana, 'lobby', 'three');
  const [[before]] = await listed(ana);
  await server.kill9();
  server.lose();
  await server.restart();
  await ana.page.locator('#notices', { hasText: 'The lobby that you knew no longer exists on this server.' }).waitFor();
  await seeTexts(ana);
  await ana.page.getByText('No messages yet').waitFor();
  const bo = await Flood.join(server, 'bo');
  t.after(() => bo.leave());
  await bo.say('hello?');
  await seeTexts(ana, 'hello?');
  await seeEnd(ana, 'lobby', 'hello?');
  const [[after], ...more] = await listed(ana);
  assert.deepEqual([more, before === after, hash(ana)], [[], false, '#lobby']);
  await ana.reload();
  await seeTexts(ana, 'hello?');
  assert.deepEqual([await ana.seqs(), await ana.page.locator('#log li.gap').count()], [[1], 0]);
});

test('a page that was closed while the server lost its data mixes nothing of the old room into the new one', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  for (const text of ['one', 'two', 'three']) await ana.sayAndSee(text);
  await seeEnd(ana, 'lobby', 'three');
  await ana.page.goto('about:blank');
  await server.kill9();
  server.lose();
  await server.restart();
  const bo = await Flood.join(server, 'bo');
  t.after(() => bo.leave());
  await bo.sayMany(5, (number) => `new ${number}`);
  await ana.page.goto(server.url);
  await eventually('the new room is there', () => ana.texts(), (texts) => texts.length === 5 && texts.every((text) => text.startsWith('new ')));
  assert.deepEqual(await ana.seqs(), [1, 2, 3, 4, 5]);
  assert.equal(await ana.page.locator(`${parts.room('lobby')} .badge`).count(), 0, 'nothing is unread in a new room');
});

test('an empty room that comes back under another id keeps the draft, without a word', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const before = (await listed(ana))[0][0];
  await ana.write('half a sentence');
  await server.stop();
  await server.restart();
  await eventually('it has another id', () => listed(ana), ([[id]]) => id !== before && !id.startsWith('#'));
  await ana.page.locator('#side .face.online').waitFor();
  assert.deepEqual([await names(ana), await ana.composer.inputValue()], [['lobby'], 'half a sentence']);
  assert.equal(await ana.page.locator('#notices .toast').count(), 0);
  assert.equal(await ana.page.evaluate(() => document.activeElement?.id), 'text');
  await ana.composer.press('Enter');
  await ana.see('half a sentence');
});

/** Runs in the page: the data that an older version of the page stored, which knew rooms by their names. */
async function storeNames() {
  const reads = Object.values(JSON.parse(localStorage.getItem('throng.reads') ?? '{}'));
  localStorage.setItem('throng.rooms', '["lobby","kitchen"]');
  localStorage.setItem('throng.reads', JSON.stringify({ lobby: [reads[0][0], 1] }));
  localStorage.setItem('throng.shown', 'kitchen');
  localStorage.setItem('throng.draft.kitchen', 'half a sentence');
  const { id } = JSON.parse(localStorage.getItem('throng.me') ?? 'null');
  /** @param {IDBRequest<any>} request */
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  await done(indexedDB.deleteDatabase('throng'));
  const opening = indexedDB.open('throng', 1);
  opening.onupgradeneeded = () => {
    const message = { type: 'message', room: 'lobby', seq: 1, cid: '01K9ZS6Q3V8Y4N2B7C5D000001', from: { id, nick: 'ana' }, text: 'one', at: 1 };
    const outgoing = { cid: '01K9ZS6Q3V8Y4N2B7C5D000002', room: 'kitchen', kind: 'text', text: 'unsent', firstAt: Date.now(), tries: 0, sender: null, failed: false, unknown: false, problem: null };
    opening.result.createObjectStore('outgoing', { keyPath: 'cid' }).put({ ...outgoing, order: 1 });
    opening.result.createObjectStore('rooms', { keyPath: 'name' }).put({ name: 'lobby', epoch: reads[0][0], last: 1, first: 1, count: 1, messages: [message] });
  };
  (await done(opening)).close();
}

test('what a page stored that knew rooms by their names is taken over', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  for (const text of ['one', 'two', 'three']) await ana.sayAndSee(text);
  await seeEnd(ana, 'lobby', 'three');
  await ana.page.goto(new URL('healthz', server.url).href);
  await ana.page.evaluate(storeNames);
  await ana.page.goto(server.url);
  ana.trouble.take(/favicon/);
  await ana.isIn('kitchen');
  await ana.seeAllSent();
  await seeTexts(ana, 'unsent');
  await seeUnsent(ana, 0);
  assert.deepEqual([await names(ana), await ana.composer.inputValue()], [['lobby', 'kitchen'], 'half a sentence']);
  await ana.go('lobby');
  await seeTexts(ana, 'one', 'two', 'three');
  assert.deepEqual((await listed(ana)).map(([id, name]) => [id.length, name]), [[26, 'lobby'], [26, 'kitchen']]);
});
