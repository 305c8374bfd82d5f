// Coming back, signing out, settings, the list of rooms: what concerns a visit as a whole.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANA, Client, live, message, page } from './client.js';

test('the person may connect at once, whatever the server said', () => {
  const client = live().play('closed', { again: true, inMs: 30_000, told: true, code: 1001 });
  assert.deepEqual([client.state.phase, client.state.returnAt], ['away', client.now + 30_000]);
  assert.deepEqual(client.play('again').effects, [{ do: 'open' }]);
  assert.equal(client.state.phase, 'connecting');
  assert.deepEqual(client.play('again').effects, [], 'once');
});

test('a network that is back connects at once, unless the server said when', () => {
  assert.deepEqual(live().play('closed', { again: true, inMs: 9_000 }).play('online').effects, [{ do: 'open' }]);
  assert.deepEqual(live().play('closed', { again: true, inMs: 9_000, told: true }).play('online').effects, []);
  assert.deepEqual(live().play('closed', { again: false, inMs: 0, code: 4500 }).play('online').effects, []);
  assert.deepEqual(live().play('online').effects, []);
});

test('whoever is not let in hears why', () => {
  const client = live().play('closed', { again: false, inMs: 0, code: 1009 });
  assert.deepEqual([client.state.phase, client.state.reason], ['stopped', { key: 'close.1009', code: '1009' }]);
});

test('bye says why, in the words of the server and of ours', () => {
  const client = live().hear({ type: 'bye', code: 1001, reason: 'the server restarts', reconnect: true, after_ms: 5 });
  client.play('closed', { again: true, inMs: 5, code: 1001, told: true });
  assert.deepEqual(client.state.reason, { key: 'close.1001', code: '1001', text: 'the server restarts' });
  assert.equal(client.greet().state.reason, null);
});

test('signing out leaves nothing but the settings', () => {
  const client = live().play('settings', { change: { theme: 'dark' } }).play('say', { room: 'lobby', text: 'hello' });
  client.play('signOut');
  const { phase, token, nick, me, rooms, shown, settings, requests } = client.state;
  assert.deepEqual({ phase, token, nick, me, rooms: rooms.size, shown, requests: requests.size },
    { phase: 'naming', token: null, nick: null, me: null, rooms: 0, shown: null, requests: 0 });
  assert.equal(settings.theme, 'dark');
  assert.deepEqual(client.effects, [{ do: 'forget' }, { do: 'signedOut' }, { do: 'close', again: false }, { do: 'place', room: null, seq: null }]);
  assert.equal(client.play('closed', { again: false, inMs: 0, code: 1000 }).state.phase, 'naming');
  assert.equal(client.play('start', { nick: 'bo' }).greet().asked('hello').nick, 'bo');
});

test('signing out in one window signs out in the others, which forget nothing more', () => {
  const client = live().play('token', { token: null });
  assert.equal(client.state.phase, 'naming');
  assert.ok(!client.effects.some((effect) => effect.do === 'forget'));
});

test('a token that another window got is used at the next hello', () => {
  const client = live().play('token', { token: 'T9' });
  assert.equal(client.state.phase, 'online');
  client.play('closed', { again: true, inMs: 5 }).play('opened');
  assert.equal(client.asked('hello').token, 'T9');
});

test('settings change one by one', () => {
  const client = new Client({ settings: { notify: 'mentions' } }).play('settings', { change: { sound: true } });
  assert.deepEqual(client.state.settings, { theme: 'system', language: 'auto', notify: 'mentions', sound: true });
});

test('a nick is not changed without a connection, and the person hears so', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).play('rename', { nick: 'anna' });
  assert.deepEqual([client.count('nick'), client.state.notice?.key], [0, 'rename.offline']);
  assert.equal(client.play('notice').state.notice, null);
  assert.deepEqual(client.play('notice', { key: 'line.me' }).state.notice, { key: 'line.me' });
});

test('a nick that was taken meanwhile is told, with the server\'s sentence', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet({ user: { ...ANA, nick: 'ana2' }, notice: 'ana was taken' });
  assert.deepEqual(client.state.notice, { key: 'nick.other', args: { nick: 'ana2' }, text: 'ana was taken' });
});

test('a search for rooms is asked for, its next page too, and only the latest search counts', () => {
  const client = live().play('rooms', { query: ' ki ' });
  assert.deepEqual({ ...client.asked('rooms'), id: 0 }, { type: 'rooms', id: 0, query: 'ki', limit: 50 });
  const { id } = client.asked('rooms');
  client.play('rooms', { query: 'kit' });
  client.hear({ type: 'ok', id, rooms: [{ name: 'kiosk', members: 1 }], more: false });
  assert.equal(client.state.listing, null);
  client.answer('rooms', { rooms: [{ name: 'kitchen', members: 1 }], more: true, after: 'kot' });
  assert.deepEqual(client.state.listing, { rooms: [{ name: 'kitchen', members: 1 }], more: true, query: 'kit', after: 'kot', empty: 0 });
  client.play('rooms', { more: true });
  assert.deepEqual([client.asked('rooms').after, client.asked('rooms').query], ['kot', 'kit'], 'after what the server has looked at');
  client.answer('rooms', { rooms: [{ name: 'skittles', members: 2 }], more: false });
  assert.deepEqual(/** @type {any} */ (client.state.listing).rooms.map((/** @type {any} */ { name }) => name), ['kitchen', 'skittles']);
  const asked = client.count('rooms');
  client.play('rooms', { more: true });
  assert.equal(client.count('rooms'), asked, 'there are no more');
});

test('a search goes on by itself over pages without a room, but not for ever', () => {
  const client = live().play('rooms', { query: 'zoo' });
  for (let page = 1; page <= 20; page += 1) {
    assert.equal(client.count('rooms'), page);
    client.answer('rooms', { rooms: [], more: true, after: `room${page}` });
  }
  assert.equal(client.count('rooms'), 20);
  assert.equal(client.state.listing?.more, true);
  client.play('rooms', { more: true });
  assert.equal(client.asked('rooms').after, 'room20');
  client.answer('rooms', { rooms: [], more: true, after: 'room21' });
  assert.equal(client.asked('rooms').after, 'room21', 'the person asked for more');
  client.answer('rooms', { rooms: [{ name: 'zoo', members: 1 }], more: true, after: 'zoo' });
  assert.equal(client.asked('rooms').after, 'room21', 'there is something to see');
});

test('a server that does not say where the next page begins is asked after its last room', () => {
  const client = live().play('rooms').answer('rooms', { rooms: [{ name: 'attic', members: 1 }], more: true }).play('rooms', { more: true });
  assert.equal(client.asked('rooms').after, 'attic');
  client.answer('rooms', { rooms: [], more: true });
  assert.equal(client.state.listing?.more, false);
});

test('what an input does not touch stays the same object', () => {
  const client = live().play('join', { room: 'kitchen' });
  const { rooms, requests } = client.state;
  const { lobby } = client;
  client.play('tick');
  assert.ok(client.state.rooms === rooms && client.state.requests === requests);
  client.play('show', { room: 'kitchen' }).hear(message(1, { room: 'nowhere' }));
  assert.equal(client.lobby, lobby);
});

test('a line that ends as on Windows is sent as a line', () => {
  assert.equal(live().play('say', { room: 'lobby', text: 'a\r\nb' }).asked('send').text, 'a\nb');
});

test('a new window of somebody who was greeted before shows the room that was shown last', () => {
  const client = new Client({ token: 'T', nick: 'ana', rooms: ['lobby', 'kitchen'], shown: 'kitchen' }).play('start');
  assert.equal(client.state.shown, 'kitchen');
  assert.deepEqual(client.effects[0], { do: 'place', room: 'kitchen', seq: null });
});

test('a room that was joined while there was no connection is joined on return', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).play('join', { room: 'kitchen' });
  assert.equal(client.count('join'), 1);
  client.greet();
  assert.deepEqual(client.sent.filter(({ type }) => type === 'join').map(({ room }) => room), ['lobby', 'kitchen', 'lobby']);
  client.answer('join', page(4, 4));
  assert.equal(client.lobby.last, 4);
});
