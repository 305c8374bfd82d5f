// What is kept of a long room, what is left out, and how it comes back: never a silent hole.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANA, Client, LOBBY, gaps, jumped, live, message, page } from './client.js';
import { MESSAGES_MAX, oldestSeq } from '../store/loaded_history.js';
import { update } from '../store/store.js';

/**
 * Lets many messages come, without the checks of `play`, which compare whole states.
 * @param {Client} client @param {number} from @param {number} to
 */
function stream(client, from, to) {
  let most = 0;
  for (let seq = from; seq <= to; seq += 1) {
    client.state = update(client.state, { type: 'frame', event: message(seq), now: 1 }).state;
    most = Math.max(most, client.lobby.messages.length);
  }
  return most;
}

test('ten thousand messages leave the newest thousand, and never more', () => {
  const client = live();
  assert.equal(stream(client, 4, 10_003), MESSAGES_MAX);
  assert.deepEqual([client.seqs()[0], client.seqs().at(-1), gaps(client.lobby)], [9_004, 10_003, []]);
  const { typing, outgoing, mine, mentioned } = client.lobby;
  assert.deepEqual([typing.size, outgoing.length, mine.length, mentioned.length, client.state.requests.size], [0, 0, 0, 0, 0]);
});

test('ten thousand mentions while the person is elsewhere are remembered up to a limit', () => {
  const client = live().play('attention', { visible: false });
  for (let seq = 4; seq <= 10_003; seq += 1) {
    client.state = update(client.state, { type: 'frame', event: message(seq, { text: '@ana' }), now: 1 }).state;
  }
  assert.deepEqual([client.lobby.unread, client.lobby.mentions, client.lobby.messages.length], [10_000, 1_000, MESSAGES_MAX]);
});

test('a message copies no more than the messages that are kept', () => {
  const client = live();
  stream(client, 4, 2_000);
  let copied = 0;
  const counting = new Proxy(client.lobby.messages, {
    get(target, name, receiver) {
      if (typeof name === 'string' && /^\d+$/.test(name)) copied += 1;
      return Reflect.get(target, name, receiver);
    },
  });
  client.state.rooms.set(LOBBY, { ...client.lobby, messages: counting });
  client.state = update(client.state, { type: 'frame', event: message(2_001), now: 1 }).state;
  assert.equal(client.lobby.last, 2_001);
  assert.ok(copied <= 2 * MESSAGES_MAX, `${copied} messages were touched`);
});

test('what the person reads stays, and the newest stay, with a gap between that loads', () => {
  const client = live();
  stream(client, 4, 1_000);
  client.play('anchored', { room: LOBBY, seq: 100 });
  assert.equal(stream(client, 1_001, 5_000), MESSAGES_MAX);
  const seqs = client.seqs();
  assert.deepEqual([seqs[0], seqs.at(-1)], [1, 5_000]);
  assert.ok(seqs.includes(100) && seqs.includes(400), 'what is round the person');
  assert.deepEqual(gaps(client.lobby), [{ from: 801, to: 4_800 }]);
  client.play('newer', { room: LOBBY, after: 800 });
  assert.deepEqual({ ...client.asked('history'), id: 0 }, { type: 'history', id: 0, room: LOBBY, after: 800, limit: 50 });
  assert.ok(client.lobby.fillId && !client.lobby.historyId);
  client.answer('history', page(801, 850, { head: 5_000, more: true }));
  assert.equal(client.lobby.fillId, 0);
  assert.equal(client.lobby.messages.length, MESSAGES_MAX);
});

test('following a gap downwards keeps what is read, the newest, and the gap between', () => {
  const client = live();
  stream(client, 4, 1_000);
  client.play('anchored', { room: LOBBY, seq: 1 });
  stream(client, 1_001, 5_000);
  for (let after = 800; after < 4_800; after = gaps(client.lobby)[0]?.from - 1) {
    client.play('anchored', { room: LOBBY, seq: after });
    client.state = update(client.state, { type: 'newer', room: LOBBY, after, now: 1 }).state;
    const [id] = client.state.requests.keys();
    const event = { type: 'ok', id, ...page(after + 1, Math.min(after + 50, 5_000), { head: 5_000 }) };
    client.state = update(client.state, { type: 'frame', event, now: 1 }).state;
    assert.ok(client.seqs().includes(after) && client.seqs().at(-1) === 5_000 && client.seqs().length <= MESSAGES_MAX);
    if (!gaps(client.lobby).length) break;
  }
  assert.deepEqual(gaps(client.lobby), []);
  assert.equal(client.seqs().at(-1), 5_000);
});

test('a page that was asked for at the top stays, though the person has not been seen there yet', () => {
  const client = live();
  stream(client, 4, 2_000);
  const [first] = client.seqs();
  client.play('older', { room: LOBBY, before: first });
  assert.ok(client.lobby.historyId && !client.lobby.fillId);
  client.answer('history', page(first - 50, first - 1, { head: 2_000 }));
  assert.equal(client.seqs()[0], first - 50);
  assert.equal(client.seqs().at(-1), 2_000);
});

test('what a link leads to stays, though the person looks elsewhere on the way', () => {
  const client = live();
  stream(client, 4, 5_000);
  client.play('show', { room: LOBBY, seq: 500 }).play('anchored', { room: LOBBY, seq: 4_990 });
  client.answer('history', page(475, 524, { head: 5_000 }));
  stream(client, 5_001, 5_900);
  assert.ok(client.seqs().includes(500));
  client.play('arrived', { room: LOBBY }).play('latest', { room: LOBBY });
  stream(client, 5_901, 6_000);
  assert.ok(!client.seqs().includes(500));
});

test('the newest page is there at once after the way back to the end', () => {
  const client = live();
  stream(client, 4, 1_000);
  client.play('anchored', { room: LOBBY, seq: 10 });
  stream(client, 1_001, 3_000);
  client.play('latest', { room: LOBBY });
  assert.deepEqual([client.lobby.anchor, client.seqs().at(-1)], [null, 3_000]);
  stream(client, 3_001, 3_001);
  assert.equal(client.seqs().at(-1), 3_001);
});

test('one request at the top and one in the gaps, not more', () => {
  const client = jumped(page(90, 99, { limited: true, first: 1 }));
  client.play('older', { room: LOBBY, before: 90 }).play('newer', { room: LOBBY, after: 3 }).play('older', { room: LOBBY, before: 90 });
  assert.equal(client.count('history'), 2);
  client.play('older', { room: LOBBY, before: 1 }).play('older', { room: LOBBY, before: 1 });
  assert.equal(client.count('history'), 3);
});

test('history that is refused for its rate is asked for again, not before the server allows it', () => {
  const client = live().play('older', { room: LOBBY, before: 1 }).refuse('history', 'rate_limited', { retry_ms: 700 });
  assert.equal(client.state.notice, null);
  client.now += 699;
  assert.equal(client.play('older', { room: LOBBY, before: 1 }).count('history'), 1);
  client.now += 1;
  assert.equal(client.play('older', { room: LOBBY, before: 1 }).count('history'), 2);
});

test('a client that missed a little reads all of it', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet();
  client.answer('join', page(4, 53, { head: 253, more: true }));
  assert.equal(client.asked('join').after, 53);
});

test('a client that missed a hundred thousand is at the newest at once, and the rest loads on the way up', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet();
  client.answer('join', page(4, 53, { head: 100_003, more: true }));
  assert.deepEqual({ ...client.asked('join'), id: 0 }, { type: 'join', id: 0, room: LOBBY, limit: 50 });
  client.answer('join', page(99_954, 100_003));
  assert.equal(client.count('join'), 3);
  assert.deepEqual([gaps(client.lobby), oldestSeq(client.lobby)], [[], 99_954]);
  assert.deepEqual([client.lobby.last, client.lobby.live, client.lobby.unread, client.lobby.divider], [100_003, true, 100_000, 4]);
});

test('the end before the newest page came leaves the cursor where it was', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet();
  client.answer('join', page(4, 53, { head: 100_003, more: true })).play('closed', { again: true, inMs: 5 }).greet();
  assert.equal(client.asked('join').after, 53);
});

test('far behind on a slow line: the newest page, and what was there before loads again', () => {
  const client = live().hear({ type: 'behind', room: LOBBY, head: 9_000 });
  assert.equal(client.asked('join').after, undefined);
  client.answer('join', page(8_951, 9_000));
  assert.deepEqual([gaps(client.lobby), oldestSeq(client.lobby)], [[], 8_951]);
  assert.deepEqual(client.hear(message(9_001)).lobby.last, 9_001);
});

test('a page of history tells of mentions and of own messages in a gap', () => {
  const client = live().play('attention', { visible: false }).play('closed', { again: true, inMs: 5 }).greet();
  client.answer('join', page(90, 99, { limited: true }));
  assert.equal(client.lobby.unread, 96);
  client.play('older', { room: LOBBY, before: 90 });
  client.answer('history', page(88, 89, { events: [message(88, { from: ANA }), message(89, { text: '@ana' })] }));
  assert.deepEqual([client.lobby.unread, client.lobby.mentions], [95, 1]);
});
