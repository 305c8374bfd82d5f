// How the person is there: said by hand, by idling, and again after each hello; and what the server says of others.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANA, BO, Client, golden, live, LOBBY } from './client.js';
import { titleOf } from '../device/notifier.js';
import { isAnswerTo, parse } from '../net/wire.js';
import { addPresence } from '../store/presence.js';
import { presenceOf } from '../store/state.js';

addPresence();

/** The last command about presence, without its id. @param {Client} client */
const said = (client) => {
  const { away, dnd } = client.asked('presence');
  return { away, dnd };
};

test('golden: what the client says and hears is what the server knows', () => {
  for (const { frame } of golden('ok-presence')) assert.ok(isAnswerTo('presence', frame));
  const frames = golden('event-presence').map((/** @type {any} */ { frame }) => frame);
  const client = live().hear(parse(JSON.stringify(frames[0])));
  assert.equal(presenceOf(client.state.me), 'dnd');
  client.hear(parse(JSON.stringify(frames[1])));
  assert.equal(presenceOf(client.state.me), 'online', 'one of a later version');
});

test('the person chooses, and the server hears of it once', () => {
  const client = live().play('attend', { as: 'dnd' });
  assert.deepEqual(said(client), { away: false, dnd: true });
  client.answer('presence', { presence: 'dnd' });
  assert.equal(client.state.me?.presence, 'dnd');
  client.play('attend', { as: 'dnd' }).play('attend', { as: 'dancing' });
  assert.equal(client.count('presence'), 1);
  client.play('attend', { as: 'away' });
  assert.deepEqual(said(client), { away: true, dnd: false });
});

test('who idles is away, and what was chosen by hand no key takes back', () => {
  const client = live().play('idle', { isIdle: false });
  assert.equal(client.count('presence'), 0);
  client.play('idle', { isIdle: true });
  assert.deepEqual(said(client), { away: true, dnd: undefined });
  client.answer('presence', { presence: 'away' }).play('idle', { isIdle: false });
  assert.deepEqual([said(client), client.count('presence')], [{ away: false, dnd: undefined }, 2]);
  client.play('attend', { as: 'away' }).play('idle', { isIdle: true }).play('idle', { isIdle: false });
  assert.equal(client.count('presence'), 3);
  client.play('idle', { isIdle: true }).play('attend', { as: 'online' });
  assert.deepEqual(said(client), { away: true, dnd: false }, 'nobody is there all the same');
});

test('it is said again after each hello, if there is something to say', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet();
  assert.equal(client.count('presence'), 0);
  client.play('attend', { as: 'dnd' }).play('closed', { again: true, inMs: 5 });
  client.play('attend', { as: 'away' }).greet();
  assert.deepEqual([said(client), client.count('presence')], [{ away: true, dnd: false }, 2]);
});

test('another device turns do-not-disturb on and off', () => {
  const client = live().hear({ type: 'presence', presence: 'dnd' });
  assert.equal(client.state.attendance?.chosen, 'dnd');
  client.hear({ type: 'presence', presence: 'away' });
  assert.equal(client.state.attendance?.chosen, 'online');
  const later = new Client({ token: 'T', me: ANA }).play('start').greet({ user: { ...ANA, presence: 'dnd' } });
  assert.equal(later.state.attendance?.chosen, 'dnd');
  assert.equal(later.count('presence'), 0, 'the server knows it');
});

test('nothing is counted in the title while one does not want to be disturbed', () => {
  const client = live().play('attention', { visible: false });
  client.hear({ type: 'message', room: LOBBY, seq: 4, cid: '01K9ZS6Q3V8Y4N2B7C5D1E0F9G', from: BO, text: 'tea?', at: 4 });
  assert.match(titleOf(client.state), /^\(1\)/);
  client.hear({ type: 'presence', presence: 'dnd' });
  assert.doesNotMatch(titleOf(client.state), /\(/);
  assert.equal(client.lobby.unread, 1, 'it is unread all the same');
});

test('who in a room is away, by name in a small room and as numbers in a large one', () => {
  const client = live().hear({ type: 'members', room: LOBBY, version: 2, count: 2, away: 1, joined: [{ ...BO, presence: 'away' }], left: [] });
  assert.deepEqual([client.lobby.members?.away, client.lobby.members?.dnd], [1, undefined]);
  assert.equal(presenceOf(client.lobby.members?.sample.find(({ id }) => id === BO.id) ?? null), 'away');
  client.hear({ type: 'members', room: LOBBY, version: 3, count: 900, away: 400, dnd: 7 });
  assert.deepEqual([client.lobby.members?.away, client.lobby.members?.dnd], [400, 7]);
  assert.throws(() => parse(JSON.stringify({ type: 'members', room: LOBBY, version: 3, count: 900, away: '400' })));
});
