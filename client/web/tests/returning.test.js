// Reconnecting, coming back, signing out, settings, and the list of rooms.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANA, Client, LOBBY, idOf, live, message, page, rooms } from './client.js';

test('the person may connect at once, whatever the server said', () => {
  const client = live().play('closed', { again: true, inMs: 30_000, told: true, code: 1001 });
  assert.deepEqual([client.state.phase, client.state.reconnectAt], ['away', client.now + 30_000]);
  assert.deepEqual(client.play('again').effects, [{ do: 'open' }]);
  assert.equal(client.state.phase, 'connecting');
  assert.deepEqual(client.play('again').effects, [], 'once');
});

test('a network that is back connects at once, unless the server said when', () => {
  assert.deepEqual(live().play('closed', { again: true, inMs: 9_000 }).play('returned').effects, [{ do: 'open' }]);
  assert.deepEqual(live().play('closed', { again: true, inMs: 9_000, told: true }).play('returned').effects, []);
  assert.deepEqual(live().play('closed', { again: false, inMs: 0, code: 4500 }).play('returned').effects, []);
  assert.deepEqual(live().play('returned').effects, []);
});

test('a person who is back connects at once, unless the server said when', () => {
  const away = (/** @type {any} */ more) =>
    live().play('attention', { visible: false }).play('closed', { again: true, inMs: 30_000, ...more });
  assert.deepEqual(away({}).play('attention', { visible: true }).effects, [{ do: 'open' }]);
  assert.deepEqual(away({ told: true }).play('attention', { visible: true }).effects, []);
  const client = away({});
  client.now += 600_000;
  assert.deepEqual(client.play('tick').effects, [], 'time alone does not shorten the wait');
});

test('a connection that slept with its device is asked whether it lives, and given up soon', () => {
  const client = live().play('attention', { visible: false });
  client.now += 29_999;
  assert.equal(client.play('attention', { visible: true }).count('ping'), 0, 'who was away for a moment');
  client.play('attention', { visible: false }).now += 600_000;
  client.play('attention', { visible: true }).play('returned');
  assert.equal(client.count('ping'), 1);
  client.now += 4_999;
  assert.deepEqual(client.play('tick').effects, []);
  client.now += 1;
  assert.deepEqual(client.play('tick').effects, [{ do: 'close', again: true }]);
  assert.equal(client.state.reason?.key, 'reason.silent');
});

test('a connection that answers after the device slept is kept, and asked once', () => {
  const client = live();
  client.now += 600_000;
  client.play('tick').play('tick');
  assert.equal(client.count('ping'), 1, 'the clock jumped');
  client.answer('ping');
  client.now += 5_000;
  assert.deepEqual(client.play('tick').effects, []);
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
  const client = live().play('settings', { change: { theme: 'dark' } }).play('say', { room: LOBBY, text: 'hello' });
  client.play('signOut');
  const { phase, token, nick, me, rooms, selectedRoom: shown, settings, requests } = client.state;
  assert.deepEqual({ phase, token, nick, me, rooms: rooms.size, shown, requests: requests.size },
    { phase: 'naming', token: null, nick: null, me: null, rooms: 0, shown: null, requests: 0 });
  assert.equal(settings.theme, 'dark');
  assert.deepEqual(client.effects, [{ do: 'forget' }, { do: 'signedOut' }, { do: 'close', again: false }, { do: 'link', room: null, seq: null }]);
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
  assert.deepEqual(client.state.settings, { theme: 'system', language: 'auto', notify: 'mentions', sound: true, words: false });
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
  client.hear({ type: 'ok', id, rooms: [{ id: idOf('kiosk'), name: 'kiosk', members: 1 }], more: false });
  assert.equal(client.state.listing, null);
  client.answer('rooms', { rooms: [{ id: idOf('kitchen'), name: 'kitchen', members: 1 }], more: true, after: 'kot' });
  assert.deepEqual(client.state.listing, { rooms: [{ id: idOf('kitchen'), name: 'kitchen', members: 1 }], more: true, query: 'kit', after: 'kot', empty: 0 });
  client.play('rooms', { more: true });
  assert.deepEqual([client.asked('rooms').after, client.asked('rooms').query], ['kot', 'kit'], 'after what the server has looked at');
  client.answer('rooms', { rooms: [{ id: idOf('skittles'), name: 'skittles', members: 2 }], more: false });
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
  client.answer('rooms', { rooms: [{ id: idOf('zoo'), name: 'zoo', members: 1 }], more: true, after: 'zoo' });
  assert.equal(client.asked('rooms').after, 'room21', 'there is something to see');
});

test('a server that does not say where the next page begins is asked after its last room', () => {
  const client = live().play('rooms').answer('rooms', { rooms: [{ id: idOf('attic'), name: 'attic', members: 1 }], more: true }).play('rooms', { more: true });
  assert.equal(client.asked('rooms').after, 'attic');
  client.answer('rooms', { rooms: [], more: true });
  assert.equal(client.state.listing?.more, false);
});

test('what an input does not touch stays the same object', () => {
  const client = live().play('join', { room: '#kitchen' });
  const { rooms, requests } = client.state;
  const { lobby } = client;
  client.play('tick');
  assert.ok(client.state.rooms === rooms && client.state.requests === requests);
  client.play('show', { room: '#kitchen' }).hear(message(1, { room: 'nowhere' }));
  assert.equal(client.lobby, lobby);
});

test('a line that ends as on Windows is sent as a line', () => {
  assert.equal(live().play('say', { room: LOBBY, text: 'a\r\nb' }).asked('send').text, 'a\nb');
});

test('a new window of somebody who was greeted before shows the room that was shown last', () => {
  const client = new Client({ token: 'T', nick: 'ana', rooms: rooms('lobby', 'kitchen'), selectedRoom: idOf('kitchen') }).play('start');
  assert.equal(client.state.selectedRoom, idOf('kitchen'));
  assert.deepEqual(client.effects[0], { do: 'link', room: 'kitchen', seq: null });
});

test('a room that was joined while there was no connection is joined on return', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).play('join', { room: '#kitchen' });
  assert.equal(client.count('join'), 1);
  client.greet();
  assert.deepEqual(client.sent.filter(({ type }) => type === 'join').map(({ room }) => room), ['#lobby', '#kitchen', LOBBY]);
  client.answer('join', page(4, 4));
  assert.equal(client.lobby.last, 4);
});
