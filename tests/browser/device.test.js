// The same person on two devices: one shows a code, and the other one takes it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from './harness/patience.js';
import { Person, parts } from './harness/person.js';
import { stage } from './harness/stage.js';

/** @typedef {import('playwright-core').Page} Page */

/** Opens the dialog, and returns its code. @param {Person} person */
async function codeOf({ page }) {
  await page.locator('#me').click();
  await page.getByRole('menuitem', { name: 'Use on another device' }).click();
  return eventually('there is a code', async () => (await page.locator('dialog .device-code').textContent()) ?? '', (text) => /^[0-9A-Z]{5}-[0-9A-Z]{5}$/.test(text));
}

/** @param {Person} person @param {string} [before] an earlier code */
async function nextCode({ page }, before = '') {
  return eventually('there is another code', async () => (await page.locator('dialog .device-code').textContent()) ?? '', (text) => text !== '' && text !== before);
}

/** The person's nick in the page. @param {Page} page */
const nickIn = (page) => page.locator('#me bdi').textContent();

/** @param {Page} page */
const hashOf = (page) => page.evaluate(() => location.hash);

test('a link makes another device the same person, once, and leaves the address', async (t) => {
  const { server, person, visitor } = await stage(t);
  const ana = await person('ana');
  await ana.sayAndSee('from the desk');
  const code = await codeOf(ana);
  await ana.page.getByRole('img', { name: 'The link as a QR code' }).waitFor();
  await ana.page.getByText(/^Works once\. Expires in (10:00|9:\d\d)\.$/).waitFor();
  const phone = await visitor({ at: `#device=${code}` });
  const field = phone.page.getByLabel('Code from your other device');
  assert.equal(await field.inputValue(), code);
  assert.equal(await hashOf(phone.page), '', 'the code does not stay in the address');
  assert.equal(await phone.page.evaluate(() => document.activeElement?.id), 'code');
  await field.press('Enter');
  await phone.see('from the desk');
  assert.equal(await nickIn(phone.page), 'ana');
  await phone.sayAndSee('from the sofa');
  await ana.page.keyboard.press('Escape');
  await ana.see('from the sofa');
  assert.equal(await ana.page.locator(`${parts.said}.mine`).count(), 2, 'both are of one person');

  const late = await visitor({ at: `#device=${code}` });
  await late.page.getByLabel('Code from your other device').press('Enter');
  await late.page.getByRole('alert').filter({ hasText: 'was used' }).waitFor();
  await late.page.getByRole('button', { name: 'Choose a nickname instead' }).click();
  await late.enter('bo');
  assert.equal(await nickIn(late.page), 'bo');
  assert.ok(!server.log.includes(code), 'the server logs no code');
});

test('a code is typed as people type it, and what is none is told', async (t) => {
  const { person, visitor } = await stage(t);
  const ana = await person('ana');
  const code = await codeOf(ana);
  const phone = await visitor();
  const { page } = phone;
  await page.getByRole('button', { name: 'I have a code' }).click();
  const field = page.getByRole('textbox');
  await field.fill('nonsense');
  await field.press('Enter');
  await page.getByRole('alert').filter({ hasText: '10 letters and digits' }).waitFor();
  await field.fill('ZZZZZ-ZZZZZ');
  await field.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'wrong' }).waitFor();
  assert.equal(await field.inputValue(), 'ZZZZZ-ZZZZZ', 'what was typed stays');
  await field.fill(code.toLowerCase().replace('-', ' '));
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.locator(parts.shown).waitFor({ state: 'attached' });
  assert.equal(await nickIn(page), 'ana');
  await phone.reload();
  await page.locator('#me .face.online').waitFor({ state: 'attached' });
  assert.equal(await nickIn(page), 'ana', 'and stays it');
});

test('who is somebody already is asked, and forgets that only when the code is taken', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const code = await codeOf(ana);
  const cy = await person('cy');
  await cy.go('kitchen');
  await cy.sayAndSee('soup?');
  await cy.composer.fill('a draft of cy');
  const tab = new Person(server, cy.page.context(), await cy.page.context().newPage());
  await tab.page.goto(`${server.url}#device=${code}`);
  const dialog = tab.page.getByRole('dialog', { name: 'Become somebody else here?' });
  await dialog.getByText('Here you are cy').waitFor();
  assert.doesNotMatch(await tab.page.evaluate(() => location.href), /device/);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await nickIn(tab.page), 'cy');

  // A wrong code: nothing is lost.
  await tab.page.evaluate(() => { location.hash = '#device=ZZZZZ-ZZZZZ'; });
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await tab.page.locator('.notice').filter({ hasText: /code/ }).waitFor();
  await tab.page.locator('#me .face.online').waitFor({ state: 'attached' });
  assert.equal(await nickIn(tab.page), 'cy');
  await tab.page.locator(parts.room('kitchen')).waitFor({ state: 'attached' });

  await tab.page.evaluate((hash) => { location.hash = hash; }, `#device=${code}`);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await eventually('it is ana', () => nickIn(tab.page), (nick) => nick === 'ana');
  await tab.isIn('lobby');
  assert.equal(await tab.page.locator(parts.room('kitchen')).count(), 0);
  assert.equal(await hashOf(tab.page), '#lobby');
  await eventually('the other tab is ana too', () => nickIn(cy.page), (nick) => nick === 'ana');
  const kept = await tab.page.evaluate(() => JSON.stringify(localStorage));
  // The nick as a value: its letters alone may be in any token.
  assert.doesNotMatch(kept, /"cy[\\"]|soup|draft/);
  await tab.sayAndSee('here I am');
  await cy.see('here I am');
});

test('a code that has expired, or that the network took, can be had again', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const { page } = ana;
  const first = await codeOf(ana);
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 600_000;
  });
  await page.getByText('This code has expired.').waitFor();
  assert.ok(await page.locator('dialog .device-code').isHidden());
  await page.getByRole('button', { name: 'New code' }).click();
  const second = await nextCode(ana, first);
  await page.keyboard.press('Escape');
  await server.kill9();
  await page.locator('#me .face.offline').waitFor({ state: 'attached' });
  await page.locator('#me').click();
  await page.getByRole('menuitem', { name: 'Use on another device' }).click();
  await page.getByText('You can get a code when you are back online.').waitFor();
  await server.restart();
  assert.notEqual(await nextCode(ana, second), first);
});

test('the code and the link are copied', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana', { permissions: ['clipboard-write', 'clipboard-read'] });
  await ana.go('kitchen');
  for (const [button, before] of [['Copy code', ''], ['Copy link', `${server.url}#device=`]]) {
    const code = await codeOf(ana);
    await ana.page.getByRole('button', { name: button }).click();
    await ana.page.getByRole('button', { name: 'Copied' }).waitFor();
    await ana.page.getByRole('button', { name: button }).waitFor();
    await ana.page.keyboard.press('Escape');
    // The page itself may not read the clipboard, so the person pastes.
    await ana.composer.fill('');
    await ana.composer.press('Control+v');
    assert.equal(await ana.composer.inputValue(), before + code);
  }
});
