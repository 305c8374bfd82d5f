// What is unsent outlives a reload, is said once, and by whom it was written.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromUnsentRecords, unsentChanges } from '../device/unsent_records.js';
import { CACHED_MESSAGES_MAX, mergedReadMarks, mergedRooms, restoreRooms, toCachedRoom } from '../device/room_cache.js';
import { openUnsentStore } from '../device/unsent_store.js';
import { newRoom } from '../store/state.js';
import { ANA, BO, Client, EPOCH, LOBBY, idOf, live, message, page, rooms } from './client.js';

const KITCHEN = idOf('kitchen');

/** A device: what the outbox would hold after all that a client played. */
class Device {
  /** @type {Map<string, any>} */
  unsent = new Map();
  /** @type {any[]} */
  ends = [];

  /** Plays an input, and keeps what is to be kept of it. @param {Client} client @param {(client: Client) => void} act */
  keep(client, act) {
    const before = client.state.rooms;
    act(client);
    const { put, update, gone } = unsentChanges(before, client.state.rooms);
    for (const one of put) this.unsent.set(one.cid, structuredClone(one));
    for (const one of update) if (this.unsent.has(one.cid)) this.unsent.set(one.cid, structuredClone(one));
    for (const cid of gone) this.unsent.delete(cid);
    return { put, update, gone };
  }

  /** A client that begins with what the device holds. @param {any} [kept] */
  reload(kept = {}) {
    const rooms = restoreRooms({ listed: [[LOBBY, 'lobby']], cached: this.ends, unsent: [...this.unsent.values()], reads: null, me: ANA, ...kept });
    return new Client({ token: 'T0', nick: 'ana', me: ANA, rooms }).play('start');
  }
}

const say = (/** @type {string} */ text) => (/** @type {Client} */ client) => void client.play('say', { room: LOBBY, text });

test('what is said is kept before it is sent, with who tried it', () => {
  const device = new Device();
  const client = live();
  const { put } = device.keep(client, say('hello'));
  assert.deepEqual(put.map(({ room, name, text, tries, sender, failed }) => ({ room, name, text, tries, sender, failed })),
    [{ room: LOBBY, name: 'lobby', text: 'hello', tries: 1, sender: ANA.id, failed: false }]);
  const send = client.effects.find((effect) => effect.do === 'send');
  assert.equal(send.cid, put[0].cid, 'main.js holds it back until it is kept');
});

test('what was settled or discarded is deleted, in whatever way', () => {
  const device = new Device();
  const client = live();
  device.keep(client, say('one'));
  const { cid } = client.asked('send');
  device.keep(client, () => client.answer('send', { seq: 4, at: 1, dup: false }));
  assert.equal(device.unsent.size, 1, 'its message is not here yet');
  assert.deepEqual(device.keep(client, () => client.hear(message(4, { cid, from: ANA }))).gone, [cid]);
  device.keep(client, say('two'));
  device.keep(client, () => client.refuse('send', 'bad_text'));
  assert.equal([...device.unsent.values()][0].failed, true);
  device.keep(client, () => client.play('discard', { room: LOBBY, cid: client.lobby.outgoing[0].cid }));
  assert.equal(device.unsent.size, 0);
});

test('an input that says nothing writes nothing', () => {
  const client = live();
  const before = client.state.rooms;
  assert.deepEqual(unsentChanges(before, client.hear(message(4)).state.rooms), { put: [], update: [], gone: [] });
});

test('unsent messages are sent after a reload, in their order, under their cids', () => {
  const device = new Device();
  const client = live();
  for (const text of ['one', 'two', 'three']) device.keep(client, say(text));
  device.keep(client, () => client.play('closed', { again: true, inMs: 5 }));
  const first = client.asked('send');
  const again = device.reload();
  assert.deepEqual(again.lobby.outgoing.map(({ text, tries, sender, state }) => [text, tries, sender, state]),
    [['one', 1, ANA.id, 'waiting'], ['two', 0, null, 'waiting'], ['three', 0, null, 'waiting']]);
  again.greet().answer('join', page(1, 3));
  assert.deepEqual([again.asked('send').cid, again.asked('send').text], [first.cid, 'one']);
  again.answer('send', { seq: 4, at: 1, dup: true }).answer('send', { seq: 5, at: 1, dup: false });
  assert.equal(again.asked('send').text, 'three');
});

test('a message that was refused stays refused after a reload, with the reason', () => {
  const device = new Device();
  const client = live();
  device.keep(client, say('one'));
  device.keep(client, () => client.refuse('send', 'bad_text'));
  const [one] = device.reload().lobby.outgoing;
  assert.deepEqual([one.state, one.problem?.code], ['failed', 'bad_text']);
});

test('the time of the first attempt counts after a reload too', () => {
  const device = new Device();
  const client = live();
  device.keep(client, say('one'));
  const again = device.reload();
  again.now = 1_000 + 9_001;
  again.greet().answer('join', page(1, 3));
  assert.equal(again.count('send'), 0, 'the server may have forgotten the cid');
  assert.deepEqual([again.lobby.outgoing[0].state, again.lobby.outgoing[0].unknown], ['failed', true]);
});

test('what could not be tried for too long is left to the person, and may be said then', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).play('say', { room: LOBBY, text: 'one' });
  client.now += 9_001;
  const [one] = client.play('tick').lobby.outgoing;
  assert.deepEqual([one.state, one.unknown, one.problem?.key], ['failed', undefined, 'outgoing.expired']);
  client.greet().answer('join', page(4, 4)).play('retry', { room: LOBBY, cid: one.cid });
  assert.equal(client.play('tick').count('send'), 1);
});

test('another person does not say again what the first may have said, but says what was never tried', () => {
  const device = new Device();
  const client = live();
  device.keep(client, say('one'));
  device.keep(client, say('two'));
  const again = device.reload().play('opened').refuse('hello', 'bad_token');
  const cy = { id: '01K9ZS00000000000000000003', nick: 'ana' };
  again.answer('hello', {
    user: cy, token: 'T2', epoch: EPOCH, heartbeat_ms: 30_000, limits: client.state.limits,
  }).answer('join', page(1, 3));
  const [one, two] = again.lobby.outgoing;
  assert.deepEqual([one.state, one.unknown, one.problem?.key], ['failed', true, 'outgoing.unknown']);
  assert.deepEqual([again.count('send'), again.asked('send').text, two.sender], [1, 'two', cy.id]);
  again.play('retry', { room: LOBBY, cid: one.cid });
  assert.equal(again.count('send'), 1);
});

test('a refused message of the first person is not said by another', () => {
  const client = live().play('say', { room: LOBBY, text: 'one' });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    client.refuse('send', 'internal');
    client.now += 3_000;
    client.play('tick');
  }
  client.play('closed', { again: true, inMs: 5 }).greet({ user: BO }).answer('join', page(4, 4));
  assert.equal(client.lobby.outgoing[0].unknown, true);
});

test('two windows that send the same message do no harm', () => {
  const device = new Device();
  const first = live();
  device.keep(first, say('one'));
  const { cid } = first.asked('send');
  const second = device.reload().greet().answer('join', page(1, 3));
  assert.equal(second.asked('send').cid, cid);
  device.keep(second, () => second.answer('send', { seq: 4, at: 1, dup: false }).hear(message(4, { cid, from: ANA })));
  assert.equal(device.unsent.size, 0);
  // The first window hears of it late, tries once more, and brings nothing back.
  device.keep(first, () => first.refuse('send', 'busy', { retry_ms: 1 }));
  first.now += 1;
  device.keep(first, () => first.play('tick'));
  assert.equal(device.unsent.size, 0);
  device.keep(first, () => first.answer('send', { seq: 4, at: 1, dup: true }).hear(message(4, { cid, from: ANA })));
  assert.deepEqual([first.lobby.outgoing, device.unsent.size], [[], 0]);
});

test('what a window wrote that is gone is sent by another that comes back, under its cid', () => {
  const device = new Device();
  const away = () => live().play('closed', { again: true, inMs: 5 });
  const [gone, here] = [away(), away()];
  for (const text of ['one', 'two']) device.keep(gone, say(text));
  device.keep(here, say('three'));
  here.greet().answer('join', page(4, 4));
  device.keep(here, () => here.play('found', { unsent: fromUnsentRecords([...device.unsent.values()]) }));
  assert.deepEqual(here.lobby.outgoing.map(({ text }) => text), ['three', 'one', 'two'], 'what it has itself is not taken twice');
  for (const seq of [5, 6, 7]) {
    const { cid } = here.asked('send');
    device.keep(here, () => here.answer('send', { seq, at: 1, dup: false }).hear(message(seq, { cid, from: ANA })));
  }
  assert.deepEqual(here.sent.filter(({ type }) => type === 'send').map(({ text }) => text), ['three', 'one', 'two']);
  assert.deepEqual([here.lobby.outgoing, device.unsent.size], [[], 0]);
});

test('of what another window wrote, only what this person may still send is taken over', () => {
  const one = { room: '#kitchen', name: 'kitchen', kind: 'text', text: 'x', firstAt: 1_000, tries: 0, sender: null, failed: false, unknown: false, problem: null };
  const client = live().hear(message(4));
  const { cid } = message(4);
  client.play('found', { unsent: fromUnsentRecords([
    { ...one, cid: message(11).cid, failed: true }, { ...one, cid: message(12).cid, sender: BO.id, tries: 1 }, { ...one, cid: 'x' },
    { ...one, cid, room: LOBBY, name: 'lobby' }, { ...one, cid: message(13).cid, sender: ANA.id, tries: 1 },
  ]) });
  assert.deepEqual(client.lobby.outgoing, [], 'what came back as a message is said');
  const kitchen = () => client.state.rooms.get('#kitchen');
  assert.deepEqual(kitchen()?.outgoing.map((it) => it.cid), [message(13).cid]);
  assert.equal(client.asked('join').room, '#kitchen', 'its room comes with it');
  assert.equal(client.state.selectedRoom, LOBBY);
  const away = live().play('closed', { again: true, inMs: 5 }).play('found', { unsent: fromUnsentRecords([{ ...one, cid }]) });
  assert.equal(away.state.rooms.has('#kitchen'), false, 'not before there is a connection');
});

test('what cannot be on its way is taken back, and nothing else', () => {
  const client = live();
  const discard = (/** @type {number} */ at) => client.play('discard', { room: LOBBY, cid: client.lobby.outgoing[at].cid });
  const texts = () => client.lobby.outgoing.map(({ text }) => text);
  for (const text of ['one', 'two', 'three']) client.play('say', { room: LOBBY, text });
  discard(0);
  discard(1);
  assert.deepEqual(texts(), ['one', 'three'], 'the first one flies');
  client.play('closed', { again: true, inMs: 5 });
  discard(0);
  assert.deepEqual(texts(), ['one', 'three'], 'the server may have it');
  client.refuse('send', 'bad_text');
  discard(1);
  client.play('leave', { room: LOBBY });
  assert.deepEqual(texts(), ['one']);
  assert.equal(client.state.notice?.key, 'leave.unsent');
});

/** Rooms with what was read of each. @param {Record<string, number | null>} reads @returns {any} */
const roomsWith = (reads) => new Map(Object.entries(reads).map(([name, read]) =>
  [name, { id: name, name: `the ${name}`, read, readEpoch: read === null ? null : EPOCH }]));

test('rooms that another window joined or left are kept as it left them', () => {
  const [before, joined, left] = [roomsWith({ lobby: 1 }), roomsWith({ lobby: 1, garden: 1 }), roomsWith({})];
  const listed = (/** @type {string[]} */ ...ids) => ids.map((id) => [id, `the ${id}`]);
  assert.deepEqual(mergedRooms(listed('lobby', 'kitchen'), before, joined), listed('lobby', 'garden', 'kitchen'));
  assert.deepEqual(mergedRooms(listed('kitchen'), before, joined), listed('garden', 'kitchen'), 'what it left does not come back');
  assert.deepEqual(mergedRooms(listed('lobby', 'kitchen'), before, left), listed('kitchen'));
  for (const broken of [null, 7, {}, ['lobby', 7], [['lobby'], [7, 'lobby']]]) assert.deepEqual(mergedRooms(broken, roomsWith({}), joined), listed('lobby', 'garden'));
  assert.deepEqual(mergedRooms([['lobby', 'its old name']], before, before), listed('lobby'), 'a name is an attribute');
});

test('marks of rooms that only another window is in stay, and no mark moves back', () => {
  const kept = { lobby: [EPOCH, 9], kitchen: [EPOCH, 4], left: [EPOCH, 2] };
  assert.deepEqual(mergedReadMarks(kept, roomsWith({ lobby: 3, left: 2 }), roomsWith({ lobby: 5, garden: 1, fresh: null })),
    { lobby: [EPOCH, 9], kitchen: [EPOCH, 4], garden: [EPOCH, 1] });
  assert.deepEqual(mergedReadMarks({ lobby: ['another log', 9] }, roomsWith({}), roomsWith({ lobby: 5 })), { lobby: [EPOCH, 5] });
  assert.deepEqual(mergedReadMarks(null, roomsWith({}), roomsWith({})), {});
});

test('a room that is left, and one that goes under another name, take their messages along', () => {
  const device = new Device();
  const client = new Client({ rooms: [newRoom('#LOBBY')] }).play('start', { nick: 'ana' });
  device.keep(client, () => client.play('say', { room: '#LOBBY', text: 'one' }));
  device.keep(client, () => client.greet().answer('join', page(1, 1)));
  assert.equal([...device.unsent.values()][0].room, LOBBY);
  device.keep(client, () => client.play('leave', { room: LOBBY }));
  assert.equal(device.unsent.size, 1, 'what is unsent is not left');
  device.keep(client, () => client.answer('send', { seq: 2, at: 1, dup: false }).play('leave', { room: LOBBY }));
  assert.equal(device.unsent.size, 0);
});

test('a room that may not be joined any more keeps what was written for it', () => {
  const client = new Client({ token: 'T', rooms: rooms('lobby', 'kitchen') }).play('start');
  client.play('say', { room: KITCHEN, text: 'one' }).greet().refuse('join', 'no_such_room');
  assert.equal(client.asked('join').room, '#kitchen', 'its name may have another room');
  const kitchen = client.refuse('join', 'no_such_room').state.rooms.get('#kitchen');
  assert.deepEqual([kitchen?.outgoing[0].state, kitchen?.problem?.code], ['failed', 'no_such_room']);
});

test('what is tried again in a room that was refused asks to be let in again', () => {
  const client = new Client({ token: 'T', rooms: rooms('lobby', 'kitchen'), selectedRoom: LOBBY }).play('start');
  client.play('say', { room: KITCHEN, text: 'one' }).greet().refuse('join', 'too_many_rooms');
  const one = () => client.state.rooms.get(KITCHEN)?.outgoing[0];
  const retry = () => client.play('retry', { room: KITCHEN, cid: one()?.cid });
  assert.equal(retry().asked('join').room, KITCHEN);
  client.refuse('join', 'too_many_rooms');
  assert.deepEqual([one()?.state, one()?.problem?.code], ['failed', 'too_many_rooms'], 'not waiting for ever');
  retry().answer('join', page(1, 2, { room: { id: KITCHEN, name: 'kitchen' } }));
  assert.equal(client.asked('send').cid, one()?.cid);
});

test('a message that was tried may have been sent, when its room does not let the person in again', () => {
  const client = live().play('say', { room: LOBBY, text: 'one' }).play('say', { room: LOBBY, text: 'two' });
  client.play('closed', { again: true, inMs: 5 }).greet().refuse('join', 'too_many_rooms');
  const [one, two] = client.lobby.outgoing;
  assert.deepEqual([one.state, one.unknown, one.problem?.key], ['failed', true, 'outgoing.unknown']);
  assert.deepEqual([two.state, two.unknown, two.problem?.code], ['failed', undefined, 'too_many_rooms']);
  assert.equal(client.lobby.problem?.code, 'too_many_rooms');
  client.play('retry', { room: LOBBY, cid: one.cid }).play('retry', { room: LOBBY, cid: two.cid }).answer('join', page(4, 4));
  assert.equal(client.asked('send').text, 'two', 'the other could be sent twice');
});

test('a reload shows the end of a room at once, and reads on from there', () => {
  const device = new Device();
  const client = live().play('closed', { again: true, inMs: 5 }).greet().answer('join', page(4, 203));
  device.ends = [structuredClone(toCachedRoom(client.lobby))];
  const again = device.reload({ reads: { [LOBBY]: [EPOCH, 200] } });
  assert.deepEqual([again.seqs().length, again.seqs().at(-1), again.lobby.members?.count], [CACHED_MESSAGES_MAX, 203, 2]);
  assert.deepEqual([again.lobby.unread, again.lobby.live], [3, false]);
  again.greet();
  assert.deepEqual([again.asked('join').epoch, again.asked('join').after], [EPOCH, 203]);
  again.answer('join', page(204, 205));
  assert.deepEqual([again.seqs().at(-1), again.lobby.unread], [205, 5]);
});

test('a room of which nothing came yet has no end to keep', () => {
  assert.equal(toCachedRoom(/** @type {any} */ (new Client({ rooms: rooms('lobby') }).state.rooms.get(LOBBY))), null);
});

test('records that cannot be right are left out', () => {
  const good = toCachedRoom(live().lobby);
  const bad = [
    null, 5, {}, { ...good, last: 9 }, { ...good, last: -1 }, { ...good, epoch: null }, { ...good, messages: [{}] },
    { ...good, messages: [message(2), message(1), message(3)] }, { ...good, count: 'x' },
  ];
  for (const end of bad) assert.equal(restoreRooms({ listed: [[LOBBY, 'lobby']], cached: [end], unsent: [], reads: null, me: ANA })[0].last, null);
  assert.equal(restoreRooms({ listed: [[LOBBY, 'lobby']], cached: [good], unsent: [], reads: null, me: ANA })[0].last, 3);
  const one = { cid: message(1).cid, room: LOBBY, name: 'lobby', kind: 'text', text: 'x', firstAt: 1, tries: 0, sender: null, failed: false, unknown: false, problem: null };
  const wrong = [null, 'x', { ...one, cid: 'x' }, { ...one, text: 5 }, { ...one, kind: 'poll' }, { ...one, tries: -1 }, { ...one, sender: 5 }, { ...one, problem: 'x' }];
  for (const unsent of wrong) assert.deepEqual(restoreRooms({ listed: [[LOBBY, 'lobby']], cached: [], unsent: [unsent], reads: null, me: ANA })[0].outgoing, []);
  assert.equal(restoreRooms({ listed: [], cached: [], unsent: [one], reads: null, me: ANA })[0].outgoing.length, 1, 'its room comes with it');
  for (const reads of [null, [], 'x', { [LOBBY]: 5 }, { [LOBBY]: [EPOCH] }, { [LOBBY]: [EPOCH, -1] }]) {
    assert.equal(restoreRooms({ listed: [[LOBBY, 'lobby']], cached: [], unsent: [], reads, me: ANA })[0].read, null);
  }
});

test('without a database the visit goes on in memory', async () => {
  const outbox = await openUnsentStore();
  outbox.writeUnsent({ put: [], update: [], gone: [] });
  await outbox.whenWritten();
  assert.deepEqual([outbox.durable, await outbox.readUnsent(), await outbox.readRooms()], [false, [], []]);
});
