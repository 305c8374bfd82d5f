// What the page offers in a room: who keeps it, who may invite, write and leave, and how long slow mode lasts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newRoom } from '../store/state.js';
import { keepsRoom, mayInvite, mayLeave, silenceIn, slowWait } from '../view/room_rights.js';
import { ANA, BO, idOf, live, message } from './client.js';

/** @param {any} info @param {string | null} [rank] */
const room = (info, rank = null) => ({ ...newRoom(idOf('crew'), 'crew'), info: { id: idOf('crew'), name: 'crew', ...info }, rank });
/** @param {string | null} role */
const as = (role) => ({ ...live().state, role });

test('a room is kept by its moderators, and by those of the server where they are in it', () => {
  assert.equal(keepsRoom(as(null), room({ kind: 'private' }, 'moderator')), true);
  assert.equal(keepsRoom(as('moderator'), room({})), true);
  assert.equal(keepsRoom(as('moderator'), room({ kind: 'private' }, 'member')), true);
  assert.equal(keepsRoom(as('moderator'), room({ kind: 'private' })), false);
  assert.equal(keepsRoom(as('member'), room({}, 'member')), false);
  assert.equal(keepsRoom(as('owner'), room({ kind: 'direct' }, 'member')), false);
  assert.equal(keepsRoom(as('owner'), newRoom('#crew')), false, 'nothing is known of it yet');
});

test('members invite, unless the room leaves that to its moderators; nobody is invited to direct messages', () => {
  assert.equal(mayInvite(as(null), room({ kind: 'private' }, 'member')), true);
  assert.equal(mayInvite(as(null), room({ kind: 'private', invite: 'moderator' }, 'member')), false);
  assert.equal(mayInvite(as(null), room({ kind: 'private', invite: 'moderator' }, 'moderator')), true);
  assert.equal(mayInvite(as('owner'), room({ kind: 'direct' })), false);
});

test('the direct room of two is not left, one of three is', () => {
  assert.equal(mayLeave({ ...room({ kind: 'direct' }), people: [BO] }), false);
  assert.equal(mayLeave({ ...room({ kind: 'direct' }), people: [BO, { ...BO, id: 'x' }] }), true);
  assert.equal(mayLeave(room({})), true);
});

test('an archived room is silent for all, and one for some is not for its moderators', () => {
  assert.equal(silenceIn(as('owner'), room({ archived: true }, 'moderator')), 'writing.archived');
  assert.equal(silenceIn(as(null), room({ speak: 'member' })), 'writing.members');
  assert.equal(silenceIn(as('member'), room({ speak: 'member' })), null);
  assert.equal(silenceIn(as('member'), room({ speak: 'moderator' })), 'writing.moderators');
  assert.equal(silenceIn(as('member'), room({ speak: 'administrator' })), 'writing.administrators');
  assert.equal(silenceIn(as(null), room({ speak: 'moderator' }, 'moderator')), null);
  assert.equal(silenceIn(as(null), room({})), null);
});

test('somebody in a group that the room names writes, invites and keeps it like those with the role', () => {
  const info = { speak: 'administrator', invite: 'moderator', moderate: 'administrator', groups: { speak: ['staff'], invite: ['staff'], moderate: ['staff'] } };
  const isIn = (/** @type {string | null} */ role, /** @type {string[]} */ ...groups) => ({ ...as(role), groups });
  assert.equal(silenceIn(isIn('member'), room(info)), 'writing.groups');
  assert.equal(silenceIn(as('member'), room(info)), 'writing.groups', 'the groups are not known yet');
  assert.equal(silenceIn(isIn('member', 'guides', 'staff'), room(info)), null);
  assert.equal(mayInvite(isIn('member', 'guides'), room(info)), false);
  assert.equal(mayInvite(isIn('member', 'staff'), room(info)), true);
  assert.equal(keepsRoom(isIn('member', 'staff'), room(info)), false, 'a group makes nobody a moderator');
  assert.equal(keepsRoom(isIn('moderator'), room(info)), false);
  assert.equal(keepsRoom(isIn('moderator', 'staff'), room(info)), true);
  assert.equal(keepsRoom(isIn('administrator'), room(info)), true);
  assert.equal(keepsRoom(isIn(null), room(info, 'moderator')), true);
});

test('slow mode lasts from the last message of the person, or as long as the server says', () => {
  const slow = room({ slow_ms: 10_000 });
  assert.equal(slowWait(as(null), slow, 5_000), 0, 'nothing was said yet');
  const said = { ...slow, messages: [message(1, { from: ANA, at: 4_000 }), message(2, { at: 4_500 })] };
  assert.equal(slowWait(as(null), said, 5_000), 9_000);
  assert.equal(slowWait(as(null), said, 50_000), 0);
  assert.equal(slowWait(as(null), said, -90_000), 10_000, 'a clock that is wrong makes no long wait');
  assert.equal(slowWait(as('moderator'), said, 5_000), 0);
  /** @type {any} */
  const waiting = { state: 'waiting', retryAt: 7_000, problem: { key: 'error.rate_limited', code: 'rate_limited' } };
  assert.equal(slowWait(as(null), { ...said, outgoing: [waiting] }, 5_000), 2_000);
});
