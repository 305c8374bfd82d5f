// The sentences of the audit log, for each action that the server writes.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { auditWords } from '../view/audit_words.js';
import { lazyWords } from '../words/en_lazy.js';
import { addWords, setLanguage } from '../words/translate.js';

addWords(lazyWords);

/** @param {string} action @param {string} [subject] */
const said = (action, subject = 'bo') => auditWords('ana', action, subject);

test('each action is a sentence, and one of a later version stays as it is', () => {
  for (const [action, words] of Object.entries({
    mute: 'ana muted bo.', 'rank moderator': 'ana made bo a moderator of the room.', 'role owner': 'ana gave bo the role owner.',
    'vouch member': 'ana gave bo the role member.', 'raid on': 'ana turned the raid switch on.', 'bot revoke': 'ana revoked the bot bo.',
    'bot new read,send': 'ana made the bot bo, which may: read messages, send messages.',
    'bot new read fly': 'ana made the bot bo, which may: read messages, fly.',
    'second factor off': 'ana turned the second factor of bo off.', make_private_room: 'ana made the private room bo.',
    'role emperor': 'ana: role emperor bo', toString: 'ana: toString bo', 'pin 3': 'ana: pin 3 bo',
  })) assert.equal(said(action), words, action);
});

/** The server's own text, without its tests. */
const server = new URL('../../../src/', import.meta.url);

/** The actions that the server writes into the audit log, as its text names them. @returns {string[]} */
function actions() {
  const files = /** @type {string[]} */ (readdirSync(server, { recursive: true })).filter((name) => name.endsWith('.rs') && !/(^|\/)tests?[/.]/.test(name));
  const found = files.flatMap((name) => {
    const text = readFileSync(new URL(name, server), 'utf8');
    if (!/\bnote\(|\.audit\(/.test(text)) return [];
    const plain = [...text.matchAll(/\bnote\(\s*&?(?:place\.)?by,\s*"([a-z_ ]+)"|\.audit\([^;"]*,\s*(?:"server", )?"([a-z_ ]+)"/g)].map(([, noted, written]) => noted ?? written);
    const formed = [...text.matchAll(/format!\("(bot new|role|vouch) \{/g)].map(([, what]) => `${what} ${what === 'bot new' ? 'read' : 'member'}`);
    const chosen = [...text.matchAll(/\blet \(?(?:word|action)\b[^=]*= ([^;]*?(?:\{[^}]*\}[^;]*?)*);/g)].flatMap(([, value]) => [...value.matchAll(/"([a-z][a-z_ ]+)"/g)].map(([, word]) => word));
    const narrowing = [...text.matchAll(/=> "(narrow_[a-z]+)"/g)].map(([, action]) => action);
    return [...plain, ...formed, ...chosen, ...narrowing];
  });
  return [...new Set(found)];
}

/** What the server writes beside an action of which the sentence has parts. @type {Record<string, string>} */
const SUBJECTS = {
  assign: 'bo, staff', dismiss: 'bo, staff', rename_group: 'staff is crew now', 'filter add': 'refuse words casino, buy now',
  'filter remove': 'filter 3: report links', narrow_see: 'administrator, staff', narrow_speak: 'everybody', narrow_invite: 'moderator, staff',
  narrow_moderate: 'administrator',
};

test('every action that the server writes has a sentence, in English and in German', async () => {
  const all = actions();
  for (const known of ['mute', 'unban', 'make_private_room', 'rank member', 'raid on', 'dismiss', 'narrow_see', 'filter remove', 'logout', 'second factor off', 'unregister']) {
    assert.ok(all.includes(known), `${known} is not found in the server's text: ${all.join(', ')}`);
  }
  for (const language of /** @type {const} */ (['en', 'de'])) {
    await setLanguage(language);
    const bare = all.filter((action) => said(action, SUBJECTS[action]).startsWith('ana: '));
    assert.deepEqual(bare, [], language);
  }
  await setLanguage('en');
});

test('groups, filters and what a room narrows are in words', () => {
  assert.equal(said('assign', 'bo, staff'), 'ana put bo into the group staff.');
  assert.equal(said('rename_group', 'staff is crew now'), 'ana renamed the group staff to crew.');
  assert.equal(said('filter add', 'refuse words casino, buy now'), 'ana made a filter: Words and phrases casino, buy now (not allowed).');
  assert.equal(said('filter remove', 'filter 3: report links'), 'ana removed filter 3: Links (reported).');
  assert.equal(said('narrow_see', 'administrator, staff, crew'), 'ana set “Who sees the room” to: Administrators, and these groups: staff, crew.');
  assert.equal(said('narrow_speak', 'everybody'), 'ana set “Who may write” to: Everybody.');
  assert.equal(said('assign', 'nobody knows this'), 'ana: assign nobody knows this');
  assert.equal(said('set_room', 'description of 12 characters, order 3'), 'ana changed the room: it has another description, its place in the list is 3.');
});

test('what was changed of a room is in words', () => {
  const changed = (/** @type {string} */ subject) => said('set_room', subject);
  assert.equal(changed('name sailors, slow_ms 3600000, archived false'),
    'ana changed the room: it is called sailors, slow mode: 1 hour, it is not archived any more.');
  assert.equal(changed('slow_ms 0, speak member, invite moderator, archived true'),
    'ana changed the room: slow mode: Off, who may write: People with an account, who may invite: Moderators of the room, it is archived.');
  assert.equal(changed('topic "Sails, \\"and\\" soup, name x"'), 'ana changed the room: it is about “Sails, "and" soup, name x”.');
  for (const strange of ['nothing', 'name x, colour red', 'topic "open', 'name', '', 'slow_ms x y']) {
    assert.equal(changed(strange), `ana changed the room: ${strange}.`, strange);
  }
});

test('in German as well', async () => {
  await setLanguage('de');
  assert.equal(said('set_room', 'slow_ms 60000'), 'ana hat den Raum geändert: Langsamer Modus: 1 Minute.');
  await setLanguage('en');
});
