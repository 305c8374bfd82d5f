// A server of a later version: entries that this page does not know keep their seqs, and the person notices
// nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flood } from './harness/flood.js';
import { Liar } from './harness/liar.js';
import { stage } from './harness/stage.js';

/** Turns a message into an entry that the page does not know. @param {any} entry */
const later = (entry) => (entry.type === 'message' && /^later/.test(entry.text)
  ? { type: 'poll', room: entry.room, seq: entry.seq, question: entry.text } : entry);

/** @param {import('node:test').TestContext} t */
async function withLaterServer(t) {
  const { server, visitor } = await stage(t);
  const liar = await Liar.start(server);
  t.after(() => liar.stop());
  liar.lie = (event) => ({ ...later(event), ...(event.events && { events: event.events.map(later) }) });
  const bo = await Flood.join(server, 'bo');
  t.after(() => bo.leave());
  return { liar, bo, open: () => visitor({ at: liar.url }) };
}

test('what is pushed of a later version is shown as nothing, and the connection stays', async (t) => {
  const { liar, bo, open } = await withLaterServer(t);
  const ana = await open();
  await ana.enter('ana');
  for (const text of ['one', 'later two', 'later three', 'four']) await bo.say(text);
  await ana.see('four');
  assert.deepEqual([await ana.texts(), await ana.seqs()], [['one', 'four'], [1, 4]]);
  assert.equal(await ana.page.locator('#log .gap').count(), 0);
  await ana.sayAndSee('five');
  assert.equal(liar.attempts, 1);
});

test('pages that begin, end and consist of it are read through, up to the first message', async (t) => {
  const { liar, bo, open } = await withLaterServer(t);
  await bo.say('the first');
  await bo.sayMany(120, (number) => (number % 50 ? `later ${number}` : `message ${number}`));
  const ana = await open();
  await ana.enter('ana');
  await ana.see('the first');
  assert.deepEqual(await ana.texts(), ['the first', 'message 50', 'message 100']);
  assert.equal(await ana.page.locator('#log .gap').count(), 0);
  await ana.reload();
  await ana.see('the first');
  await bo.say('good night');
  await ana.see('good night');
  assert.equal(await ana.page.locator('#log .gap').count(), 0);
  assert.equal(liar.attempts, 2, 'one connection for each load');
});
