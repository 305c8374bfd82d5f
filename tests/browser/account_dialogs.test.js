// The dialogs about accounts and roles: the second factor, invitations, links for a new password, roles, the audit log,
// and why something is allowed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSound, violations } from './harness/accessible.js';
import { isOnline, logIn, PASSWORD, register } from './harness/account.js';
import { codeOf } from './harness/authenticator.js';
import { dialog, menuOf, openFromOwnMenu, openFromPeople, openFromRoom, openFromSettings } from './harness/menus.js';
import { eventually } from './harness/patience.js';
import { parts, Person } from './harness/person.js';
import { PHONE } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** The secret that `throng admin` prints. @param {import('./harness/server.js').Server} server @param {...string} words */
const secretOf = async (server, ...words) => JSON.parse(await server.admin(...words, '--json')).ok.secret;

/** Turns the second factor on, and returns the secret of the app and the recovery codes. @param {Person} person */
async function turnOn(person) {
  const { page } = person;
  await openFromSettings(person, 'Second factor');
  await page.getByLabel('Your password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  const secret = await page.getByLabel('Secret for the app').innerText();
  await page.getByLabel('Code that the app shows').fill(codeOf(secret));
  await page.keyboard.press('Enter');
  const list = dialog(person, 'Recovery codes').getByRole('listitem');
  await list.first().waitFor();
  return { secret, codes: await list.allInnerTexts() };
}

test('the second factor is turned on with an app, is asked for at a login, and is turned off', async (t) => {
  const { person, visitor } = await stage(t);
  const ana = await person('ana');
  const { page } = ana;
  await register(ana);
  await openFromSettings(ana, 'Second factor');
  const factor = dialog(ana, 'Second factor');
  await page.getByLabel('Your password').fill('not this one');
  await page.keyboard.press('Enter');
  await factor.getByRole('alert').filter({ hasText: 'do not belong together' }).waitFor();
  await page.getByLabel('Your password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  const secret = (await page.getByLabel('Secret for the app').innerText()).replace(/\s/g, '');
  const link = await factor.getByRole('link', { name: 'Open in an app here' }).getAttribute('href');
  assert.match(link ?? '', new RegExp(`^otpauth://totp/.*secret=${secret}`));
  await factor.getByRole('img', { name: 'The secret as a QR code' }).waitFor();
  const code = page.getByLabel('Code that the app shows');
  await code.fill('12345');
  await page.keyboard.press('Enter');
  await factor.getByRole('alert').filter({ hasText: 'This code is wrong' }).waitFor();
  assert.equal(await code.getAttribute('aria-invalid'), 'true');
  await code.fill(codeOf(secret));
  await page.keyboard.press('Enter');
  await dialog(ana, 'Recovery codes').waitFor();
  const codes = await dialog(ana, 'Recovery codes').getByRole('listitem').allInnerTexts();
  assert.equal(codes.length, 10);
  const seen = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href);
  assert.ok(!seen.includes(secret) && !seen.includes(codes[0]) && !seen.includes(PASSWORD), 'none of it is stored');
  await dialog(ana, 'Recovery codes').getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText('Your second factor is on.').waitFor();

  const phone = await visitor();
  await logIn(phone, 'ana');
  await phone.page.getByLabel('Code of your authenticator app').fill(codes[3]);
  await phone.page.getByRole('button', { name: 'Log in' }).click();
  await isOnline(phone);

  await openFromSettings(ana, 'Second factor');
  await page.getByLabel('Your password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await factor.getByText('Your account has a second factor.').waitFor();
  await page.getByLabel('Code of the app, or a recovery code').fill(codes[3]);
  await page.keyboard.press('Enter');
  await factor.getByRole('alert').filter({ hasText: 'This code is wrong' }).waitFor();
  await page.getByLabel('Code of the app, or a recovery code').fill(codes[4]);
  await factor.getByRole('button', { name: 'Turn off' }).click();
  await page.getByText('Your second factor is off.').waitFor();
});

test('an invitation link leads to an account in two steps, and works once', async (t) => {
  const { server, visitor } = await stage(t, { flags: ['--registration', 'invite'] });
  const secret = await secretOf(server, 'invite');
  const ana = await visitor({ at: `#invite=${secret}` });
  const { page } = ana;
  await page.getByText('You are invited').waitFor();
  assert.ok(!page.url().includes(secret), 'the address forgets it');
  await page.locator('#invited-nick').fill('ana');
  await page.keyboard.press('Enter');
  const form = dialog(ana, 'Make an account');
  await form.waitFor();
  assert.equal(await page.getByLabel('Invitation').inputValue(), secret);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByText('You have an account now.').waitFor();

  const bo = await visitor({ at: `#invite=${secret}` });
  await bo.page.locator('#invited-nick').fill('bo');
  await bo.page.keyboard.press('Enter');
  await bo.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await bo.page.keyboard.press('Enter');
  await dialog(bo, 'Make an account').getByRole('alert').filter({ hasText: 'This link is wrong, was used' }).waitFor();
  assert.equal(await bo.page.getByLabel('Invitation').getAttribute('aria-invalid'), 'true');
  await bo.page.keyboard.press('Escape');

  // Without a link: the field is there when somebody asks for it, or the server does.
  await openFromSettings(bo, 'Make an account');
  assert.ok(await bo.page.getByLabel('Invitation').isHidden());
  await bo.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await bo.page.keyboard.press('Enter');
  await dialog(bo, 'Make an account').getByRole('alert').filter({ hasText: 'by invitation' }).waitFor();
  await bo.page.getByLabel('Invitation').fill(await secretOf(server, 'invite'));
  await bo.page.keyboard.press('Enter');
  await bo.page.getByText('You have an account now.').waitFor();
  // Somebody who has an account reads that.
  await bo.page.evaluate(() => { location.hash = '#invite=another'; });
  await bo.page.getByText('You have an account already.').waitFor();
});

test('a link for a new password sets it on the first page, and for somebody who is in', async (t) => {
  const { server, person, visitor } = await stage(t);
  const ana = await person('ana');
  await ana.sayAndSee('hello');
  await register(ana);
  const { codes } = await turnOn(ana);
  await ana.page.keyboard.press('Escape');
  const link = `#reset=${await secretOf(server, 'user', 'reset', 'ana')}`;
  const phone = await visitor({ at: link });
  const field = phone.page.getByLabel('New password');
  await field.fill('short');
  await phone.page.keyboard.press('Enter');
  await phone.page.getByRole('alert').filter({ hasText: 'This is too short' }).waitFor();
  await field.fill('turtle in the rain');
  await phone.page.keyboard.press('Enter');
  await phone.page.getByLabel('Code of your authenticator app').fill(codes[0]);
  await phone.page.keyboard.press('Enter');
  await isOnline(phone);
  await phone.see('hello');
  await ana.page.getByRole('alert').filter({ hasText: 'This device was logged out.' }).waitFor();
  const late = await visitor({ at: link });
  await late.page.getByLabel('New password').fill('turtle in the snow');
  await late.page.keyboard.press('Enter');
  await late.page.getByRole('alert').filter({ hasText: 'This link is wrong, was used' }).waitFor();
  assert.equal(await late.page.getByLabel('New password').inputValue(), 'turtle in the snow', 'the form stays');

  // Somebody who is in as somebody else stays who they are until it works.
  const bo = await person('bo');
  await bo.page.evaluate((hash) => { location.hash = hash; }, link);
  await dialog(bo, 'Set a new password').getByLabel('New password').fill('turtle in the snow');
  await bo.page.getByRole('button', { name: 'Set password' }).click();
  await bo.page.getByRole('alert').filter({ hasText: 'This link is wrong, was used' }).waitFor();
  await isOnline(bo);
  assert.equal(await bo.page.locator('#me bdi').textContent(), 'bo');
  const next = `#reset=${await secretOf(server, 'user', 'reset', 'ana')}`;
  await bo.page.evaluate((hash) => { location.hash = hash; }, next);
  const reset = dialog(bo, 'Set a new password');
  await reset.getByLabel('New password').fill('turtle in the snow');
  await reset.getByRole('button', { name: 'I use an authenticator app' }).click();
  await reset.getByLabel('Code of your authenticator app').fill(codes[1]);
  await bo.page.keyboard.press('Enter');
  await eventually('bo is ana', () => bo.page.locator('#me bdi').textContent(), (nick) => nick === 'ana');
});

test('a role is given in a dialog, shows what it allows at once, and is in the audit log', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana', { viewport: { width: 1000, height: 800 } });
  const bo = await person('bo', { viewport: { width: 1000, height: 800 } });
  await ana.sayAndSee('hello');
  await bo.see('hello');
  await register(ana);
  await register(bo);
  const line = bo.page.locator(parts.said).filter({ hasText: 'hello' });
  /** Whether bo may moderate ana, as the menu of her message says it. */
  const moderates = async () => {
    const items = await (await menuOf(bo, line)).allInnerTexts();
    await bo.page.keyboard.press('Escape');
    return items.includes('Moderate ana');
  };
  assert.equal(await moderates(), false);
  await server.admin('user', 'role', 'ana', 'administrator');
  await eventually('ana may moderate without a reload', async () => {
    await openFromRoom(ana, 'Audit log of this room');
    return true;
  });
  await dialog(ana, 'Audit log of #lobby').getByText('Nothing is written down here yet.').waitFor();
  await ana.page.keyboard.press('Escape');
  await openFromPeople(ana, 'bo', 'Moderate bo');
  const form = dialog(ana, 'Moderate bo');
  await form.getByLabel('Give a role').check();
  assert.equal(await form.getByLabel('administrator').count(), 0, 'nobody gives their own role');
  await form.getByLabel('moderator').check();
  await form.getByLabel('Reason').fill('helps a lot');
  await form.getByRole('button', { name: 'Give a role' }).click();
  await ana.page.getByText('bo has another role now.').waitFor();
  await eventually('bo may moderate at once', moderates);
  await server.admin('user', 'role', 'bo', 'member');
  await eventually('and not any more', async () => !(await moderates()));

  // More than a page of the log.
  for (let at = 1; at <= 20; at += 1) await server.admin('ban', `192.0.2.${at}`, '--reason', `spam ${at}`);
  await openFromOwnMenu(ana, 'Audit log');
  const log = dialog(ana, 'Audit log');
  await log.getByText('server banned 192.0.2.20/32.').waitFor();
  await log.getByText('Reason: spam 20').waitFor();
  assert.equal(await log.getByText('helps a lot').count(), 0);
  await log.getByRole('button', { name: 'Show older' }).click();
  await log.getByText('ana gave bo the role moderator.').waitFor();
  await log.getByText('Reason: helps a lot').waitFor();
  await log.getByText('server gave bo the role member.').waitFor();
  assert.ok(await log.getByRole('button', { name: 'Show older' }).isHidden(), 'that was all');
});

test('a person asks why about themselves, and an administrator about anybody', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const bo = await person('bo');
  await openFromRoom(bo, 'What may I do here?');
  const own = dialog(bo, 'What may I do in #lobby?');
  await own.getByRole('button', { name: 'Ask' }).click();
  await own.getByText('Allowed', { exact: true }).waitFor();
  assert.equal(await own.getByLabel('Who').count(), 0);
  await server.admin('mute', 'bo', '--reason', 'cool down');
  await own.getByRole('button', { name: 'Ask' }).click();
  await own.getByText('Not allowed').waitFor();
  await own.getByText('cool down').waitFor();
  await own.getByLabel('What').selectOption('kick');
  await own.getByRole('button', { name: 'Ask' }).click();
  await own.getByText(/^This needs the role moderator or a higher one/).waitFor();

  await register(ana);
  await server.admin('user', 'role', 'ana', 'administrator');
  await eventually('ana has the role', async () => {
    await openFromRoom(ana, 'What may I do here?');
    const there = await dialog(ana, 'Who may do what in #lobby?').isVisible();
    if (!there) await ana.page.keyboard.press('Escape');
    return there;
  });
  const why = dialog(ana, 'Who may do what in #lobby?');
  await why.getByLabel('Who').fill('@bo');
  await why.getByRole('button', { name: 'Ask' }).click();
  await why.getByText('Not allowed').waitFor();
  await why.getByText('cool down').waitFor();
  await why.getByLabel('Who').fill('nobody-here');
  await why.getByRole('button', { name: 'Ask' }).click();
  await why.getByRole('alert').filter({ hasText: 'there is nobody called' }).or(why.getByRole('alert').filter({ hasText: 'There is nobody called' })).waitFor();
  assert.ok(await why.getByText('Not allowed').isHidden());
  await ana.page.keyboard.press('Escape');

  // The same from a person, and from the settings of the room.
  await ana.page.setViewportSize({ width: 1000, height: 800 });
  await openFromPeople(ana, 'bo', 'What may bo do here?');
  assert.equal(await why.getByLabel('Who').inputValue(), 'bo');
  await why.getByRole('button', { name: 'Ask' }).click();
  await why.getByText('Not allowed').waitFor();
  await ana.page.keyboard.press('Escape');
  await openFromRoom(ana, 'Room settings');
  await dialog(ana, 'Settings of #lobby').getByRole('button', { name: 'Who may do what here?' }).click();
  assert.equal(await why.getByLabel('Who').inputValue(), 'ana');
});

test('a reader of German reads why they are muted, and that an administrator closed the connection', async (t) => {
  const { server, person } = await stage(t);
  const bo = await person('bo', { locale: 'de-DE' });
  await server.admin('mute', 'bo', '--reason', 'zu laut');
  await bo.say('hallo');
  await bo.page.locator('#log li.failed').filter({ hasText: 'Du darfst hier gerade nichts sagen. Grund: zu laut' }).waitFor();
  const { ok } = JSON.parse(await server.admin('session', 'list', '--json'));
  await server.admin('session', 'close', String(ok.sessions[0].number));
  await bo.page.getByText('Ein Administrator hat diese Verbindung geschlossen.').waitFor();
  await isOnline(bo);
});

for (const [size, options] of /** @type {[string, any][]} */ ([['on a desk', { viewport: { width: 1000, height: 800 } }], ['on a telephone', PHONE]])) {
  test(`the dialogs of roles, links and the second factor are accessible, ${size}`, async (t) => {
    const { server, person, visitor } = await stage(t);
    const bo = await person('bo');
    await bo.sayAndSee('hello');
    const ana = await visitor({ ...options, at: `#invite=${await secretOf(server, 'invite')}` });
    const { page } = ana;
    const check = (/** @type {string} */ what) => isSound(ana, what);
    await page.getByText('You are invited').waitFor();
    await check('an invitation');
    await page.locator('#invited-nick').fill('ana');
    await page.keyboard.press('Enter');
    await page.getByLabel('Password', { exact: true }).waitFor();
    await check('making an account with an invitation');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('You have an account now.').waitFor();
    await server.admin('user', 'role', 'ana', 'administrator');
    await openFromSettings(ana, 'Second factor');
    await page.getByLabel('Your password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    const secret = await page.getByLabel('Secret for the app').innerText();
    await check('the secret for the app');
    await page.getByLabel('Code that the app shows').fill(codeOf(secret));
    await page.keyboard.press('Enter');
    await dialog(ana, 'Recovery codes').waitFor();
    await check('the recovery codes');
    await page.keyboard.press('Escape');
    await openFromPeople(ana, 'bo', 'Moderate bo');
    await dialog(ana, 'Moderate bo').getByLabel('Give a role').check();
    await check('giving a role');
    await page.keyboard.press('Escape');
    await openFromRoom(ana, 'What may I do here?');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('Allowed', { exact: true }).waitFor();
    await check('why');
    await page.keyboard.press('Escape');
    await server.admin('mute', 'bo', '--reason', 'cool down');
    if (options.isMobile) await page.getByRole('button', { name: /^Your rooms/ }).click();
    await openFromOwnMenu(ana, 'Audit log');
    await page.getByText('server muted bo.').waitFor();
    await check('the audit log');
    await page.keyboard.press('Escape');
    const late = await visitor({ ...options, at: '#reset=x' });
    await late.page.getByLabel('New password').waitFor();
    assert.deepEqual(await violations(late.page), [], 'a link for a new password');
  });
}
