// Long rooms and long absences: messages that are not loaded are loaded when the person looks for them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { seeDrawn } from './harness/frames.js';
import { elementCount, inView, messagesInMemory, readAt, seePlace, watchLog, wheel } from './harness/log.js';
import { eventually } from './harness/patience.js';
import { Proxy } from './harness/proxy.js';
import { stage } from './harness/stage.js';
import { Wire } from './harness/wire.js';

/** @typedef {import('./harness/person.js').Person} Person */

const LONG = 100_000;

/** @param {Person} person @param {number} seq */
const seeAtEnd = (person, seq) => eventually(`message ${seq} is in view at the end`, () => inView(person.page), (seen) => seen.at(-1)?.seq === seq);

/** Waits until all `history` commands of the page have answers. @param {Wire} wire */
const seeAnswered = (wire) => eventually('all pages are there', () => wire.said('history').every((command) => wire.answerTo(command)));

/** Waits until nobody else is in the room: they miss the messages sent then. @param {Flood} flood */
const seeAlone = (flood) => eventually('the page is away', () => flood.ask('members', { room: 'lobby' }), ({ members }) => members.count === 1);

/** The position of a message, or `null`. @param {Person} person @param {number} seq */
const placeOf = (person, seq) => person.page.evaluate((wanted) => {
  const view = /** @type {Element} */ (document.querySelector('#log .view'));
  const line = view.querySelector(`li[data-seq="${wanted}"]`);
  return line && line.getBoundingClientRect().top - view.getBoundingClientRect().top;
}, seq);

/**
 * Turns the wheel, and checks that the view moves by that much and no further, even if a page arrives.
 * @param {Person} person @param {Wire} wire @param {number} px up is negative
 */
async function turn(person, wire, px) {
  const seen = await inView(person.page);
  // A message that will still be in view. Not the first one: it loses its nick when an earlier one by the
  // same person arrives.
  const { seq, at } = /** @type {{seq: number, at: number}} */ (px < 0 ? seen[2] : seen.at(-2));
  const isThere = (/** @type {number | null} */ place) => place !== null && Math.abs(place - (at - px)) <= 1;
  await wheel(person.page, px);
  await eventually(`message ${seq} has moved from ${at} by ${-px}`, () => placeOf(person, seq), isThere);
  await seeAnswered(wire);
  await seeDrawn(person);
  const place = await placeOf(person, seq);
  assert.ok(isThere(place), `message ${seq} is moved by a page: from ${at - px} to ${place}`);
}

/** The gaps in the document, in words. @param {Person} person */
const gaps = (person) => person.page.locator('#log li.gap span:first-child').allTextContents();

/** @param {number} from @param {number} to both inclusive */
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

test(`a room with ${LONG} messages opens at once, and is read upwards without a jump`, needs.frames, async (t) => {
  const { server, visitor } = await stage(t);
  const flood = await Flood.join(server, 'flood');
  await flood.sayMany(LONG);
  flood.leave();

  const ana = await visitor();
  const wire = new Wire(ana.page);
  await ana.enter('ana');
  await seeAtEnd(ana, LONG);
  assert.deepEqual(wire.commands.map(({ type }) => type), ['hello', 'join', 'kept_away', 'mine'], 'nothing else is asked for');
  assert.ok(wire.events.length <= 5, `${wire.events.length} frames`);
  assert.ok(await elementCount(ana.page) <= 700);
  await ana.reload();
  await seeAtEnd(ana, LONG);
  // The stored end of the room is there before the connection.
  await eventually('the page is back', () => wire.commands.length >= 8);
  assert.deepEqual(wire.commands.slice(4).map(({ type }) => type), ['hello', 'join', 'kept_away', 'mine'], 'nor after a reload');

  const stop = await watchLog(ana.page);
  for (let step = 0; step < 30; step += 1) await turn(ana, wire, -450);
  const { seqs, wrong, elements } = await stop();
  assert.deepEqual(wrong, [], 'neighbours are neighbours, in every frame');
  assert.deepEqual(seqs, range(seqs[0], LONG), 'none is left out');
  assert.ok(LONG - seqs[0] > 450, `it came as far as ${seqs[0]}`);
  assert.ok(elements <= 700, `${elements} elements`);
});

test('Home goes as far up as there is something, again and again, and End comes back', needs.frames, async (t) => {
  const { server, visitor } = await stage(t);
  const flood = await Flood.join(server, 'flood');
  await flood.sayMany(1_500);
  flood.leave();
  const ana = await visitor();
  const wire = new Wire(ana.page);
  await ana.enter('ana');
  await seeAtEnd(ana, 1_500);
  await ana.page.locator('#log .view').focus();
  const stop = await watchLog(ana.page);
  for (let top = 1_451; top > 1; top -= 50) {
    await ana.page.keyboard.press('Home');
    await eventually(`${top} has the focus`, () => ana.page.evaluate(() => document.activeElement?.getAttribute('data-seq')), (seq) => seq === String(top));
    await eventually('older ones are there', () => ana.seqs(), (seqs) => seqs[0] < top);
    await seeDrawn(ana);
    const place = await placeOf(ana, top);
    // It loses its nick, since there is now an earlier one by the same person; what is below stays in place.
    assert.ok(place !== null && place >= -1 && place < 40, `${top} is at the top, not at ${place}`);
  }
  await ana.page.keyboard.press('Home');
  await ana.page.getByText('This is the beginning of #lobby.').waitFor();
  await eventually('at most a thousand are in memory', () => messagesInMemory(ana.page), (count) => count <= 1_000);

  await ana.page.keyboard.press('End');
  await seeAtEnd(ana, 1_500);
  // Messages that were dropped on the way must not be an invisible hole.
  for (let found = 0; !found;) {
    await turn(ana, wire, -450);
    found = (await gaps(ana)).length;
  }
  assert.deepEqual((await stop()).wrong, []);
});

/**
 * A person who has read some messages, lost the network, and is back at the newest of many more.
 * @param {import('node:test').TestContext} t
 * @param {number} read
 * @param {number} missed
 * @param {number} [at] the message that they read meanwhile, further up; they go to the newest afterwards
 */
async function backAfter(t, read, missed, at) {
  const { server, visitor } = await stage(t);
  const ana = await visitor();
  const wire = new Wire(ana.page);
  await ana.enter('ana');
  const flood = await Flood.join(server, 'flood');
  t.after(() => flood.leave());
  await flood.sayMany(read);
  await seeAtEnd(ana, read);
  const place = at === undefined ? undefined : await readAt(ana, at);
  await ana.loseNetwork();
  await seeAlone(flood);
  await flood.sayMany(missed, (number) => `message ${read + number}`);
  const stop = await watchLog(ana.page);
  await ana.findNetwork();
  if (place) {
    await eventually('what they read comes again', () => wire.said('history').some(({ around }) => around));
    await seeAnswered(wire);
    await seePlace(ana, place);
    await ana.page.locator('#log .view').focus();
    await ana.page.keyboard.press('End');
  }
  await seeAtEnd(ana, read + missed);
  return { ana, wire, stop };
}

test('far behind in the midst of reading: the place is kept, a gap tells how much is missing, and loads from both sides', needs.frames, async (t) => {
  const { ana, wire, stop } = await backAfter(t, 300, 5_000, 270);
  const last = wire.answerTo(wire.said('history').filter(({ around }) => around)[0])?.events.at(-1).seq;
  for (let found = 0; !found;) {
    found = (await gaps(ana)).length;
    if (!found) await turn(ana, wire, -450);
  }
  // What lies above it and was not being read is dropped: it may have been deleted since.
  assert.ok(last < 300, `${last}`);
  assert.deepEqual(await gaps(ana), [`${(5_250 - last).toLocaleString('en-GB')} messages here are not loaded.`]);
  // From below: the page that ends where the newest ones begin.
  for (let before = 0; before < 3;) {
    await turn(ana, wire, -450);
    before = wire.said('history').filter(({ before }) => before > 300).length;
  }
  assert.deepEqual(wire.said('history').flatMap(({ before }) => (before > 300 ? [before] : [])).slice(0, 2), [5_251, 5_201]);
  // From above: the person goes to the messages they had, and reads on.
  await ana.page.locator('#log .view').focus();
  await ana.page.keyboard.press('Home');
  await eventually('what was there is there', () => inView(ana.page), (seen) => seen[0]?.seq <= 300);
  for (let after = 0; after < 2;) {
    await turn(ana, wire, 450);
    after = wire.said('history').filter((command) => command.after).length;
  }
  assert.deepEqual(wire.said('history').flatMap((command) => command.after ?? []).slice(0, 2), [last, last + 50]);
  assert.deepEqual((await stop()).wrong, [], 'no hole without a gap');
});

test('what was missed is read through on the way up, with what was there before, and nothing is missing', async (t) => {
  const { ana, wire, stop } = await backAfter(t, 100, 600);
  for (let first = 700; first > 1;) {
    [{ seq: first }] = await inView(ana.page);
    if (first > 20) await turn(ana, wire, -450);
    else await wheel(ana.page, -450);
  }
  const { seqs, wrong } = await stop();
  assert.deepEqual(wrong, []);
  assert.deepEqual(seqs, range(1, 700));
  assert.deepEqual(await gaps(ana), []);
});

test('a page that does not read is told that it is behind, and hides no hole', needs.frames, async (t) => {
  const { server, visitor } = await stage(t, {
    flags: ['--outbox-bytes-max', '32KiB', '--page-bytes-max', '8KiB', '--write-timeout', '10m'],
  });
  const proxy = await Proxy.start('/slow', server.address);
  t.after(() => proxy.stop());
  const ana = await visitor({ at: proxy.url });
  const wire = new Wire(ana.page);
  await ana.enter('ana');
  const flood = await Flood.join(server, 'flood');
  t.after(() => flood.leave());
  const text = (/** @type {number} */ number) => `message ${number} ${'and so on '.repeat(200)}`;
  await flood.sayMany(10, text);
  await eventually('the first ones are there', () => inView(ana.page), (seen) => seen.at(-1)?.seq === 10);
  const stop = await watchLog(ana.page);
  proxy.hold();
  // More than the buffers on the way can hold.
  await flood.sayMany(2_000, text);
  proxy.release();
  await seeAtEnd(ana, 2_010);
  await flood.say('the last one');
  await seeAtEnd(ana, 2_011);
  assert.ok(wire.events.some(({ type }) => type === 'behind'), 'it got `behind`');
  const { wrong, seqs } = await stop();
  assert.deepEqual([wrong, await gaps(ana)], [[], []]);
  assert.ok((await ana.seqs())[0] > 11 && seqs[0] === 1, 'what was there before is to be loaded again');
});
