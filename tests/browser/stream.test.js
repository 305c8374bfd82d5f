// A busy room, seen while messages arrive.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFirefox, needs } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { watchFrames } from './harness/frames.js';
import { atRest, elementCount, inView, messagesInMemory, watchLog, wheel } from './harness/log.js';
import { eventually } from './harness/patience.js';
import { stage } from './harness/stage.js';
import { Wire } from './harness/wire.js';

/** The most elements in the document, including the whole page. */
const ELEMENTS_MAX = 700;

/** The most messages of one room in memory. For two seconds there may be more: those still to be stored on the device. */
const MESSAGES_MAX = 1_000;

const FAST = 500;
const USUAL = 200;

/** @param {import('./harness/person.js').Person} person @param {number} seq */
const seeAtEnd = (person, seq) => eventually(`message ${seq} is in view`, () => inView(person.page), (seen) => seen.at(-1)?.seq === seq);

/** @param {import('./harness/person.js').Person} person */
const seeForgotten = (person) => eventually(`at most ${MESSAGES_MAX} messages are in memory`,
  () => messagesInMemory(person.page), (count) => count <= MESSAGES_MAX);

/** @param {string} what @param {number[]} times */
function tell(what, times) {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (/** @type {number} */ part) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1);
  return `${what}: ${times.length} frames, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
}

test('10,000 messages stream by: no hidden hole, a bounded page, and it takes what is typed', needs.frames, async (t) => {
  const { server, visitor } = await stage(t);
  const ana = await visitor();
  const wire = new Wire(ana.page);
  await ana.enter('ana');
  const flood = await Flood.join(server, 'flood');
  t.after(() => flood.leave());

  const idle = await watchFrames(ana.page);
  await ana.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2_000)));
  t.diagnostic(tell('nothing said', await idle()));

  const stop = await watchLog(ana.page);
  const fast = await watchFrames(ana.page);
  await flood.sayMany(8_000, undefined, { perSecond: FAST });
  t.diagnostic(tell(`${FAST} a second`, await fast()));

  const usual = await watchFrames(ana.page);
  let arrived = false;
  const typing = (async () => {
    await ana.composer.pressSequentially('typed **in between**');
    await ana.composer.press('Enter');
    const [send] = await eventually('the page sends what was typed', () => wire.said('send'), (sends) => sends.length === 1);
    const ok = await eventually('it is on disk', () => wire.answerTo(send));
    arrived = true;
    return ok;
  })();
  let said = 8_000;
  while (!arrived || said < 10_000) {
    await flood.sayMany(USUAL, (number) => `message ${said + number}`, { perSecond: USUAL });
    said += USUAL;
  }
  t.diagnostic(tell(`${USUAL} a second`, await usual()));
  const ok = await typing;
  assert.equal(ok?.type, 'ok');
  const seq = ok?.seq;
  assert.ok(seq < said + 1, 'the stream went on after it');

  const last = said + 1;
  await seeAtEnd(ana, last);
  const seen = await stop();
  assert.deepEqual(seen.wrong, [], 'neighbours are neighbours, in every frame');
  assert.ok(seen.frames > 10 && seen.rows > 50, 'there was something to look at');
  assert.ok(seen.elements <= ELEMENTS_MAX, `${seen.elements} elements`);
  assert.ok(await elementCount(ana.page) <= ELEMENTS_MAX);
  const held = await seeForgotten(ana);
  assert.ok(held > 100, 'the count sees them');
  const seqs = await ana.seqs();
  assert.deepEqual(seqs, Array.from(seqs, (_, n) => last - seqs.length + 1 + n));
  const { events } = await flood.ask('history', { room: 'lobby', around: seq, limit: 1 });
  assert.equal(events[0].text, 'typed **in between**');
  t.diagnostic(`${seen.frames} looks, at most ${seen.elements} elements and ${seen.rows} rows; ${held} messages in memory; ${seen.seqs.length} of ${last} were in the document`);
});

test('whoever reads further up is not moved by what comes, and is told how much it is', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const flood = await Flood.join(server, 'flood');
  t.after(() => flood.leave());
  await flood.sayMany(300);
  await seeAtEnd(ana, 300);
  await wheel(ana.page, -1_500);
  await eventually('the end is out of sight', () => inView(ana.page), (seen) => (seen.at(-1)?.seq ?? 300) < 290);
  // Above the first message in view there may be a part of another one.
  const [, place] = await atRest(ana);

  const stop = await watchLog(ana.page, place.seq);
  await flood.sayMany(2_000, (number) => `message ${300 + number}`, { perSecond: FAST });
  const button = ana.page.locator('button.jump.newest');
  await eventually('all are counted', () => button.textContent(), (words) => /^2.?000 new messages$/.test(words?.trim() ?? ''));
  const seen = await stop();
  assert.deepEqual(seen.wrong, []);
  assert.ok(seen.moved <= 1, `it moved by ${seen.moved} px`);
  assert.ok(seen.elements <= ELEMENTS_MAX, `${seen.elements} elements`);
  // Only Chromium can count what is in memory.
  if (!isFirefox) await seeForgotten(ana);

  await button.click();
  await seeAtEnd(ana, 2_300);
  assert.equal(await button.isVisible(), false);
  await flood.say('and one more');
  await seeAtEnd(ana, 2_301);
});
