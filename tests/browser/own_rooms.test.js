// Direct messages, private rooms, invitations, links into rooms, and what those who keep a room do there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './harness/accessible.js';
import { logIn, register } from './harness/account.js';
import { dialog, openFromRoom, picture, showActions } from './harness/menus.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { PHONE, overEdges, smallTargets } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** Makes a private room. @param {Person} person @param {string} name */
async function makePrivate(person, name) {
  await person.page.getByRole('button', { name: 'Browse rooms' }).first().click();
  await person.page.getByRole('button', { name: 'Make a room…' }).click();
  await dialog(person, 'New room').getByLabel('Name').fill(name);
  await dialog(person, 'New room').getByLabel('What it is about').fill('Boats, sails and who brings the soup');
  await dialog(person, 'New room').getByLabel('Only people who are invited.').check();
  await picture(person, `new-room-${name}`);
  await dialog(person, 'New room').getByRole('button', { name: 'Make room' }).click();
  await person.isIn(name);
}

/** Makes a link into the open room, and returns it. @param {Person} person @param {string} room */
async function makeLink(person, room) {
  await openFromRoom(person, 'Invite people');
  const invite = dialog(person, `Invite into #${room}`);
  await invite.getByRole('button', { name: 'Make a link' }).click();
  const link = await eventually('there is a link', () => invite.getByLabel('Link', { exact: true }).inputValue(), (value) => value !== '');
  assert.match(link, /#room=[\w-]{20,}$/);
  await picture(person, `invite-${room}`);
  await person.page.keyboard.press('Escape');
  return link;
}

/** Waits until a room is not in the list. @param {Person} person @param {string} room */
const isGone = ({ page }, room) => page.locator(parts.room(room)).waitFor({ state: 'detached' });

test('a name leads to direct messages, which both have under the name of the other', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  const bo = await person('bo');
  await bo.sayAndSee('here I am');
  await ana.see('here I am');
  const line = ana.page.locator(parts.said).last();
  await showActions(ana, line);
  await line.getByRole('button', { name: 'Direct message to bo' }).click();
  await ana.isIn('@bo');
  assert.match(decodeURIComponent(new URL(ana.page.url()).hash), /^#@bo/);
  await ana.sayAndSee('only for you');
  await eventually('it is unread', () => bo.page.locator(parts.room('@ana')).getAttribute('class'), (name) => Boolean(name?.includes('unread')));
  assert.match(await bo.page.locator(parts.room('@ana')).innerText(), /ana.*direct messages.*1 unread message/s);
  await bo.page.locator(parts.room('@ana')).click();
  await bo.see('only for you');
  await bo.sayAndSee('and for you');
  await ana.see('and for you');
  await picture(bo, 'direct');
  assert.deepEqual(await violations(bo.page), []);
  // The direct room of two people stays: there is no way to leave it.
  await bo.page.getByRole('button', { name: 'Room menu' }).click();
  await bo.page.getByRole('menuitem').first().waitFor();
  assert.equal(await bo.page.getByRole('menuitem', { name: /^Leave/ }).count(), 0);
  await bo.page.keyboard.press('Escape');
  await ana.reload();
  await ana.isIn('@bo');
  await ana.see('and for you');
});

test('a private room: an invitation, its settings, and somebody who is put out', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  const bo = await person('bo');
  await makePrivate(ana, 'crew');
  await ana.page.locator('#topic').filter({ hasText: 'Boats, sails' }).waitFor();
  assert.match(await ana.page.locator(parts.room('crew')).innerText(), /private room/);
  await ana.sayAndSee('before you came');

  await openFromRoom(ana, 'Invite people');
  await dialog(ana, 'Invite into #crew').getByLabel('Nickname').fill('nobody-here');
  await ana.page.keyboard.press('Enter');
  await dialog(ana, 'Invite into #crew').getByRole('alert').filter({ hasText: 'nobody' }).waitFor();
  await dialog(ana, 'Invite into #crew').getByLabel('Nickname').fill('bo');
  await ana.page.keyboard.press('Enter');
  await ana.page.getByText('bo is invited.').waitFor();
  assert.deepEqual(await violations(ana.page), []);
  await ana.page.keyboard.press('Escape');

  await bo.page.getByText('ana invites you').waitFor();
  await picture(bo, 'invitation');
  assert.deepEqual(await violations(bo.page), []);
  await bo.page.getByRole('button', { name: 'Join #crew' }).click();
  await bo.isIn('crew');
  await bo.see('before you came');
  assert.equal(await bo.page.locator('#invitations').isVisible(), false);
  await bo.sayAndSee('aye');
  await ana.see('aye');

  await openFromRoom(ana, 'Room settings');
  const settings = dialog(ana, 'Settings of #crew');
  await picture(ana, 'settings');
  assert.deepEqual(await violations(ana.page), []);
  await settings.getByLabel('Name').fill('the crew');
  await settings.getByRole('button', { name: 'Save' }).click();
  await settings.getByRole('alert').filter({ hasText: 'space' }).waitFor();
  await settings.getByLabel('Name').fill('sailors');
  await settings.getByLabel('What it is about').fill('Sails');
  await settings.getByLabel('Slow mode').selectOption({ label: '1 hour' });
  await settings.getByRole('button', { name: 'Save' }).click();
  await bo.isIn('sailors');
  await bo.page.locator('#topic').filter({ hasText: 'Sails' }).waitFor();
  assert.match(bo.page.url(), /#sailors$/);
  await bo.page.locator('#pace').filter({ hasText: 'Slow mode' }).waitFor();
  await bo.sayAndSee('slowly');
  await bo.page.locator('#pace').filter({ hasText: 'your next message in' }).waitFor();
  await picture(bo, 'slow');

  await openFromRoom(ana, 'Room settings');
  await dialog(ana, 'Settings of #sailors').getByLabel('Who may write').selectOption({ label: 'Moderators' });
  await dialog(ana, 'Settings of #sailors').getByRole('button', { name: 'Save' }).click();
  await bo.page.getByPlaceholder('Only moderators write here.').waitFor();
  assert.equal(await bo.composer.isDisabled(), true);
  await picture(bo, 'announcements');
  await dialog(ana, 'Settings of #sailors').waitFor({ state: 'detached' });
  await ana.sayAndSee('hear, hear');
  await bo.see('hear, hear');

  await openFromRoom(ana, 'Members');
  const seats = dialog(ana, 'Members of #sailors');
  await seats.getByText('2 people').waitFor();
  const change = async (/** @type {string} */ what) => {
    await seats.getByRole('button', { name: 'What to do with bo' }).click();
    await ana.page.getByRole('menuitem', { name: what }).click();
  };
  await change('Make moderator');
  await eventually('there are two moderators', () => seats.getByText('Moderator', { exact: true }).count(), (count) => count === 2);
  await eventually('bo writes', () => bo.composer.isEnabled());
  await picture(ana, 'members');
  assert.deepEqual(await violations(ana.page), []);
  await change('Make member');
  await eventually('bo does not', () => bo.composer.isDisabled());
  await change('Put out of the room');
  await seats.getByText('1 person').waitFor();
  await ana.page.keyboard.press('Escape');
  await isGone(bo, 'sailors');
  await bo.page.getByText('You are no longer in sailors').waitFor();
  await bo.go('lobby');
  await bo.reload();
  await bo.isIn('lobby');
  assert.equal(await bo.page.locator(parts.room('sailors')).count(), 0);

  await openFromRoom(ana, 'Room settings');
  await dialog(ana, 'Settings of #sailors').getByRole('button', { name: 'Delete…' }).click();
  await dialog(ana, 'Delete #sailors?').getByRole('button', { name: 'Delete room' }).click();
  await isGone(ana, 'sailors');
});

test('a link into a room shows it, and lets a new person in with one button', async (t) => {
  const { server, person, visitor } = await stage(t);
  const ana = await person('ana');
  await makePrivate(ana, 'crew');
  await ana.sayAndSee('welcome aboard');
  const link = await makeLink(ana, 'crew');

  const cy = await visitor({ at: new URL(link).hash, ...PHONE });
  await cy.page.getByText('A private room. 1 person is here now.').waitFor();
  await cy.page.getByText('Boats, sails and who brings the soup').waitFor();
  assert.equal(new URL(cy.page.url()).hash, '', 'the code does not stay in the address');
  await picture(cy, 'landing-phone');
  assert.deepEqual(await violations(cy.page), []);
  assert.deepEqual(await overEdges(cy.page), []);
  await cy.page.getByRole('button', { name: 'Come in' }).click();
  await cy.page.getByRole('alert').filter({ hasText: 'Type a nickname' }).waitFor();
  await cy.page.locator('#guest-nick').fill('cy');
  await cy.page.getByRole('button', { name: 'Come in' }).click();
  await cy.see('welcome aboard');
  assert.deepEqual(await cy.page.locator('nav .room').evaluateAll((rooms) => rooms.map((room) => room.getAttribute('title'))), ['crew'], 'and not into the lobby');
  await picture(cy, 'room-phone');
  assert.deepEqual(await smallTargets(cy.page), []);

  // Somebody who is here already is asked; whoever is in the room is just there.
  const bo = await person('bo');
  await bo.page.evaluate((hash) => { location.hash = hash; }, new URL(link).hash);
  await dialog(bo, 'You are invited').getByText('crew').waitFor();
  await picture(bo, 'landing-here');
  assert.deepEqual(await violations(bo.page), []);
  await dialog(bo, 'You are invited').getByRole('button', { name: 'Come in' }).click();
  await bo.isIn('crew');
  await bo.go('lobby');
  await bo.page.evaluate((hash) => { location.hash = hash; }, new URL(link).hash);
  await bo.isIn('crew');

  const late = await visitor({ at: '#room=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' });
  await late.page.getByText('This link is wrong, was used up, or has expired.').waitFor();
  late.trouble.take(/404/);
  assert.ok(!server.log.includes(new URL(link).hash.slice('#room='.length)), 'the log has no code');
});

test('an account has the same rooms on every device, and leaves them on all', async (t) => {
  const { person, visitor } = await stage(t);
  const ana = await person('ana');
  await register(ana);
  await makePrivate(ana, 'crew');
  await ana.go('garden');

  const phone = await visitor({ colorScheme: 'dark', ...PHONE });
  await logIn(phone, 'ana');
  await phone.page.locator(parts.room('crew')).waitFor({ state: 'attached' });
  await phone.page.locator(parts.room('garden')).waitFor({ state: 'attached' });
  await phone.go('crew');
  await phone.page.locator('#topic').filter({ hasText: 'Boats' }).waitFor();
  await picture(phone, 'head-phone-dark');
  await phone.page.getByRole('button', { name: /^Your rooms/ }).click();
  await eventually('the drawer is open', () => overEdges(phone.page), (over) => !over.length);
  await picture(phone, 'drawer-phone-dark');
  await phone.page.locator(parts.room('crew')).click();
  await openFromRoom(phone, 'Room settings');
  await picture(phone, 'settings-phone-dark');
  assert.deepEqual(await violations(phone.page), []);
  assert.deepEqual(await overEdges(phone.page), []);
  await phone.page.keyboard.press('Escape');

  await openFromRoom(ana, 'Leave this room');
  await isGone(phone, 'garden');
});
