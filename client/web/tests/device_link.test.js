// The same person on two devices: codes as people type them, and what the store makes of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeInHash, deviceLinkUrl, parseCode, parseHash } from '../device/location_hash.js';
import { Client, EPOCH, LIMITS, LOBBY, live, message, page } from './client.js';

const CODE = 'ABCDE-FGHJK';
const CY = { id: '01K9ZS00000000000000000003', nick: 'cy' };

/** @param {any} user @param {string} [token] */
const hello = (user, token = 'T2') => ({ user, token, epoch: EPOCH, heartbeat_ms: 30_000, limits: LIMITS });

/** Why there is no code. @param {Client} client @returns {import('../store/notice.js').Notice | undefined} */
const problem = (client) => client.state.deviceLink?.problem;

/** @param {Client} client */
const doing = (client) => client.effects.map((effect) => effect.do);

test('a code is read as people type it', () => {
  for (const typed of [CODE, 'abcde-fghjk', 'ABCDEFGHJK', ' abcde fghjk\n', 'AB-CD-EF-GH-JK', `https://chat.example/#device=${CODE}`]) {
    assert.equal(parseCode(typed), CODE, typed);
  }
  assert.equal(parseCode('O1lIo-00000'), '01110-00000', 'letters that look like digits');
  for (const typed of ['', 'ABCDE', 'ABCDE-FGHJKM', 'ABCDE-FGHJU', 'ÀBCDE-FGHJK', '#lobby']) assert.equal(parseCode(typed), null, typed);
});

test('a link carries a code behind the number sign, and leads to no room', () => {
  assert.equal(deviceLinkUrl('https://chat.example/below/?a=b#lobby/7', CODE), `https://chat.example/below/#device=${CODE}`);
  assert.equal(codeInHash(`#device=${CODE}`), CODE);
  assert.equal(codeInHash('#device=abcde%20fghjk'), CODE);
  assert.equal(codeInHash('#device=nonsense'), 'nonsense', 'and the person reads that');
  assert.deepEqual([codeInHash('#invite=aB-_9'), codeInHash('#reset=01K9.aB-_9'), codeInHash('#invite=')], ['invite=aB-_9', 'reset=01K9.aB-_9', 'invite=']);
  for (const hash of ['#invite=aB', '#reset=01K9.aB', '#device=x']) assert.equal(parseHash(hash), null, 'it names no room');
  assert.equal(codeInHash('#invited=x'), null);
  assert.deepEqual([codeInHash('#device='), codeInHash('#device=%'), codeInHash('#lobby'), codeInHash('')], ['', '%', null, null]);
  for (const hash of [`#device=${CODE}`, '#device=', '#device=x/7']) assert.equal(parseHash(hash), null, hash);
});

test('who has a code says it instead of a name, and is that person', () => {
  const client = new Client().play('start', { code: CODE }).play('opened');
  assert.deepEqual(client.asked('hello'), { type: 'hello', id: client.asked('hello').id, version: 1, code: CODE });
  client.answer('hello', hello(CY));
  assert.deepEqual([client.state.phase, client.state.me, client.state.token, client.state.loginCode], ['online', CY, 'T2', null]);
  client.play('closed', { again: true, inMs: 5 }).play('opened');
  assert.deepEqual([client.asked('hello').code, client.asked('hello').token], [undefined, 'T2'], 'a code is said once');
});

test('a code that does not work is named beside the field, and can be tried again', () => {
  const client = new Client().play('offered', { code: CODE }).play('start', { code: CODE }).play('opened').refuse('hello', 'bad_code');
  assert.deepEqual([client.state.phase, client.state.notice?.code, client.state.offeredCode], ['naming', 'bad_code', null]);
  assert.deepEqual(client.effects, [{ do: 'close', again: false }]);
  client.play('closed', { again: false, inMs: 0 }).play('start', { code: 'ZZZZZ-ZZZZZ' }).play('opened');
  assert.equal(client.asked('hello').code, 'ZZZZZ-ZZZZZ');
  client.refuse('hello', 'rate_limited', { retry_ms: 900 });
  assert.deepEqual(client.effects, [{ do: 'close', again: true, afterMs: 900 }]);
  client.play('closed', { again: true, inMs: 900, told: true }).play('opened');
  assert.equal(client.asked('hello').code, 'ZZZZZ-ZZZZZ', 'it was not looked at');
});

test('who is somebody becomes the other person only when the server has taken the code', () => {
  const client = live().play('say', { room: LOBBY, text: 'unsent' }).play('offered', { code: CODE });
  client.play('become', { code: CODE });
  assert.deepEqual(doing(client), ['close', 'open']);
  client.play('closed', { again: true, inMs: 0, told: true }).play('opened');
  assert.equal(client.asked('hello').code, CODE);
  assert.equal(client.lobby.outgoing.length, 1, 'until then nothing is lost');
  client.answer('hello', hello(CY));
  assert.deepEqual(doing(client).slice(0, 2), ['forget', 'signedOut']);
  const { me, token, phase, offeredCode: offered, notice, rooms } = client.state;
  assert.deepEqual([me, token, phase, offered, notice], [CY, 'T2', 'online', null, null]);
  assert.deepEqual([...rooms.keys()], ['#lobby'], 'where a new person begins');
  const lobby = rooms.get('#lobby');
  assert.deepEqual([lobby?.messages, lobby?.outgoing], [[], []]);
  assert.deepEqual(client.answer('join', page(1, 3)).seqs(), [1, 2, 3]);
});

test('a link that was opened while the page connects is not forgotten by that', () => {
  const client = new Client({ token: 'T1', me: CY }).play('offered', { code: CODE }).play('start').greet();
  assert.equal(client.state.offeredCode, CODE);
});

test('who is somebody stays that when the code does not work', () => {
  for (const code of ['bad_code', 'rate_limited', 'unknown_command']) {
    const client = live().play('become', { code: CODE }).play('closed', { again: true, inMs: 0, told: true }).play('opened').refuse('hello', code);
    assert.deepEqual([client.asked('hello').token, client.asked('hello').code], ['T1', undefined], code);
    assert.equal(client.state.notice?.code, code);
    client.greet();
    assert.deepEqual([client.state.me?.nick, client.seqs(), client.state.notice?.code], ['ana', [1, 2, 3], code]);
  }
});

test('the code of the same person changes nothing but the token', () => {
  const client = live().play('become', { code: CODE }).play('closed', { again: true, inMs: 0, told: true }).play('opened');
  client.answer('hello', hello(client.state.me));
  assert.ok(!doing(client).includes('forget'));
  assert.deepEqual([client.state.token, client.seqs()], ['T2', [1, 2, 3]]);
});

test('a code for another device is asked for, and its end is known', () => {
  const client = live().play('askCode');
  assert.deepEqual(client.state.deviceLink, {});
  client.answer('link', { code: CODE, expires_ms: 600_000 });
  assert.deepEqual(client.state.deviceLink, { code: CODE, until: client.now + 600_000 });
  client.play('closed', { again: true, inMs: 5 });
  assert.equal(client.state.deviceLink?.code, CODE, 'it is valid without this connection');
  assert.equal(problem(client.play('askCode'))?.key, 'device.offline');
  client.greet().play('askCode').refuse('link', 'unknown_command');
  assert.equal(problem(client)?.code, 'unknown_command');
  client.play('askCode').play('closed', { again: true, inMs: 5 });
  assert.equal(problem(client)?.key, 'device.offline', 'what was asked for is lost');
});

test('an answer without a code is no answer', () => {
  assert.deepEqual(live().play('askCode').answer('link', { code: 7, expires_ms: 1 }).effects, [{ do: 'close', again: true }]);
  assert.deepEqual(live().play('askCode').answer('link', { code: CODE }).effects, [{ do: 'close', again: true }]);
});

test('who comes in, in one tab, is in in the others', () => {
  const client = live().play('token', { token: null });
  assert.deepEqual([client.state.phase, doing(client)], ['naming', ['signedOut', 'close', 'link']]);
  client.play('token', { token: 'T2' });
  assert.deepEqual([client.state.phase, doing(client)], ['connecting', ['open']]);
  client.play('opened').answer('hello', hello(CY)).answer('join', page(1, 1)).hear(message(2));
  assert.deepEqual(client.seqs(), [1, 2]);
});
