// People with an account: making one, logging in and out, devices, and what moderators do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSound } from './harness/accessible.js';
import { isOnline, logIn, nickOf, PASSWORD, register } from './harness/account.js';
import { dialog, menuOf, openFromMessage, openFromPeople, openFromSettings } from './harness/menus.js';
import { eventually } from './harness/patience.js';
import { parts, Person } from './harness/person.js';
import { PHONE } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** Waits until the server has accepted a login, in this room. @param {Person} person @param {string} room */
async function isBackIn(person, room) {
  await person.page.locator('#chat:visible').waitFor();
  await person.isIn(room);
}

/** What the device has stored, as one text. @param {Person} person */
const storedBy = ({ page }) => page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href);

test('a guest makes an account, logs out, and logs in again', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const { page } = ana;
  await ana.sayAndSee('as a guest');

  await openFromSettings(ana, 'Make an account');
  const field = page.getByLabel('Password', { exact: true });
  const submit = page.getByRole('button', { name: 'Make an account' });
  assert.equal(await field.getAttribute('autocomplete'), 'new-password');
  for (const [typed, words] of [['', 'Type a password.'], ['short', 'use at least 8 characters'], ['password1', 'common']]) {
    await field.fill(typed);
    await submit.click();
    await page.getByRole('alert').filter({ hasText: words }).waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    const described = String(await field.getAttribute('aria-describedby')).split(' ')[0];
    assert.ok((await page.locator(`#${described}`).innerText()).includes(words), 'the field is described by what is wrong');
  }
  await field.fill(PASSWORD);
  await page.getByLabel('Show what I type').check();
  assert.equal(await field.getAttribute('type'), 'text');
  await submit.click();
  await page.getByText('You have an account now.').waitFor();
  assert.ok(!(await storedBy(ana)).includes(PASSWORD), 'the password is stored nowhere');
  await ana.reload();
  await isOnline(ana);
  await page.keyboard.press('Control+,');
  await page.getByText('You are logged in as ana.').waitFor();

  await page.locator('dialog.settings').getByRole('button', { name: 'Sign out' }).click();
  await dialog(ana, 'Sign out?').getByText('With your nickname and your password').waitFor();
  await dialog(ana, 'Sign out?').getByRole('button', { name: 'Sign out' }).click();
  await page.locator('#welcome:visible').waitFor();
  assert.doesNotMatch(await storedBy(ana), /token|"me"/);

  await logIn(ana, 'ana', 'not this one');
  await page.getByRole('alert').filter({ hasText: 'do not belong together' }).waitFor();
  assert.equal(await page.getByLabel('Password', { exact: true }).getAttribute('aria-invalid'), 'true');
  await logIn(ana, 'nobody');
  await page.getByRole('alert').filter({ hasText: 'do not belong together' }).waitFor();
  await logIn(ana, 'ana');
  await isBackIn(ana, 'lobby');
  await ana.see('as a guest');
  await ana.sayAndSee('with my account');
  assert.equal(await page.locator(`${parts.said}.mine`).count(), 2, 'both are of one person');
  const stored = await storedBy(ana);
  assert.ok(!stored.includes(PASSWORD) && !stored.includes('not this one'));
  assert.ok(!server.log.includes(PASSWORD));
});

test('another device is listed, logged out, and can log in again where it was', async (t) => {
  const { person, visitor } = await stage(t);
  const ana = await person('ana');
  await register(ana);
  const phone = await visitor();
  await logIn(phone, 'ana');
  await isBackIn(phone, 'lobby');
  await phone.go('kitchen');
  await phone.sayAndSee('from the sofa');

  await openFromSettings(ana, 'Devices');
  const list = dialog(ana, 'Devices').getByRole('listitem');
  await eventually('two devices are listed', () => list.count(), (count) => count === 2);
  await list.filter({ hasText: 'This device' }).waitFor();
  assert.match(await list.last().innerText(), / on /, 'a device has the name of its browser');
  await dialog(ana, 'Devices').getByRole('button', { name: /^Log out (?!all)/ }).click();
  await eventually('one is left', () => list.count(), (count) => count === 1);

  await phone.page.getByRole('alert').filter({ hasText: 'This device was logged out.' }).waitFor();
  assert.equal(await phone.page.getByLabel('Nickname', { exact: true }).inputValue(), 'ana');
  await phone.reload();
  await phone.page.getByRole('alert').filter({ hasText: 'This device was logged out.' }).waitFor();
  await logIn(phone, 'ana', 'not this one');
  await phone.page.getByRole('alert').filter({ hasText: 'do not belong together' }).waitFor();
  assert.equal(await phone.page.getByLabel('Nickname', { exact: true }).inputValue(), 'ana', 'the form stays as it was');
  await logIn(phone, 'ana');
  await isBackIn(phone, 'kitchen');
  await phone.see('from the sofa');

  await ana.page.keyboard.press('Escape');
  await openFromSettings(ana, 'Change password');
  await ana.page.getByLabel('Current password').fill('not this one');
  await ana.page.getByLabel('New password').fill('turtle in the rain');
  await ana.page.getByRole('button', { name: 'Change password' }).click();
  await eventually('the old one is wrong', () => ana.page.getByLabel('Current password').getAttribute('aria-invalid'), (value) => value === 'true');
  await ana.page.getByLabel('Current password').fill(PASSWORD);
  await ana.page.getByRole('button', { name: 'Change password' }).click();
  await ana.page.getByText('Your password is changed').waitFor();
  await phone.page.getByRole('alert').filter({ hasText: 'This device was logged out.' }).waitFor();
  await logIn(phone, 'ana', 'turtle in the rain');
  await isBackIn(phone, 'kitchen');

  await openFromSettings(phone, 'Delete account');
  await phone.page.getByLabel('Your password').fill('turtle in the rain');
  await phone.page.getByRole('button', { name: 'Delete account' }).click();
  await phone.page.locator('#welcome:visible').waitFor();
  await ana.page.getByRole('alert').filter({ hasText: 'This device was logged out.' }).waitFor();
  await phone.page.getByText('Your account is deleted.').waitFor();
  await phone.page.locator('#nick').fill('cy');
  await phone.page.locator('#nick').press('Enter');
  await isBackIn(phone, 'lobby');
  assert.equal(await nickOf(phone), 'cy');
});

test('somebody else who logs in after a logout finds nothing of the one before', async (t) => {
  const { person, visitor } = await stage(t);
  const bo = await person('bo');
  await register(bo);
  const ana = await person('ana');
  await register(ana);
  const phone = await visitor();
  await logIn(phone, 'ana');
  await isBackIn(phone, 'lobby');
  await phone.go('attic');
  await phone.sayAndSee('for the attic');
  await openFromSettings(ana, 'Devices');
  await dialog(ana, 'Devices').getByRole('button', { name: /^Log out (?!all)/ }).click();
  await phone.page.getByRole('alert').filter({ hasText: 'This device was logged out.' }).waitFor();
  await logIn(phone, 'bo');
  await isBackIn(phone, 'lobby');
  assert.equal(await nickOf(phone), 'bo');
  assert.equal(await phone.page.locator(parts.room('attic')).count(), 0);
  assert.doesNotMatch(await storedBy(phone), /"ana\\?"/);
});

test('a moderator mutes, kicks and bans; the one concerned sees why and loses nothing', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana', { viewport: { width: 1000, height: 800 } });
  const bo = await person('bo');
  await ana.sayAndSee('hello');
  await bo.sayAndSee('hello, hello');
  await ana.see('hello, hello');
  const line = ana.page.locator(parts.said).filter({ hasText: 'hello, hello' });
  const items = await menuOf(ana, line);
  assert.deepEqual(await items.allInnerTexts(), ['Report this message', 'Profile of bo', 'Ignore bo', 'Block bo'], 'only moderators see more');
  await ana.page.keyboard.press('Escape');

  await register(ana);
  await server.admin('user', 'role', 'ana', 'moderator');
  await ana.reload();
  await isOnline(ana);
  const moderation = dialog(ana, 'Moderate bo');
  const open = async () => {
    await openFromMessage(ana, line, 'Moderate bo');
    await moderation.waitFor();
  };
  await open();
  await moderation.getByLabel('Reason').fill('cool down');
  await moderation.getByRole('button', { name: 'Mute', exact: true }).click();
  await ana.page.getByText('bo is muted.').waitFor();
  await bo.say('I object');
  const failed = bo.page.locator('#log li.failed');
  await failed.filter({ hasText: 'cool down' }).waitFor();
  await failed.getByRole('button', { name: 'Try again' }).click();
  await failed.filter({ hasText: 'cool down' }).waitFor();
  await open();
  await moderation.getByLabel('Unmute').check();
  await moderation.getByRole('button', { name: 'Unmute' }).click();
  await ana.page.getByText('bo is not muted any more.').waitFor();
  await failed.getByRole('button', { name: 'Try again' }).click();
  await bo.see('I object');

  // From the list of people, with the keyboard.
  await ana.page.getByRole('button', { name: /people$/ }).click();
  await ana.page.locator('.person[data-nick="bo"]').focus();
  await ana.page.keyboard.press('ArrowRight');
  await ana.page.keyboard.press('ArrowRight');
  await ana.page.keyboard.press('Enter');
  await ana.page.getByRole('menuitem').first().waitFor();
  await ana.page.keyboard.press('End');
  await ana.page.keyboard.press('Enter');
  await moderation.getByLabel('Kick').check();
  await moderation.getByLabel('Reason').fill('off topic');
  await moderation.getByLabel('Reason').press('Enter');
  await ana.page.getByText('bo was taken out of the room.').waitFor();
  await bo.page.getByRole('alert').filter({ hasText: /no longer in lobby: .*off topic/ }).waitFor();
  assert.equal(await bo.page.locator(parts.room('lobby')).count(), 0);
  await bo.go('lobby');
  await bo.see('I object');

  await open();
  await moderation.getByLabel('Ban', { exact: true }).check();
  await moderation.getByLabel('Everywhere').check();
  await moderation.getByRole('button', { name: 'Ban', exact: true }).click();
  await bo.page.getByText('You are banned from this server').waitFor();
  assert.equal(await bo.page.locator('input:visible, textarea:visible, button[type="submit"]:visible').count(), 0, 'there is no form');
  await bo.reload();
  await bo.page.getByText(/you are banned/i).waitFor();
});

for (const [size, options] of /** @type {[string, any][]} */ ([['on a desk', { viewport: { width: 1000, height: 800 } }], ['on a telephone', PHONE]])) {
  test(`the dialogs of accounts are accessible, ${size}`, async (t) => {
    const { server, person, visitor } = await stage(t);
    const bo = await person('bo');
    await bo.sayAndSee('hello');
    const ana = await visitor(options);
    const { page } = ana;
    const check = (/** @type {string} */ what) => isSound(ana, what);
    await page.getByRole('button', { name: 'I have an account' }).click();
    await page.getByLabel('Nickname', { exact: true }).fill('ana');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').filter({ hasText: 'Type your password.' }).waitFor();
    await check('the login');
    await page.getByRole('button', { name: 'Choose a nickname instead' }).click();
    await ana.enter('ana');
    await openFromSettings(ana, 'Make an account');
    await check('making an account');
    await page.keyboard.press('Escape');
    await register(ana);
    await server.admin('user', 'role', 'ana', 'moderator');
    await ana.reload();
    await isOnline(ana);
    await page.keyboard.press('Control+,');
    await page.getByText('You are a moderator here.').waitFor();
    await check('the settings');
    await page.getByRole('button', { name: 'Delete account' }).click();
    await page.getByLabel('Your password').waitFor();
    await check('deleting the account');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+,');
    await page.getByRole('button', { name: 'Devices' }).click();
    await page.getByText('This device').waitFor();
    await check('the devices');
    await page.keyboard.press('Escape');
    await openFromPeople(ana, 'bo', 'Moderate bo');
    await dialog(ana, 'Moderate bo').waitFor();
    await check('moderation');
  });
}
