// The rooms that are the server's knowledge: which ones a person has, direct ones and their names, invitations, and what
// a device does that was away.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergedRooms, restoreRooms } from '../device/room_cache.js';
import { ANA, BO, Client, idOf, live, LOBBY, message, page, rooms } from './client.js';

const CREW = idOf('crew');
const ACCOUNT = { role: 'member', login: 3 };

/** @param {string} name @param {any} [more] of the room @param {string} [rank] */
const own = (name, more = {}, rank = 'member') => ({ room: { id: idOf(name), name, ...more }, rank });
const crew = (rank = 'member') => own('crew', { kind: 'private' }, rank);
/** @param {string} id @param {...import('../net/wire.js').User} people */
const direct = (id, ...people) => ({ room: { id: idOf(id), name: '', kind: 'direct' }, rank: 'member', people });
/** The page of a room in which nothing was said. @param {{room: any}} of */
const empty = ({ room }) => page(1, 0, { room });

/** A guest whose device asks for the rooms again. */
const behind = () => live().hear({ type: 'behind', room: CREW, head: 9 });

/** Somebody with an account whose hello is not answered. @param {any} [stored] */
const returning = (stored = {}) => new Client({ token: 'T0', me: ANA, login: 3, ...stored }).play('start').play('opened');
const HELLO = { user: ANA, token: 'T1', epoch: '01K9ZRZZZZ0000000000000001', heartbeat_ms: 30_000, limits: live().state.limits, ...ACCOUNT };
const names = (/** @type {Client} */ { state }) => [...state.rooms.values()].map(({ name }) => name);

test('on a new device an account has the rooms that the server knows, and not the lobby', () => {
  const client = returning().answer('hello', HELLO);
  assert.equal(client.count('join'), 0, 'the rooms are asked for first');
  client.mine([own('garden'), crew('moderator')], true);
  assert.deepEqual(client.asked('mine').after, CREW);
  client.mine([own('kitchen')]);
  assert.deepEqual(names(client), ['garden', 'crew', 'kitchen']);
  assert.equal(client.count('join'), 3);
  assert.equal(client.state.selectedRoom, idOf('garden'), 'one of them is open');
  assert.deepEqual([client.state.rooms.get(CREW)?.rank, client.state.rooms.get(CREW)?.info?.kind], ['moderator', 'private']);
});

test('an account without rooms starts in the lobby, also at a server that knows nothing of rooms', () => {
  assert.equal(returning().answer('hello', HELLO).mine().asked('join').room, '#lobby');
  assert.equal(returning().answer('hello', HELLO).refuse('mine', 'unknown_command').asked('join').room, '#lobby');
});

test('a room that was left on another device is gone here, and is not joined again', () => {
  const [lobby, kitchen] = rooms('lobby', 'kitchen');
  const client = returning({ rooms: [{ ...lobby, rank: 'member' }, kitchen] }).answer('hello', HELLO).mine();
  assert.deepEqual(names(client), ['kitchen'], 'what the server has not named yet stays');
  assert.deepEqual(client.sent.filter(({ type }) => type === 'join').map(({ room }) => room), [idOf('kitchen')]);
});

test('what is unsent in a room that is gone stays there', () => {
  const client = live().hear({ type: 'added', ...crew() }).play('closed', { again: true, inMs: 5 });
  client.play('say', { room: CREW, text: 'not yet' }).play('opened').answer('hello', { ...HELLO, role: undefined, login: undefined }).mine();
  const room = client.state.rooms.get(CREW);
  assert.deepEqual(room?.outgoing.map(({ state, problem }) => [state, problem?.key]), [['failed', 'room.removed']]);
});

test('a guest enters at once and has their private and direct rooms from the server', () => {
  const client = new Client({ token: 'T0', me: ANA, rooms: rooms('lobby') }).play('start').play('opened')
    .answer('hello', { ...HELLO, role: undefined, login: undefined });
  assert.equal(client.asked('join').room, LOBBY);
  client.mine([crew(), direct('d1', BO)]);
  assert.deepEqual(names(client), ['lobby', 'crew', '@bo']);
});

test('a room that is added is there, and is not opened', () => {
  const client = live().hear({ type: 'added', ...crew(), by: BO });
  assert.equal(client.asked('join').room, CREW);
  assert.equal(client.state.selectedRoom, LOBBY);
  assert.equal(client.state.rooms.get(CREW)?.rank, 'member');
});

test('a connection may be in a number of rooms, and the page asks for no more', () => {
  const client = behind().mine(['one', 'two', 'three', 'four', 'five'].map((name) => own(name, { kind: 'private' })));
  assert.equal(client.state.rooms.size, client.state.limits.rooms);
});

test('an invitation is a room only when the person comes in', () => {
  const client = live().hear({ type: 'added', ...crew('invited'), by: BO });
  assert.deepEqual([client.state.rooms.has(CREW), client.state.invitations.map(({ room, by }) => [room.name, by?.nick])], [false, [['crew', 'bo']]]);
  assert.equal(client.mine([crew('invited')]).state.invitations[0].by?.nick, 'bo', 'who asked is not forgotten');
  client.play('enter', { room: CREW }).answer('join', empty(crew()));
  assert.deepEqual([client.state.selectedRoom, client.state.rooms.get(CREW)?.rank, client.state.invitations], [CREW, 'member', []]);
});

test('an invitation that is taken back, declined or over is gone', () => {
  const asked = () => live().hear({ type: 'added', ...crew('invited'), by: BO });
  assert.deepEqual(asked().hear({ type: 'removed', room: CREW, reason: 'over' }).state.invitations, []);
  assert.equal(asked().hear({ type: 'removed', room: CREW, reason: 'over' }).state.notice, null);
  const declined = asked().play('request', { of: 'leave', fields: { room: CREW, forget: true } });
  assert.equal(declined.asked('leave').forget, true);
  assert.deepEqual(asked().play('closed', { again: true, inMs: 5 }).play('opened').answer('hello', { ...HELLO, role: undefined, login: undefined }).mine().state.invitations, []);
});

test('a room that only some see is not looked for by its name, where joining would make one for everybody', () => {
  const seen = (/** @type {any} */ more) => live().hear({ type: 'room', room: { id: LOBBY, name: 'lobby', ...more } })
    .play('closed', { again: true, inMs: 5 }).greet().refuse('join', 'no_such_room').asked('join').room;
  assert.deepEqual([seen({}), seen({ see: 'moderator' })], ['#lobby', LOBBY]);
  const { state } = returning().answer('hello', HELLO).mine([own('vault', { see: 'moderator' })]);
  const listed = mergedRooms([], new Map(), new Map(state.rooms));
  assert.deepEqual(listed.find(([id]) => id === idOf('vault')), [idOf('vault'), 'vault', 'member', 'private'], 'also after a reload');
});

test('a private room that is gone is not looked for by its name, where joining would make a public one', () => {
  const entered = live().hear({ type: 'added', ...crew('invited') }).play('enter', { room: CREW });
  assert.equal(entered.refuse('join', 'no_such_room').count('join'), 2);
  assert.equal(entered.state.rooms.has(CREW), false);
  const [room] = restoreRooms({ listed: [[CREW, 'crew', 'member', 'private']], cached: [], unsent: [], reads: {}, me: null });
  const client = new Client({ token: 'T0', me: ANA, rooms: [...rooms('lobby'), room] }).play('start').play('opened')
    .answer('hello', { ...HELLO, role: undefined, login: undefined }).refuse('join', 'no_such_room');
  assert.deepEqual(client.sent.filter(({ type }) => type === 'join').map((one) => one.room), [LOBBY, CREW]);
});

test('a direct room is called by the others, in the list, in the address, and after they have another name', () => {
  const client = live().play('request', { of: 'direct', fields: { people: [BO.id] } }).answer('direct', direct('d1', BO));
  assert.deepEqual(client.effects.filter((effect) => effect.do === 'link').at(-1), { do: 'link', room: '@bo', seq: null });
  client.answer('join', empty(direct('d1')));
  assert.equal(client.state.rooms.get(idOf('d1'))?.name, '@bo');
  client.hear({ type: 'members', room: idOf('d1'), version: 2, count: 2, joined: [{ ...BO, nick: 'bob' }] });
  assert.equal(client.state.rooms.get(idOf('d1'))?.name, '@bob');
  assert.deepEqual(client.effects.find((effect) => effect.do === 'link'), { do: 'link', room: '@bob', seq: null });
  assert.equal(client.play('show', { room: '#@bob' }).state.selectedRoom, idOf('d1'));
  const of3 = live().hear({ type: 'added', ...direct('d2', BO, { id: idOf('cy'), nick: 'cy' }) });
  assert.equal(names(of3)[1], '@bo, cy');
});

test('what somebody wrote into a direct room while this device was away is unread', () => {
  const client = behind().mine([direct('d1', BO)]);
  client.answer('join', page(1, 2, { room: direct('d1').room, events: [1, 2].map((seq) => message(seq, { room: idOf('d1') })) }));
  assert.equal(client.state.rooms.get(idOf('d1'))?.unread, 2);
  const fresh = returning().answer('hello', HELLO).mine([direct('d1', BO)]);
  fresh.answer('join', page(1, 2, { room: direct('d1').room, events: [1, 2].map((seq) => message(seq, { room: idOf('d1') })) }));
  assert.equal(fresh.state.rooms.get(idOf('d1'))?.unread, 0, 'on a new device nobody has read anything');
});

test('the direct room of two cannot be left, others can, on every device', () => {
  const client = live().hear({ type: 'added', ...direct('d1', BO) }).answer('join', empty(direct('d1')));
  client.play('leave', { room: idOf('d1') });
  assert.deepEqual([client.count('leave'), client.state.notice?.key], [0, 'leave.direct']);
  assert.deepEqual(client.play('leave', { room: LOBBY }).asked('leave'), { type: 'leave', id: client.asked('leave').id, room: LOBBY, forget: true });
});

test('a room that is left and joined again at once is not taken away by the end of the first stay', () => {
  const client = live().play('leave', { room: LOBBY }).play('join', { room: LOBBY, name: 'lobby' });
  client.hear({ type: 'removed', room: LOBBY, reason: 'you left this room' });
  assert.ok(client.state.rooms.has(LOBBY));
  assert.equal(client.answer('leave').answer('join', page(1, 3)).lobby.live, true);
});

test('a room gets another name and a topic, and one that is not here changes nothing', () => {
  const client = live().hear({ type: 'room', room: { id: LOBBY, name: 'hall', topic: 'come in', speak: 'member' } });
  assert.deepEqual([client.lobby.name, client.lobby.info?.topic], ['hall', 'come in']);
  assert.deepEqual(client.effects, [{ do: 'link', room: 'hall', seq: null }]);
  const { rooms: before } = client.state;
  client.hear({ type: 'room', room: { id: CREW, name: 'crew' } }).hear({ type: 'removed', room: CREW, reason: 'x' });
  assert.equal(client.state.rooms, before);
  assert.equal(client.state.notice, null);
});

test('a device that fell behind asks for its rooms again, once', () => {
  const client = live().hear({ type: 'behind', room: LOBBY, head: 9 }).hear({ type: 'behind', room: CREW, head: 9 });
  assert.equal(client.count('mine'), 2, 'the first was after hello');
});

test('a link into a room leads a new person there, and not into the lobby first', () => {
  const client = new Client().play('offered', { code: 'room=CODE' }).play('start', { nick: 'ana' }).play('opened')
    .answer('hello', { ...HELLO, role: undefined, login: undefined });
  client.play('offered', { code: null }).play('request', { of: 'accept', fields: { code: 'CODE' } }).mine();
  assert.equal(client.count('join'), 0);
  client.answer('accept', crew());
  assert.deepEqual([client.asked('join').room, client.state.selectedRoom], [CREW, CREW]);
});

test('a public room of a guest is not one that the server remembers', () => {
  const client = live().play('request', { of: 'accept', fields: { code: 'CODE' } }).answer('accept', own('garden'));
  assert.equal(client.state.rooms.get(idOf('garden'))?.rank, null);
  assert.equal(client.mine().state.rooms.has(idOf('garden')), true);
});

test('the device stores which rooms the server remembers, and of which kind they are', () => {
  const { state } = live().hear({ type: 'added', ...crew() });
  const listed = mergedRooms([], new Map(), state.rooms);
  assert.deepEqual(listed, [[LOBBY, 'lobby'], [CREW, 'crew', 'member', 'private']]);
  const [lobby, room] = restoreRooms({ listed, cached: [], unsent: [], reads: {}, me: null });
  assert.deepEqual([lobby.rank, lobby.info, room.rank, room.info?.kind], [null, null, 'member', 'private']);
  assert.deepEqual(restoreRooms({ listed: [[CREW, 'crew', 7], [1, 2], ['x']], cached: [], unsent: [], reads: {}, me: null }), []);
});

test('an answer about rooms that is not one ends the connection', () => {
  for (const wrong of [{ rooms: 7, more: false }, { rooms: [{ room: { id: 'x', name: 'y' }, rank: 'member' }], more: false }, { rooms: [] }]) {
    const client = behind().answer('mine', wrong);
    assert.deepEqual(client.effects, [{ do: 'close', again: true }], JSON.stringify(wrong));
  }
});
