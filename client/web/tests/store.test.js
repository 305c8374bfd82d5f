// Histories played through the store.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLine } from '../text/slash_commands.js';
import { newRoom } from '../store/state.js';
import { ANA, BO, Client, EPOCH, LOBBY, OTHER_LOBBY, gaps, idOf, jumped, live, message, page } from './client.js';

test('a new person says hello with the nick, and joins the lobby', () => {
  const client = new Client().play('start', { nick: 'ana' });
  assert.deepEqual(client.effects, [{ do: 'open' }]);
  client.greet();
  assert.deepEqual(client.asked('hello'), { type: 'hello', id: 1, version: 1, nick: 'ana' });
  assert.deepEqual(client.asked('join'), { type: 'join', id: 2, room: '#lobby', limit: 50 });
  assert.equal(client.state.token, 'T1');
});

test('a token that the server does not take is forgotten, and the nick is asked for anew', () => {
  const client = new Client({ token: 'old', nick: 'ana' }).play('start').play('opened');
  assert.equal(client.asked('hello').token, 'old');
  assert.equal(client.asked('hello').nick, undefined);
  client.refuse('hello', 'bad_token');
  assert.deepEqual(client.asked('hello'), { type: 'hello', id: 2, version: 1, nick: 'ana' });
  assert.equal(client.state.token, null);
});

test('a nick that is taken brings the person back to the question', () => {
  const client = new Client().play('start', { nick: 'ana' }).play('opened').refuse('hello', 'nick_taken');
  assert.equal(client.state.phase, 'naming');
  assert.deepEqual(client.state.notice, { key: 'error.nick_taken', code: 'nick_taken', text: 'because of nick_taken' });
  assert.deepEqual(client.effects, [{ do: 'close', again: false }]);
  assert.equal(client.play('closed', { again: false, inMs: 0 }).state.phase, 'naming');
});

test('too far behind leaves a gap, which history fills', () => {
  const client = jumped(page(90, 91, { limited: true }));
  assert.deepEqual(gaps(client.lobby), [{ from: 4, to: 89 }]);
  assert.equal(client.lobby.last, 91);
  client.play('older', { room: LOBBY, before: 90 });
  assert.equal(client.asked('history').before, 90);
  client.answer('history', page(40, 89, { members: undefined, head: 91 }));
  assert.deepEqual(gaps(client.lobby), [{ from: 4, to: 39 }]);
  assert.equal(client.lobby.last, 91);
});

test('history never moves the cursor, even when it has more than is here', () => {
  const client = live().play('older', { room: LOBBY, before: 9 }).answer('history', page(1, 5));
  assert.equal(client.lobby.last, 3);
  assert.deepEqual(client.hear(message(4)).seqs(), [1, 2, 3, 4]);
});

test('a restored log replaces what is here, and the cursor takes the new epoch', () => {
  const other = '01K9ZRZZZZ0000000000000002';
  const client = live().play('closed', { again: true, inMs: 5 }).greet({ epoch: other });
  assert.equal(client.asked('join').epoch, EPOCH);
  client.answer('join', page(1, 2, { reset: true }));
  assert.deepEqual([client.seqs(), client.lobby.last, client.lobby.epoch], [[1, 2], 2, other]);
  assert.deepEqual(client.state.notice, { key: 'room.restored', args: { room: 'lobby' } });
});

test('an answer to an older join of the room is void', () => {
  const client = live().hear(message(9));
  const older = client.asked('join').id;
  client.play('leave', { room: LOBBY }).play('join', { room: LOBBY });
  client.hear({ type: 'ok', id: older, ...page(4, 9) });
  assert.deepEqual(client.seqs(), []);
  assert.deepEqual(client.answer('join', page(8, 9)).seqs(), [8, 9]);
});

test('a room goes under the id and the spelling of the server', () => {
  const client = new Client({ rooms: [newRoom('#LOBBY')] }).play('start', { nick: 'ana' }).greet();
  client.answer('join', page(1, 1));
  assert.deepEqual([...client.state.rooms.keys()], [LOBBY]);
  assert.deepEqual([client.state.selectedRoom, client.lobby.name], [LOBBY, 'lobby']);
  const changes = [{ do: 'identified', from: '#LOBBY', to: LOBBY }, { do: 'link', room: 'lobby', seq: null }];
  assert.deepEqual(client.effects, changes);
  client.play('join', { room: OTHER_LOBBY }).answer('join', page(1, 2));
  assert.deepEqual([...client.state.rooms.keys()], [LOBBY]);
  assert.equal(client.asked('join').after, 1, 'what was here reads on from its own cursor');
  assert.deepEqual(client.answer('join', page(2, 2)).seqs(), [1, 2]);
});

test('a room that comes while another goes is not the same one', () => {
  const client = live().play('join', { room: '#kitchen' }).play('leave', { room: LOBBY });
  client.answer('join', { ...page(1, 1), room: { id: idOf('kitchen'), name: 'kitchen' }, events: [] });
  assert.deepEqual([client.state.selectedRoom, [...client.state.rooms.keys()]], [idOf('kitchen'), [idOf('kitchen')]]);
});

test('a send is shown as sent after its ok, which moves no cursor, and goes when its message comes', () => {
  const client = live().play('say', { room: LOBBY, text: 'hello' });
  const { cid } = client.asked('send');
  client.answer('send', { seq: 5, at: 1, dup: false });
  assert.deepEqual([client.lobby.last, client.lobby.outgoing[0].state], [3, 'sent']);
  client.hear(message(4)).hear(message(5, { cid, from: ANA }));
  assert.deepEqual(client.lobby.outgoing, []);
});

test('a send whose message comes in the page is not sent again', () => {
  const client = live().play('say', { room: LOBBY, text: 'hello' });
  const { cid } = client.asked('send');
  client.play('closed', { again: true, inMs: 5 }).greet();
  client.answer('join', page(4, 4, { events: [message(4, { cid, from: ANA })] }));
  assert.deepEqual([client.count('send'), client.lobby.outgoing], [1, []]);
});

test('a refusal for good is shown, and the person may try again under the same cid', () => {
  const client = live().play('say', { room: LOBBY, text: 'hello' }).refuse('send', 'bad_text');
  const [failed] = client.lobby.outgoing;
  assert.deepEqual([failed.state, failed.problem?.text], ['failed', 'because of bad_text']);
  client.play('retry', { room: LOBBY, cid: failed.cid });
  assert.equal(client.asked('send').cid, failed.cid);
  client.refuse('send', 'conflict').play('discard', { room: LOBBY, cid: failed.cid });
  assert.deepEqual(client.lobby.outgoing, []);
});

test('retrying stops before the server may forget the cid', () => {
  const client = live().play('say', { room: LOBBY, text: 'hello' });
  client.play('closed', { again: true, inMs: 5 });
  client.now += 9_001;
  const [gone] = client.play('tick').lobby.outgoing;
  assert.deepEqual([gone.state, gone.unknown], ['failed', true]);
  client.greet().answer('join', page(4, 4)).play('retry', { room: LOBBY, cid: gone.cid });
  assert.equal(client.count('send'), 1);
});

test('a text that is too long is not sent', () => {
  const client = live().play('say', { room: LOBBY, text: 'é'.repeat(51) });
  assert.deepEqual(client.state.notice, { key: 'say.tooLong', args: { count: 2 } });
  assert.equal(client.count('send'), 0);
});

test('silence is broken by a ping, and a server that does not answer is given up', () => {
  const client = live();
  client.now += 29_999;
  assert.equal(client.play('tick').count('ping'), 0);
  client.now += 1;
  assert.equal(client.play('tick').count('ping'), 1);
  client.now += 60_000;
  assert.ok(client.play('tick').effects.some((effect) => effect.do === 'close' && effect.again));
});

test('members follow their versions, and a gap asks again', () => {
  const client = live().hear({ type: 'members', room: LOBBY, version: 2, count: 1, joined: [], left: [BO.id] });
  assert.deepEqual(client.lobby.members, { version: 2, count: 1, away: undefined, dnd: undefined, sample: [ANA] });
  client.hear({ type: 'members', room: LOBBY, version: 9, count: 7 });
  assert.equal(client.lobby.members?.count, 7);
  client.answer('members', { room: { id: LOBBY, name: 'lobby' }, members: { version: 9, count: 7, sample: [BO] } });
  assert.deepEqual(client.lobby.members?.sample, [BO]);
  assert.equal(client.count('members'), 1);
});

test('a nick that was changed in another window is changed here', () => {
  const client = live().hear({ type: 'members', room: LOBBY, version: 2, count: 2, joined: [{ ...ANA, nick: 'anna' }], left: [] });
  assert.deepEqual([client.state.me?.nick, client.state.nick], ['anna', 'anna']);
});

test('typing is shown for a while, never for oneself, and ends with a message', () => {
  const client = live().hear({ type: 'typing', room: LOBBY, who: ['ana', 'bo', 'cy'] });
  assert.deepEqual([...client.lobby.typing.keys()], ['bo', 'cy']);
  assert.deepEqual([...client.hear(message(4)).lobby.typing.keys()], ['cy']);
  client.now += 6_000;
  assert.equal(client.play('tick').lobby.typing.size, 0);
});

test('bye is obeyed', () => {
  const client = live().hear({ type: 'bye', code: 1001, reason: 'restart', reconnect: true, after_ms: 3_800 });
  assert.deepEqual(client.effects, [{ do: 'farewell', again: true, afterMs: 3_800 }]);
  assert.equal(client.play('closed', { again: true, inMs: 3_800 }).state.reconnectAt, client.now + 3_800);
});

test('events of a later version that have no place in the log are ignored', () => {
  const client = live();
  const before = client.state;
  assert.deepEqual(client.hear({ type: 'reaction', room: LOBBY, target: 3 }).state, before);
});

test('a room that may not be joined goes, with a sentence', () => {
  const client = live().play('join', { room: '#a b' }).refuse('join', 'bad_room');
  assert.deepEqual([[...client.state.rooms.keys()], client.state.selectedRoom], [[LOBBY], LOBBY]);
  assert.deepEqual(client.state.notice, {
    key: 'name.meant', args: { name: 'a b', suggestion: 'a-b' }, code: 'bad_room', suggestion: 'a-b', of: 'join',
  });
});

test('a join that is refused for its rate is tried again when the server says', () => {
  const client = live().play('join', { room: '#b' }).refuse('join', 'rate_limited', { retry_ms: 700 });
  client.now += 700;
  assert.equal(client.play('tick').count('join'), 3);
});

test('unread messages are counted where the person is not', () => {
  const client = live().play('join', { room: '#b' }).hear(message(4)).hear(message(5, { from: ANA }));
  assert.equal(client.lobby.unread, 1);
  assert.equal(client.play('show', { room: LOBBY }).lobby.unread, 1);
  assert.equal(client.play('seen', { room: LOBBY, seq: 5 }).lobby.unread, 0);
});

test('the list of rooms grows page by page', () => {
  const client = live().play('rooms').answer('rooms', { rooms: [{ id: idOf('a'), name: 'a', members: 1 }], more: true });
  client.play('rooms', { more: true });
  assert.equal(client.asked('rooms').after, 'a');
  client.answer('rooms', { rooms: [{ id: idOf('b'), name: 'b', members: 2 }], more: false });
  assert.deepEqual(client.state.listing?.rooms.map(({ name }) => name), ['a', 'b']);
});

test('a refusal is told until the person tries it once more', () => {
  const client = live().play('join', { room: '#attic' }).refuse('join', 'too_many_rooms');
  assert.equal(client.state.notice?.code, 'too_many_rooms');
  assert.equal(client.play('rename', { nick: 'bo' }).play('say', { room: LOBBY, text: 'hello' }).state.notice?.code, 'too_many_rooms');
  assert.equal(client.play('join', { room: '#loft' }).state.notice, null);
  assert.equal(client.refuse('nick', 'nick_taken').state.notice?.code, 'nick_taken');
  assert.equal(client.play('join', { room: '#loft' }).state.notice?.code, 'nick_taken');
  assert.equal(client.play('rename', { nick: 'cy' }).state.notice, null);
});
