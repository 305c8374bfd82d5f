// The wire, checked against the same examples as the server: protocol/golden/*.json.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { encode, isAnswerTo, isCid, kindOf, newCid, parse, reconnectsAfter } from '../net/wire.js';
import { isName } from '../text/names.js';
import { textProblem } from '../text/message_length.js';

const folder = new URL('../../../protocol/golden/', import.meta.url);

/** @param {string} prefix */
function cases(prefix) {
  const files = readdirSync(folder).filter((file) => file.startsWith(prefix));
  assert.notEqual(files.length, 0, `no golden/${prefix}*.json`);
  return files.flatMap((file) => {
    const kind = file.slice(prefix.length, -'.json'.length);
    return JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
      .map((/** @type {any} */ example) => ({ kind, ...example }));
  });
}

test('every command is encoded as its example says', () => {
  for (const { kind, name, frame, canonical } of cases('command-')) {
    const { type, id, ...fields } = canonical ?? frame;
    assert.equal(type, kind);
    assert.deepEqual(JSON.parse(encode(type, id, fields)), canonical ?? frame, name);
  }
});

test('fields that are undefined are left out', () => {
  assert.equal(encode('join', 1, { room: 'a', after: undefined }), '{"type":"join","id":1,"room":"a"}');
});

test('every event is read', () => {
  for (const { name, frame } of cases('event-')) assert.deepEqual(parse(JSON.stringify(frame)), frame, name);
});

test('a message of a kind that this version does not know is read as text', () => {
  for (const { name, frame, canonical } of cases('event-message')) {
    assert.equal(kindOf(/** @type {any} */ (parse(JSON.stringify(frame)))), (canonical ?? frame).kind ?? 'text', name);
  }
});

test('every bad event is refused', () => {
  for (const { name, text } of cases('bad-event')) assert.throws(() => parse(text), Error, name);
});

test('every ok is read as the answer to its command, and lacks something for another one', () => {
  for (const { kind, name, frame } of cases('ok-')) {
    const ok = parse(JSON.stringify(frame));
    assert.ok(isAnswerTo(kind === 'empty' ? 'ping' : kind, ok), name);
    assert.ok(!isAnswerTo(kind === 'send' ? 'join' : 'send', ok), name);
  }
});

test('cids follow their rule, and new ones too', () => {
  for (const { name, cid, valid } of cases('rule-cid')) assert.equal(isCid(cid), valid, name);
  assert.ok(isCid(newCid(Date.now())));
  assert.equal(newCid(1469918176385, new Uint8Array(16)), '01ARYZ6S410000000000000000');
  assert.notEqual(newCid(1), newCid(1));
});

test('texts follow their rule', () => {
  for (const { name, text, text_bytes, code } of cases('rule-text')) {
    assert.equal(textProblem(text, text_bytes)?.code, code, name);
  }
});

test('close codes say who comes back', () => {
  for (const { number, comes_back } of cases('rule-close')) assert.equal(reconnectsAfter(number), comes_back, String(number));
});

test('names are letters, digits and three signs, of any script', () => {
  for (const name of ['kitchen', 'ירושלים', 'a', 'v1.2_x-y', 'क्षमा']) assert.ok(isName(name), name);
  for (const name of ['', '-', 'two words', 'a#b', '<b>', 'a'.repeat(49)]) assert.ok(!isName(name), name);
});

test('no name is refused here that the server takes', () => {
  for (const { name, given, shown, room } of cases('rule-name')) {
    if (shown || room) assert.ok(isName(given), name);
    if (shown) assert.ok(isName(given, 24), name);
    if (room) assert.ok(!isName(given, 24), name);
  }
});
