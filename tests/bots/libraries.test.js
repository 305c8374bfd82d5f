// What docs/libraries.md says of each library, at a real server. Each bot is the shortest program that the
// library's default options allow: it sends two messages, prints what comes, and how it ended.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Server } from '../browser/harness/server.js';
import { Bot } from './harness/bot.js';
import { libraries, missing } from './harness/bots.js';
import { Person } from './harness/person.js';

/** What no message from the server may be longer than. */
const MESSAGE_BYTES = 32_768;
const HELLO = JSON.stringify({ type: 'hello', id: 1, version: 1 });
const JOIN = JSON.stringify({ type: 'join', id: 2, room: 'lobby' });
/** Nobody waits for a bot that hangs. */
const PATIENCE = { timeout: 120_000 };
/** Letters of two bytes, and what JSON escapes, so that bytes, letters and escapes all count differently. */
const TEXT = '"щ" '.repeat(40);

for (const { name, needs } of missing) test(name, { skip: `${needs} is missing` });

/** @param {Server} server */
const ws = (server) => `ws://${server.address}/ws`;

/** A bot of each library. @param {Server} server @param {string} first @param {string} second */
function startAll(server, first, second) {
  return libraries.map((library) => ({ ...library, bot: new Bot(library.command, [ws(server), first, second]) }));
}

describe('in a room, from the first page to the restart of the server', PATIENCE, () => {
  /** @type {Server} */
  let server;
  /** @type {Person} */
  let person;
  /** @type {ReturnType<typeof startAll>} */
  let bots;

  before(async () => {
    server = await Server.start(['--heartbeat', '3s', '--hello-timeout', '3s']);
    person = await Person.connect(ws(server));
    await person.ask('join', { room: 'lobby' });
    for (let n = 0; n < 100; n++) await person.say('lobby', TEXT + n);
    bots = startAll(server, HELLO, JOIN);
  });
  after(() => {
    for (const { bot } of bots) bot.kill9();
    return server.remove();
  });

  test('the largest page comes whole', async (t) => {
    for (const { name, bot } of bots) {
      await t.test(name, async () => {
        const { event, bytes } = await bot.message('ok', ({ id }) => id === 2);
        assert.ok(bytes > MESSAGE_BYTES - 1_000 && bytes <= MESSAGE_BYTES, `${bytes} bytes`);
        assert.equal(event.events.at(-1).text, TEXT + 99);
      });
    }
  });

  test('a quiet room is survived, by pongs alone', async (t) => {
    // Bots have said their last word, and only then come others who answer no ping, one after the other. When the
    // server has closed the second, no bot can be there that did not answer either.
    for (let n = 0; n < 2; n++) {
      const mute = await Person.connect(ws(server), { autoPong: false });
      assert.equal(await mute.closed, 4000);
    }
    await person.say('lobby', 'is anybody here?');
    for (const { name, bot } of bots) {
      await t.test(name, () => bot.message('message', ({ text }) => text === 'is anybody here?'));
    }
  });

  test('the close code of a restart reaches the program', async (t) => {
    await server.stop();
    for (const { name, bot } of bots) {
      await t.test(name, async () => {
        const { event } = await bot.message('bye');
        assert.equal(event.reconnect, true);
        assert.match(await bot.next('closed'), /^1001 \S/);
      });
    }
  });
});

test('a close code of throng reaches the program, with its reason', PATIENCE, async (t) => {
  const server = await Server.start();
  t.after(() => server.remove());
  for (const { name, bot } of startAll(server, JSON.stringify({ type: 'hello', id: 1, version: 999 }), '')) {
    t.after(() => bot.kill9());
    await t.test(name, async () => {
      const { event } = await bot.message('bye');
      assert.equal(await bot.next('closed'), `4500 ${event.reason}`);
    });
  }
});

test('a full server is seen as 503, where the library shows it', PATIENCE, async (t) => {
  const server = await Server.start(['--connections-max', '1']);
  t.after(() => server.remove());
  await Person.connect(ws(server));
  for (const { name, bot, refusal } of startAll(server, HELLO, JOIN)) {
    t.after(() => bot.kill9());
    await t.test(name, async () => {
      assert.match(await bot.next('refused'), refusal);
      assert.ok(!bot.lines.some((line) => line.startsWith('message')), 'it was let in');
    });
  }
});
