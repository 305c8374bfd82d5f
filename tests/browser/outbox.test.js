// Messages written without a network, or without getting an answer: none is lost, and none is sent twice.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { onlyInChromium } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { seeDrawn } from './harness/frames.js';
import { logOf, seeEnd, seeInstalled, seeUnsent } from './harness/kept.js';
import { Line } from './harness/line.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */
/** @typedef {import('./harness/server.js').Server} Server */

const SAID = { kitchen: ['kitchen one', 'kitchen two'], lobby: ['lobby one', 'lobby two', 'lobby three'] };

/** Sends messages in two rooms, so that there is something to come back to. @param {Person} ana */
async function settleIn(ana) {
  await ana.sayAndSee('in the lobby before');
  await ana.go('kitchen');
  await ana.sayAndSee('in the kitchen before');
  await seeInstalled(ana);
}

/** Writes messages in two rooms that cannot be sent now; returns the stored ones. @param {Person} ana */
async function sayMuch(ana) {
  for (const [room, texts] of Object.entries(SAID)) {
    await ana.go(room);
    for (const text of texts) await ana.say(text);
  }
  const kept = await seeUnsent(ana, 5);
  assert.deepEqual(kept.map(({ text }) => text), Object.values(SAID).flat(), 'in the order in which they were said');
  return kept;
}

/** Checks that each room shows its messages and the waiting ones. @param {Person} ana */
async function seeWaiting(ana) {
  for (const [room, texts] of Object.entries(SAID)) {
    await ana.go(room);
    await ana.see(`in the ${room} before`);
    await eventually('what waits is there', () => ana.outgoing(), (now) => now.length === texts.length);
    assert.deepEqual(await ana.outgoing(), texts);
    assert.equal(await ana.page.locator(`${parts.outgoing}.waiting`).filter({ hasText: 'Waiting to be sent' }).count(), texts.length);
  }
}

/**
 * Checks that every message was sent once and in order, with the stored cids.
 * @param {Server} server
 * @param {Person} ana
 * @param {any[]} kept
 */
async function seeSaid(server, ana, kept) {
  const flood = await Flood.join(server, 'flood');
  for (const room of Object.keys(SAID)) {
    await flood.ask('join', { room, limit: 0 });
    await ana.go(room);
    await ana.seeAllSent();
    const mine = kept.filter((one) => one.name === room).map(({ text, cid }) => ({ text, cid }));
    const log = await logOf(flood, room);
    assert.deepEqual(log.slice(1).map(({ text, cid }) => ({ text, cid })), mine);
    assert.deepEqual(await ana.texts(), log.map(({ text }) => text));
  }
  await seeUnsent(ana, 0);
  flood.leave();
}

/** @type {[string, (ana: Person, server: Server) => Promise<void>, (ana: Person, server: Server) => Promise<void>][]} */
const LOSSES = [
  ['the network is lost', (ana) => ana.loseNetwork(), (ana) => ana.findNetwork()],
  ['the server drains', (_, server) => server.stop(), (_, server) => server.restart()],
];

for (const [loss, lose, find] of LOSSES) {
  test(`${loss}: what is said outlives a reload and is sent once, in order`, async (t) => {
    const { server, person } = await stage(t);
    const ana = await person('ana');
    await settleIn(ana);
    await lose(ana, server);
    const kept = await sayMuch(ana);
    await ana.reload();
    await seeWaiting(ana);
    await find(ana, server);
    await seeSaid(server, ana, kept);
  });
}

test('what is said offline outlives the browser', onlyInChromium('Playwright opens no profile of Firefox'), async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'throng-profile-'));
  const { server, person, visitor } = await stage(t);
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const ana = await person('ana', { folder });
  await settleIn(ana);
  await server.kill9();
  const kept = await sayMuch(ana);
  for (const room of Object.keys(SAID)) await seeEnd(ana, room, `in the ${room} before`);
  await ana.leave();
  const again = await visitor({ folder });
  await seeWaiting(again);
  await server.restart();
  await seeSaid(server, again, kept);
});

/**
 * A person whose send is in the log, but whose answer never comes.
 * @param {import('node:test').TestContext} t
 */
async function unanswered(t) {
  const { server, visitor } = await stage(t);
  const line = await Line.to(server);
  t.after(() => line.stop());
  const ana = await visitor({ at: line.url });
  await ana.enter('ana');
  await ana.sayAndSee('before');
  await seeInstalled(ana);
  const flood = await Flood.join(server, 'flood');
  line.mute();
  await ana.say('said once');
  await eventually('it is in the log', () => logOf(flood), (log) => log.at(-1)?.text === 'said once');
  await eventually('it is on its way', () => ana.outgoing(), ([text]) => text === 'said once');
  return { server, ana, flood };
}

/** @param {Server} server @param {Person} ana */
async function seeOnce(server, ana) {
  await ana.seeAllSent();
  await seeUnsent(ana, 0);
  const reader = await Flood.join(server, 'reader');
  const [last] = (await logOf(reader)).slice(-1);
  await ana.sayAndSee('after');
  const log = await logOf(reader);
  assert.equal(log.at(-1)?.seq, last.seq + 1, 'nothing else was said');
  reader.leave();
  return log;
}

test('a send whose answer is lost with the server is not said twice', async (t) => {
  const { server, ana } = await unanswered(t);
  await server.kill9();
  await server.restart();
  await ana.see('said once');
  const log = await seeOnce(server, ana);
  assert.deepEqual(log.map(({ text }) => text), ['before', 'said once', 'after']);
  assert.deepEqual(await ana.texts(), ['before', 'said once', 'after']);
});

test('nor is it after a reload in between', async (t) => {
  const { server, ana } = await unanswered(t);
  const [{ cid }] = await seeUnsent(ana, 1);
  await server.kill9();
  await ana.reload();
  await eventually('it waits', () => ana.outgoing(), (texts) => texts[0] === 'said once');
  await server.restart();
  await ana.see('said once');
  const log = await seeOnce(server, ana);
  assert.deepEqual(log.map(({ text }) => text), ['before', 'said once', 'after']);
  assert.equal(log[1].cid, cid);
});

test('nor is it when its message lies in a gap', async (t) => {
  const { server, ana, flood } = await unanswered(t);
  await flood.sayMany(400);
  await server.kill9();
  await server.restart();
  await ana.see('message 400');
  await seeOnce(server, ana);
  const again = await Flood.join(server, 'bo');
  const { head } = await again.ask('history', { room: 'lobby' });
  assert.equal(head, 403, 'before, said once, 400 messages, after');
  again.leave();
});

test('what is refused stays in sight, and is tried again or removed as the person says', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await ana.sayAndSee('before');
  await seeInstalled(ana);
  await server.kill9();
  const [long, other] = ['long '.repeat(10).trim(), 'other '.repeat(10).trim()];
  for (const text of [long, other, 'short']) await ana.say(text);
  await server.restart(['--text-bytes-max', '20', '--frame-bytes-max', '2KiB']);
  await ana.see('short');
  const failed = ana.page.locator('#log li.failed');
  await eventually('both have failed', () => failed.count(), (count) => count === 2);
  await failed.filter({ hasText: 'Not sent.' }).nth(1).waitFor();
  const cids = (await seeUnsent(ana, 2)).map(({ cid }) => cid);

  await failed.nth(1).getByRole('button', { name: 'Remove' }).click();
  await seeUnsent(ana, 1);
  await ana.reload();
  await ana.see('short');
  await eventually('one is left', () => ana.outgoing(), (texts) => texts.length === 1);
  assert.equal(await failed.count(), 1, 'a reload tries nothing that was refused');

  await server.kill9();
  await server.restart([]);
  await failed.getByRole('button', { name: 'Try again' }).click();
  await ana.see(long);
  await ana.seeAllSent();
  const flood = await Flood.join(server, 'flood');
  const log = await logOf(flood);
  assert.deepEqual(log.map(({ text }) => text), ['before', 'short', long]);
  assert.equal(log.at(-1)?.cid, cids[0]);
  await seeUnsent(ana, 0);
  flood.leave();
});

test('what waits offline can be taken back, and its room left', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await ana.go('kitchen');
  await ana.sayAndSee('before');
  await server.kill9();
  // A message written before the page notices may have been sent and be in the log, so it cannot be taken
  // back.
  await ana.page.locator('#me .face.offline').waitFor();
  for (const text of ['one', 'two']) await ana.say(text);
  await eventually('both wait', () => ana.outgoing(), ({ length }) => length === 2);
  const waiting = ana.page.locator('#log li.waiting');
  await ana.composer.press('Shift+ArrowUp');
  await eventually('the keyboard is at the newest', () => ana.page.evaluate(() => document.activeElement?.textContent?.includes('two')));
  await ana.page.keyboard.press('Enter');
  await ana.composer.focus();
  await seeDrawn(ana);
  assert.deepEqual([await ana.outgoing(), (await seeUnsent(ana, 2)).length], [['one', 'two'], 2], 'Enter takes nothing away');
  await waiting.filter({ hasText: 'one' }).getByRole('button', { name: 'Remove' }).click();
  await ana.say('/leave');
  await ana.page.locator('#notices').filter({ hasText: 'kitchen' }).waitFor();
  assert.deepEqual([await ana.outgoing(), (await seeUnsent(ana, 1)).map(({ text }) => text)], [['two'], ['two']]);
  await waiting.getByRole('button', { name: 'Remove' }).click();
  await seeUnsent(ana, 0);
  await ana.say('/leave');
  await ana.page.locator(parts.room('kitchen')).waitFor({ state: 'detached' });
  await server.restart();
  await ana.sayAndSee('in the lobby');
  const flood = await Flood.join(server, 'flood', 'kitchen');
  assert.deepEqual((await logOf(flood, 'kitchen')).map(({ text }) => text), ['before']);
  flood.leave();
});

test('what was said in a room that takes nobody in is sent when it does', async (t) => {
  const { server, person } = await stage(t, { flags: ['--rooms-per-session-max', '2'] });
  const ana = await person('ana');
  await ana.sayAndSee('in the lobby');
  await ana.go('kitchen');
  await ana.sayAndSee('in the kitchen');
  await server.kill9();
  await ana.go('garden');
  await ana.say('in the garden');
  await ana.go('lobby');
  await server.restart();
  await ana.page.locator('#notices').filter({ hasText: 'garden' }).waitFor();
  await ana.go('garden');
  const failed = ana.page.locator('#log li.failed');
  await failed.waitFor();
  await ana.go('kitchen');
  await ana.say('/leave');
  await ana.page.locator(parts.room('kitchen')).waitFor({ state: 'detached' });
  await ana.go('garden');
  await failed.getByRole('button', { name: 'Try again' }).click();
  await ana.see('in the garden');
  await ana.seeAllSent();
});

for (const [how, breakIt] of /** @type {[string, () => void][]} */ ([
  ['fails', () => { IDBFactory.prototype.open = () => { throw new DOMException('on purpose', 'SecurityError'); }; }],
  ['is taken away', () => { IDBDatabase.prototype.transaction = () => { throw new DOMException('on purpose', 'InvalidStateError'); }; }],
  ['never answers', () => { IDBFactory.prototype.open = () => /** @type {any} */ ({}); }],
])) {
  test(`a browser whose database ${how} is told once, and chats`, async (t) => {
    const { server, visitor } = await stage(t);
    const ana = await visitor({ at: 'about:blank' });
    await ana.page.addInitScript(breakIt);
    await ana.page.goto(server.url);
    await ana.enter('ana');
    await ana.say('one');
    const notice = ana.page.locator('#notices').filter({ hasText: 'Your browser does not store anything for this page' });
    await notice.waitFor();
    await ana.page.getByRole('button', { name: 'Dismiss' }).click();
    await notice.waitFor({ state: 'detached' });
    await ana.see('one');
    await ana.sayAndSee('two');
    assert.equal(await notice.count(), 0, 'once is enough');
    await ana.reload();
    await ana.see('two');
    await ana.sayAndSee('three');
    assert.deepEqual(await ana.texts(), ['one', 'two', 'three']);
  });
}

test('another server at the same address gets what was never tried, and no second copy of what was', async (t) => {
  const { server, ana, flood } = await unanswered(t);
  flood.leave();
  await ana.say('never tried');
  await seeUnsent(ana, 2);
  await server.kill9();
  server.lose();
  await server.restart();
  await ana.see('never tried');
  const failed = ana.page.locator('#log li.failed');
  await failed.filter({ hasText: 'This may have been sent' }).waitFor();
  assert.deepEqual(await ana.outgoing(), ['said once']);
  assert.equal(await failed.getByRole('button', { name: 'Try again' }).count(), 0, 'it might be said twice');
  await ana.reload();
  await ana.see('never tried');
  await failed.getByRole('button', { name: 'Remove' }).click();
  await seeUnsent(ana, 0);
  await ana.sayAndSee('after');
  assert.deepEqual(await ana.texts(), ['never tried', 'after'], 'what another log held is forgotten');
});
