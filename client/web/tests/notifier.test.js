// Whom a message calls, what the title says, and the words of notices.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { notificationText } from '../device/notifications.js';
import { CLOSE_CODES, closeNotice, notice, refusal, sentence } from '../store/notice.js';
import { titleOf, unreadTotals, wantsNotification, wantsSound } from '../device/notifier.js';
import { addWords } from '../words/translate.js';
import { en } from '../words/en.js';
import { lazyWords } from '../words/en_lazy.js';
import { live, message } from './client.js';

const golden = new URL('../../../protocol/golden/', import.meta.url);
const read = (/** @type {string} */ file) => JSON.parse(readFileSync(new URL(file, golden), 'utf8'));
addWords(lazyWords);
/** @type {Record<string, any>} */
const words = en;
const t = (/** @type {string} */ key) => words[key] ?? assert.fail(`no words for ${key}`);

/** @param {any} change @returns {any} */
const settings = (change) => ({ notify: 'off', sound: false, words: false, ...change });

test('notifications come only for what was turned on', () => {
  const wanted = (/** @type {string} */ notify, /** @type {boolean} */ mention) => wantsNotification(settings({ notify }), { mention });
  assert.deepEqual([wanted('off', true), wanted('mentions', true), wanted('mentions', false), wanted('all', false)], [false, true, false, true]);
});

test('the sound comes only when it was turned on', () => {
  const rung = (/** @type {any} */ change, /** @type {boolean} */ mention) => wantsSound(settings(change), { mention });
  assert.deepEqual([rung({ notify: 'all' }, true), rung({ sound: true }, true), rung({ sound: true }, false), rung({ sound: true, notify: 'all' }, false)],
    [false, true, false, true]);
});

test('a notification says a message in one line, without its marks and without signs that turn it round', () => {
  const said = (/** @type {string} */ text, more = {}) => notificationText(/** @type {any} */ (message(1, { text, ...more })));
  assert.equal(said('**ana**, look:\n\n```js\nlet a = 1;\n```'), 'ana, look: let a = 1;');
  assert.equal(said('pay \u202e001\u202c\u2066 now'), 'pay 001 now');
  assert.equal(said('**waves**\nat ana', { kind: 'action' }), 'bo waves at ana');
  assert.equal(said('שלום', { kind: 'action' }), 'bo \u2068שלום\u2069', 'what turns is held apart from the nick');
  assert.deepEqual([[...said('🎉'.repeat(5_000))].length, said('a'.repeat(1e6)).length], [200, 200]);
});

test('the title tells the room and what is unread in all of them', () => {
  const client = live();
  assert.equal(titleOf(client.state), 'lobby · throng');
  client.play('attention', { visible: false }).hear(message(4)).hear(message(5, { text: '@ana!' }));
  assert.equal(titleOf(client.state), '(2) lobby · throng');
  assert.deepEqual(unreadTotals(client.state), { unread: 2, mentions: 1 });
  client.lobby.unread = 100;
  assert.equal(titleOf(client.state), '(99+) lobby · throng');
  assert.equal(titleOf(client.play('signOut').state), 'throng');
});

test('every error code and every close code has a sentence in both languages', () => {
  const shown = read('event-error.json').map((/** @type {any} */ { frame }) => frame.code);
  const known = new Set(Object.keys(en).filter((key) => key.startsWith('error.')).map((key) => key.slice('error.'.length)));
  for (const file of readdirSync(golden).filter((name) => name.startsWith('bad-command') || name.startsWith('bad-json'))) {
    for (const { code } of read(file)) assert.ok(known.has(code), code);
  }
  assert.deepEqual([...new Set(shown)].filter((code) => !known.has(code)), []);
  for (const code of known) assert.ok(shown.includes(code), `${code} is no code of the protocol`);
  for (const code of CLOSE_CODES) assert.ok(Object.hasOwn(en, `close.${code}`), String(code));
});

test('the close codes are those of the specification', () => {
  const rows = readFileSync(new URL('../README.md', golden), 'utf8').matchAll(/^\| (\d{4}) \| (?:yes|no) \|/gm);
  assert.deepEqual([...rows].map(([, code]) => Number(code)), CLOSE_CODES);
});

test('every key that the store uses has words', () => {
  const folder = new URL('../', import.meta.url);
  const used = new Set();
  for (const file of ['store', 'device', 'text', 'app'].flatMap((name) => readdirSync(new URL(name, folder)).map((file) => `${name}/${file}`)).filter((name) => name.endsWith('.js'))) {
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
  // Of names the page may know as much: then it says it in the person's language.
  const bad = (/** @type {string} */ nick, more = {}) => refusal({ code: 'bad_nick', message: 'U+00B2 is not allowed', ...more }, nick);
  assert.equal(sentence(bad('a²'), t, 'en'), 'a²: U+00B2 is not allowed');
  assert.equal(sentence(bad('a²'), t, 'de'), en['error.bad_nick']);
  assert.deepEqual(bad('a&b'), { key: 'name.character', args: { name: 'a&b', character: '&' }, code: 'bad_nick' });
  assert.deepEqual(bad('a b'), { key: 'name.meant', args: { name: 'a b', suggestion: 'a-b' }, code: 'bad_nick', suggestion: 'a-b' });
  assert.deepEqual(bad('a²', { suggestion: 'a2' }).suggestion, 'a2', 'what the server suggests');
  assert.equal(sentence(closeNotice(4999), t, 'de'), en['close.other']);
  assert.equal(sentence(notice('line.me'), t, 'en'), en['line.me']);
});
