// A room is its id: names are what people write, and an attribute that may change.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { upgradeStorage } from '../device/storage_upgrade.js';
import { restoreRooms, toCachedRoom } from '../device/room_cache.js';
import { fromUnsentRecords } from '../device/unsent_records.js';
import { findRoom, newRoom } from '../store/state.js';
import { ANA, Client, EPOCH, LOBBY, OTHER_LOBBY, idOf, live, message, page, rooms } from './client.js';

/** The room that has the name of the lobby after the first one is gone. */
const NEW_LOBBY = idOf('another');
const newLobby = { room: { id: NEW_LOBBY, name: 'lobby' }, events: [message(1, { room: NEW_LOBBY })], head: 1 };

/** @param {Client} client */
const ids = (client) => [...client.state.rooms.keys()];

test('a new room goes under its name until the answer to the join has its id, with what was written meanwhile', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).play('join', { room: '#kitchen' });
  client.play('say', { room: '#kitchen', text: 'one' }).play('join', { room: '#garden' }).play('show', { room: '#kitchen' });
  assert.deepEqual(ids(client), [LOBBY, '#kitchen', '#garden']);
  client.greet();
  const kitchen = page(1, 0, { room: { id: idOf('kitchen'), name: 'kitchen' } });
  const join = client.sent.findLast(({ room }) => room === '#kitchen');
  client.hear({ type: 'ok', id: join.id, ...kitchen });
  assert.deepEqual(ids(client), [LOBBY, idOf('kitchen'), '#garden'], 'in their order');
  assert.deepEqual([client.state.selectedRoom, client.state.previousRoom], [idOf('kitchen'), '#garden']);
  assert.deepEqual(client.effects.filter((effect) => effect.do !== 'send'), [{ do: 'identified', from: '#kitchen', to: idOf('kitchen') }]);
  assert.deepEqual([client.asked('send').room, client.asked('send').text], [idOf('kitchen'), 'one']);
  client.play('leave', { room: idOf('kitchen') });
  assert.deepEqual(client.state.notice, { key: 'leave.unsent', args: { room: 'kitchen' } });
});

test('a room is found by its name, in the spellings that the browser knows to be the same', () => {
  for (const spelled of ['#LOBBY', '#ｌｏｂｂｙ']) {
    const client = live().play('show', { room: spelled, seq: 2 });
    assert.deepEqual([ids(client), client.count('join'), client.lobby.target], [[LOBBY], 1, 2]);
  }
  const client = live();
  assert.equal(findRoom(client.state.rooms, OTHER_LOBBY), undefined, 'only the server knows');
  assert.equal(findRoom(client.state.rooms, 'lobby'), undefined, 'a bare name is no id');
});

test('a room of the list is joined by its id, and shown by its name until then', () => {
  const client = live().play('join', { room: idOf('kitchen'), name: 'kitchen' });
  assert.deepEqual([client.asked('join').room, client.state.rooms.get(idOf('kitchen'))?.name], [idOf('kitchen'), 'kitchen']);
  assert.deepEqual(client.effects.at(-1), { do: 'link', room: 'kitchen', seq: null });
});

test('events of a room that was left are ignored', () => {
  const client = live().play('join', { room: '#kitchen' }).play('leave', { room: LOBBY });
  const before = client.state.rooms;
  for (const event of [message(4), { type: 'typing', room: LOBBY, who: ['bo'] }, { type: 'behind', room: LOBBY, head: 9 },
    { type: 'members', room: LOBBY, version: 2, count: 1, joined: [], left: [] }, { type: 'pin', room: LOBBY, seq: 5 }]) {
    client.hear(event);
  }
  assert.equal(client.state.rooms, before);
});

test('a new name is a change of an attribute: in the state, in the address, and nowhere else', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet();
  client.answer('join', page(4, 4, { room: { id: LOBBY, name: 'foyer' } }));
  assert.deepEqual([ids(client), client.lobby.name, client.seqs()], [[LOBBY], 'foyer', [1, 2, 3, 4]]);
  assert.deepEqual(client.effects, [{ do: 'link', room: 'foyer', seq: null }]);
  assert.equal(findRoom(client.state.rooms, '#lobby'), undefined);
});

test('a room that the server no longer has is joined by its name, and begins fresh', () => {
  const client = live().play('say', { room: LOBBY, text: 'one' }).answer('send', { seq: 4, at: 1, dup: false }).play('say', { room: LOBBY, text: 'two' });
  const [sent] = client.lobby.outgoing;
  client.play('closed', { again: true, inMs: 5 }).greet().refuse('join', 'no_such_room');
  assert.deepEqual({ ...client.asked('join'), id: 0 }, { type: 'join', id: 0, room: '#lobby', limit: 50 }, 'without a cursor');
  assert.equal(client.state.selectedRoom, '#lobby');
  client.answer('join', page(1, 1, newLobby));
  const room = client.state.rooms.get(NEW_LOBBY);
  assert.deepEqual([ids(client), room?.messages.map(({ room: id, seq }) => [id, seq]), room?.last], [[NEW_LOBBY], [[NEW_LOBBY, 1]], 1]);
  assert.deepEqual([room?.read, room?.unread, room?.divider], [1, 0, null]);
  assert.deepEqual(client.state.notice, { key: 'room.replaced', args: { room: 'lobby' } });
  assert.deepEqual([client.asked('send').room, client.asked('send').cid], [NEW_LOBBY, sent.cid], 'what is in no log is said there');
  client.hear(message(2));
  assert.equal(client.state.rooms.get(NEW_LOBBY)?.last, 1, 'what was said in the old one is not for the new one');
});

test('a room in which nothing was ever said comes back under another id, without a word', () => {
  const client = new Client().play('start', { nick: 'ana' }).greet().answer('join', page(1, 0));
  client.play('closed', { again: true, inMs: 5 }).greet().refuse('join', 'no_such_room').answer('join', page(1, 0, { room: newLobby.room }));
  assert.deepEqual([ids(client), client.state.selectedRoom, client.state.notice], [[NEW_LOBBY], NEW_LOBBY, null]);
});

test('what was sent to a room that is gone is said again, also where the name leads to a room that was opened meanwhile', () => {
  const client = live().play('say', { room: LOBBY, text: 'one' }).answer('send', { seq: 4, at: 1, dup: false });
  client.play('join', { room: OTHER_LOBBY }).play('closed', { again: true, inMs: 5 }).greet();
  const [other, first] = client.sent.filter(({ type }) => type === 'join').slice(-2);
  assert.deepEqual([other.room, first.room], [OTHER_LOBBY, LOBBY]);
  client.hear({ type: 'ok', id: other.id, ...page(1, 9, { ...newLobby, head: 9 }) });
  client.hear({ type: 'error', id: first.id, code: 'no_such_room', message: '' });
  assert.deepEqual([client.asked('join').room, client.state.selectedRoom, client.state.previousRoom], ['#lobby', NEW_LOBBY, '#lobby']);
  client.answer('join', page(1, 9, { ...newLobby, head: 9 }));
  assert.deepEqual([ids(client), client.state.previousRoom, client.asked('join').room], [[NEW_LOBBY], NEW_LOBBY, NEW_LOBBY]);
  client.answer('join', page(9, 9, { ...newLobby, events: [], head: 9 }));
  assert.deepEqual([client.asked('send').text, client.asked('send').room, client.count('send')], ['one', NEW_LOBBY, 2]);
});

test('what was sent to a room that is gone is said again where a room waits under its name', () => {
  const client = live().play('say', { room: LOBBY, text: 'one' }).answer('send', { seq: 4, at: 1, dup: false }).play('closed', { again: true, inMs: 5 });
  client.state.rooms.set('#lobby', newRoom('#lobby'));
  client.greet();
  client.hear({ type: 'error', id: client.lobby.joinId, code: 'no_such_room', message: '' }).answer('join', page(1, 9, { ...newLobby, head: 9 }));
  assert.deepEqual([ids(client), client.asked('send').text, client.count('send')], [[NEW_LOBBY], 'one', 2]);
});

test('a removed room lets nothing hang: a send without an answer, a page of history, the members', () => {
  const client = live().play('say', { room: LOBBY, text: 'one' }).play('older', { room: LOBBY, before: 1 });
  client.hear({ type: 'members', room: LOBBY, version: 9, count: 7 }).refuse('history', 'not_joined').refuse('join', 'no_such_room');
  client.answer('join', page(1, 1, newLobby));
  const room = client.state.rooms.get(NEW_LOBBY);
  assert.deepEqual([room?.historyId, room?.fillId, room?.membersId], [0, 0, 0]);
  assert.deepEqual([client.asked('send').room, room?.outgoing[0].state], [NEW_LOBBY, 'flying']);
});

test('a server that answers with another id mixes no messages', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet().answer('join', page(1, 1, newLobby));
  assert.deepEqual([ids(client), client.state.rooms.get(NEW_LOBBY)?.messages.length], [[NEW_LOBBY], 1]);
});

test('what another person had sent to a log that was restored is not sent by this one', () => {
  const client = live().play('say', { room: LOBBY, text: 'one' }).answer('send', { seq: 4, at: 1, dup: false });
  client.play('closed', { again: true, inMs: 5 }).greet({ user: { id: idOf('other'), nick: 'ana' } });
  client.answer('join', page(1, 2, { reset: true }));
  assert.deepEqual([client.count('send'), client.lobby.outgoing[0].state, client.lobby.outgoing[0].unknown], [1, 'failed', true]);
});

test('what is stored under the old id is not read into the new room', () => {
  const cached = [toCachedRoom(live().lobby)];
  const reads = { [LOBBY]: [EPOCH, 3] };
  const [room] = restoreRooms({ listed: [[NEW_LOBBY, 'lobby']], cached, unsent: [], reads, me: ANA });
  assert.deepEqual([room.id, room.messages, room.last, room.read], [NEW_LOBBY, [], null, null]);
});

test('a room that is only named is stored with its unsent messages, and has no cache', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet().refuse('join', 'no_such_room');
  const [room] = client.state.rooms.values();
  assert.deepEqual([room.id, room.messages.length, toCachedRoom(room)], ['#lobby', 3, null]);
  const one = { cid: message(1).cid, room: '#lobby', name: 'lobby', kind: 'text', text: 'x', firstAt: 1, tries: 0, sender: null, failed: false, unknown: false, problem: null };
  const restored = (/** @type {any[]} */ listed, /** @type {any} */ unsent) =>
    restoreRooms({ listed, cached: [], unsent: [unsent], reads: null, me: ANA }).map(({ id, name, outgoing }) => [id, name, outgoing.length]);
  assert.deepEqual(restored([], one), [['#lobby', 'lobby', 1]]);
  assert.deepEqual(restored([[LOBBY, 'Lobby']], one), [[LOBBY, 'Lobby', 1]], 'the id came after it was written');
  assert.deepEqual(restored([], { ...one, room: LOBBY }), [[LOBBY, 'lobby', 1]]);
});

test('what another window wrote to a room by its name is sent to the room that has the name', () => {
  const one = { cid: message(9).cid, room: '#LOBBY', name: 'LOBBY', kind: 'text', text: 'x', firstAt: 1_000, tries: 0, sender: null, failed: false, unknown: false, problem: null };
  const client = live().play('found', { unsent: fromUnsentRecords([one]) });
  assert.deepEqual([ids(client), client.asked('send').room, client.asked('send').cid], [[LOBBY], LOBBY, one.cid]);
});

test('what an older version of the page stored under names is taken over', async () => {
  const values = new Map(Object.entries({
    'throng.rooms': '["lobby","kitchen"]', 'throng.reads': `{"lobby":["${EPOCH}",2],"garden":["${EPOCH}",1]}`,
    'throng.shown': 'kitchen', 'throng.draft.kitchen': 'hel', 'throng.token': 'T',
  }));
  const localStorage = {
    getItem: (/** @type {string} */ key) => values.get(key) ?? null, removeItem: (/** @type {string} */ key) => void values.delete(key),
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void values.set(key, value),
  };
  Object.defineProperty(globalThis, 'localStorage', { value: localStorage, configurable: true, writable: true });
  const one = { cid: message(9).cid, room: 'kitchen', kind: 'text', text: 'x', firstAt: 1, tries: 0, sender: null, failed: false, unknown: false, problem: null };
  /** @type {any[]} */
  const written = [];
  const store = { readUnsent: async () => [one], writeUnsent: (/** @type {any} */ changes) => void written.push(changes), whenWritten: async () => {} };
  await upgradeStorage(/** @type {any} */ (store));
  assert.deepEqual(written, [{ put: [], update: [{ ...one, room: '#kitchen', name: 'kitchen' }], gone: [] }]);
  assert.deepEqual(Object.fromEntries(values), {
    'throng.rooms': '[["#lobby","lobby"],["#kitchen","kitchen"]]', 'throng.reads': `{"#lobby":["${EPOCH}",2],"#garden":["${EPOCH}",1]}`,
    'throng.shown': '#kitchen', 'throng.draft.#kitchen': 'hel', 'throng.token': 'T',
  });
  const stored = restoreRooms({ listed: JSON.parse(values.get('throng.rooms') ?? ''), cached: [], unsent: [], reads: JSON.parse(values.get('throng.reads') ?? ''), me: ANA });
  const client = new Client({ token: 'T', rooms: stored, selectedRoom: '#lobby' }).play('start').greet();
  client.hear({ type: 'ok', id: client.sent.find(({ room }) => room === '#lobby').id, ...page(1, 3) });
  assert.deepEqual([client.lobby.read, client.lobby.unread], [2, 1], 'what was unread is unread');
});

test('a notification opens a room that another window joined, by its id', () => {
  const client = live().play('show', { room: idOf('kitchen'), name: 'kitchen', seq: 7 });
  assert.deepEqual([client.asked('join').room, client.state.rooms.get(idOf('kitchen'))?.target], [idOf('kitchen'), 7]);
  const away = new Client({ rooms: rooms('lobby') }).play('show', { room: idOf('kitchen'), name: 'kitchen', seq: 7 });
  assert.deepEqual(away.state.linkTarget, { room: '#kitchen', seq: 7 }, 'nobody is signed in');
});

test('a room without an id is joined again by its name', () => {
  const client = new Client({ rooms: [newRoom('#lobby')] }).play('start', { nick: 'ana' }).greet().refuse('join', 'no_such_room');
  assert.deepEqual([client.count('join'), client.state.notice?.code], [1, 'no_such_room'], 'and there is nothing else to try');
});

test('a room that was left while its join was on its way, and came in under another spelling, is live again', () => {
  const [lobby, other] = [...rooms('lobby'), newRoom(OTHER_LOBBY)];
  const client = new Client({ token: 'T', me: ANA, selectedRoom: OTHER_LOBBY, rooms: [{ ...lobby, epoch: EPOCH, last: 1, read: 1, readEpoch: EPOCH }, other] })
    .play('start').greet();
  const [byName, byId] = client.sent.filter(({ type }) => type === 'join');
  assert.deepEqual([byName.room, byId.room], [OTHER_LOBBY, LOBBY]);
  client.play('leave', { room: LOBBY }).hear({ type: 'ok', id: byName.id, ...page(4, 9) });
  assert.equal(client.lobby.live, true);
  // What the server did last is the join by the id: it pushes nothing before the client has read on.
  client.hear({ type: 'ok', id: byId.id, ...page(2, 3, { head: 9, more: true }) });
  assert.deepEqual([client.count('join'), client.asked('join').after, client.lobby.live], [3, 9, false]);
  client.answer('join', page(10, 9, { head: 9 }));
  assert.deepEqual([client.lobby.live, client.lobby.last, client.count('join')], [true, 9, 3]);
});
