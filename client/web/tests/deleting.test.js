// Deleted messages: a text that was deleted is forgotten wherever this client has it. The server's own examples are in
// protocol/golden/event-deleted.json and event-message.json.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restoreRooms, toCachedRoom } from '../device/room_cache.js';
import { ANA, BO, Client, EPOCH, LOBBY, deleted, gaps, golden, live, message, page, texts } from './client.js';
import { fakeStorage } from './fake_device.js';
import { LogItems } from '../view/log_items.js';
import { isAnswerTo, parse } from '../net/wire.js';

/** A message without its text. @param {number} seq @param {number} by */
const gone = (seq, by) => message(seq, { text: '', deleted: by });
/** What would be on the device. @param {Client} client */
const stored = (client) => JSON.stringify([...client.state.rooms.values()].map(toCachedRoom));

test('golden: the entry takes its place in the log, pushed and in a page, and the texts are gone', () => {
  const [one, several] = golden('event-deleted').map((/** @type {any} */ { frame }) => frame);
  const left = golden('event-message').find((/** @type {any} */ { frame }) => frame.deleted).frame;
  const at = (/** @type {any} */ frame) => parse(JSON.stringify(frame));
  const from = Math.min(...several.messages, ...one.messages);
  const client = new Client().play('start', { nick: 'ana' }).greet().answer('join', page(from, one.seq - 1));
  client.hear(at(one)).hear(at(several));
  assert.deepEqual([client.lobby.last, gaps(client.lobby)], [several.seq, []]);
  const missing = client.lobby.messages.filter(({ text }) => !text).map(({ seq, deleted: by }) => [seq, by]);
  assert.deepEqual(missing, [...one.messages.map((/** @type {number} */ seq) => [seq, one.seq]), ...several.messages.map((/** @type {number} */ seq) => [seq, several.seq])]);
  const other = new Client().play('start', { nick: 'ana' }).greet();
  other.answer('join', JSON.parse(JSON.stringify(page(left.seq, several.seq, { events: [left, message(left.seq + 1), message(left.seq + 2), one, several] }))));
  assert.deepEqual([other.lobby.messages[0], other.lobby.last, gaps(other.lobby), other.effects.some((effect) => effect.do === 'close')], [left, several.seq, [], false]);
});

test('an entry that cannot be is refused', () => {
  for (const messages of [undefined, null, 7, ['1'], [-1], [1.5]]) {
    assert.throws(() => parse(JSON.stringify({ ...deleted(4, 1), messages })), /deleted/, JSON.stringify(messages));
    assert.ok(!isAnswerTo('history', { type: 'ok', id: 1, ...page(1, 2, { events: [message(1), { ...deleted(2, 1), messages }] }) }));
  }
  assert.throws(() => parse(JSON.stringify({ ...message(4), deleted: '5' })));
});

test('a pushed deletion takes the texts out of what is loaded and stored, and leaves the rest as it was', () => {
  const client = live();
  const [, second] = client.lobby.messages;
  client.hear(deleted(4, 1, 3, 77));
  assert.deepEqual([texts(client), client.lobby.last, client.lobby.unread], [['', 'text 2', ''], 4, 0]);
  assert.equal(client.lobby.messages[1], second);
  assert.equal(client.lobby.messages[0].deleted, 4);
  assert.ok(!stored(client).includes('text 1') && stored(client).includes('text 2'));
  const items = new LogItems().of(client.lobby, ANA).filter(({ kind }) => kind === 'message');
  assert.equal(items.length, 3, 'each keeps its place');
  client.hear(deleted(5, 1, 2));
  assert.deepEqual([texts(client), client.lobby.messages[0].deleted], [['', '', ''], 4]);
});

test('a page of the way back deletes what was loaded before, and what is in the page', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet();
  client.answer('join', page(4, 6, { events: [message(4), deleted(5, 2, 4), message(6)] }));
  assert.deepEqual([texts(client), client.lobby.last, gaps(client.lobby)], [['text 1', '', 'text 3', '', 'text 6'], 6, []]);
});

test('a page of history that was asked for before a deletion and comes after it brings no text back', () => {
  const client = new Client().play('start', { nick: 'ana' }).greet().answer('join', page(51, 60));
  client.play('older', { room: LOBBY, before: 51 }).hear(deleted(61, 50, 55)).hear(deleted(62, 49));
  client.answer('history', page(41, 50, { head: 62, more: true }));
  assert.deepEqual(client.lobby.messages.filter(({ text }) => !text).map(({ seq }) => seq), [49, 50, 55]);
  assert.deepEqual(client.lobby.changes, [], 'and nothing of it is kept');
  client.play('older', { room: LOBBY, before: 41 });
  const { id } = client.asked('history');
  for (let seq = 63; seq <= 163; seq += 1) client.hear(deleted(seq, 40));
  assert.deepEqual([client.lobby.historyId, client.lobby.changes], [0, []], 'too many to remember: the page is void');
  client.hear({ type: 'ok', id, ...page(31, 40, { head: 163 }) });
  assert.equal(client.seqs()[0], 41);
});

test('what was loaded before a jump is dropped, since what lies between may have deleted it', () => {
  for (const ahead of [page(90, 91, { limited: true }), page(91, 90, { limited: true, head: 90 })]) {
    const client = live().play('closed', { again: true, inMs: 5 }).greet().answer('join', ahead);
    assert.ok(!client.seqs().includes(3));
    assert.ok(!/text [123]"/.test(stored(client)));
  }
  const touching = live().play('closed', { again: true, inMs: 5 }).greet().answer('join', page(4, 5, { limited: true }));
  assert.deepEqual(touching.seqs(), [1, 2, 3, 4, 5]);
});

test('what the person reads stays in view over a jump, is read again, and is not stored until then', () => {
  const client = live().play('anchored', { room: LOBBY, seq: 2 }).play('closed', { again: true, inMs: 5 }).greet();
  client.answer('join', page(90, 91, { limited: true }));
  assert.deepEqual([client.seqs(), client.asked('history').around], [[1, 2, 3, 90, 91], 2]);
  assert.ok(!stored(client).includes('text 2'));
  client.answer('history', page(1, 4, { head: 91, events: [message(1), gone(2, 50), message(3), message(4)] }));
  assert.deepEqual([texts(client), client.lobby.anchor], [['text 1', '', 'text 3', 'text 4', 'text 90', 'text 91'], 2]);
  assert.ok(stored(client).includes('text 1'));
});

test('a person who goes to the end meanwhile drops it, and so does a refusal for good', () => {
  const away = () => live().play('anchored', { room: LOBBY, seq: 2 }).play('closed', { again: true, inMs: 5 }).greet().answer('join', page(90, 91, { limited: true }));
  assert.deepEqual(away().refuse('history', 'no_such_room').seqs(), [90, 91]);
  const busy = away().refuse('history', 'busy', { retry_ms: 400 });
  assert.deepEqual(busy.seqs(), [1, 2, 3, 90, 91]);
  busy.now += 400;
  assert.equal(busy.play('tick').count('history'), 2);
  assert.deepEqual(away().play('latest', { room: LOBBY }).play('tick').seqs(), [90, 91]);
});

test('a page that was asked for before a jump is void', () => {
  const client = new Client().play('start', { nick: 'ana' }).greet().answer('join', page(51, 60));
  client.play('older', { room: LOBBY, before: 51 }).hear({ type: 'behind', room: LOBBY, head: 900 });
  client.answer('join', page(899, 900)).answer('history', page(41, 50, { head: 900 }));
  assert.deepEqual(client.seqs(), [899, 900]);
});

test('a deleted mention calls nobody', () => {
  const client = live().play('attention', { visible: false }).hear(message(4, { text: '@ana, my address' })).hear(message(5, { text: '@ana?' }));
  assert.deepEqual([client.lobby.unread, client.lobby.mentions], [2, 2]);
  client.hear(deleted(6, 4));
  assert.deepEqual([client.lobby.unread, client.lobby.mentions], [2, 1]);
  client.play('closed', { again: true, inMs: 5 }).greet().answer('join', page(7, 7, { events: [gone(7, 8)], head: 8, more: true }));
  assert.equal(client.lobby.mentions, 1);
  client.answer('join', page(8, 8, { events: [deleted(8, 7)] }));
  assert.deepEqual([client.lobby.unread, client.lobby.mentions], [3, 1]);
});

test('after a reload a deleted message is one, and the retry of it brings nothing back', () => {
  const client = live().hear(deleted(4, 2));
  const [room] = restoreRooms({ listed: [[LOBBY, 'lobby']], cached: [JSON.parse(JSON.stringify(toCachedRoom(client.lobby)))], unsent: [], reads: { [LOBBY]: [EPOCH, 4] }, me: ANA });
  assert.deepEqual([room.messages.map(({ text }) => text), room.last, room.unread], [['text 1', '', 'text 3'], 4, 0]);
  client.play('say', { room: LOBBY, text: 'my address' }).answer('send', { seq: 9, at: 9, dup: true, deleted: true });
  assert.deepEqual(client.lobby.outgoing, []);
});

test('another log starts with nothing deleted', () => {
  const client = live().play('older', { room: LOBBY, before: 1 }).hear(deleted(4, 1)).play('closed', { again: true, inMs: 5 });
  client.greet({ epoch: '01K9ZRZZZZ0000000000000002' }).answer('join', page(1, 2, { reset: true }));
  assert.deepEqual(texts(client), ['text 1', 'text 2']);
});

test('the notification of a message that is deleted is closed, and so is one that the page does not have any more', async (t) => {
  const closed = /** @type {string[]} */ ([]);
  const browser = {
    navigator: {}, localStorage: fakeStorage(), Notification: class {
      static permission = 'granted';
      constructor(/** @type {string} */ title, /** @type {any} */ { body }) { this.body = body; }
      close() { closed.push(this.body); }
    },
  };
  for (const [name, value] of Object.entries(browser)) Object.defineProperty(globalThis, name, { value, configurable: true });
  t.after(() => Object.keys(browser).forEach((name) => Reflect.deleteProperty(globalThis, name)));
  const { Notifications } = await import('../device/notifications.js');
  const client = live().play('attention', { visible: false });
  const shown = async (/** @type {number} */ seq) => {
    const alerts = new Notifications(() => {});
    client.hear(message(seq));
    const alert = client.effects.find((effect) => effect.do === 'notify');
    await alerts.alert(alert, { sound: false, notification: true });
    alerts.closeRead(client.state);
    return alerts;
  };
  const first = await shown(4);
  assert.deepEqual(closed, []);
  client.hear(deleted(5, 3));
  first.closeRead(client.state);
  assert.deepEqual(closed, [], 'another message was deleted');
  client.hear(deleted(6, 4));
  first.closeRead(client.state);
  assert.deepEqual(closed, ['text 4']);
  const second = await shown(7);
  client.hear({ type: 'behind', room: LOBBY, head: 900 }).answer('join', page(890, 900));
  second.closeRead(client.state);
  assert.deepEqual(closed, ['text 4', 'text 7']);
});
