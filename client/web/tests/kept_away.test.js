// Whom the person keeps away: the same on every device, and nothing of them counts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANA, BO, Client, EPOCH, idOf, LIMITS, LOBBY, live, message, page } from './client.js';

const EVE = { id: '01K9ZS00000000000000000003', nick: 'eve' };
/** @param {string} distance @param {any} [user] */
const kept = (distance, user = EVE) => ({ type: 'kept_away', user, distance });
const away = (/** @type {any} */ { state }) => [...state.keptAway.values()].map(({ user, distance }) => `${user.nick} ${distance}`);
const elsewhere = () => live().play('attention', { visible: false });
const alerts = (/** @type {Client} */ client) => client.effects.filter(({ do: what }) => what === 'notify').length;
const counts = (/** @type {Client} */ { lobby }) => [lobby.unread, lobby.mentions];

test('the server says whom the person keeps away, and other devices change it', () => {
  const behind = (/** @type {Client} */ one) => one.hear({ type: 'behind', room: LOBBY, head: 9 });
  const client = behind(live()).answer('kept_away', { people: [kept('block'), kept('ignore', BO)] });
  assert.deepEqual(away(client), ['eve block', 'bo ignore']);
  assert.deepEqual(away(client.hear(kept('ignore'))), ['bo ignore', 'eve ignore']);
  assert.deepEqual(away(client.hear(kept('none', BO))), ['eve ignore']);
  client.mine();
  assert.deepEqual(away(behind(client).answer('kept_away', { people: [] })), []);
});

test('what this device changes is asked for again, since the event goes to the others', () => {
  const client = live().play('request', { of: 'keep_away', fields: { person: EVE.id, distance: 'ignore' } });
  const before = client.count('kept_away');
  client.answer('keep_away');
  assert.equal(client.count('kept_away'), before + 1);
  assert.deepEqual(away(client.answer('kept_away', { people: [kept('ignore')] })), ['eve ignore']);
});

test('it is asked for before the rooms, so that nothing counts first and not afterwards', () => {
  const client = new Client({ token: 'T0', me: ANA, login: 3 }).play('start').play('opened')
    .answer('hello', { user: ANA, token: 'T', epoch: EPOCH, heartbeat_ms: 30_000, limits: LIMITS, role: 'member', login: 3 });
  const types = client.sent.map(({ type }) => type);
  assert.ok(types.indexOf('kept_away') < types.indexOf('mine') && !types.includes('join'), types.join());
});

test('after an absence from the events it is asked for again', () => {
  const client = live();
  const before = client.count('kept_away');
  client.hear({ type: 'behind', room: LOBBY, head: 9 });
  assert.equal(client.count('kept_away'), before + 1);
});

test('a server without such a list is no trouble', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).play('opened')
    .answer('hello', { user: ANA, token: 'T', epoch: EPOCH, heartbeat_ms: 30_000, limits: LIMITS }).refuse('kept_away', 'unknown_command');
  assert.equal(client.state.notice, null);
});

test('what they say is not unread, no mention, and alerts nobody', () => {
  const client = elsewhere().hear(kept('ignore'));
  assert.equal(alerts(client.hear(message(4, { from: EVE, text: 'hello @ana' }))), 0);
  assert.deepEqual(counts(client), [0, 0]);
  assert.equal(alerts(client.hear(message(5, { text: 'hello @ana' }))), 1);
  client.hear(message(6, { from: EVE }));
  assert.deepEqual(counts(client), [1, 1]);
  client.play('attention', { visible: true });
  assert.equal(client.lobby.divider, 5, 'the divider stands above what others said');
});

test('what is there already counts no more, and counts again when it is taken back', () => {
  const client = elsewhere().hear(message(4, { from: EVE, text: '@ana!' })).hear(message(5));
  assert.deepEqual(counts(client), [2, 1]);
  assert.deepEqual(counts(client.hear(kept('ignore'))), [1, 0]);
  assert.deepEqual(counts(client.hear(kept('none'))), [2, 1]);
  const alone = elsewhere().hear(message(4, { from: EVE, text: '@ana!' })).hear(kept('block'));
  assert.deepEqual(counts(alone), [0, 0]);
  assert.deepEqual(counts(alone.hear(kept('none'))), [1, 1], 'also where nothing else is unread');
});

test('pages count in the same way', () => {
  const client = live().hear(kept('ignore')).play('attention', { visible: false });
  client.play('closed', { again: true, inMs: 5 }).greet().hear(kept('ignore'));
  client.answer('join', page(4, 6, { events: [message(4, { from: EVE }), message(5), message(6, { from: EVE, text: '@ana' })] }));
  assert.deepEqual(counts(client), [1, 0]);
});

test('a room in which nothing changes stays the same object', () => {
  const client = live();
  const { lobby } = client;
  assert.equal(client.hear(kept('ignore')).lobby, lobby);
});

test('nothing of it stays when the person signs out', () => {
  const client = live().hear(kept('ignore')).play('signOut');
  assert.deepEqual(away(client), []);
});

test('who is blocked by somebody reads that, and not that a role does not reach', () => {
  const direct = { room: { id: idOf('d1'), name: '', kind: 'direct' }, rank: 'member', people: [EVE] };
  const client = live().hear({ type: 'added', ...direct }).answer('join', page(1, 0, { room: direct.room }));
  client.play('say', { room: idOf('d1'), text: 'hello' }).refuse('send', 'forbidden');
  assert.equal(client.state.rooms.get(idOf('d1'))?.outgoing[0].problem?.key, 'blocked.you');
  for (const of of ['direct', 'invite']) {
    client.play('request', { of, fields: {} }).refuse(of, 'forbidden');
    assert.equal(client.state.notice?.key, 'blocked.you', of);
  }
  client.play('request', { of: 'kick', fields: {} }).refuse('kick', 'forbidden');
  assert.equal(client.state.notice?.key, 'error.forbidden');
  client.play('say', { room: LOBBY, text: 'hello' }).refuse('send', 'forbidden');
  assert.equal(client.lobby.outgoing[0].problem?.key, 'error.forbidden');
});
