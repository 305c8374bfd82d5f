// Coming, going, and what a server says about it when it is not what the client believed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANA, BO, Client, EPOCH, LOBBY, OTHER_LOBBY, idOf, live, message, page, rooms } from './client.js';

test('a room is not left while something that was written there is unsent', () => {
  const client = live().play('say', { room: LOBBY, text: 'one' }).play('say', { room: LOBBY, text: 'two' });
  client.play('leave', { room: LOBBY });
  assert.deepEqual([client.lobby.outgoing.length, client.count('leave')], [2, 0]);
  assert.deepEqual(client.state.notice, { key: 'leave.unsent', args: { room: 'lobby' } });
  client.answer('send', { seq: 4, at: 1, dup: false }).answer('send', { seq: 5, at: 1, dup: false });
  assert.equal(client.play('leave', { room: LOBBY }).count('leave'), 1, 'what is on the disk of the server is said');
});

test('a room that is left before it is joined is left when the server has named it', () => {
  const client = live().play('join', { room: '#Kitchen' }).play('leave', { room: '#kitchen' });
  assert.equal(client.count('leave'), 0);
  client.answer('join', { ...page(1, 0), room: { id: idOf('kitchen'), name: 'kitchen' } });
  assert.equal(client.asked('leave').room, idOf('kitchen'));
});

test('steps go from room to room, however fast they come, and round', () => {
  const client = live().play('join', { room: '#garden' }).play('join', { room: '#kitchen' });
  const shown = (/** @type {any[]} */ ...steps) => steps.map((step) => client.play('step', step).state.selectedRoom);
  assert.deepEqual(shown({ by: -1 }, { by: -1 }, { by: -1 }, { by: 1 }), ['#garden', LOBBY, '#kitchen', LOBBY]);
  assert.deepEqual(shown({ by: 1, unread: true }), [LOBBY], 'nothing is unread');
  client.play('show', { room: '#kitchen' }).hear(message(4));
  assert.deepEqual(shown({ by: -1, unread: true }), [LOBBY]);
  assert.equal(new Client().play('step', { by: -1 }).state.selectedRoom, null, 'without rooms');
});

test('leaving another spelling of a room leaves nobody deaf in it', () => {
  const client = live().play('join', { room: OTHER_LOBBY }).play('leave', { room: OTHER_LOBBY });
  client.answer('join', page(2, 4));
  assert.deepEqual([client.count('leave'), client.asked('join').after], [0, 3]);
  assert.deepEqual(client.answer('join', page(4, 4)).seqs(), [1, 2, 3, 4]);
});

test('a room that comes under the name of one just left is joined again: the leave ends both', () => {
  const client = live().play('join', { room: OTHER_LOBBY });
  const { id } = client.asked('join');
  client.play('leave', { room: LOBBY }).hear({ type: 'ok', id, ...page(1, 3) });
  assert.deepEqual([client.asked('join').id > client.asked('leave').id, client.asked('join').room], [true, LOBBY]);
});

test('a join that another spelling made void is tried again, without a word', () => {
  const client = live().play('join', { room: '#kitchen' }).refuse('join', 'superseded');
  assert.deepEqual([client.state.rooms.has('#kitchen'), client.state.notice], [true, null]);
  client.now += 4_000;
  assert.equal(client.play('tick').asked('join').room, '#kitchen');
});

test('joins that are refused again and again come ever more slowly', () => {
  const client = live().play('join', { room: '#kitchen' });
  for (let second = 0; second < 300; second += 1) {
    if (client.state.rooms.get('#kitchen')?.joinId) client.refuse('join', 'internal');
    client.now += 1_000;
    client.play('tick', { random: 0.5 });
  }
  assert.ok(client.count('join') < 25, `${client.count('join')} joins in five minutes`);
});

for (const type of ['typing', 'older']) {
  test(`${type} that finds the client in no room joins it again`, () => {
    const client = live().play(type, { room: LOBBY, before: 1 });
    client.refuse(type === 'older' ? 'history' : type, 'not_joined');
    assert.deepEqual([client.asked('join').after, client.lobby.live], [3, false]);
  });
}

test('what is on the disk of a server that was restored from a backup is said again', () => {
  const client = live().play('say', { room: LOBBY, text: 'one' }).answer('send', { seq: 5, at: 1, dup: false });
  const { cid } = client.asked('send');
  client.play('closed', { again: true, inMs: 5 }).greet({ epoch: `${EPOCH.slice(0, -1)}2` });
  client.answer('join', page(1, 2, { reset: true }));
  assert.deepEqual([client.count('send'), client.asked('send').cid], [2, cid]);
});

test('a message of unknown outcome goes when history shows it', () => {
  const client = live().play('say', { room: LOBBY, text: 'one' });
  const { cid } = client.asked('send');
  client.play('closed', { again: true, inMs: 5 }).greet({ user: BO });
  client.answer('join', page(90, 91, { limited: true }));
  assert.equal(client.lobby.outgoing[0].unknown, true);
  client.play('older', { room: LOBBY, before: 90 });
  client.answer('history', page(88, 89, { events: [message(88), message(89, { cid, from: ANA })] }));
  assert.deepEqual(client.lobby.outgoing, []);
});

test('one that is tried again waits for the one that flies', () => {
  const client = live().play('say', { room: LOBBY, text: 'one' }).refuse('send', 'bad_text');
  client.play('say', { room: LOBBY, text: 'two' });
  client.play('retry', { room: LOBBY, cid: client.lobby.outgoing[0].cid });
  assert.equal(client.asked('send').text, 'two');
  assert.equal(client.answer('send', { seq: 4, at: 1, dup: false }).asked('send').text, 'one');
});

test('one that is tried again in a room that refused joins it', () => {
  const client = new Client({ token: 'T', rooms: rooms('lobby', 'kitchen') }).play('start');
  client.play('say', { room: idOf('kitchen'), text: 'one' }).greet().refuse('join', 'too_many_rooms');
  const cid = client.state.rooms.get(idOf('kitchen'))?.outgoing[0].cid;
  const joins = client.count('join');
  client.play('retry', { room: idOf('kitchen'), cid });
  assert.deepEqual([client.count('join'), client.asked('join').room], [joins + 1, idOf('kitchen')]);
});

test('a search goes on after the name that the server looked at last', () => {
  const client = live().play('rooms', { query: 'ki' }).answer('rooms', { rooms: [], more: true, after: 'jazz' });
  assert.equal(client.play('rooms', { more: true }).asked('rooms').after, 'jazz');
});

test('a bad token that was never shown is no reason to say hello again', () => {
  const client = new Client().play('start', { nick: 'ana' }).play('opened').refuse('hello', 'bad_token');
  assert.deepEqual([client.count('hello'), client.effects], [1, [{ do: 'close', again: false }]]);
});

test('a sample of a room that has shrunk without names does not pass for all who are there', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet();
  client.answer('join', page(4, 3, { members: { version: 7, count: 3, sample: [ANA, BO] } }));
  client.hear({ type: 'members', room: LOBBY, version: 8, count: 2 });
  assert.equal(client.count('members'), 1);
  client.answer('members', { room: { id: LOBBY, name: 'lobby' }, members: { version: 8, count: 2, sample: [ANA] } });
  client.hear({ type: 'members', room: LOBBY, version: 9, count: 3 });
  assert.equal(client.count('members'), 1, 'a sample is enough of a larger one');
});

test('who leaves a room, or is not let in, is back where they came from', () => {
  const client = new Client({ rooms: rooms('lobby', 'kitchen', 'garden') }).play('start', { nick: 'ana' }).greet();
  client.play('show', { room: '#garden' }).play('join', { room: '#attic' });
  assert.equal(client.state.selectedRoom, '#attic');
  assert.equal(client.refuse('join', 'bad_room').state.selectedRoom, idOf('garden'));
  client.play('show', { room: '#kitchen' }).play('leave', { room: '#kitchen' });
  assert.equal(client.state.selectedRoom, idOf('garden'));
  client.play('leave', { room: '#garden' });
  assert.equal(client.state.selectedRoom, LOBBY, 'the room before that is left as well');
  client.play('join', { room: '#LOFT' }).answer('join', page(1, 1, { room: { id: idOf('loft'), name: 'loft' } }));
  client.play('join', { room: '#attic' }).refuse('join', 'bad_room');
  assert.equal(client.state.selectedRoom, idOf('loft'), 'as the server names it');
});
