// The raid switch: moderators turn it on for a time and off, and guests read why they can't come in or write.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSound } from './harness/accessible.js';
import { isOnline, PASSWORD, register, registerAs } from './harness/account.js';
import { dialog, openFromOwnMenu, openFromSettings, picture } from './harness/menus.js';
import { eventually } from './harness/patience.js';
import { PHONE } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** Turns the switch on. @param {Person} person @param {string} time @param {string} reason */
async function turnOn(person, time, reason) {
  await openFromOwnMenu(person, 'Raid switch');
  const raid = dialog(person, 'Raid switch');
  await raid.getByText('The switch is off.').waitFor();
  await raid.getByLabel(time).check();
  await raid.getByLabel('Reason').fill(reason);
  await raid.getByRole('button', { name: 'Turn on' }).click();
  await person.page.getByText('The raid switch is on: strangers stay out').waitFor();
}

/** The button in the head that says that the switch is on. @param {Person} person */
const sign = ({ page }) => page.locator('#header').getByRole('button', { name: /^The switch is on/ });

test('a moderator turns the switch on and off; guests are silent and read why; nobody new comes in', async (t) => {
  const { server, person, visitor } = await stage(t);
  const ana = await person('ana');
  await registerAs(ana, server, 'moderator');
  const bo = await person('bo');
  const dana = await person('dana', { locale: 'de-DE' });
  await ana.page.locator('#me').click();
  await ana.page.keyboard.press('Escape');
  assert.equal(await sign(ana).count(), 0);
  await turnOn(ana, '1 hour', 'bots in every room');
  await sign(ana).waitFor();
  assert.match(String(await sign(ana).getAttribute('aria-label')), /^The switch is on\. ana turned it on\. It goes off in (1 hour|60 minutes|59 minutes)\.$/);
  await ana.sayAndSee('I may write');

  await bo.say('may I?');
  await bo.page.locator('#log li.failed').filter({ hasText: 'this server keeps strangers out for now' }).or(
    bo.page.locator('#log li.failed').filter({ hasText: 'This server keeps strangers out for now' })).waitFor();
  await dana.say('darf ich?');
  await dana.page.locator('#log li.failed').getByText('Dieser Server lässt gerade keine Fremden herein, und Gäste können nicht schreiben.').waitFor();
  await openFromSettings(bo, 'Make an account');
  await bo.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await bo.page.getByRole('button', { name: 'Make an account' }).click();
  await bo.page.getByRole('alert').filter({ hasText: /keeps strangers out for now/ }).waitFor();
  await bo.page.keyboard.press('Escape');

  const eve = await visitor();
  await eve.page.getByRole('textbox').fill('eve');
  await eve.page.getByRole('textbox').press('Enter');
  await eve.page.getByRole('alert').filter({ hasText: /keeps strangers out for now/ }).waitFor();
  await picture(eve, 'raid-stranger');
  const fey = await visitor({ locale: 'de-DE' });
  await fey.page.getByRole('textbox').fill('fey');
  await fey.page.getByRole('textbox').press('Enter');
  await fey.page.getByRole('alert').filter({ hasText: 'Dieser Server lässt gerade keine Fremden herein' }).waitFor();

  // It is on for whoever comes to moderate, and off for all when it is turned off.
  await ana.reload();
  await isOnline(ana);
  await sign(ana).click();
  const raid = dialog(ana, 'Raid switch');
  await raid.getByText(/^The switch is on\. ana turned it on\./).waitFor();
  await raid.getByText('Reason: bots in every room').waitFor();
  await raid.getByRole('button', { name: 'Turn off' }).click();
  await ana.page.getByText('The raid switch is off.').waitFor();
  await sign(ana).waitFor({ state: 'hidden' });
  await bo.page.locator('#log li.failed').getByRole('button', { name: 'Try again' }).click();
  await ana.see('may I?');
  await eve.page.getByRole('textbox').press('Enter');
  await eve.isIn('lobby');
  await openFromOwnMenu(ana, 'Audit log');
  await dialog(ana, 'Audit log').getByText('ana turned the raid switch off.').waitFor();
  await dialog(ana, 'Audit log').getByText('Reason: bots in every room').waitFor();
});

test('nobody but moderators sees the switch, and who becomes one sees that it is on', async (t) => {
  const { server, person } = await stage(t);
  const bo = await person('bo');
  await register(bo);
  await server.admin('raid', 'on');
  await bo.page.locator('#me').click();
  await bo.page.getByRole('menuitem').first().waitFor();
  assert.deepEqual(await bo.page.getByRole('menuitem', { name: /Raid|Reports|Audit/ }).allInnerTexts(), []);
  await bo.page.keyboard.press('Escape');
  assert.equal(await sign(bo).count(), 0);
  await server.admin('user', 'role', 'bo', 'moderator');
  await sign(bo).waitFor();
});

for (const [size, options] of /** @type {[string, any][]} */ ([['on a desk', { viewport: { width: 1000, height: 800 } }], ['on a telephone', PHONE]])) {
  test(`the raid switch is accessible, ${size}`, async (t) => {
    const { server, person } = await stage(t);
    const ana = await person('ana', options);
    await registerAs(ana, server, 'moderator');
    const menu = async () => {
      if (options.isMobile) await ana.page.getByRole('button', { name: /^Your rooms/ }).click();
    };
    await menu();
    await openFromOwnMenu(ana, 'Raid switch');
    await dialog(ana, 'Raid switch').getByText('The switch is off.').waitFor();
    await picture(ana, `raid-off-${size}`);
    await isSound(ana, 'the switch that is off');
    await ana.page.keyboard.press('Escape');
    await menu();
    await turnOn(ana, 'Until turned off', 'many strangers');
    await sign(ana).waitFor();
    await picture(ana, `raid-sign-${size}`);
    await isSound(ana, 'the sign');
    await sign(ana).click();
    await eventually('it is on', () => dialog(ana, 'Raid switch').innerText(), (text) => text.includes('It stays on until somebody turns it off.'));
    await picture(ana, `raid-on-${size}`);
    await isSound(ana, 'the switch that is on');
  });
}
