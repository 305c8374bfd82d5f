// Histories played through the store.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLine } from '../line.js';
import { gaps } from '../room.js';
import { ANA, BO, Client, EPOCH, live, message, page } from './client.js';

test('a new person says hello with the nick, and joins the lobby', () => {
  const client = new Client().play('start', { nick: 'ana' });
  assert.deepEqual(client.effects, [{ do: 'open' }]);
  client.greet();
  assert.deepEqual(client.asked('hello'), { type: 'hello', id: 1, version: 1, nick: 'ana' });
  assert.deepEqual(client.asked('join'), { type: 'join', id: 2, room: 'lobby', limit: 50 });
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

test('messages move the cursor, repeats do not', () => {
  const client = live().hear(message(4)).hear(message(4)).hear(message(2));
  assert.deepEqual(client.seqs(), [1, 2, 3, 4]);
  assert.equal(client.lobby.last, 4);
  assert.equal(client.count('join'), 1);
});

test('a hole is read again from the cursor, once, and nothing is taken meanwhile', () => {
  const client = live().hear(message(5)).hear(message(6));
  assert.equal(client.count('join'), 2);
  assert.deepEqual(client.asked('join'), { type: 'join', id: 3, room: 'lobby', epoch: EPOCH, after: 3, limit: 50 });
  client.answer('join', page(4, 6)).hear(message(7));
  assert.deepEqual(client.seqs(), [1, 2, 3, 4, 5, 6, 7]);
});

test('a client that returns resumes from its cursor, page by page', () => {
  const client = live().play('closed', { again: true, inMs: 5 });
  assert.equal(client.state.phase, 'away');
  client.greet();
  assert.deepEqual([client.asked('hello').token, client.asked('join').after], ['T1', 3]);
  client.answer('join', page(4, 5, { more: true, head: 7 }));
  assert.equal(client.lobby.live, false);
  assert.equal(client.asked('join').after, 5);
  client.hear(message(8)).answer('join', page(6, 7));
  assert.equal(client.lobby.live, true);
  assert.deepEqual(client.seqs(), [1, 2, 3, 4, 5, 6, 7]);
});

test('too far behind leaves a gap, which history fills', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet();
  client.answer('join', page(90, 91, { limited: true }));
  assert.deepEqual(gaps(client.lobby.messages), [{ from: 4, to: 89 }]);
  assert.equal(client.lobby.last, 91);
  client.play('older', { room: 'lobby', before: 90 });
  assert.equal(client.asked('history').before, 90);
  client.answer('history', page(40, 89, { members: undefined, head: 91 }));
  assert.deepEqual(gaps(client.lobby.messages), [{ from: 4, to: 39 }]);
  assert.equal(client.lobby.last, 91);
});

test('history never moves the cursor, even when it has more than is here', () => {
  const client = live().play('older', { room: 'lobby', before: 9 }).answer('history', page(1, 5));
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

test('the end before the answer to join keeps the old cursor with its old epoch', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet({ epoch: '01K9ZRZZZZ0000000000000002' });
  client.play('closed', { again: true, inMs: 5 }).greet({ epoch: '01K9ZRZZZZ0000000000000002' });
  assert.deepEqual([client.asked('join').epoch, client.asked('join').after], [EPOCH, 3]);
});

test('behind means: join again after the cursor', () => {
  const client = live().hear({ type: 'behind', room: 'lobby', head: 9 });
  assert.equal(client.lobby.live, false);
  assert.equal(client.asked('join').after, 3);
});

test('an answer to an older join of the room is void', () => {
  const client = live().hear(message(9));
  const older = client.asked('join').id;
  client.play('leave', { room: 'lobby' }).play('join', { room: 'lobby' });
  client.hear({ type: 'ok', id: older, ...page(4, 9) });
  assert.deepEqual(client.seqs(), []);
  assert.deepEqual(client.answer('join', page(8, 9)).seqs(), [8, 9]);
});

test('an empty room begins at its head', () => {
  const client = new Client().play('start', { nick: 'ana' }).greet().answer('join', page(1, 0));
  assert.equal(client.lobby.last, 0);
  assert.deepEqual(client.hear(message(1)).seqs(), [1]);
});

test('a room goes under the spelling of the server', () => {
  const client = new Client({ rooms: ['LOBBY'] }).play('start', { nick: 'ana' }).greet();
  client.answer('join', page(1, 1));
  assert.deepEqual([...client.state.rooms.keys()], ['lobby']);
  assert.equal(client.state.shown, 'lobby');
  assert.deepEqual(client.state.respelled, { from: 'LOBBY', to: 'lobby' });
  client.play('join', { room: 'Lobby' }).answer('join', page(1, 2));
  assert.deepEqual([...client.state.rooms.keys()], ['lobby']);
  assert.equal(client.asked('join').after, 1, 'what was here reads on from its own cursor');
  assert.deepEqual(client.answer('join', page(2, 2)).seqs(), [1, 2]);
});

test('a room that comes while another goes is not the same one', () => {
  const client = live().play('join', { room: 'kitchen' }).play('leave', { room: 'lobby' });
  client.answer('join', { ...page(1, 1), room: { name: 'kitchen' }, events: [] });
  assert.deepEqual([client.state.shown, client.state.respelled], ['kitchen', null]);
});

test('a send is shown as sent after its ok, which moves no cursor, and goes when its message comes', () => {
  const client = live().play('say', { room: 'lobby', text: 'hello' });
  const { cid } = client.asked('send');
  client.answer('send', { seq: 5, at: 1, dup: false });
  assert.deepEqual([client.lobby.last, client.lobby.outgoing[0].state], [3, 'sent']);
  client.hear(message(4)).hear(message(5, { cid, from: ANA }));
  assert.deepEqual(client.lobby.outgoing, []);
});

test('a send without answer is retried under its cid after the room is joined again', () => {
  const client = live().play('say', { room: 'lobby', text: 'hello' });
  const first = client.asked('send');
  client.play('closed', { again: true, inMs: 5 }).greet();
  assert.equal(client.count('send'), 1);
  client.answer('join', page(4, 4));
  assert.deepEqual({ ...client.asked('send'), id: 0 }, { ...first, id: 0 });
  assert.equal(client.count('send'), 2);
});

test('a send whose message comes in the page is not sent again', () => {
  const client = live().play('say', { room: 'lobby', text: 'hello' });
  const { cid } = client.asked('send');
  client.play('closed', { again: true, inMs: 5 }).greet();
  client.answer('join', page(4, 4, { events: [message(4, { cid, from: ANA })] }));
  assert.deepEqual([client.count('send'), client.lobby.outgoing], [1, []]);
});

test('sends go one at a time, so that none overtakes another', () => {
  const client = live().play('say', { room: 'lobby', text: 'one' }).play('say', { room: 'lobby', text: 'two' });
  assert.equal(client.count('send'), 1);
  client.refuse('send', 'rate_limited', { retry_ms: 400 });
  client.now += 399;
  assert.equal(client.play('tick').count('send'), 1);
  client.now += 1;
  assert.equal(client.play('tick').asked('send').text, 'one');
  assert.equal(client.answer('send', { seq: 4, at: 1, dup: true }).asked('send').text, 'two');
});

test('a refusal for good is shown, and the person may try again under the same cid', () => {
  const client = live().play('say', { room: 'lobby', text: 'hello' }).refuse('send', 'bad_text');
  const [failed] = client.lobby.outgoing;
  assert.deepEqual([failed.state, failed.problem?.text], ['failed', 'because of bad_text']);
  client.play('retry', { room: 'lobby', cid: failed.cid });
  assert.equal(client.asked('send').cid, failed.cid);
  client.refuse('send', 'conflict').play('discard', { room: 'lobby', cid: failed.cid });
  assert.deepEqual(client.lobby.outgoing, []);
});

test('a send that meets a defect again and again is left to the person', () => {
  const client = live().play('say', { room: 'lobby', text: 'hello' });
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    assert.equal(client.count('send'), attempt);
    client.refuse('send', 'internal');
    client.now += 3_000;
    client.play('tick');
  }
  assert.deepEqual([client.lobby.outgoing[0].state, client.lobby.outgoing[0].unknown], ['failed', undefined]);
});

test('retrying stops before the server may forget the cid', () => {
  const client = live().play('say', { room: 'lobby', text: 'hello' });
  client.play('closed', { again: true, inMs: 5 });
  client.now += 9_001;
  const [gone] = client.play('tick').lobby.outgoing;
  assert.deepEqual([gone.state, gone.unknown], ['failed', true]);
  client.greet().answer('join', page(4, 4)).play('retry', { room: 'lobby', cid: gone.cid });
  assert.equal(client.count('send'), 1);
});

test('a text that is too long is not sent', () => {
  const client = live().play('say', { room: 'lobby', text: 'é'.repeat(51) });
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
  const client = live().hear({ type: 'members', room: 'lobby', version: 2, count: 1, joined: [], left: [BO.id] });
  assert.deepEqual(client.lobby.members, { version: 2, count: 1, sample: [ANA] });
  client.hear({ type: 'members', room: 'lobby', version: 9, count: 7 });
  assert.equal(client.lobby.members?.count, 7);
  client.answer('members', { room: { name: 'lobby' }, members: { version: 9, count: 7, sample: [BO] } });
  assert.deepEqual(client.lobby.members?.sample, [BO]);
  assert.equal(client.count('members'), 1);
});

test('a nick that was changed in another window is changed here', () => {
  const client = live().hear({ type: 'members', room: 'lobby', version: 2, count: 2, joined: [{ ...ANA, nick: 'anna' }], left: [] });
  assert.deepEqual([client.state.me?.nick, client.state.nick], ['anna', 'anna']);
});

test('typing is shown for a while, never for oneself, and ends with a message', () => {
  const client = live().hear({ type: 'typing', room: 'lobby', who: ['ana', 'bo', 'cy'] });
  assert.deepEqual([...client.lobby.typing.keys()], ['bo', 'cy']);
  assert.deepEqual([...client.hear(message(4)).lobby.typing.keys()], ['cy']);
  client.now += 6_000;
  assert.equal(client.play('tick').lobby.typing.size, 0);
});

test('bye is obeyed', () => {
  const client = live().hear({ type: 'bye', code: 1001, reason: 'restart', reconnect: true, after_ms: 3_800 });
  assert.deepEqual(client.effects, [{ do: 'farewell', again: true, afterMs: 3_800 }]);
  assert.equal(client.play('closed', { again: true, inMs: 3_800 }).state.returnAt, client.now + 3_800);
});

test('events of a later version are ignored', () => {
  const client = live();
  const before = client.state;
  assert.deepEqual(client.hear({ type: 'reaction', room: 'lobby', seq: 4 }).state, before);
});

test('a room that may not be joined goes, with a sentence', () => {
  const client = live().play('join', { room: 'a b' }).refuse('join', 'bad_room');
  assert.deepEqual([[...client.state.rooms.keys()], client.state.shown], [['lobby'], 'lobby']);
  assert.deepEqual(client.state.notice, { key: 'join.badName', args: { room: 'a b' }, code: 'bad_room', of: 'join' });
});

test('a join that is refused for its rate is tried again when the server says', () => {
  const client = live().play('join', { room: 'b' }).refuse('join', 'rate_limited', { retry_ms: 700 });
  client.now += 700;
  assert.equal(client.play('tick').count('join'), 3);
});

test('unread messages are counted where the person is not', () => {
  const client = live().play('join', { room: 'b' }).hear(message(4)).hear(message(5, { from: ANA }));
  assert.equal(client.lobby.unread, 1);
  assert.equal(client.play('show', { room: 'lobby' }).lobby.unread, 1);
  assert.equal(client.play('seen', { room: 'lobby', seq: 5 }).lobby.unread, 0);
});

test('the list of rooms grows page by page', () => {
  const client = live().play('rooms').answer('rooms', { rooms: [{ name: 'a', members: 1 }], more: true });
  client.play('rooms', { more: true });
  assert.equal(client.asked('rooms').after, 'a');
  client.answer('rooms', { rooms: [{ name: 'b', members: 2 }], more: false });
  assert.deepEqual(client.state.listing?.rooms.map(({ name }) => name), ['a', 'b']);
});

test('a refusal is told until the person tries it once more', () => {
  const client = live().play('join', { room: 'attic' }).refuse('join', 'too_many_rooms');
  assert.equal(client.state.notice?.code, 'too_many_rooms');
  assert.equal(client.play('rename', { nick: 'bo' }).play('say', { room: 'lobby', text: 'hello' }).state.notice?.code, 'too_many_rooms');
  assert.equal(client.play('join', { room: 'loft' }).state.notice, null);
  assert.equal(client.refuse('nick', 'nick_taken').state.notice?.code, 'nick_taken');
  assert.equal(client.play('join', { room: 'loft' }).state.notice?.code, 'nick_taken');
  assert.equal(client.play('rename', { nick: 'cy' }).state.notice, null);
});

test('lines are read as what they ask for', () => {
  assert.deepEqual(readLine('hello '), { type: 'say', text: 'hello' });
  assert.deepEqual(readLine('/me waves'), { type: 'say', kind: 'action', text: 'waves' });
  assert.deepEqual(readLine('//me'), { type: 'say', text: '/me' });
  assert.deepEqual(readLine('/join #kitchen'), { type: 'join', room: 'kitchen' });
  assert.deepEqual(readLine('/nick ana'), { type: 'rename', nick: 'ana' });
  assert.deepEqual(readLine('/join a b'), { type: 'notice', key: 'error.bad_room' });
  assert.deepEqual(readLine(`/nick ${'a'.repeat(25)}`), { type: 'notice', key: 'error.bad_nick' });
  assert.deepEqual(readLine('/usr/bin'), { type: 'say', text: '/usr/bin' });
  assert.deepEqual(readLine('/dance'), { type: 'notice', key: 'line.unknown', args: { word: 'dance' } });
});
