// What moderators have to look at: the number of open reports, the queue while others settle too, and the raid switch.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDuties, isRaid, mergeReports, openReportsIn, reportsIn } from '../store/duties.js';
import { ANA, BO, idOf, live, LOBBY } from './client.js';

addDuties();

/** @param {number} number @param {any} [more] */
const report = (number, more = {}) => ({ number, at: number, by: ANA, reason: 'spam', room: LOBBY, seq: number, from: BO, text: `text ${number}`, ...more });
/** @param {number[]} numbers @param {boolean} [more] */
const page = (numbers, more = false) => ({ reports: numbers.map((number) => report(number)), more });
const numbers = (/** @type {any[]} */ reports) => reports.map(({ number }) => number);
const reported = (/** @type {number} */ number, room = LOBBY) => ({ type: 'reported', number, room });

test('open reports are counted when asked for, and go on by the events', () => {
  const client = live().play('countReports');
  assert.equal(client.asked('reports').room, undefined);
  client.answer('reports', page([3, 2]));
  assert.deepEqual(openReportsIn(client.state, ''), { count: 2, more: false });
  client.hear(reported(4));
  assert.deepEqual([openReportsIn(client.state, '').count, client.state.duties?.newest], [3, 4]);
  client.play('countReports').answer('reports', page([4]));
  assert.equal(openReportsIn(client.state, '').count, 1, 'others settle too');
});

test('the reports of a room are counted apart, and an event of another room does not count there', () => {
  const client = live().play('countReports', { room: LOBBY }).answer('reports', page([1]));
  client.hear(reported(2, idOf('kitchen'))).hear(reported(3));
  assert.deepEqual([openReportsIn(client.state, LOBBY).count, openReportsIn(client.state, idOf('kitchen')).count, openReportsIn(client.state, null).count], [2, 0, 0]);
});

test('more than a page stays more than a page', () => {
  const client = live().play('countReports').answer('reports', page([9, 8, 7], true)).hear(reported(10));
  assert.deepEqual(openReportsIn(client.state, ''), { count: 3, more: true });
});

test('older pages and settled reports, which a dialog asks for, do not change the number', () => {
  const client = live().play('countReports').answer('reports', page([9, 8]));
  client.play('ask', { of: 'reports', fields: { before: 8 } }).answer('reports', page([1]));
  client.play('ask', { of: 'reports', fields: { settled: true } }).answer('reports', page([9, 8, 7, 6]));
  assert.equal(openReportsIn(client.state, '').count, 2);
});

test('what the page asks by itself is refused in silence, and a dialog hears why', () => {
  const client = live().play('countReports').refuse('reports', 'forbidden').play('askRaid').refuse('raid', 'forbidden');
  assert.equal(client.state.notice, null);
  client.play('ask', { of: 'reports', fields: {} }).refuse('reports', 'forbidden');
  assert.equal(client.state.answer?.problem?.code, 'forbidden');
});

test('nothing of it stays with the next person', () => {
  assert.equal(live().play('countReports').answer('reports', page([1])).play('signOut').state.duties, null);
});

test('half an event, or a page of something else, is nothing', () => {
  const client = live();
  for (const wrong of [{}, { number: 'x', room: LOBBY }, { number: 1 }, { number: 1, room: 7 }]) client.hear({ type: 'reported', ...wrong });
  assert.equal(client.state.duties, null);
  const whole = report(1);
  for (const reports of [undefined, null, 7, 'x', [null], [{}], ...Object.keys(whole).map((name) => [{ ...whole, [name]: undefined }])]) {
    assert.deepEqual(reportsIn({ reports }), [], JSON.stringify(reports));
  }
  assert.deepEqual(reportsIn({ reports: [whole] }), [whole]);
});

test('a page says what there is in its range, and leaves the rest', () => {
  const known = page([9, 8, 5, 4, 2]).reports;
  assert.deepEqual(numbers(mergeReports(known, page([10, 9], true))), [10, 9, 8, 5, 4, 2], 'a new one comes in front');
  assert.deepEqual(numbers(mergeReports(known, page([9, 5], true))), [9, 5, 4, 2], 'what was settled goes');
  assert.deepEqual(numbers(mergeReports(known, page([9]))), [9], 'there are no others');
  assert.deepEqual(numbers(mergeReports(known, page([1]), 2)), [9, 8, 5, 4, 2, 1], 'an older page comes behind');
  assert.deepEqual(numbers(mergeReports(known, page([]), 2)), [9, 8, 5, 4, 2]);
  assert.deepEqual(numbers(mergeReports([], page([]))), []);
  const settled = { reports: [report(9, { outcome: { by_name: 'ana', words: 'done' } }), report(8)], more: true };
  assert.equal(mergeReports(known, settled)[0].outcome?.words, 'done');
});

test('the raid switch is on until its time is over, or until it is turned off', () => {
  const client = live().play('askRaid');
  assert.equal(isRaid(client.state, 0), false);
  client.answer('raid', { on: true, since: 1, left_ms: 60_000, by: ANA.id, by_name: 'ana', reason: 'bots' });
  const { now, state } = client;
  assert.deepEqual(state.duties?.raid, { on: true, until: now + 60_000, by: 'ana', reason: 'bots', automatic: false });
  assert.deepEqual([isRaid(state, now), isRaid(state, now + 59_999), isRaid(state, now + 60_000)], [true, true, false]);
  client.play('ask', { of: 'raid', fields: { on: true } }).answer('raid', { on: true, since: 1, automatic: true });
  assert.deepEqual([isRaid(client.state, now + 1e9), client.state.duties?.raid?.automatic], [true, true]);
  assert.equal(isRaid(client.play('ask', { of: 'raid', fields: { on: false } }).answer('raid', { on: false }).state, now), false);
});

test('a person without a connection asks nothing', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).play('countReports').play('askRaid');
  assert.deepEqual([client.count('reports'), client.count('raid')], [0, 0]);
});
