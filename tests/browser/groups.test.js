// Groups: administrators make them and put people in, moderators read them, and everybody sees their own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSound } from './harness/accessible.js';
import { register, registerAs } from './harness/account.js';
import { dialog, openFromOwnMenu, picture } from './harness/menus.js';
import { PHONE } from './harness/phone.js';
import { stage } from './harness/stage.js';

test('an administrator makes a group by keyboard, fills, renames and deletes it; its people see it', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await registerAs(ana, server, 'administrator');
  const bo = await person('bo');
  await register(bo);
  await person('guest');
  await openFromOwnMenu(ana, 'Groups');
  const all = dialog(ana, 'Groups');
  await all.getByText('There are no groups yet.').waitFor();
  await isSound(ana, 'no groups');
  await all.getByRole('button', { name: 'New group…' }).press('Enter');
  const fresh = dialog(ana, 'New group');
  await fresh.getByLabel('Name of the group').fill('two words');
  await ana.page.keyboard.press('Enter');
  await fresh.getByRole('alert').filter({ hasText: 'space' }).waitFor();
  await fresh.getByLabel('Name of the group').fill('staff');
  await ana.page.keyboard.press('Enter');

  const staff = dialog(ana, 'Group staff');
  await staff.getByText('Nobody is in this group.').waitFor();
  const add = async (/** @type {string} */ nick) => {
    await staff.getByRole('button', { name: 'Add somebody…' }).click();
    await dialog(ana, 'Add somebody to staff').getByLabel('Nickname').fill(nick);
    await ana.page.keyboard.press('Enter');
  };
  await add('guest');
  await dialog(ana, 'Add somebody to staff').getByRole('alert').filter({ hasText: 'account' }).waitFor();
  await isSound(ana, 'a refusal');
  await picture(ana, 'group-refused');
  await ana.page.keyboard.press('Escape');
  await openFromOwnMenu(ana, 'Groups');
  await all.getByRole('button', { name: 'staff' }).click();
  await add('@bo');
  await staff.getByRole('listitem').filter({ hasText: 'bo' }).waitFor();
  await isSound(ana, 'a group');
  await picture(ana, 'group');

  await openFromOwnMenu(bo, 'Your groups');
  await dialog(bo, 'Your groups').getByText('staff').waitFor();
  await isSound(bo, 'own groups');
  await bo.page.keyboard.press('Escape');

  await staff.getByRole('button', { name: 'Rename…' }).click();
  const rename = dialog(ana, 'Rename the group staff');
  await rename.getByLabel('Name of the group').fill('crew');
  await rename.getByRole('button', { name: 'Save' }).click();
  const crew = dialog(ana, 'Group crew');
  await crew.getByRole('button', { name: 'Take bo out of the group' }).click();
  await crew.getByText('Nobody is in this group.').waitFor();
  await seesNoGroups(bo);

  await crew.getByRole('button', { name: 'Delete…' }).click();
  const question = dialog(ana, 'Delete the group crew?');
  await question.getByText('stay closed').waitFor();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await openFromOwnMenu(ana, 'Groups');
  await all.getByRole('button', { name: 'crew' }).click();
  await crew.getByRole('button', { name: 'Delete…' }).click();
  await question.getByRole('button', { name: 'Delete group' }).click();
  await all.getByText('There are no groups yet.').waitFor();
  assert.match(await server.admin('audit', 'list'), /delete_group/);
});

/** Whom nobody has in a group sees none. @param {import('./harness/person.js').Person} person */
async function seesNoGroups(person) {
  await openFromOwnMenu(person, 'Your groups');
  await dialog(person, 'Your groups').getByText('You are in no group.').waitFor();
  await person.page.keyboard.press('Escape');
}

test('a moderator reads groups on a phone, and changes none; a guest has none', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await registerAs(ana, server, 'moderator');
  await server.admin('group', 'make', 'staff');
  await server.admin('group', 'assign', 'staff', 'ana');
  await ana.page.setViewportSize(PHONE.viewport);
  await ana.page.getByRole('button', { name: /^Your rooms/ }).click();
  await openFromOwnMenu(ana, 'Groups');
  await dialog(ana, 'Groups').getByRole('button', { name: 'staff 1 person' }).click();
  const staff = dialog(ana, 'Group staff');
  await staff.getByRole('listitem').filter({ hasText: 'ana' }).waitFor();
  assert.equal(await staff.getByRole('button', { name: /Add|Rename|Delete|Take/ }).count(), 0);
  await isSound(ana, 'a group on a phone');
  await picture(ana, 'group-phone');
  await staff.getByRole('button', { name: 'All groups' }).click();
  assert.equal(await dialog(ana, 'Groups').getByRole('button', { name: 'New group…' }).count(), 0);
  const bo = await person('bo');
  await bo.page.locator('#me').click();
  await bo.page.getByRole('menuitem').first().waitFor();
  assert.equal(await bo.page.getByRole('menuitem', { name: /group|filter/i }).count(), 0);
});
