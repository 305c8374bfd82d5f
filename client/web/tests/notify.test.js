// Whom a message calls, what the title says, and the words of notices.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CLOSE_CODES, ending, ERROR_CODES, notice, refusal, sentence } from '../notice.js';
import { isRung, isWanted, sums, titleOf } from '../notify.js';
import { en } from '../words/en.js';
import { live, message } from './client.js';

const golden = new URL('../../../protocol/golden/', import.meta.url);
const read = (/** @type {string} */ file) => JSON.parse(readFileSync(new URL(file, golden), 'utf8'));
/** @type {Record<string, any>} */
const words = en;
const t = (/** @type {string} */ key) => words[key] ?? assert.fail(`no words for ${key}`);

/** @param {any} change @returns {any} */
const settings = (change) => ({ notify: 'off', sound: false, ...change });

test('notifications come only for what was turned on', () => {
  const wanted = (/** @type {string} */ notify, /** @type {boolean} */ mention) => isWanted(settings({ notify }), { mention });
  assert.deepEqual([wanted('off', true), wanted('mentions', true), wanted('mentions', false), wanted('all', false)], [false, true, false, true]);
});

test('the sound comes only when it was turned on', () => {
  const rung = (/** @type {any} */ change, /** @type {boolean} */ mention) => isRung(settings(change), { mention });
  assert.deepEqual([rung({ notify: 'all' }, true), rung({ sound: true }, true), rung({ sound: true }, false), rung({ sound: true, notify: 'all' }, false)],
    [false, true, false, true]);
});

test('the title tells the room and what is unread in all of them', () => {
  const client = live();
  assert.equal(titleOf(client.state), 'lobby · throng');
  client.play('attention', { visible: false }).hear(message(4)).hear(message(5, { text: 'ana!' }));
  assert.equal(titleOf(client.state), '(2) lobby · throng');
  assert.deepEqual(sums(client.state), { unread: 2, mentions: 1 });
  client.lobby.unread = 100;
  assert.equal(titleOf(client.state), '(99+) lobby · throng');
  assert.equal(titleOf(client.play('signOut').state), 'throng');
});

test('every error code and every close code has a sentence in both languages', () => {
  const shown = read('event-error.json').map((/** @type {any} */ { frame }) => frame.code);
  const known = new Set(ERROR_CODES);
  for (const file of readdirSync(golden).filter((name) => name.startsWith('bad-command') || name.startsWith('bad-json'))) {
    for (const { code } of read(file)) assert.ok(known.has(code), code);
  }
  assert.deepEqual([...new Set(shown)].filter((code) => !known.has(code)), []);
  for (const code of ERROR_CODES) assert.ok(shown.includes(code), `${code} is no code of the protocol`);
  for (const key of [...ERROR_CODES.map((code) => `error.${code}`), ...CLOSE_CODES.map((code) => `close.${code}`)]) {
    assert.ok(Object.hasOwn(en, key), key);
  }
});

test('the close codes are those of the specification', () => {
  const rows = readFileSync(new URL('../README.md', golden), 'utf8').matchAll(/^\| (\d{4}) \| (?:yes|no) \|/gm);
  assert.deepEqual([...rows].map(([, code]) => Number(code)), CLOSE_CODES);
});

test('every key that the store uses has words', () => {
  const folder = new URL('../', import.meta.url);
  const used = new Set();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const text = readFileSync(new URL(file, folder), 'utf8');
    for (const [, key] of text.matchAll(/(?:tell\(|notice\(|key: |\bt\(mention \? )'([a-z]+\.[A-Za-z]+)'/g)) used.add(key);
  }
  assert.ok(used.size > 10, [...used].join(' '));
  for (const key of used) assert.ok(Object.hasOwn(en, key), key);
});

test('whoever reads English gets the sentence of the server, others ours, where there is one', () => {
  const known = refusal({ code: 'rate_limited', message: 'Try again in 4 seconds.' });
  const unknown = refusal({ code: 'too_early', message: 'Come back at noon.' });
  assert.equal(sentence(known, t, 'en'), 'Try again in 4 seconds.');
  assert.equal(sentence(known, t, 'de'), en['error.rate_limited']);
  assert.equal(sentence(unknown, t, 'de'), 'Come back at noon.');
  assert.equal(sentence(refusal({ code: 'no_such_room', message: 'None is made here.' }, 'a'), t, 'en'), 'a: None is made here.');
  assert.equal(sentence(refusal({ code: 'bad_nick', message: 'U+0020 is not allowed' }), t, 'en'), en['error.bad_nick'], 'the rule');
  assert.equal(sentence(ending(4999), t, 'de'), en['close.other']);
  assert.equal(sentence(notice('line.me'), t, 'en'), en['line.me']);
});
