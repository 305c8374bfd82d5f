// Accounts in the store: logging in, the end of a login, being taken out of a room, and being muted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceName } from '../device/identity_storage.js';
import { sentence } from '../store/notice.js';
import { isBanned } from '../store/state.js';
import { parseLine } from '../text/slash_commands.js';
import { lazyWords } from '../words/en_lazy.js';
import { addWords } from '../words/translate.js';
import { ANA, BO, Client, LOBBY, live, message, page, rooms } from './client.js';

const PASSWORD = 'turtle in the sun';
const LOGIN = { role: 'member', login: 3 };
const REMOVED = { type: 'removed', room: LOBBY, reason: 'you were taken out of this room: off topic' };

/** Somebody with an account who is live in the lobby. */
const member = () => new Client({ device: 'Firefox on Linux' }).play('start', { nick: 'ana', password: PASSWORD }).greet(LOGIN).answer('join', page(1, 3));

/** The server ends the connection. @param {Client} client @param {number} code */
const close = (client, code) => client.hear({ type: 'bye', code, reason: 'because', reconnect: false }).play('closed', { again: false, inMs: 0, code });

test('a login sends nick, password and device once, and keeps the token, not the password', () => {
  const client = new Client({ device: 'Firefox on Linux' }).play('start', { nick: 'ana', password: PASSWORD }).play('opened');
  assert.deepEqual(client.asked('hello'), { type: 'hello', id: 1, version: 1, nick: 'ana', password: PASSWORD, device: 'Firefox on Linux' });
  assert.ok(!JSON.stringify([...client.state.requests]).includes(PASSWORD), 'a request does not keep it');
  client.answer('hello', { user: ANA, token: 'L1', epoch: '01K9ZRZZZZ0000000000000001', heartbeat_ms: 30_000, limits: client.state.limits, ...LOGIN });
  const { token, role, login, password } = client.state;
  assert.deepEqual({ token, role, login, password }, { token: 'L1', role: 'member', login: 3, password: null });
  client.play('closed', { again: true, inMs: 5 }).play('opened');
  assert.deepEqual(client.asked('hello'), { type: 'hello', id: 4, version: 1, token: 'L1', device: 'Firefox on Linux' });
});

test('a connection that is lost before the answer logs in again with the password', () => {
  const client = new Client().play('start', { nick: 'ana', password: PASSWORD }).play('opened').play('closed', { again: true, inMs: 5 }).play('opened');
  assert.equal(client.asked('hello').password, PASSWORD);
});

test('a refused login brings the person back to the form, without the password', () => {
  for (const code of ['wrong_password', 'account_needed', 'rate_limited', 'bad_password']) {
    const client = new Client().play('start', { nick: 'ana', password: PASSWORD }).play('opened').refuse('hello', code);
    assert.deepEqual([client.state.phase, client.state.password, client.state.notice?.code], ['naming', null, code]);
    assert.deepEqual(client.effects, [{ do: 'close', again: false }]);
  }
  const busy = new Client().play('start', { nick: 'ana', password: PASSWORD }).play('opened').refuse('hello', 'busy', { retry_ms: 9 });
  assert.deepEqual(busy.effects, [{ do: 'close', again: true, afterMs: 9 }]);
});

test('the code of an app is asked for, goes out with the password, and is kept nowhere', () => {
  const client = new Client().play('start', { nick: 'ana', password: PASSWORD }).play('opened').refuse('hello', 'second_factor_needed');
  assert.deepEqual([client.state.phase, client.state.notice?.code], ['naming', 'second_factor_needed']);
  client.play('start', { nick: 'ana', password: PASSWORD, second: '287082' }).play('opened');
  const { password, second_factor: second } = client.asked('hello');
  assert.deepEqual({ password, second }, { password: PASSWORD, second: '287082' });
  client.refuse('hello', 'wrong_second_factor');
  assert.deepEqual([client.state.phase, client.state.password, client.state.second], ['naming', null, null]);
  assert.ok(!JSON.stringify([...client.state.requests]).includes('287082'));
});

test('a nick that changes brings no token to somebody with an account', () => {
  const client = member().play('rename', { nick: 'ana-maria' }).answer('nick', { user: { ...ANA, nick: 'ana-maria' } });
  assert.deepEqual([client.state.me?.nick, client.state.token], ['ana-maria', 'T1']);
});

test('a login that has ended leads back to the first page; what is here stays for the same person', () => {
  const ends = [
    (/** @type {Client} */ client) => close(client, 4501),
    (/** @type {Client} */ client) => client.play('closed', { again: true, inMs: 5 }).play('opened').refuse('hello', 'bad_token'),
  ];
  for (const end of ends) {
    const client = end(member().play('closed', { again: true, inMs: 5 }).play('say', { room: LOBBY, text: 'later' }).greet(LOGIN));
    const { phase, token, nick, notice } = client.state;
    assert.deepEqual({ phase, token, nick, key: notice?.key }, { phase: 'naming', token: null, nick: 'ana', key: 'close.4501' });
    assert.deepEqual(client.lobby.outgoing.map(({ text, state }) => [text, state]), [['later', 'waiting']]);
    assert.ok(!client.effects.some((effect) => effect.do === 'forget'));
    client.play('start', { nick: 'ana', password: PASSWORD }).greet(LOGIN);
    assert.deepEqual(client.asked('join').room, LOBBY);
    assert.equal(client.lobby.outgoing.length, 1);
  }
});

test('somebody else who comes in after that finds nothing of the one before', () => {
  for (const more of [{ password: PASSWORD }, {}]) {
    const client = close(member(), 4501).play('start', { nick: 'bo', ...more }).greet({ user: BO, token: 'T2' });
    assert.ok(client.effects.some((effect) => effect.do === 'forget'));
    assert.equal(client.state.rooms.has(LOBBY), false);
    assert.deepEqual([client.state.me?.id, client.state.token, client.state.login], [BO.id, 'T2', null]);
  }
});

test('somebody who is banned is shown why, and the page stays away', () => {
  const ended = close(member(), 4502);
  assert.ok(isBanned(ended.state));
  assert.equal(ended.play('returned').state.phase, 'stopped');
  const refused = new Client({ token: 'T1', nick: 'ana', me: ANA }).play('start').play('opened').refuse('hello', 'banned');
  assert.deepEqual(refused.effects, [{ do: 'close', again: false }]);
  assert.ok(isBanned(refused.play('closed', { again: false, inMs: 0, code: 4502 }).state));
  assert.ok(!isBanned(live().state));
});

test('somebody who is taken out of a room sees why, and the room is gone', () => {
  const client = live().hear(REMOVED);
  assert.equal(client.state.rooms.has(LOBBY), false);
  assert.deepEqual(client.state.notice, { key: 'room.removed', args: { room: 'lobby', reason: REMOVED.reason }, code: 'removed' });
  assert.equal(client.count('join'), 1);
  assert.equal(client.hear(message(4)).state.rooms.size, 0);
});

test('what was unsent there stays, failed, and is sent again only when the person asks', () => {
  const client = live().play('say', { room: LOBBY, text: 'one' }).play('say', { room: LOBBY, text: 'two' }).hear(REMOVED);
  assert.deepEqual(client.lobby.outgoing.map(({ state }) => state), ['flying', 'failed']);
  client.refuse('send', 'not_joined');
  assert.deepEqual(client.lobby.outgoing.map(({ state, problem }) => [state, problem?.code]), [['failed', 'removed'], ['failed', 'removed']]);
  client.play('show', { room: LOBBY }).play('tick');
  assert.equal(client.count('join'), 1, 'the page does not go back by itself');
  client.play('retry', { room: LOBBY, cid: client.lobby.outgoing[1].cid });
  assert.equal(client.count('join'), 2);
  client.answer('join', page(4, 4));
  assert.equal(client.asked('send').text, 'two');
  assert.equal(client.lobby.problem, null);
});

test('a message of somebody who is muted fails with the words of the server, and can be sent again', () => {
  const client = live().play('say', { room: LOBBY, text: 'one' }).refuse('send', 'muted', { retry_ms: 600_000 });
  const [one] = client.lobby.outgoing;
  assert.deepEqual([one.state, one.problem], ['failed', { key: 'error.muted', code: 'muted', text: 'because of muted' }]);
  client.play('retry', { room: LOBBY, cid: one.cid });
  assert.deepEqual([client.count('send'), client.asked('send').cid], [2, one.cid]);
});

test('what a dialog asks is answered to it, and its secrets are kept nowhere', () => {
  const client = live().play('ask', { of: 'register', secret: { password: PASSWORD } });
  assert.equal(client.asked('register').password, PASSWORD);
  assert.ok(!JSON.stringify([client.state, [...client.state.requests]]).includes(PASSWORD));
  client.refuse('register', 'bad_password');
  assert.deepEqual([client.state.answer?.problem?.code, client.state.notice], ['bad_password', null]);
  client.play('ask', { of: 'register', secret: { password: PASSWORD } }).answer('register', { user: ANA, token: 'L1', ...LOGIN });
  assert.ok(client.state.answer?.ok);
  assert.deepEqual([client.state.token, client.state.login, client.state.role], ['L1', 3, 'member']);
  client.play('answered').play('ask', { of: 'logins' }).play('closed', { again: true, inMs: 5 });
  assert.equal(client.state.answer?.problem?.key, 'ask.offline');
  assert.equal(client.play('ask', { of: 'logins' }).state.answer?.problem?.key, 'ask.offline');
});

test('signing out ends the login on the server first; without a connection only here', () => {
  const client = member().play('signOut');
  assert.equal(client.state.phase, 'online');
  client.answer('logout');
  assert.deepEqual(client.effects.map((effect) => effect.do), ['forget', 'signedOut', 'close', 'link']);
  assert.deepEqual([client.state.token, client.state.login, client.state.rooms.size], [null, null, 0]);
  assert.equal(member().play('ask', { of: 'logout', fields: { login: 2 } }).answer('logout').state.token, 'T1', 'another device');
  const offline = member().play('closed', { again: true, inMs: 5 }).play('signOut');
  assert.deepEqual([offline.count('logout'), offline.state.token], [0, null]);
  const gone = member().play('ask', { of: 'unregister', secret: { password: PASSWORD } }).answer('unregister');
  assert.deepEqual([gone.state.token, gone.state.notice?.key], [null, 'account.deleted']);
});

test('the secret of the server makes its owner', () => {
  assert.deepEqual(parseLine('/claim Zm9yIHNob3c'), { type: 'claim', secret: 'Zm9yIHNob3c' });
  assert.equal(parseLine('/claim').key, 'line.claim');
  const client = member().play('claim', { secret: 'Zm9yIHNob3c' });
  assert.deepEqual(client.asked('claim'), { type: 'claim', id: client.asked('claim').id, secret: 'Zm9yIHNob3c' });
  assert.equal(client.refuse('claim', 'bad_link').state.notice?.code, 'bad_link');
  assert.equal(client.play('claim', { secret: 'x' }).answer('claim').state.role, 'owner');
});

test('a link for a new password sets it, and is kept nowhere', () => {
  const client = new Client().play('offered', { code: 'reset=R1' }).play('start', { reset: 'R1', password: PASSWORD }).play('opened');
  const { reset, password, nick } = client.asked('hello');
  assert.deepEqual({ reset, password, nick }, { reset: 'R1', password: PASSWORD, nick: undefined });
  assert.ok(!JSON.stringify([...client.state.requests]).includes('R1'));
  client.refuse('hello', 'second_factor_needed');
  assert.deepEqual([client.state.phase, client.state.reset, client.state.password, client.state.offeredCode], ['naming', null, null, 'reset=R1']);
  client.play('start', { reset: 'R1', password: PASSWORD, second: '287082' }).greet(LOGIN);
  assert.deepEqual([client.state.reset, client.state.password, client.state.offeredCode, client.state.login], [null, null, null, 3]);
});

test('somebody who is in stays who they are until a link for a new password is accepted', () => {
  const become = () => live().play('become', { reset: 'R1', password: PASSWORD });
  const refused = become();
  assert.deepEqual(refused.effects, [{ do: 'close', again: true, afterMs: 0 }, { do: 'open' }]);
  refused.play('closed', { again: true, inMs: 0 }).play('opened');
  assert.equal(refused.asked('hello').reset, 'R1');
  refused.refuse('hello', 'bad_link');
  assert.deepEqual([refused.state.notice?.code, refused.asked('hello').token, refused.asked('hello').reset], ['bad_link', 'T1', undefined]);
  assert.equal(refused.greet().state.me?.nick, 'ana');
  const other = become().play('closed', { again: true, inMs: 0 }).greet({ ...LOGIN, user: BO, token: 'L2' });
  assert.deepEqual([other.state.me?.nick, other.state.rooms.has(LOBBY), other.state.login], ['bo', false, 3]);
  assert.ok(other.effects.some((effect) => effect.do === 'forget'));
});

test('an invitation waits until the person is in', () => {
  const client = new Client().play('offered', { code: 'invite=I1' }).play('start', { nick: 'ana' }).greet();
  assert.equal(client.state.offeredCode, 'invite=I1');
  assert.equal(client.play('offered', { code: null }).state.offeredCode, null);
});

test('a login is stored, and known after a reload', () => {
  const client = new Client({ token: 'L1', nick: 'ana', me: ANA, login: 3, rooms: rooms('lobby') }).play('start').play('opened').refuse('hello', 'bad_token');
  assert.equal(client.state.notice?.key, 'close.4501');
  assert.equal(client.count('hello'), 1, 'it does not come back as a guest');
});

test('another role holds at once', () => {
  const client = member().hear({ type: 'role', role: 'moderator' });
  assert.equal(client.state.role, 'moderator');
  assert.equal(client.hear({ type: 'role', role: 'member' }).state.role, 'member');
});

test('why somebody is muted is said in their language', () => {
  addWords(lazyWords);
  const client = live().play('say', { room: LOBBY, text: 'one' }).refuse('send', 'muted', { reason: 'too loud' });
  const [{ problem }] = client.lobby.outgoing;
  const words = (/** @type {string} */ key, /** @type {any} */ args) => `${key} ${args?.reason ?? ''}`.trim();
  assert.equal(sentence(/** @type {any} */ (problem), words, 'de'), 'error.muted notice.reason too loud');
  assert.equal(sentence(/** @type {any} */ (problem), words, 'en'), 'because of muted');
});

test('a device has the name of its browser and its system', () => {
  for (const [agent, name] of [
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0', 'Edge on Windows'],
    ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36', 'Chrome on Android'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1', 'Safari on iPhone'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15', 'Safari on macOS'],
    ['something else', undefined],
  ]) assert.equal(deviceName(String(agent)), name);
});

test('a stranger whom the raid switch keeps out is back on the first page, and reads why', () => {
  const client = new Client().play('start', { nick: 'eve' }).play('opened').refuse('hello', 'raid', { retry_ms: 5_000 });
  assert.deepEqual([client.state.phase, client.state.notice?.key], ['naming', 'error.raid']);
  assert.deepEqual(client.effects.at(-1), { do: 'close', again: false });
});
