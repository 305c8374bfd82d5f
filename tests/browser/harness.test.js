// The harness itself: it sees what it watches for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './harness/accessible.js';
import { Flood } from './harness/flood.js';
import { seeDrawn, watchFrames } from './harness/frames.js';
import { eventually } from './harness/patience.js';
import { stage } from './harness/stage.js';

test('an exception and an error in the console are seen', async (t) => {
  const { visitor } = await stage(t);
  const ana = await visitor();
  await ana.page.evaluate(() => {
    console.error('told on purpose');
    setTimeout(() => { throw new Error('thrown on purpose'); });
  });
  await eventually('both are reported', () => ana.trouble.told, (told) => told.length >= 2);
  assert.equal(ana.trouble.take(/told on purpose/).length, 1);
  assert.equal(ana.trouble.take(/thrown on purpose/).length, 1);
});

test('a lost connection is no trouble only when the server was away', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await ana.sayAndSee('before');
  await ana.page.evaluate(() => console.error("WebSocket connection to 'ws://127.0.0.1/ws' failed: "));
  await eventually('it is reported', () => ana.trouble.told, (told) => told.length === 1);
  await server.kill9();
  assert.deepEqual(ana.trouble.told, []);
  await server.restart();
  await ana.sayAndSee('after');
});

test('a flood says everything once and in order', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const flood = await Flood.join(server, 'flood');
  await flood.sayMany(2_000);
  const { events, head } = await flood.ask('history', { room: 'lobby', limit: 100 });
  assert.equal(head, 2_000);
  assert.equal(events.at(-1).text, 'message 2000');
  assert.ok(events.every((/** @type {any} */ event) => event.text === `message ${event.seq}`));
  await ana.see('message 2000');
  flood.leave();
});

test('frames and what axe-core finds are told', async (t) => {
  const { visitor } = await stage(t);
  const ana = await visitor();
  const stop = await watchFrames(ana.page);
  await ana.page.evaluate(() => {
    const end = performance.now() + 300;
    while (performance.now() < end);
    document.body.append(document.createElement('img'));
  });
  await seeDrawn(ana);
  const times = await stop();
  assert.ok(Math.max(...times) >= 250, `a frame was late: ${times}`);
  assert.ok((await violations(ana.page)).some((line) => line.startsWith('image-alt')));
});
