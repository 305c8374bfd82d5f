// A link to a room, and to one message of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatHash, parseHash } from '../device/location_hash.js';
import { isReturning } from '../store/selected_room.js';
import { newRoom } from '../store/state.js';
import { ANA, Client, EPOCH, LOBBY, OTHER_LOBBY, idOf, live, message, page, rooms } from './client.js';

test('places are read as they are written, whatever the name', () => {
  for (const name of ['lobby', 'größe', '日本語', 'a/b', '100%', 'a b']) {
    assert.deepEqual(parseHash(formatHash(name)), { room: `#${name}`, seq: null });
    assert.deepEqual(parseHash(formatHash(name, 4_711)), { room: `#${name}`, seq: 4_711 });
  }
  assert.deepEqual(parseHash('##lobby')?.room, '#lobby', 'a # before a name is no part of it');
});

test('what is no place is nothing', () => {
  for (const hash of ['', '#', '#/', '#/5', '#%', '#%ff', '#a/b', '#a/1/2', '#a/-1', '#%20', '##', `#${'a'.repeat(600)}`, '#a/12345678901234567']) {
    assert.equal(parseHash(hash), null, hash);
  }
  assert.deepEqual(parseHash('#lobby/0'), { room: '#lobby', seq: null });
  assert.deepEqual(parseHash('#lobby/9999999999999999'), { room: '#lobby', seq: null });
});

test('a new person who follows a link is in that room after the nick', () => {
  const client = new Client({ linkTarget: { room: '#kitchen', seq: null } }).play('start', { nick: 'ana' }).greet();
  assert.equal(client.asked('join').room, '#kitchen');
  assert.equal(client.count('join'), 1);
  assert.deepEqual([client.state.selectedRoom, client.state.linkTarget], ['#kitchen', null]);
  assert.deepEqual(client.effects.filter((effect) => effect.do === 'link'), [{ do: 'link', room: 'kitchen', seq: null }]);
});

test('a link that is followed before there is a nick is kept until then', () => {
  const client = new Client().play('show', { room: '#kitchen', seq: 5 });
  assert.deepEqual([client.state.linkTarget, client.state.rooms.size], [{ room: '#kitchen', seq: 5 }, 0]);
  assert.equal(client.play('start', { nick: 'ana' }).greet().state.selectedRoom, '#kitchen');
});

test('a link to a room that may not be joined leads a new person to the lobby', () => {
  const client = new Client({ linkTarget: { room: '#a b', seq: null } }).play('start', { nick: 'ana' }).greet().refuse('join', 'bad_room');
  assert.deepEqual([client.asked('join').room, client.state.selectedRoom], ['#lobby', '#lobby']);
  assert.equal(client.state.notice?.code, 'bad_room');
});

test('a person who comes back by a link sees that room before there is a connection', () => {
  const client = new Client({ token: 'T', nick: 'ana', rooms: rooms('lobby', 'kitchen'), linkTarget: { room: '#kitchen', seq: 3 } }).play('start');
  assert.deepEqual([client.state.selectedRoom, client.state.rooms.get(idOf('kitchen'))?.target], [idOf('kitchen'), 3]);
  assert.deepEqual(client.effects, [{ do: 'link', room: 'kitchen', seq: 3 }, { do: 'open' }]);
  client.greet();
  assert.deepEqual(client.sent.filter(({ type }) => type === 'join').map(({ room }) => room), [idOf('kitchen'), LOBBY], 'what is looked at comes first');
});

test('where the person was before a reload is found again, also in a room that was not cached', () => {
  const readingPosition = { room: LOBBY, epoch: EPOCH, seq: 40, at: 5 };
  const client = new Client({ token: 'T', nick: 'ana', rooms: rooms('lobby'), selectedRoom: LOBBY, readingPosition }).play('start').greet();
  client.answer('join', page(51, 100));
  assert.deepEqual([client.lobby.target, client.asked('history').around], [40, 40]);
  client.answer('history', page(1, 50));
  assert.equal(client.lobby.target, 40);
  assert.equal(client.play('arrived', { room: LOBBY }).state.readingPosition, null);
});

test('where the person was before a reload is forgotten in another log', () => {
  const readingPosition = { room: LOBBY, epoch: '01K9ZRZZZZ0000000000000002', seq: 40, at: 5 };
  const client = new Client({ token: 'T', nick: 'ana', rooms: rooms('lobby'), selectedRoom: LOBBY, readingPosition }).play('start').greet();
  client.answer('join', page(51, 100));
  assert.deepEqual([client.lobby.target, client.lobby.anchor, client.count('history'), client.state.notice], [null, null, 0, null]);
});

test('where the person was before a reload is forgotten when the room is gone, whatever has its name', () => {
  const readingPosition = { room: LOBBY, epoch: EPOCH, seq: 2, at: 5 };
  const client = new Client({ token: 'T', nick: 'ana', rooms: rooms('lobby'), selectedRoom: LOBBY, readingPosition }).play('start').greet();
  assert.equal(client.lobby.target, 2);
  client.refuse('join', 'no_such_room').answer('join', page(1, 9, { room: { id: idOf('another'), name: 'lobby' } }));
  const lobby = client.state.rooms.get(idOf('another'));
  assert.deepEqual([lobby?.messages.length, lobby?.target, lobby?.anchor, client.state.notice], [9, null, null, null]);
});

test('a position under a name says nothing about the room that has the name', () => {
  const readingPosition = { room: '#lobby', epoch: EPOCH, seq: 2, at: 5 };
  const client = new Client({ token: 'T', nick: 'ana', rooms: [newRoom('#lobby')], selectedRoom: '#lobby', readingPosition }).play('start').greet();
  client.answer('join', page(1, 9));
  assert.deepEqual([client.lobby.target, client.lobby.anchor, client.state.readingPosition], [null, null, null]);
});

test('a link to the message at which the person was before the reload is a link like any other', () => {
  const readingPosition = { room: LOBBY, epoch: EPOCH, seq: 2, at: 5 };
  const client = new Client({ token: 'T', nick: 'ana', rooms: rooms('lobby'), selectedRoom: LOBBY, readingPosition }).play('start').greet();
  client.answer('join', page(1, 9));
  assert.equal(isReturning(client.state, client.lobby), true);
  // The person has scrolled before the view was there.
  client.play('anchored', { room: LOBBY, seq: 5 }).play('show', { room: '#lobby', seq: 2 });
  assert.deepEqual([client.lobby.target, isReturning(client.state, client.lobby)], [2, false]);
});

test('a message that is here is the target at once, until the view has shown it', () => {
  const client = live().play('show', { room: LOBBY, seq: 2 });
  assert.deepEqual([client.lobby.target, client.lobby.anchor, client.count('history')], [2, 2, 0]);
  assert.deepEqual(client.effects, [{ do: 'link', room: 'lobby', seq: 2 }]);
  assert.equal(client.play('arrived', { room: LOBBY }).lobby.target, null);
});

test('a message far above is read from the log, round it', () => {
  const client = new Client({ linkTarget: { room: '#lobby', seq: 500 } }).play('start', { nick: 'ana' }).greet();
  client.answer('join', page(951, 1_000));
  assert.equal(client.asked('history').around, 500);
  client.answer('history', page(475, 524, { head: 1_000, more: true }));
  assert.equal(client.lobby.target, 500);
  assert.ok(client.seqs().includes(500) && client.seqs().includes(1_000));
  assert.equal(client.count('history'), 1);
});

test('a message below the first or above the head is shown as missing', () => {
  for (const seq of [1, 99]) {
    const client = new Client({ linkTarget: { room: '#lobby', seq } }).play('start', { nick: 'ana' }).greet();
    client.answer('join', page(6, 9, { first: 6 }));
    assert.deepEqual(client.state.notice, { key: 'link.missing', args: { room: 'lobby', seq: String(seq) } });
    assert.deepEqual([client.lobby.target, client.lobby.anchor, client.count('history')], [null, null, 0]);
  }
});

test('a message that went while it was asked for is told to be missing', () => {
  const client = new Client({ linkTarget: { room: '#lobby', seq: 500 } }).play('start', { nick: 'ana' }).greet();
  client.answer('join', page(951, 1_000)).answer('history', page(700, 749, { first: 700, head: 1_000 }));
  assert.equal(client.state.notice?.key, 'link.missing');
  assert.equal(client.lobby.target, null);
});

test('a second link while the first is asked for counts', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet().answer('join', page(951, 1_000, { limited: true }));
  client.play('show', { room: LOBBY, seq: 500 }).play('show', { room: LOBBY, seq: 300 });
  client.answer('history', page(475, 524, { head: 1_000 }));
  assert.equal(client.asked('history').around, 300);
  client.answer('history', page(275, 324, { head: 1_000 }));
  assert.deepEqual([client.lobby.target, client.state.notice], [300, null]);
});

test('a link is followed again after a refusal that passes, and after a loss', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet().answer('join', page(951, 1_000, { limited: true }));
  client.play('show', { room: LOBBY, seq: 500 }).refuse('history', 'busy', { retry_ms: 400 });
  client.now += 399;
  assert.equal(client.play('tick').count('history'), 1);
  client.now += 1;
  assert.equal(client.play('tick').count('history'), 2);
  client.play('closed', { again: true, inMs: 5 }).greet().answer('join', page(1_001, 1_000));
  assert.equal(client.count('history'), 3);
  assert.equal(client.refuse('history', 'internal').lobby.target, 500);
});

test('a message that is being read on the way is waited for', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet().play('show', { room: LOBBY, seq: 60 });
  client.answer('join', page(4, 53, { head: 103, more: true }));
  assert.deepEqual([client.lobby.target, client.state.notice, client.count('history')], [60, null, 0]);
  client.answer('join', page(54, 103));
  assert.deepEqual([client.lobby.target, client.count('history')], [60, 0]);
});

test('a link in another spelling leads to the same room', () => {
  const client = live().play('show', { room: OTHER_LOBBY, seq: 2 });
  client.answer('join', page(2, 3));
  assert.deepEqual([...client.state.rooms.keys()], [LOBBY]);
  assert.deepEqual([client.state.selectedRoom, client.lobby.target], [LOBBY, 2]);
  assert.deepEqual(client.effects.filter((effect) => effect.do === 'link'), [{ do: 'link', room: 'lobby', seq: 2 }]);
});

test('the address names the message until the person is at the end', () => {
  const client = live().play('show', { room: LOBBY, seq: 1 }).play('anchored', { room: LOBBY, seq: null });
  assert.deepEqual([client.lobby.anchor, client.effects], [1, []], 'the view is not there yet');
  client.play('arrived', { room: LOBBY }).play('anchored', { room: LOBBY, seq: 2 });
  assert.deepEqual([client.lobby.anchor, client.effects], [2, []]);
  client.play('anchored', { room: LOBBY, seq: null });
  assert.deepEqual([client.lobby.anchor, client.effects], [null, [{ do: 'link', room: 'lobby', seq: null }]]);
  client.play('anchored', { room: LOBBY, seq: 1 }).play('latest', { room: LOBBY });
  assert.deepEqual(client.effects, [{ do: 'link', room: 'lobby', seq: null }]);
});

test('the way to the end changes the address only where there was another place in it', () => {
  const client = live().play('latest', { room: LOBBY });
  assert.deepEqual(client.effects, []);
  client.play('anchored', { room: LOBBY, seq: 1 }).play('join', { room: '#kitchen' }).play('latest', { room: LOBBY });
  assert.deepEqual([client.effects, client.lobby.anchor], [[], null]);
});

test('the address follows what is shown', () => {
  const client = live().play('join', { room: '#kitchen' });
  assert.deepEqual(client.effects.at(-1), { do: 'link', room: 'kitchen', seq: null });
  client.play('leave', { room: '#kitchen' });
  assert.deepEqual(client.effects.at(-1), { do: 'link', room: 'lobby', seq: null });
  client.play('leave', { room: LOBBY });
  assert.deepEqual(client.effects.at(-1), { do: 'link', room: null, seq: null });
});

test('saying something brings the person to the end', () => {
  const client = live().play('show', { room: LOBBY, seq: 1 }).play('say', { room: LOBBY, text: 'hello' });
  assert.deepEqual([client.lobby.anchor, client.lobby.target], [null, null]);
  client.hear(message(4, { from: ANA }));
  assert.equal(client.lobby.read, 4);
});
