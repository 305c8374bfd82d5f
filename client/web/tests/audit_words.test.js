// The sentences of the audit log, for each action that the server writes.

import assert from 'node:assert/strict';
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
