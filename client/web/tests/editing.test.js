// Edited messages: the newest text is shown, whatever comes first; and one's own edits, which are sent and retried as
// messages are. The server's own examples are in protocol/golden/event-edited.json and event-message.json.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANA, BO, Client, EPOCH, LIMITS, LOBBY, deleted, gaps, golden, live, message, page, texts } from './client.js';
import { fromUnsentRecords, unsentChanges } from '../device/unsent_records.js';
import { isAnswerTo, parse } from '../net/wire.js';
import { addEditInput } from '../store/edit_input.js';
import { LogItems } from '../view/log_items.js';

addEditInput();

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

test('an edit that is hidden from others changes only what is hidden itself, and what is hidden is no news', () => {
  const client = live();
  client.hear({ ...message(4), text: 'spam', shadow: true });
  client.hear({ ...edited(5, 4, 'more spam'), shadow: true }).hear({ ...edited(6, 1, 'hidden'), shadow: true });
  assert.deepEqual(texts(client), ['text 1', 'text 2', 'text 3', 'more spam']);
  client.hear(edited(7, 1, 'open')).hear({ ...edited(8, 1, 'hidden again'), shadow: true });
  assert.deepEqual([texts(client)[0], client.lobby.messages[3].shadow, client.lobby.last], ['open', true, 8]);
  const unread = client.lobby.unread;
  client.hear(golden('event-entry').map((/** @type {any} */ { frame }) => frame).find((/** @type {any} */ { type }) => type === 'hidden'));
  assert.deepEqual([client.lobby.unread, texts(client).length], [unread, 4], 'others see nothing of it');
  assert.throws(() => parse(JSON.stringify({ ...message(4), shadow: 'yes' })));
});

test('a page of history that was asked for before an edit and comes after it has the new text', () => {
  const client = new Client().play('start', { nick: 'ana' }).greet().answer('join', page(51, 60));
  client.play('older', { room: LOBBY, before: 51 }).hear(edited(61, 50, 'first')).hear(edited(62, 50, 'second'));
  client.answer('history', page(41, 50, { head: 62, more: true }));
  assert.equal(client.lobby.messages.find(({ seq }) => seq === 50)?.text, 'second');
  assert.deepEqual(client.lobby.changes, [], 'and nothing of it is kept');
});

const CID = '01K9ZS6Q3V8Y4N2B7C5D1E0F9H';

/** A client that said the third message, and edits it. @param {string} [text] @param {string} [cid] */
const editing = (text = 'better', cid = CID) => live().hear(message(4, { from: ANA })).play('edit', { room: LOBBY, seq: 4, text, cid });

/** What is shown of the lobby: the texts, and how it stands with what is on its way. @param {Client} client */
const shown = (client) => new LogItems().of(client.lobby, client.state.me).flatMap((item) => (
  item.kind === 'message' ? [[item.edit?.text ?? item.message.text, item.edit?.state]] : item.kind === 'outgoing' ? [['below', item.one.text, item.one.state]] : []));

test('an edit stands at once in the place of the message, and until the log has it', () => {
  const client = editing();
  const { id, ...sent } = client.asked('edit');
  assert.deepEqual(sent, { type: 'edit', room: LOBBY, seq: 4, cid: CID, text: 'better' });
  assert.deepEqual(client.effects.at(-1), { do: 'send', text: JSON.stringify({ type: 'edit', id, room: LOBBY, seq: 4, cid: CID, text: 'better' }), cid: CID });
  assert.deepEqual(shown(client).at(-1), ['better', 'flying']);
  client.answer('edit', { seq: 5, at: 5, dup: false });
  assert.deepEqual(shown(client).at(-1), ['better', 'sent']);
  client.hear({ ...edited(5, 4, 'better'), from: ANA });
  assert.deepEqual([shown(client).at(-1), client.lobby.outgoing, client.lobby.unread], [['better', undefined], [], 0]);
});

test('an edit is tried again after a lost connection and after a reload, under its cid', () => {
  const client = editing().play('closed', { again: true, inMs: 5 });
  const record = JSON.parse(JSON.stringify(unsentChanges(new Map(), client.state.rooms).put));
  assert.deepEqual(fromUnsentRecords(record).map(({ one }) => [one.cid, one.edits]), [[CID, { seq: 4, room: LOBBY, epoch: EPOCH }]]);
  assert.deepEqual(fromUnsentRecords([{ ...record[0], edits: { seq: '4' } }]), []);
  const later = new Client({ token: 'T', me: ANA, rooms: client.state.rooms.size ? [...client.state.rooms.values()] : [] });
  later.play('start').greet().answer('join', page(5, 4));
  assert.deepEqual([later.asked('edit').cid, later.asked('edit').seq], [CID, 4]);
  later.answer('edit', { seq: 5, at: 5, dup: true, deleted: true });
  assert.deepEqual(later.lobby.outgoing, []);
});

test('another window takes over an edit that was left', () => {
  const left = editing().play('closed', { again: true, inMs: 5 });
  const unsent = fromUnsentRecords(unsentChanges(new Map(), left.state.rooms).put);
  const client = live().hear(message(4, { from: ANA })).play('found', { unsent });
  assert.deepEqual([client.asked('edit').cid, client.count('edit')], [CID, 1]);
  assert.equal(client.play('found', { unsent }).count('edit'), 1);
});

test('a refused edit says why and keeps its text; the person tries again, takes it back, or writes another one', () => {
  for (const code of ['forbidden', 'muted', 'filtered', 'text_too_long']) {
    const client = editing().refuse('edit', code);
    const [one] = client.lobby.outgoing;
    assert.deepEqual([one.state, one.text, one.problem?.key], ['failed', 'better', `error.${code}`]);
    client.play('retry', { room: LOBBY, cid: CID });
    assert.deepEqual([client.count('edit'), client.asked('edit').cid], [2, CID]);
    client.refuse('edit', code).play('edit', { room: LOBBY, seq: 4, text: 'best' });
    assert.deepEqual(client.lobby.outgoing.map(({ text }) => text), ['best'], 'in place of what was refused');
    client.refuse('edit', code).play('discard', { room: LOBBY, cid: client.lobby.outgoing[0].cid });
    assert.deepEqual([client.lobby.outgoing, shown(client).at(-1)], [[], ['text 4', undefined]]);
  }
  const waiting = editing().refuse('edit', 'rate_limited', { retry_ms: 500 });
  waiting.now += 500;
  assert.equal(waiting.play('tick').asked('edit').cid, CID);
});

test('an edit of a message that was deleted meanwhile is not lost, and stands below', () => {
  const client = editing().hear(deleted(5, 4)).refuse('edit', 'bad_command');
  assert.deepEqual(shown(client).slice(-2), [['', undefined], ['below', 'better', 'failed']]);
  assert.equal(client.lobby.outgoing[0].problem?.key, 'edit.gone');
});

test('messages and edits do not wait for each other', () => {
  const client = live().hear(message(4, { from: ANA })).play('say', { room: LOBBY, text: 'slowly' });
  client.refuse('send', 'rate_limited', { retry_ms: 3_600_000 });
  client.play('edit', { room: LOBBY, seq: 4, text: 'better' }).play('edit', { room: LOBBY, seq: 4, text: 'best' });
  assert.deepEqual([client.count('send'), client.count('edit')], [1, 1], 'one edit at a time');
  client.refuse('edit', 'muted');
  assert.deepEqual(client.lobby.outgoing.map(({ text }) => text), ['slowly', 'best'], 'a newer text is there already');
  assert.equal(client.asked('edit').text, 'best');
});

test('an edit is for a message of one log: in another one the seq is another message', () => {
  const client = editing().play('closed', { again: true, inMs: 5 }).greet({ epoch: 'another', limits: LIMITS });
  client.answer('join', page(1, 5, { reset: true }));
  assert.equal(client.count('edit'), 1);
  assert.deepEqual([client.lobby.outgoing[0].state, client.lobby.outgoing[0].problem?.key], ['failed', 'edit.gone']);
});

test('whom an edit mentions, and whom it mentions no more', () => {
  const client = live().play('attention', { visible: false }).hear(message(4)).hear(message(5, { text: '@ana?' }));
  assert.equal(client.lobby.mentions, 1);
  client.hear(edited(6, 4, '@ana: tea')).hear(edited(7, 5, 'tea?'));
  assert.deepEqual([client.lobby.mentioned, client.lobby.mentions, client.lobby.unread], [[4], 1, 2]);
  client.hear(deleted(8, 4));
  assert.equal(client.lobby.mentions, 0);
});

test('a page that is older than an edit mentions whom the newest text does', () => {
  const client = new Client().play('start', { nick: 'ana' }).greet().answer('join', page(51, 60));
  client.play('closed', { again: true, inMs: 5 }).play('attention', { visible: false }).greet();
  client.answer('join', page(161, 260, { head: 260, limited: true })).play('older', { room: LOBBY, before: 161 });
  client.hear(edited(261, 150, '@ana: tea'));
  assert.equal(client.lobby.mentions, 0, 'not loaded');
  client.answer('history', page(141, 160, { head: 261, more: true }));
  assert.deepEqual(client.lobby.mentioned, [150]);
});
