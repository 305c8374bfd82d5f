// Entries of later versions of the protocol: they take their place in a room's log, and are shown as
// nothing. The server's own examples are in protocol/golden/growth.json.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { restoreRooms, toCachedRoom } from '../device/room_cache.js';
import { ANA, Client, LIMITS, LOBBY, gaps, jumped, live, message, page } from './client.js';
import { MESSAGES_MAX, oldestSeq } from '../store/loaded_history.js';
import { update } from '../store/store.js';
import { LogItems } from '../view/log_items.js';
import { isAnswerTo, parse } from '../net/wire.js';

const CASES = JSON.parse(readFileSync(new URL('../../../protocol/golden/growth.json', import.meta.url), 'utf8'));

/** @param {number} seq @param {any} [more] */
const pin = (seq, more = {}) => ({ type: 'pin', room: LOBBY, seq, target: 1, ...more });

/** @param {number} from @param {number} to @param {any} [more] */
const pins = (from, to, more = {}) =>
  page(from, to, { events: Array.from({ length: to - from + 1 }, (_, at) => pin(from + at)), ...more });

/** What the log shows. @param {Client} client @returns {(string | number)[]} */
const kinds = (client) => new LogItems().of(client.lobby, ANA).flatMap((item) => /** @type {(string | number)[]} */ (
  item.kind === 'top' ? [item.what] : item.kind === 'message' ? [item.message.seq] : item.kind === 'gap' ? [`${item.from}–${item.to}`] : []));

for (const { name, last, frames, cursor, messages } of CASES) {
  test(`golden: ${name}`, () => {
    const client = live();
    assert.equal(client.lobby.last, last);
    const isPaged = frames[0].type === 'ok';
    if (isPaged) client.hear({ type: 'behind', room: LOBBY, head: cursor });
    for (const frame of frames) {
      const answers = frame.type === 'ok' ? { id: client.asked('join').id } : {};
      client.hear(parse(JSON.stringify({ ...frame, ...answers })));
      assert.ok(!client.effects.some((effect) => effect.do === 'close'), 'the connection stays');
    }
    const shown = [1, 2, 3, ...messages];
    assert.deepEqual([client.seqs(), client.lobby.last, gaps(client.lobby), client.lobby.live], [shown, cursor, [], true]);
    assert.deepEqual(kinds(client), ['beginning', ...shown]);
    if (!isPaged) assert.equal(client.lobby.unread, 0);
    assert.deepEqual(client.hear(message(cursor + 1)).seqs(), [...shown, cursor + 1]);
  });
}

test('an event of an unknown type whose place cannot be has none', () => {
  for (const seq of ['4', 1.5, -1, {}, true, null]) {
    const client = live();
    const event = parse(JSON.stringify(pin(/** @type {any} */ (seq))));
    assert.deepEqual(client.hear(event).lobby.last, 3, `${seq}`);
    assert.deepEqual(client.effects, []);
  }
  assert.equal(live().hear(parse(JSON.stringify(pin(4, { room: 7 })))).lobby.last, 3);
  assert.throws(() => parse(JSON.stringify({ type: 'message', room: LOBBY, seq: 4 })), /message/);
});

test('a page with an entry that cannot be is no answer', () => {
  const wrong = [pin(/** @type {any} */ ('5')), pin(5, { type: undefined }), pin(5, { type: 7 }), pin(5, { room: undefined }), pin(5, { type: 'typing' }),
    message(5, { from: undefined }), message(5, { text: undefined }), pin(4), null, 'pin'];
  for (const one of wrong) {
    assert.ok(!isAnswerTo('history', { type: 'ok', id: 1, ...page(4, 5, { events: [message(4), one] }) }), JSON.stringify(one));
    const client = live().hear({ type: 'behind', room: LOBBY, head: 5 });
    client.answer('join', page(4, 5, { events: [message(4), one] }));
    assert.deepEqual(client.effects, [{ do: 'close', again: true }], JSON.stringify(one));
  }
});

test('history of nothing but unknown entries leads on to what is older, and no gap is shown', () => {
  const client = new Client().play('start', { nick: 'ana' }).greet().answer('join', page(101, 103, { head: 103 }));
  client.play('older', { room: LOBBY, before: 101 }).answer('history', pins(51, 100, { head: 103, more: true }));
  assert.deepEqual([client.seqs(), oldestSeq(client.lobby), kinds(client)], [[101, 102, 103], 51, ['older', 101, 102, 103]]);
  client.play('older', { room: LOBBY, before: 51 });
  assert.equal(client.asked('history').before, 51);
  assert.ok(client.lobby.historyId && !client.lobby.fillId, 'it is asked for at the top');
  client.answer('history', page(1, 50, { head: 103 }));
  assert.deepEqual([gaps(client.lobby), kinds(client)[0], client.seqs().length], [[], 'beginning', 53]);
});

test('a room with nothing but unknown entries is empty, and what lies before them loads', () => {
  const client = new Client().play('start', { nick: 'ana' }).greet().answer('join', pins(1, 3));
  assert.deepEqual([kinds(client), client.lobby.last, client.lobby.live], [['empty'], 3, true]);
  const other = new Client().play('start', { nick: 'ana' }).greet().answer('join', pins(51, 100));
  assert.deepEqual([kinds(other), other.lobby.last], [['older'], 100]);
  other.play('older', { room: LOBBY, before: oldestSeq(other.lobby) }).answer('history', page(1, 50, { head: 100 }));
  assert.deepEqual([kinds(other)[0], other.seqs().length, gaps(other.lobby)], ['beginning', 50, []]);
});

test('a gap is made smaller by the unknown entries in it, from both sides, until nothing is left', () => {
  const client = jumped(page(21, 22, { limited: true }));
  assert.deepEqual(gaps(client.lobby), [{ from: 4, to: 20 }]);
  client.play('older', { room: LOBBY, before: 21 }).answer('history', pins(16, 20, { head: 22, more: true }));
  assert.deepEqual(gaps(client.lobby), [{ from: 4, to: 15 }]);
  client.play('newer', { room: LOBBY, after: 3 }).answer('history', pins(4, 8, { head: 22, more: true }));
  assert.deepEqual([gaps(client.lobby), kinds(client)], [[{ from: 9, to: 15 }], ['beginning', 1, 2, 3, '9–15', 21, 22]]);
  client.play('newer', { room: LOBBY, after: 8 }).answer('history', pins(9, 15, { head: 22 }));
  assert.deepEqual([gaps(client.lobby), client.lobby.skipped], [[], [[4, 20]]]);
});

test('what was skipped on the way back to a page of unknown entries is a gap that shows', () => {
  const client = jumped(pins(91, 100, { limited: true }));
  assert.deepEqual([client.lobby.last, kinds(client)], [100, ['beginning', 1, 2, 3, '4–90']]);
});

test('what shows nothing is not unread, and the line stands above what does', () => {
  const client = live().play('attention', { visible: false }).hear(pin(4)).hear(pin(5));
  assert.deepEqual([client.lobby.unread, client.lobby.divider, client.effects], [0, null, []]);
  client.hear(message(6)).hear(pin(7)).hear(message(8)).hear(pin(9));
  assert.equal(client.lobby.unread, 2);
  client.play('attention', { visible: true });
  assert.equal(client.lobby.divider, 6);
  client.play('seen', { room: LOBBY, seq: 8 });
  assert.equal(client.lobby.unread, 0);
});

test('a link to an entry that shows nothing says that it is not there', () => {
  const client = live().hear(pin(4)).play('show', { room: LOBBY, seq: 4 });
  assert.deepEqual([client.lobby.target, client.state.notice?.key], [null, 'link.missing']);
});

test('a reload reads on behind unknown entries, and shows no gap for them', () => {
  const client = live().hear(pin(4)).hear(message(5)).hear(pin(6)).hear(pin(7));
  const end = JSON.parse(JSON.stringify(toCachedRoom(client.lobby)));
  const [room] = restoreRooms({ listed: [[LOBBY, 'lobby']], cached: [end], unsent: [], reads: { [LOBBY]: [end.epoch, 5] }, me: ANA });
  assert.deepEqual([room.last, room.unread, gaps(room), room.messages.length], [7, 0, [], 4]);
  const back = new Client({ token: 'T1', me: ANA, rooms: [room] }).play('start').greet();
  assert.equal(back.asked('join').after, 7);
});

test('a page that shows more than the one that kept the end of a room reads it again', () => {
  const client = live().hear(pin(4));
  const kept = (/** @type {any} */ change) =>
    restoreRooms({ listed: [[LOBBY, 'lobby']], cached: [{ ...toCachedRoom(client.lobby), ...change }], unsent: [], reads: null, me: ANA })[0];
  assert.equal(kept({}).last, 4);
  assert.equal(kept({ shows: 'message pin' }).last, null, 'what was skipped may be shown now');
  for (const skipped of [[], [[4]], [[5, 4]], [['4', 4]], 'x', [[4, 4], [5, 5]], null]) {
    assert.equal(kept({ skipped }).last, null, JSON.stringify(skipped));
  }
  assert.equal(restoreRooms({ listed: [[LOBBY, 'lobby']], cached: [{ ...toCachedRoom(live().lobby), shows: 'message' }], unsent: [], reads: null, me: ANA })[0].last, null, 'it may have what was deleted');
});

test('however many unknown entries there are, what is remembered of them is bounded', () => {
  const client = live();
  let most = 0;
  for (let seq = 4; seq <= 20_003; seq += 1) {
    client.state = update(client.state, { type: 'frame', event: seq % 2 ? message(seq) : pin(seq), now: 1 }).state;
    most = Math.max(most, client.lobby.skipped.length);
  }
  assert.ok(most <= 4 * MESSAGES_MAX + 1, `${most} spans`);
  assert.deepEqual([client.lobby.messages.length, gaps(client.lobby), client.lobby.last], [MESSAGES_MAX, [], 20_003]);
});

test('hello may tell of features and of the largest message', () => {
  const client = new Client().play('start', { nick: 'ana' }).greet({ features: ['x'], limits: { ...LIMITS, message_bytes: 32_768 } });
  assert.equal(client.state.phase, 'online');
  for (const wrong of [{ features: 'x' }, { features: [7] }, { limits: { ...LIMITS, message_bytes: 'x' } }]) {
    assert.equal(new Client().play('start', { nick: 'ana' }).greet(wrong).state.phase, 'connecting', JSON.stringify(wrong));
  }
});
