// A server that lies, out of malice or because of a bug: whatever it sends, the page goes on, reconnects
// calmly, and keeps what the person typed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from './harness/browser.js';
import { Liar } from './harness/liar.js';
import { seeDrawn } from './harness/frames.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

/** Runs in the page: makes waits the longest, and records when each connection was tried. */
function watchConnections() {
  Math.random = () => 0.999_999;
  const page = /** @type {any} */ (globalThis);
  page.tried = [];
  page.WebSocket = class extends WebSocket {
    /** @param {string} url */
    constructor(url) {
      super(url);
      page.tried.push(performance.now());
    }
  };
}

/** @param {import('node:test').TestContext} t */
async function withLiar(t) {
  const { server, visitor } = await stage(t);
  const liar = await Liar.start(server);
  t.after(() => liar.stop());
  const open = async (/** @type {string} */ nick) => {
    const person = await visitor({ at: 'about:blank' });
    await person.page.addInitScript(watchConnections);
    await person.page.goto(liar.url);
    await person.enter(nick);
    await settled(person);
    return person;
  };
  return { server, liar, open };
}

/** Waits until the person is in the room and live. @param {import('./harness/person.js').Person} person */
async function settled({ page }) {
  await page.locator('#side .face.online').waitFor();
  await page.locator('#log .view').waitFor();
}

/** The page's errors about frames that it could not read. @param {import('./harness/person.js').Person} person */
const unreadable = ({ trouble }) => trouble.take(/the server sent|JSON|Unexpected/);

const CID = '01K9ZS6Q3V8Y4N2B7C5D000000';
const BO = { id: '01K9ZS00000000000000000002', nick: 'bo' };

/** The id of a room without members. */
const ELSEWHERE = '01K9ZS0000R00M000000000009';

/** A message in the lobby, whose id the liar knows. @param {number} seq @param {object} [more] */
const message = (seq, more = {}) => ({
  type: 'message', room: 'lobby', seq, cid: CID.slice(0, 20) + String(seq % 1e6).padStart(6, '0'), from: BO,
  text: `text ${seq}`, at: 1_780_000_000_000 + Math.min(seq, 1e9), ...more,
});

/** Frames that no client can read: each makes the page close the connection and reconnect. */
const UNREADABLE = [
  'no JSON', '', '{', 'null', '[]', '17', '"a"', '{}', '{"type":null}', '{"type":17}', '{"type":{"toString":1}}',
  '['.repeat(100_000), '{"type":"message"}',
  JSON.stringify(message(1, { seq: -1 })), JSON.stringify(message(1, { seq: 1.5 })), JSON.stringify(message(1, { seq: '1' })),
  JSON.stringify(message(1, { seq: 2 ** 60 })), JSON.stringify(message(1, { cid: '<script>' })),
  JSON.stringify(message(1, { from: null })), JSON.stringify(message(1, { from: { id: 1, nick: 'bo' } })),
  JSON.stringify(message(1, { text: { toString: 'a' } })), JSON.stringify(message(1, { at: -1 })),
  JSON.stringify(message(1, { room: null })), JSON.stringify(message(1, { room: '#lobby' })), JSON.stringify(message(1, { kind: 17 })),
  '{"type":"ok"}', '{"type":"ok","id":"1"}', '{"type":"ok","id":-1}', '{"type":"error"}',
  '{"type":"error","code":1,"message":"a"}', '{"type":"error","code":"busy","message":"a","retry_ms":-1}',
  '{"type":"typing","room":"lobby","who":"bo"}', '{"type":"typing","room":"lobby","who":[1]}',
  '{"type":"members","room":"lobby","version":1,"count":-1}', '{"type":"members","room":"lobby","version":1,"count":1,"left":[{}]}',
  '{"type":"behind","room":"lobby"}', '{"type":"behind","room":"lobby","head":1e300}',
  '{"type":"typing","room":"__proto__","who":["bo"]}', '{"type":"behind","room":"#lobby","head":9}',
  '{"type":"bye","code":1001,"reason":"a","reconnect":true,"after_ms":-1}',
  '{"type":"bye","code":1001,"reason":"a","reconnect":true,"after_ms":"17"}',
  '{"type":"bye","code":"1001","reason":"a","reconnect":true}', '{"type":"bye","code":1001,"reason":"a","reconnect":"yes"}',
];

test('each frame that cannot be read ends the connection, and the page comes back', needs.words, async (t) => {
  const { liar, open } = await withLiar(t);
  const ana = await open('ana');
  await ana.composer.fill('half a sentence');
  // Without waits: this test is about reading frames, others test how calmly the page reconnects.
  await ana.page.evaluate(() => { Math.random = () => 0; });
  for (const frame of UNREADABLE) {
    const before = liar.attempts;
    liar.tell(frame);
    await eventually(`the page left after ${frame.slice(0, 80)}`, () => liar.attempts, (attempts) => attempts > before);
    await settled(ana);
  }
  assert.equal(await ana.composer.inputValue(), 'half a sentence');
  await ana.composer.press('Enter');
  await ana.see('half a sentence');
  unreadable(ana);
});

/** Frames without effect: the connection lives on. */
const IDLE = [
  '{"type":"later","room":"lobby"}', '{"type":"__proto__"}', '{"type":"constructor"}', '{"type":"toString","id":1}',
  '{"type":"hasOwnProperty"}', '{"type":""}', '{"type":"ok","id":9007199254740991}', '{"type":"ok","id":0,"user":null}',
  '{"type":"error","id":9007199254740991,"code":"internal","message":"of nothing"}',
  JSON.stringify(message(9, { room: ELSEWHERE })), `{"type":"typing","room":"${ELSEWHERE}","who":["bo"]}`,
  '{"type":"typing","room":"lobby","who":[]}', `{"type":"behind","room":"${ELSEWHERE}","head":9}`,
  `{"type":"members","room":"${ELSEWHERE}","version":9,"count":9}`, `{"type":"pin","room":"${ELSEWHERE}","seq":9}`,
  Buffer.from([0, 1, 2, 255]), Buffer.alloc(10_000_000, 0x7b),
];

test('frames that mean nothing change nothing', async (t) => {
  const { liar, open } = await withLiar(t);
  const ana = await open('ana');
  await ana.sayAndSee('before');
  const { attempts } = liar;
  liar.tell(...IDLE);
  await ana.sayAndSee('after');
  assert.equal(liar.attempts, attempts);
  assert.deepEqual(await ana.texts(), ['before', 'after']);
});

test('repeated, early and late messages are put right by the cursor', async (t) => {
  const { liar, open } = await withLiar(t);
  const ana = await open('ana');
  for (const text of ['one', 'two', 'three']) await ana.sayAndSee(text);
  const joins = liar.count('join');
  liar.tell(message(2), message(1), message(3), message(0), message(3));
  await ana.sayAndSee('four');
  assert.equal(liar.count('join'), joins, 'what is repeated asks for nothing');
  liar.tell(message(9), message(11), message(9_007_199_254_740_991), message(7));
  await ana.sayAndSee('five');
  assert.deepEqual(await ana.texts(), ['one', 'two', 'three', 'four', 'five']);
  assert.deepEqual(await ana.seqs(), [1, 2, 3, 4, 5]);
  assert.ok(liar.count('join') <= joins + 4, 'a hole is asked for once at a time');
});

test('a page that says more without giving more is asked for again with pauses', async (t) => {
  const { liar, open } = await withLiar(t);
  const ana = await open('ana');
  await ana.sayAndSee('one');
  await ana.sayAndSee('two');
  let lied = 0;
  liar.lie = (event, command) => {
    if (command?.type !== 'join') return event;
    lied += 1;
    return { ...event, events: [message(2)], head: 9_000, more: true };
  };
  liar.tell({ type: 'behind', room: 'lobby', head: 3 });
  await eventually('the page was lied to', () => lied);
  // Each round waits for an answer of the real server: a page that repeats without a pause would do so in
  // each.
  for (let round = 0; round < 20; round += 1) await ana.page.evaluate(() => 1);
  await seeDrawn(ana);
  assert.ok(lied <= 3, `asked ${lied} times`);
  liar.lie = (event) => event;
  await ana.sayAndSee('three');
});

test('pages in no order do not break the log', async (t) => {
  const { liar, open } = await withLiar(t);
  const ana = await open('ana');
  await ana.sayAndSee('one');
  await ana.page.evaluate(() => { Math.random = () => 0; });
  const lists = [[message(5), message(3), message(4)], [message(3), message(3)], [message(4), message(2), message(2)]];
  for (const events of lists) {
    const before = liar.attempts;
    let lied = false;
    liar.lie = (event, command) => {
      if (command?.type !== 'join' || lied) return event;
      lied = true;
      return { ...event, events, head: 5, more: false };
    };
    liar.tell({ type: 'behind', room: 'lobby', head: 5 });
    await eventually('the page came back', () => liar.attempts, (attempts) => attempts > before);
    await settled(ana);
  }
  liar.lie = (event) => event;
  await ana.sayAndSee('two');
  assert.deepEqual(await ana.seqs(), [1, 2]);
});

test('huge numbers, times and texts are shown', async (t) => {
  const { liar, open } = await withLiar(t);
  const ana = await open('ana');
  await ana.sayAndSee('one');
  const most = Number.MAX_SAFE_INTEGER;
  const nick = 'n'.repeat(100_000);
  liar.tell(
    message(2, { at: most, text: 'the end of time' }), message(3, { at: 0, text: 'its beginning' }),
    message(4, { text: 'a nick', from: { id: 'x'.repeat(100_000), nick } }),
    message(5, { text: '*a '.repeat(3_400_000) }), message(6, { text: `after${'\n'.repeat(100_000)}` }),
    { type: 'typing', room: 'lobby', who: [nick] },
    { type: 'members', room: 'lobby', version: most, count: most, joined: [], left: [] },
    { type: 'error', code: 'busy', message: 'm'.repeat(100_000) },
    message(7, { text: 'seven' }),
  );
  await ana.see('seven');
  assert.deepEqual(await ana.seqs(), [1, 2, 3, 4, 5, 6, 7]);
  const wide = await ana.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false, 'nothing makes the page wider than the screen');
  const field = await ana.composer.boundingBox();
  const { height } = /** @type {any} */ (ana.page.viewportSize());
  assert.ok(field && field.y + field.height <= height, 'the field stays in sight');
});

test('a million people are a number and a sample', async (t) => {
  const { liar, open } = await withLiar(t);
  const ana = await open('ana');
  await ana.sayAndSee('one');
  const joined = Array.from({ length: 1_000_000 }, (_, at) => ({ id: `id ${at}`, nick: `nick-${at}` }));
  liar.tell({ type: 'members', room: 'lobby', version: 1_000, count: 1_000_000, joined });
  await ana.page.locator('#header .count').filter({ hasText: /M|000/ }).waitFor();
  await ana.page.locator('#people .people-list li').nth(50).waitFor();
  assert.ok(await ana.page.locator('#people *').count() < 1_000);
  await ana.composer.fill('@nick-9');
  await ana.page.locator('#completions').waitFor();
  assert.ok(await ana.page.locator('#completions li').count() <= 20);
  await ana.composer.fill('');
  await ana.sayAndSee('two');
});

test('ten thousand errors are one notice', async (t) => {
  const { liar, open } = await withLiar(t);
  const ana = await open('ana');
  for (let at = 1; at <= 10_000; at += 1) liar.tell({ type: 'error', code: at % 2 ? 'internal' : 'a.new<b>', message: `error ${at}` });
  await ana.page.locator('#notices').filter({ hasText: 'error 10000' }).waitFor();
  assert.equal(await ana.page.locator('#notices .toast').count(), 1);
  await ana.sayAndSee('still here');
});

/** Invalid answers to hello. */
const BAD_HELLOS = [
  {}, { user: null }, { user: { id: 1, nick: 'a' } }, { token: 17 }, { epoch: null }, { heartbeat_ms: -1 },
  { heartbeat_ms: '30000' }, { limits: {} }, { limits: null }, { notice: 17 },
];

test('a hello without its fields is no hello', async (t) => {
  const { liar, open } = await withLiar(t);
  const ana = await open('ana');
  await ana.composer.fill('half a sentence');
  await ana.page.evaluate(() => { Math.random = () => 0; });
  for (const wrong of BAD_HELLOS) {
    let lied = 0;
    liar.lie = (event, command) => {
      if (command?.type !== 'hello' || lied++) return event;
      return Object.keys(wrong).length ? { ...event, ...wrong } : { type: 'ok', id: event.id };
    };
    liar.close();
    await eventually(`hello was asked for again after ${JSON.stringify(wrong)}`, () => lied, (times) => times > 1);
    await settled(ana);
  }
  assert.equal(await ana.composer.inputValue(), 'half a sentence');
  await ana.sayAndSee('still ana');
});

test('limits and a heartbeat of nothing leave the page at work', async (t) => {
  const { liar, open } = await withLiar(t);
  liar.lie = (event, command) => (command?.type === 'hello' ? { ...event, heartbeat_ms: 0 } : event);
  const start = Date.now();
  const ana = await open('ana');
  await ana.sayAndSee('one');
  // Three ticks of the page: shown by its own pings, or a fixed time if it sends none.
  await ana.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 3_200)));
  await ana.sayAndSee('two');
  // One more is possible if the machine stood still; if the page gave no time to answer, there would be one
  // at each tick.
  assert.ok(liar.attempts <= 2, 'no connection is ended for silence without time to answer');
  const seconds = (Date.now() - start) / 1_000;
  assert.ok(liar.count('ping') <= seconds + 2, `${liar.count('ping')} pings in ${seconds} s`);
});

test('a server that greets and then speaks nonsense is returned to ever more slowly', needs.words, async (t) => {
  const { liar, open } = await withLiar(t);
  const ana = await open('ana');
  const start = await ana.page.evaluate(() => /** @type {any} */ (globalThis).tried.length);
  liar.lie = (event, command) => (command?.type === 'hello' ? [event, 'nonsense'] : event);
  liar.tell('nonsense');
  const tried = await eventually('the page tried four times',
    () => ana.page.evaluate(() => /** @type {any} */ (globalThis).tried), (times) => times.length >= start + 4);
  const waits = tried.slice(start).map((/** @type {number} */ at, /** @type {number} */ index) => at - tried[start + index - 1]).slice(1);
  // A timer is never early, so a wait that doubles can be distinguished from one that does not.
  assert.deepEqual(waits.map((/** @type {number} */ ms, /** @type {number} */ at) => ms >= 990 * 2 ** at), [true, true, true], `${waits}`);
  liar.lie = (event) => event;
  unreadable(ana);
});

test('a goodbye that says to return at once, again and again, is obeyed once', async (t) => {
  const { liar, open } = await withLiar(t);
  const ana = await open('ana');
  const start = await ana.page.evaluate(() => /** @type {any} */ (globalThis).tried.length);
  const bye = { type: 'bye', code: 1001, reason: 'a', reconnect: true, after_ms: 0 };
  liar.lie = (event, command, { page }) => {
    if (command?.type !== 'hello') return event;
    setImmediate(() => page.close(1001));
    return [event, bye];
  };
  liar.tell(bye);
  liar.close(1001);
  const tried = await eventually('the page tried five times',
    () => ana.page.evaluate(() => /** @type {any} */ (globalThis).tried), (times) => times.length >= start + 6);
  const waits = tried.slice(start).map((/** @type {number} */ at, /** @type {number} */ index) => at - tried[start + index - 1]).slice(1);
  assert.ok(waits[3] >= 990 && waits[4] >= 990, `${waits}`);
  liar.lie = (event) => event;
});

test('a goodbye for longer than a timer can wait is no goodbye for nothing', async (t) => {
  const { liar, open } = await withLiar(t);
  const ana = await open('ana');
  for (const after_ms of [2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
    const before = liar.attempts;
    liar.tell({ type: 'bye', code: 1001, reason: 'the server rests', reconnect: true, after_ms });
    liar.close(1001);
    await ana.page.locator('#banner').filter({ hasText: /rests/ }).waitFor();
    // The banner came after a second and a half: an overflowing timer would have fired long before.
    assert.equal(liar.attempts, before);
    await ana.page.locator('#banner button').click();
    await settled(ana);
    assert.equal(liar.attempts, before + 1);
  }
});

/** The table of the protocol: whether a client reconnects, and the text of the banner. */
const CLOSES = [
  { code: 1001, back: true, words: /restarting/ }, { code: 4000, back: true, words: /heard nothing/ },
  { code: 4001, back: true, words: /faster/ }, { code: 4002, back: true, words: /Signing in/ },
  { code: 4003, back: true, words: /too much/ }, { code: 4004, back: true, words: /wrong on the server/ },
  { code: 4499, back: true, words: /closed|lost/ }, { code: 3000, back: true, words: /closed|lost/ },
  { code: 1011, back: true, words: /closed|lost/ }, { code: undefined, back: true, words: /lost/ },
  { code: 1000, back: true, words: /closed|lost/ }, { code: 1002, back: false, words: /understand/ },
  { code: 1007, back: false, words: /not text/ }, { code: 1009, back: false, words: /too large/ },
  { code: 4500, back: false, words: /not accept this page/ }, { code: 4999, back: false, words: /closed/ },
];

test('each close code does what the table says, and tells it', async (t) => {
  const { liar, open } = await withLiar(t);
  const ana = await open('ana');
  await ana.composer.fill('half a sentence');
  for (const { code, back, words } of CLOSES) {
    const before = liar.attempts;
    // The page reconnects later than the test takes to read the banner.
    await ana.page.evaluate(() => { Math.random = () => 100; });
    liar.close(code);
    const banner = ana.page.locator('#banner');
    await banner.filter({ hasText: words }).waitFor();
    const stopped = await banner.evaluate((line) => line.classList.contains('stopped'));
    assert.equal(stopped, !back, `${code}`);
    await banner.getByRole('button').click();
    await eventually(`the page is back after ${code}`, () => liar.attempts, (attempts) => attempts > before);
    await settled(ana);
    await banner.waitFor({ state: 'hidden' });
  }
  assert.equal(await ana.composer.inputValue(), 'half a sentence');
});

test('what was typed outlives whatever the server refuses', async (t) => {
  const { liar, open } = await withLiar(t);
  const ana = await open('ana');
  for (const code of ['bad_text', 'conflict', 'a_later_code', '']) {
    let lied = false;
    liar.lie = (event, command) => {
      if (command?.type !== 'send' || event.type !== 'ok' || lied) return event;
      lied = true;
      return { type: 'error', id: event.id, code, message: `because of ${code}` };
    };
    // The real server has accepted it, so its message is held back, as if the server had refused it.
    const said = `refused with ${code || 'nothing'}`;
    const through = liar.lie;
    liar.lie = (event, command, pair) => (event.type === 'message' && event.text === said ? null : through(event, command, pair));
    await ana.say(said);
    await ana.page.locator(parts.outgoing).filter({ hasText: said }).filter({ hasText: 'Not sent' }).waitFor();
  }
  liar.lie = (event) => event;
});
