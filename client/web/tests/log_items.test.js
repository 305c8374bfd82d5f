// What the list of messages holds, for each state that a room can be in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newRoom } from '../store/state.js';
import { LogItems } from '../view/log_items.js';

const ANA = { id: '01K9ZS00000000000000000001', nick: 'ana' };
const BO = { id: '01K9ZS00000000000000000002', nick: 'bo' };
/** Noon of a day, wherever the test runs. */
const NOON = new Date(2025, 4, 28, 12).getTime();
const DAY = 86_400_000;

/** @param {number} seq @param {any} [more] @returns {any} */
const message = (seq, more = {}) =>
  ({ type: 'message', room: '', seq, cid: `cid ${seq}`, from: BO, text: 'hello', at: NOON + seq * 1_000, ...more });

/** @param {number} from @param {number} to */
const messages = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => message(from + at));

/** @param {any} change @returns {any} */
const room = (change = {}) => ({
  ...newRoom('#lobby'), joined: true, live: true, first: 1, divider: null,
  last: change.messages?.at(-1)?.seq ?? null, ...change,
});

/** @param {any} state @param {any} [asked] */
const kinds = (state, asked) => new LogItems().of(state, ANA, asked).map((item) => {
  if (item.kind === 'top') return item.what;
  if (item.kind === 'message') return `${item.message.seq}${item.grouped ? '' : ' named'}`;
  if (item.kind === 'gap') return `${item.lost ? 'lost' : 'gap'} ${item.from}–${item.to}${item.loading ? ' loading' : ''}`;
  if (item.kind === 'outgoing') return `${item.one.state}${item.grouped ? '' : ' named'}`;
  return item.kind;
});

test('the top tells what lies above', () => {
  assert.deepEqual(kinds(room()), ['reading']);
  assert.deepEqual(kinds(room({ joined: false })), ['reading']);
  assert.deepEqual(kinds(room({ last: 0 })), ['empty']);
  assert.deepEqual(kinds(room({ last: 7, first: 8 })), ['cut']);
  assert.equal(kinds(room({ messages: messages(1, 2) }))[0], 'beginning');
  assert.equal(kinds(room({ messages: messages(5, 6), first: 5 }))[0], 'cut');
  assert.equal(kinds(room({ messages: messages(5, 6) }))[0], 'older');
  assert.equal(kinds(room({ messages: messages(5, 6) }), [{ before: 5 }])[0], 'loading');
  assert.equal(kinds(room({ messages: messages(5, 6), joined: false }))[0], 'away');
});

test('days are divided and authors are grouped', () => {
  const list = [message(1), message(2), message(3, { from: ANA }), message(4, { from: ANA, at: NOON + DAY })];
  assert.deepEqual(kinds(room({ messages: list })), ['beginning', 'day', '1 named', '2', '3 named', 'day', '4 named']);
});

test('whoever says a lot is named again after a pause, and never within a minute', () => {
  const named = (/** @type {any[]} */ list) => kinds(room({ messages: list, first: 1 })).filter((kind) => kind.endsWith('named'));
  assert.deepEqual(named(messages(22, 80)), ['22 named'], 'a message a second');
  const paced = (/** @type {number} */ ms) => messages(22, 80).map((one) => ({ ...one, at: NOON + one.seq * ms }));
  assert.deepEqual(named(paced(59_000)), ['22 named']);
  assert.deepEqual(named(paced(60_000)), ['22 named', '25 named', '50 named', '75 named']);
  // Older ones come in: what is named stays so, but for the one that was the first.
  assert.deepEqual(named(paced(60_000).slice(10)), ['32 named', '50 named', '75 named']);
});

test('times that run backwards tell no day twice and keep keys unique', () => {
  const list = [message(1), message(2, { at: NOON + DAY }), message(3, { at: NOON }), message(4, { at: NOON + DAY })];
  const keys = new LogItems().of(room({ messages: list }), ANA).map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(keys.filter((key) => key.startsWith('day')).length, 2);
});

test('a gap counts what is missing and shows that it loads', () => {
  const list = [...messages(1, 2), ...messages(10, 11)];
  assert.deepEqual(kinds(room({ messages: list })), ['beginning', 'day', '1 named', '2', 'gap 3–9', '10 named', '11']);
  assert.equal(kinds(room({ messages: list }), [{ before: 10 }])[4], 'gap 3–9 loading');
  assert.equal(kinds(room({ messages: list }), [null, { after: 2 }])[4], 'gap 3–9 loading');
  assert.equal(kinds(room({ messages: list }), [{ before: 1 }])[4], 'gap 3–9');
});

test('what retention took out of a gap is not offered', () => {
  const list = [...messages(1, 2), ...messages(10, 11)];
  assert.deepEqual(kinds(room({ messages: list, first: 6 })).slice(4, 6), ['lost 3–5', 'gap 6–9']);
  assert.deepEqual(kinds(room({ messages: list, first: 10 })).slice(4, 6), ['lost 3–9', '10 named']);
});

test('the line before what is new', () => {
  const list = messages(5, 8);
  assert.deepEqual(kinds(room({ messages: list, divider: 7 })), ['older', 'day', '5 named', '6', 'new', '7 named', '8']);
  assert.ok(!kinds(room({ messages: list, divider: 9 })).includes('new'), 'nothing is new yet');
  assert.ok(!kinds(room({ messages: list, divider: 3 })).includes('new'), 'the first unread one is not loaded');
  assert.equal(kinds(room({ messages: list, divider: 3, first: 5 }))[2], 'new', 'it is no longer kept: all here is new');
  assert.equal(kinds(room({ messages: list, divider: 5 }))[2], 'new');
});

test('the line before what is new stands before the gap that it lies in', () => {
  const list = [...messages(1, 2), ...messages(10, 11)];
  assert.deepEqual(kinds(room({ messages: list, divider: 5 })).slice(3), ['2', 'new', 'gap 3–9', '10 named', '11']);
  assert.deepEqual(kinds(room({ messages: list, divider: 10 })).slice(3), ['2', 'gap 3–9', 'new', '10 named', '11']);
});

test('what waits to be sent stands last and is grouped like messages', () => {
  const one = { cid: 'a', kind: 'text', text: 'x', firstAt: NOON + 5_000, tries: 0, state: 'waiting', retryAt: 0 };
  const outgoing = [one, { ...one, cid: 'b', state: 'failed' }];
  const list = [message(1), message(2, { from: ANA })];
  assert.deepEqual(kinds(room({ messages: list, outgoing })).slice(-2), ['waiting', 'failed']);
  assert.deepEqual(kinds(room({ messages: messages(1, 2), outgoing })).slice(-2), ['waiting named', 'failed']);
  assert.deepEqual(kinds(room({ last: 0, outgoing })), ['empty', 'waiting named', 'failed']);
});

test('what did not change is the same object', () => {
  const items = new LogItems();
  const state = room({ messages: [...messages(1, 2), ...messages(10, 11)], divider: 10 });
  const before = items.of(state, ANA);
  assert.equal(items.of({ ...state, unread: 3, typing: new Map() }, ANA), before, 'nothing that is shown changed');
  const after = items.of({ ...state, messages: [...state.messages, message(12)], last: 12 }, ANA);
  assert.equal(after.length, before.length + 1);
  before.forEach((item, at) => assert.equal(after[at], item, item.key));
});

test('a message is made anew when older ones come to stand before it', () => {
  const items = new LogItems();
  const all = messages(3, 8);
  const before = items.of(room({ messages: all.slice(2) }), ANA);
  const after = items.of(room({ messages: all }), ANA);
  const of = (/** @type {any[]} */ list, /** @type {number} */ seq) => list.find(({ key }) => key === `seq ${seq}`);
  assert.equal(of(before, 5).grouped, false);
  assert.equal(of(after, 5).grouped, true, 'its author is named further up now');
  assert.equal(of(after, 6), of(before, 6));
  assert.equal(after[1].key, before[1].key, 'the day has moved, and is the same');
});

test('another message under the same seq is another item', () => {
  const items = new LogItems();
  const [, , before] = items.of(room({ messages: [message(1)] }), ANA);
  const [, , after] = items.of(room({ messages: [message(1, { text: 'after a restore' })] }), ANA);
  assert.equal(after.key, before.key);
  assert.notEqual(after, before);
});
