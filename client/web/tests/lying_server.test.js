import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, LOBBY, live, message, page } from './client.js';

test('a page that leads no further is asked for again after a pause', () => {
  const client = live().hear({ type: 'behind', room: LOBBY, head: 9 });
  const joins = client.count('join');
  client.answer('join', { ...page(3, 3), head: 9, more: true });
  assert.equal(client.count('join'), joins);
  client.now += 2_000;
  client.play('tick');
  assert.equal(client.count('join'), joins + 1);
  client.answer('join', { ...page(4, 5), head: 9, more: true });
  assert.equal(client.count('join'), joins + 2, 'one that leads on is followed at once');
});

test('a page in no order is no answer', () => {
  for (const events of [[message(5), message(4)], [message(4), message(4)]]) {
    const client = live().hear({ type: 'behind', room: LOBBY, head: 5 });
    client.answer('join', { ...page(4, 5), events });
    assert.deepEqual(client.effects, [{ do: 'close', again: true }]);
    assert.deepEqual(client.seqs(), [1, 2, 3]);
  }
});

test('a heartbeat of nothing is a second', () => {
  const client = new Client().play('start', { nick: 'ana' }).greet({ heartbeat_ms: 0 });
  assert.equal(client.state.heartbeatMs, 1_000);
});

test('an end without a goodbye is told by its code; a network that went is not', () => {
  for (const [code, key] of [[4_001, 'close.4001'], [1_001, 'close.1001'], [1_006, undefined], [1_000, undefined], [4_444, undefined]]) {
    const client = live().play('closed', { again: true, inMs: 5, code });
    assert.equal(client.state.reason?.key, key, `${code}`);
  }
  assert.equal(live().play('closed', { again: false, inMs: 0, code: 1_000 }).state.reason?.key, 'close.1000');
});

test('half a character is said as a sign for one', () => {
  const client = live().play('say', { room: LOBBY, text: 'a\ud83d b \ude00 🎉' });
  assert.equal(client.asked('send').text, 'a\ufffd b \ufffd 🎉');
});
