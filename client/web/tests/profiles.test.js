// Profiles: asked for when somebody is shown, kept for some minutes, and checked, since others wrote them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BO, golden, live } from './client.js';
import { addProfiles, profileIn, profileOf, statusOf, wantedProfiles } from '../store/profiles.js';
import { hueOf } from '../text/colour.js';

addProfiles();

const MINUTE = 60_000;

test('golden: what others say about themselves', () => {
  const { frame } = golden('ok-profiles')[0];
  const client = live().play('wantProfiles', { people: frame.profiles.map((/** @type {any} */ { user }) => user.id) });
  client.answer('profiles', { ...frame, id: client.asked('profiles').id });
  const ana = profileIn(client.state, frame.profiles[1].user.id);
  assert.deepEqual([ana?.name, ana?.status, ana?.until], ['', 'at lunch', null]);
});

test('one is asked about once in some minutes, many at once, and nobody while that is under way', () => {
  const people = Array.from({ length: 25 }, (_, at) => `person ${at}`);
  const client = live().play('wantProfiles', { people });
  assert.equal(client.asked('profiles').people.length, 20);
  assert.equal(client.play('wantProfiles', { people }).count('profiles'), 1);
  const answer = (/** @type {string[]} */ ids) => client.answer('profiles', { profiles: ids.map((id) => ({ user: { id, nick: id }, display_name: `Dr ${id}` })) });
  answer(people.slice(0, 20));
  assert.equal(client.play('wantProfiles', { people }).count('profiles'), 1, 'not at once');
  client.now += 2_000;
  client.play('wantProfiles', { people });
  assert.deepEqual(client.asked('profiles').people, people.slice(20));
  answer(people.slice(20));
  client.now += 4 * MINUTE;
  assert.deepEqual(wantedProfiles(client.state, people, client.now), []);
  client.now += MINUTE;
  assert.equal(wantedProfiles(client.state, people, client.now).length, 20);
  client.play('attention', { visible: false });
  assert.deepEqual(wantedProfiles(client.state, people, client.now), [], 'nobody looks');
});

test('a server that refuses is left alone for some minutes, and nothing is said of it', () => {
  const client = live().play('wantProfiles', { people: [BO.id] }).refuse('profiles', 'unknown_command');
  client.now += 4 * MINUTE;
  assert.equal(client.state.notice, null);
  assert.deepEqual(wantedProfiles(client.state, [BO.id], client.now), []);
  // A dialog says it.
  client.play('ask', { of: 'profiles', fields: { people: [BO.id] } }).refuse('profiles', 'rate_limited');
  assert.equal(client.state.answer?.problem?.code, 'rate_limited');
});

test('what is saved or cleared is known at once', () => {
  const client = live().play('ask', { of: 'set_profile', fields: { display_name: 'Ana María' } });
  client.answer('set_profile', { user: client.state.me, display_name: 'Ana María' });
  assert.equal(profileIn(client.state, client.state.me?.id ?? '')?.name, 'Ana María');
  client.play('ask', { of: 'clear_profile', fields: { person: client.state.me?.id } }).answer('clear_profile');
  assert.equal(profileIn(client.state, client.state.me?.id ?? '')?.name, '');
});

test('a status ends, and what is not sound is not there', () => {
  const profile = profileOf({ status: { text: 'at lunch', left_ms: 5 }, colour: '#FF8800', display_name: 7 }, 1_000);
  assert.deepEqual([statusOf(profile, 1_004), statusOf(profile, 1_005)], ['at lunch', '']);
  assert.deepEqual([profile.colour, profile.name, profile.pronouns], ['', '', '']);
  assert.equal(profileOf({ colour: '#ff8800' }, 0).colour, '#ff8800');
});

test('of 600 people the newest 500 are known', () => {
  const client = live();
  for (let from = 0; from < 600; from += 20) {
    const people = Array.from({ length: 20 }, (_, at) => `person ${from + at}`);
    client.now += 2_000;
    client.play('wantProfiles', { people }).answer('profiles', { profiles: people.map((id) => ({ user: { id, nick: id } })) });
  }
  assert.deepEqual([client.state.profiles?.known.size, profileIn(client.state, 'person 99'), profileIn(client.state, 'person 100')?.name], [500, undefined, '']);
});

test('a colour is a hue that the theme makes readable', () => {
  for (const [colour, hue, saturation] of /** @type {const} */ ([
    ['#ff0000', 0, 55], ['#00ff00', 120, 55], ['#0000ff', 240, 55], ['#ff00ff', 300, 55], ['#000000', 0, 0], ['#ffffff', 0, 0],
    ['#808080', 0, 0], ['#7f9f7f', 120, 14],
  ])) assert.deepEqual(hueOf(colour), { hue, saturation }, colour);
});
