// What a person has not seen: counts, the dividing line, and the mark across visits.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restoreRooms } from '../device/room_cache.js';
import { markRead } from '../store/unread.js';
import { ANA, BO, Client, EPOCH, LOBBY, live, message, page } from './client.js';
import { SHOWN_ENTRIES } from '../net/wire.js';

const OTHER_EPOCH = '01K9ZRZZZZ0000000000000002';

/** Somebody who comes back: the lobby is read up to 10, and no message of it is on this device. */
const returning = (/** @type {any} */ kept = {}) => new Client({
  token: 'T0', nick: 'ana', me: ANA,
  rooms: restoreRooms({ listed: [[LOBBY, 'lobby']], cached: [], unsent: [], reads: { [LOBBY]: [EPOCH, 10] }, me: ANA, ...kept }),
}).play('start').greet();

/** @param {Client} client */
const counts = ({ lobby }) => [lobby.unread, lobby.mentions, lobby.divider];

test('a room that was never seen before has nothing unread', () => {
  assert.deepEqual(counts(live()), [0, 0, null]);
  assert.equal(live().lobby.read, 3);
});

test('what came since the last visit is unread, but not what the person said elsewhere', () => {
  const client = returning();
  client.answer('join', page(8, 14, {
    events: page(8, 14).events.map((/** @type {any} */ one) => (one.seq === 12 ? { ...one, from: ANA } : one.seq === 13 ? { ...one, text: '@ana: tea?' } : one)),
  }));
  assert.deepEqual(counts(client), [3, 1, 11]);
});

test('naming oneself is no mention, and the line stands above what others said', () => {
  const client = returning().answer('join', page(11, 13, {
    events: [message(11, { from: ANA, text: '@ana was here' }), message(12), message(13)],
  }));
  assert.deepEqual(counts(client), [2, 0, 12]);
});

test('the mark moves along with what the person says, and only forwards', () => {
  const client = live().play('attention', { visible: false }).hear(message(4, { from: ANA }));
  assert.equal(client.lobby.read, 4);
  const { lobby } = client;
  markRead(lobby, 2);
  assert.equal(lobby.read, 4);
});

test('what lies unloaded between the mark and the newest page is unread too', () => {
  const client = returning().answer('join', page(951, 1_000));
  assert.deepEqual(counts(client), [990, 0, 11]);
  client.play('older', { room: LOBBY, before: 951 });
  client.answer('history', page(901, 950, { events: page(901, 950).events.map((/** @type {any} */ one) => ({ ...one, text: 'hello @ana' })) }));
  assert.deepEqual(counts(client), [990, 50, 11], 'mentions are known once they are loaded');
});

test('messages that the server no longer keeps are not unread', () => {
  assert.equal(returning().answer('join', page(31, 40, { first: 31 })).lobby.unread, 10);
});

test('a mark of another log is void', () => {
  const client = new Client({
    token: 'T0', nick: 'ana', me: ANA,
    rooms: restoreRooms({ listed: [[LOBBY, 'lobby']], cached: [], unsent: [], reads: { [LOBBY]: [OTHER_EPOCH, 10] }, me: ANA }),
  }).play('start').greet().answer('join', page(1, 40));
  assert.deepEqual([...counts(client), client.lobby.read], [0, 0, null, 40]);
});

test('a restored log has nothing unread, and no line', () => {
  const client = live().play('attention', { visible: false }).hear(message(4));
  client.play('closed', { again: true, inMs: 5 }).greet({ epoch: OTHER_EPOCH }).answer('join', page(1, 2, { reset: true }));
  assert.deepEqual([...counts(client), client.lobby.read], [0, 0, null, 2]);
});

test('a cursor above the head means another log too, though it has the same name', () => {
  const client = live().play('attention', { visible: false }).hear(message(4)).play('show', { room: LOBBY, seq: 2 });
  client.play('closed', { again: true, inMs: 5 }).greet().answer('join', page(1, 2, { reset: true }));
  assert.deepEqual([...counts(client), client.lobby.read], [0, 0, null, 2]);
  assert.deepEqual([client.lobby.target, client.lobby.anchor], [null, null], 'seqs mean other messages now');
});

test('what is in view while the person looks is seen', () => {
  assert.deepEqual([counts(live().hear(message(4))), live().hear(message(4)).lobby.read], [[0, 0, null], 4]);
});

test('what comes while the person is elsewhere is unread, and the line stands above it when they are back', () => {
  const client = live().play('attention', { visible: false });
  client.hear(message(4, { from: ANA })).hear(message(5, { text: '@ANA?' })).hear(message(6));
  assert.deepEqual(counts(client), [2, 1, null]);
  client.play('attention', { visible: true });
  assert.deepEqual(counts(client), [2, 1, 5]);
});

test('what comes while the person reads older messages is unread', () => {
  const client = live().play('anchored', { room: LOBBY, seq: 1 }).hear(message(4));
  assert.equal(client.lobby.unread, 1);
});

test('seeing some messages leaves the others unread, and the mark never moves back', () => {
  const client = live().play('attention', { visible: false });
  for (let seq = 4; seq <= 9; seq += 1) client.hear(message(seq, seq % 2 ? { text: '@ana' } : {}));
  assert.deepEqual(counts(client), [6, 3, null]);
  client.play('seen', { room: LOBBY, seq: 6 });
  assert.deepEqual(counts(client), [3, 2, null]);
  client.play('seen', { room: LOBBY, seq: 4 });
  assert.deepEqual([client.lobby.read, client.lobby.unread], [6, 3]);
  client.play('seen', { room: LOBBY, seq: 1_000 });
  assert.deepEqual([client.lobby.read, ...counts(client)], [9, 0, 0, null]);
});

test('what another window has read is read here too, even before it comes', () => {
  const client = live().play('attention', { visible: false });
  const elsewhere = (/** @type {number} */ seq, epoch = EPOCH) => client.play('seenElsewhere', { room: LOBBY, epoch, seq });
  client.hear(message(4));
  elsewhere(6);
  for (const seq of [5, 6, 7]) client.hear(message(seq));
  assert.deepEqual(counts(client), [1, 0, null]);
  elsewhere(5);
  elsewhere(9, 'another log');
  assert.deepEqual([client.lobby.read, client.lobby.unread], [6, 1]);
});

test('seeing what was seen changes nothing at all', () => {
  const client = live();
  const before = client.lobby;
  assert.equal(client.play('seen', { room: LOBBY, seq: 3 }).lobby, before);
  assert.equal(client.play('seenElsewhere', { room: LOBBY, epoch: EPOCH, seq: 3 }).lobby, before);
});

test('the line stands above the first unread message until the person goes', () => {
  const client = live().play('join', { room: '#kitchen' }).hear(message(4)).hear(message(5));
  client.play('show', { room: LOBBY });
  assert.equal(client.lobby.divider, 4);
  client.play('seen', { room: LOBBY, seq: 5 });
  assert.equal(client.lobby.divider, 4);
  assert.equal(client.play('show', { room: '#kitchen' }).lobby.divider, null);
});

test('the line goes when the person says something', () => {
  const client = live().play('join', { room: '#kitchen' }).hear(message(4)).play('show', { room: LOBBY });
  assert.equal(client.play('say', { room: LOBBY, text: 'hello' }).lobby.divider, null);
});

test('on return from a loss, the line stands above what was missed', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet().answer('join', page(4, 9));
  assert.deepEqual(counts(client), [6, 0, 4]);
});

test('what a page brings twice counts once', () => {
  const client = live().play('attention', { visible: false }).hear(message(4, { text: '@ana' }));
  client.play('closed', { again: true, inMs: 5 }).greet();
  client.answer('join', page(4, 4, { events: [message(4, { text: '@ana' })] }));
  assert.deepEqual(counts(client), [1, 1, 4]);
});

test('only messages that are new call the person, and only while they are elsewhere', () => {
  const calls = (/** @type {Client} */ client) => client.effects.filter((effect) => effect.do === 'notify');
  const client = live();
  assert.deepEqual(calls(client.hear(message(4))), [], 'they look');
  client.play('attention', { visible: false });
  assert.deepEqual(calls(client.hear(message(5, { from: ANA }))), [], 'their own, from another device');
  const [call] = calls(client.hear(message(6, { text: '@ana, tea?' })));
  assert.deepEqual([call.room, call.message.seq, call.mention], [LOBBY, 6, true]);
  assert.equal(calls(client.hear(message(7)))[0].mention, false);
  assert.deepEqual(calls(client.hear(message(7))), [], 'a repeat');
  client.play('closed', { again: true, inMs: 5 }).greet().answer('join', page(8, 9, { events: [message(8, { text: '@ana' }), message(9)] }));
  assert.deepEqual(calls(client), [], 'what a join brought');
  assert.equal(client.lobby.unread, 4);
});

test('another person has another mark for what is theirs', () => {
  const client = live().play('attention', { visible: false }).hear(message(4, { from: { ...BO, nick: 'ana' } }));
  assert.equal(client.lobby.unread, 1, 'a nick is not a person');
});

test('a bare nick calls those alone who want that, also after a reload', () => {
  const said = { events: [message(11, { text: 'ana: tea?' })] };
  assert.equal(returning().answer('join', page(11, 11, said)).lobby.mentions, 0);
  const wanting = returning().play('settings', { change: { words: true } }).answer('join', page(11, 11, said));
  assert.equal(wanting.lobby.mentions, 1);
  wanting.play('attention', { visible: false });
  assert.equal(wanting.hear(message(12, { text: 'and ana?' })).effects.find((effect) => effect.do === 'notify')?.mention, true);
  const end = { id: LOBBY, epoch: EPOCH, last: 11, first: 1, count: 2, messages: said.events, skipped: [], shows: SHOWN_ENTRIES };
  const kept = { listed: [[LOBBY, 'lobby']], cached: [end], unsent: [], reads: { [LOBBY]: [EPOCH, 10] } };
  assert.deepEqual([true, false].map((words) => restoreRooms({ ...kept, me: { ...ANA, words } })[0].mentions), [1, 0]);
});
