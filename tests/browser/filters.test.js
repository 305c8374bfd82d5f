// Filters of the server and of a room: made, met, and removed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSound } from './harness/accessible.js';
import { registerAs } from './harness/account.js';
import { dialog, openFromOwnMenu, openFromRoom, picture } from './harness/menus.js';
import { PHONE } from './harness/phone.js';
import { stage } from './harness/stage.js';

test('a filter of the server is made, refuses with its reason, and is removed', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await registerAs(ana, server, 'administrator');
  const bo = await person('bo');
  await openFromOwnMenu(ana, 'Filters');
  const list = dialog(ana, 'Filters');
  await list.getByText('There are no filters here.').waitFor();
  await list.getByRole('button', { name: 'New filter…' }).click();
  const fresh = dialog(ana, 'New filter of the server');
  await fresh.getByRole('button', { name: 'Make filter' }).click();
  await fresh.getByRole('alert').filter({ hasText: 'Write what' }).waitFor();
  await fresh.getByLabel('What it looks for').selectOption({ label: 'A pattern' });
  await fresh.getByLabel('Regular expression').fill('(');
  await fresh.getByRole('button', { name: 'Make filter' }).click();
  await fresh.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
  assert.equal(await fresh.getByLabel('Regular expression').getAttribute('aria-invalid'), 'true');
  await isSound(ana, 'a refused filter');
  await picture(ana, 'filter-refused');
  await fresh.getByLabel('What it looks for').selectOption({ label: 'Words and phrases' });
  await fresh.getByRole('textbox', { name: 'Words and phrases' }).fill('casino, buy now');
  await fresh.getByLabel('Reason').fill('no advertising');
  await fresh.getByRole('button', { name: 'Make filter' }).click();
  const row = list.getByRole('listitem').filter({ hasText: 'casino, buy now' });
  await row.getByText('no advertising').waitFor();
  await isSound(ana, 'the filters');
  await picture(ana, 'filters');

  await bo.say('come to the casino');
  await bo.page.getByText(/no advertising/).first().waitFor();
  await row.getByRole('button', { name: /^Remove filter/ }).click();
  await dialog(ana, /^Remove filter/).getByRole('button', { name: 'Remove', exact: true }).click();
  await list.getByText('There are no filters here.').waitFor();
  await bo.sayAndSee('come to the casino again');
  await ana.page.keyboard.press('Escape');
  await ana.see('come to the casino again');
});

test('who keeps a room has filters there, without patterns, on a phone as well', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana', { ...PHONE, colorScheme: 'dark' });
  await registerAs(ana, server, 'moderator');
  const bo = await person('bo');
  await openFromRoom(ana, 'Filters of this room');
  const list = dialog(ana, 'Filters of #lobby');
  await list.getByRole('button', { name: 'New filter…' }).click();
  const fresh = dialog(ana, 'New filter of the room');
  assert.deepEqual(await fresh.getByLabel('What it looks for').locator('option').allInnerTexts(), ['Words and phrases', 'Links', 'Domains']);
  assert.deepEqual(await fresh.getByLabel('Whom it leaves alone').locator('option').allInnerTexts(), ['People with an account, and higher roles', 'Moderators, and higher roles']);
  await fresh.getByLabel('What it looks for').selectOption({ label: 'Links' });
  await fresh.getByText('Without any, no links are allowed.').waitFor();
  await fresh.getByLabel('What happens').selectOption({ label: 'It is said, and reported' });
  await isSound(ana, 'a new filter on a phone');
  await picture(ana, 'filter-new-phone-dark');
  await fresh.getByRole('button', { name: 'Make filter' }).click();
  await list.getByText('All links').waitFor();
  await isSound(ana, 'filters on a phone');
  await picture(ana, 'filters-phone-dark');
  await ana.page.keyboard.press('Escape');
  await bo.sayAndSee('see https://example.com/x');
  await ana.page.locator('#header').getByRole('button', { name: '1 open report' }).waitFor();
  // Those of the whole server are read by moderators, and made by administrators.
  await server.admin('filter', 'add', 'domains', 'example.org');
  await ana.page.getByRole('button', { name: /^Your rooms/ }).click();
  await openFromOwnMenu(ana, 'Filters');
  await dialog(ana, 'Filters').getByText('example.org').waitFor();
  assert.equal(await dialog(ana, 'Filters').getByRole('button', { name: /New|Remove/ }).count(), 0);
});
