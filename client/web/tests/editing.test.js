// Edited messages: the newest text is shown, whatever comes first. The server's own examples are in
// protocol/golden/event-edited.json and event-message.json.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BO, Client, LOBBY, deleted, gaps, golden, live, message, page, texts } from './client.js';
import { isAnswerTo, parse } from '../net/wire.js';

/** @param {number} seq @param {number} of @param {string} text */
const edited = (seq, of, text) => ({ type: 'edited', room: LOBBY, seq, cid: '01K9ZS6Q3V8Y4N2B7C5D1E0F9G', from: BO, message: of, text, at: seq });

test('golden: an edit takes its place in the log, and its text that of the message', () => {
  const [first, replaced] = golden('event-edited').map((/** @type {any} */ { frame }) => frame);
  const client = new Client().play('start', { nick: 'ana' }).greet().answer('join', page(first.message, first.seq - 1));
  client.hear(parse(JSON.stringify(first))).hear(parse(JSON.stringify(replaced)));
  assert.deepEqual([client.lobby.last, gaps(client.lobby)], [replaced.seq, []]);
  const { text, edited: by } = client.lobby.messages[0];
  assert.deepEqual([text, by], [first.text, first.seq], 'the one without a text changes nothing');
  const said = golden('event-message').find((/** @type {any} */ { frame }) => frame.edited).frame;
  assert.equal(/** @type {any} */ (parse(JSON.stringify(said))).edited, said.edited);
});

test('an entry that cannot be is refused', () => {
  for (const wrong of [{ message: undefined }, { message: -1 }, { message: '1' }, { text: undefined }, { text: 7 }]) {
    assert.throws(() => parse(JSON.stringify({ ...edited(4, 1, 'x'), ...wrong })), /edited/, JSON.stringify(wrong));
    assert.ok(!isAnswerTo('history', { type: 'ok', id: 1, ...page(1, 2, { events: [message(1), { ...edited(2, 1, 'x'), ...wrong }] }) }));
  }
  assert.throws(() => parse(JSON.stringify({ ...message(4), edited: '5' })));
});

test('a pushed edit replaces the text of what is loaded, is no news, and leaves the rest as it was', () => {
  const client = live();
  const [, second] = client.lobby.messages;
  client.hear(edited(4, 1, 'better')).hear(edited(5, 77, 'not here'));
  assert.deepEqual([texts(client), client.lobby.last, client.lobby.unread], [['better', 'text 2', 'text 3'], 5, 0]);
  assert.equal(client.lobby.messages[1], second);
  client.hear(edited(6, 1, 'best'));
  assert.deepEqual([texts(client)[0], client.lobby.messages[0].edited], ['best', 6]);
});

test('what is older than the text of a message changes nothing, and a deletion wins', () => {
  const client = live().play('closed', { again: true, inMs: 5 }).greet();
  const events = [{ ...message(4), text: 'newest', edited: 7 }, edited(5, 4, 'older'), edited(6, 2, 'x'), edited(7, 4, 'newest'), deleted(8, 2), edited(9, 3, 'y')];
  client.answer('join', page(4, 9, { events }));
  assert.deepEqual(texts(client), ['text 1', '', 'y', 'newest']);
  client.hear(edited(10, 2, 'back again'));
  assert.equal(texts(client)[1], '');
});

test('a page of history that was asked for before an edit and comes after it has the new text', () => {
  const client = new Client().play('start', { nick: 'ana' }).greet().answer('join', page(51, 60));
  client.play('older', { room: LOBBY, before: 51 }).hear(edited(61, 50, 'first')).hear(edited(62, 50, 'second'));
  client.answer('history', page(41, 50, { head: 62, more: true }));
  assert.equal(client.lobby.messages.find(({ seq }) => seq === 50)?.text, 'second');
  assert.deepEqual(client.lobby.changes, [], 'and nothing of it is kept');
});
