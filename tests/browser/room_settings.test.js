// What those who keep a room say about it and narrow in it, and where everybody reads that.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSound } from './harness/accessible.js';
import { register, registerAs } from './harness/account.js';
import { dialog, openFromRoom, picture } from './harness/menus.js';
import { eventually } from './harness/patience.js';
import { PHONE } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** @param {Person} person @param {string} room */
const settingsOf = (person, room) => dialog(person, `Settings of #${room}`);

/** Saves the settings, and waits until they are closed. @param {Person} person @param {string} room */
async function save(person, room) {
  await settingsOf(person, room).getByRole('button', { name: 'Save' }).click();
  await settingsOf(person, room).waitFor({ state: 'detached' });
}

test('a room is described, and left to a group: others read why, and its people write at once', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await registerAs(ana, server, 'administrator');
  const bo = await person('bo');
  await register(bo);
  const cy = await person('cy');
  await server.admin('group', 'make', 'staff');
  await server.admin('group', 'assign', 'staff', 'bo');

  await openFromRoom(ana, 'Room settings');
  const settings = settingsOf(ana, 'lobby');
  await isSound(ana, 'the settings');
  await picture(ana, 'room-settings');
  await settings.getByLabel('What it is for').fill('Come in.\nAsk what you like.');
  await settings.getByLabel('Place in the list').fill('first');
  await settings.getByRole('button', { name: 'Save' }).click();
  await settings.getByRole('alert').filter({ hasText: 'whole number' }).waitFor();
  assert.equal(await settings.getByLabel('Place in the list').getAttribute('aria-invalid'), 'true');
  await settings.getByLabel('Place in the list').fill('3');
  assert.equal(await settings.getByLabel('Place in the list').getAttribute('aria-invalid'), null);

  // What the server refuses, or would, stands at its field.
  const groups = settings.getByLabel('Groups that write too');
  await groups.fill('staff');
  await settings.getByRole('button', { name: 'Save' }).click();
  await settings.getByRole('alert').filter({ hasText: 'groups change nothing' }).waitFor();
  await settings.getByLabel('Who may write').selectOption({ label: 'Administrators' });
  await groups.fill('staff, void');
  await settings.getByRole('button', { name: 'Save' }).click();
  await settings.getByRole('alert').filter({ hasText: 'there is no group "void"' }).waitFor();
  assert.equal(await groups.getAttribute('aria-invalid'), 'true');
  assert.ok(await groups.evaluate((field) => field === document.activeElement), 'the field has the focus');
  assert.ok(await groups.evaluate((field) => field.nextElementSibling?.getAttribute('role') === 'alert'), 'the words are below it');
  await isSound(ana, 'a refusal');
  await picture(ana, 'room-settings-refused');
  await groups.fill('staff');
  await save(ana, 'lobby');

  await cy.page.getByPlaceholder('Only moderators and some groups write here.').waitFor();
  await eventually('bo writes', () => bo.composer.isEnabled());
  await bo.sayAndSee('from the staff');
  await cy.see('from the staff');

  await openFromRoom(cy, 'About this room');
  const about = dialog(cy, 'About #lobby');
  await about.getByText('Ask what you like.').waitFor();
  await about.getByText('Administrators, and these groups: staff').waitFor();
  await isSound(cy, 'about a room');
  await picture(cy, 'about-room');
  // The dialog follows what is changed meanwhile.
  await openFromRoom(ana, 'Room settings');
  assert.equal(await settingsOf(ana, 'lobby').getByLabel('Place in the list').inputValue(), '3');
  assert.equal(await settingsOf(ana, 'lobby').getByLabel('What it is for').inputValue(), 'Come in.\nAsk what you like.');
  await settingsOf(ana, 'lobby').getByLabel('What it is for').fill('Closed for today.');
  await settingsOf(ana, 'lobby').getByLabel('Groups that write too').fill('');
  await settingsOf(ana, 'lobby').getByLabel('Who may write').selectOption({ label: 'Everybody' });
  await save(ana, 'lobby');
  await about.getByText('Closed for today.').waitFor();
  assert.equal(await about.getByText('staff').count(), 0);
  await cy.page.keyboard.press('Escape');
  await eventually('everybody writes again', () => cy.composer.isEnabled());
});

test('who keeps a room sees what only administrators decide, and may not change it', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana', { ...PHONE, colorScheme: 'dark' });
  await registerAs(ana, server, 'moderator');
  await openFromRoom(ana, 'Room settings');
  const settings = settingsOf(ana, 'lobby');
  await settings.getByText('Who sees the room: Everybody').waitFor();
  await settings.getByText('Who of the server keeps the room: Moderators of the server').waitFor();
  assert.equal(await settings.getByText('Only administrators change this.').count(), 2);
  assert.equal(await settings.getByLabel('Groups that see it too').count(), 0);
  await isSound(ana, 'the settings on a phone');
  await picture(ana, 'room-settings-phone-dark');
  // A group that there is, in which they are not, is refused like one that never was.
  await server.admin('group', 'make', 'staff');
  await settings.getByLabel('Who may write').selectOption({ label: 'Moderators' });
  await settings.getByLabel('Groups that write too').fill('staff');
  await settings.getByRole('button', { name: 'Save' }).click();
  await settings.getByRole('alert').filter({ hasText: 'no group "staff"' }).waitFor();
});
