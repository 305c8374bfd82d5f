// Bots: somebody with an account makes one, gives its token to a program, and revokes it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSound } from './harness/accessible.js';
import { register, registerAs } from './harness/account.js';
import { Flood } from './harness/flood.js';
import { dialog, openFromOwnMenu, openFromSettings, picture } from './harness/menus.js';
import { PHONE } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** Opens the form for a new bot. @param {Person} person */
async function openForm(person) {
  await openFromSettings(person, 'Bots');
  await dialog(person, 'Bots').getByRole('button', { name: 'Make a bot…' }).click();
  return dialog(person, 'New bot');
}

test('a bot is made, its token is shown once and works, and ends when it is revoked', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await openFromSettings(ana, 'Make an account');
  await ana.page.keyboard.press('Escape');
  await ana.page.keyboard.press('Control+,');
  await ana.page.locator('dialog.settings').waitFor();
  assert.equal(await ana.page.getByRole('button', { name: 'Bots', exact: true }).count(), 0, 'a guest has no bots');
  await ana.page.keyboard.press('Escape');
  await register(ana);
  await ana.go('kitchen');
  await ana.sayAndSee('for the bot');
  await openFromSettings(ana, 'Bots');
  await dialog(ana, 'Bots').getByText('You have no bots.').waitFor();
  await ana.page.keyboard.press('Escape');

  const form = await openForm(ana);
  const make = form.getByRole('button', { name: 'Make bot' });
  const refused = (/** @type {string} */ words) => form.getByRole('alert').filter({ hasText: words }).waitFor();
  assert.equal(await form.getByLabel('moderate').count(), 0, 'nobody gives what they do not hold');
  await make.click();
  await refused('Type a nickname for the bot.');
  await form.getByLabel('Nickname of the bot').fill('two words');
  await make.click();
  await refused('space');
  await form.getByLabel('Nickname of the bot').fill('ana');
  await make.click();
  await refused('ana');
  await form.getByLabel('Nickname of the bot').fill('herald');
  await form.getByLabel('read messages').uncheck();
  await make.click();
  await refused('must read them');
  await form.getByLabel('send messages').uncheck();
  await make.click();
  await refused('Choose what the bot may do.');
  await form.getByLabel('read messages').check();
  await form.getByLabel('send messages').check();
  await form.getByLabel('#kitchen').check();
  await form.getByLabel('Its token is good for').selectOption({ label: '30 days' });
  await picture(ana, 'bot-form');
  await make.click();
  const shown = dialog(ana, 'The token of herald');
  const token = await shown.getByLabel('Token', { exact: true }).innerText();
  assert.match(token, /^throng_bot_[\w-]{43}[0-9a-f]{8}$/);
  await picture(ana, 'bot-token');
  await shown.getByRole('button', { name: 'I have kept it' }).click();
  const row = dialog(ana, 'Bots').getByRole('listitem').filter({ hasText: 'herald' });
  await row.getByText('read messages, send messages · #kitchen · 30 days left · 0 connections now').waitFor();
  await ana.page.keyboard.press('Escape');
  assert.ok(!(await ana.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).includes(token), 'the token is stored nowhere');
  assert.ok(!server.log.includes(token));

  const bot = await Flood.join(server, 'herald', '#kitchen', token);
  t.after(() => bot.leave());
  await bot.say('soup is ready');
  await ana.see('soup is ready');
  await openFromSettings(ana, 'Bots');
  await row.getByText('1 connection now').waitFor();
  await row.getByRole('button', { name: 'Revoke herald' }).click();
  await dialog(ana, 'Revoke herald?').getByRole('button', { name: 'Revoke', exact: true }).click();
  await dialog(ana, 'Bots').getByText('You have no bots.').waitFor();
  await assert.rejects(bot.say('and cold'));
  await assert.rejects(Flood.join(server, 'herald', '#kitchen', token), /bad_token/);
  await ana.page.keyboard.press('Escape');
  await server.admin('user', 'role', 'ana', 'moderator');
  await openFromOwnMenu(ana, 'Audit log');
  const log = dialog(ana, 'Audit log');
  await log.getByText('ana revoked the bot herald.').waitFor();
  await log.getByText('ana made the bot herald, which may: read messages, send messages.').waitFor();
});

for (const [size, options] of /** @type {[string, any][]} */ ([['on a desk', { viewport: { width: 1000, height: 800 } }], ['on a telephone', PHONE]])) {
  test(`the dialogs of bots are accessible, ${size}`, async (t) => {
    const { server, person } = await stage(t);
    const ana = await person('ana', options);
    await registerAs(ana, server, 'administrator');
    for (const room of ['kitchen', 'garden', 'attic']) await ana.go(room);
    const form = await openForm(ana);
    await form.getByLabel('administrate').waitFor();
    await picture(ana, `bot-form-${size}`);
    await isSound(ana, 'the form');
    await form.getByLabel('Nickname of the bot').fill('herald');
    await ana.page.keyboard.press('Enter');
    await dialog(ana, 'The token of herald').waitFor();
    await picture(ana, `bot-token-${size}`);
    await isSound(ana, 'the token');
    await ana.page.getByRole('button', { name: 'I have kept it' }).click();
    await dialog(ana, 'Bots').getByRole('listitem').waitFor();
    await picture(ana, `bots-${size}`);
    await isSound(ana, 'the list');
    await dialog(ana, 'Bots').getByRole('button', { name: 'Revoke herald' }).click();
    await dialog(ana, 'Revoke herald?').waitFor();
    await isSound(ana, 'the question');
  });
}
