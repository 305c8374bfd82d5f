// Profiles: what people say about themselves, beside their nicks in messages and lists, and on their cards.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './harness/accessible.js';
import { register, registerAs } from './harness/account.js';
import { needs } from './harness/browser.js';
import { dialog, openFromMessage, openFromOwnMenu, openFromPeople, picture } from './harness/menus.js';
import { eventually } from './harness/patience.js';
import { overEdges, PHONE, SMALL_PHONE, smallTargets } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** A message by its number. @param {Person} person @param {number} seq */
const line = ({ page }, seq) => page.locator(`#log li[data-seq="${seq}"]`);

/** Opens one's own profile, and waits until it is there. @param {Person} person */
async function openOwn(person) {
  await openFromOwnMenu(person, 'Profile and presence');
  const own = dialog(person, 'Profile and presence');
  await own.getByLabel('Display name').waitFor();
  return own;
}

/** @param {Person} person */
async function close({ page }) {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

test('what one says about oneself stands beside the nick, and is changed field by field', async (t) => {
  const { person } = await stage(t);
  const [ana, bo] = [await person('ana'), await person('bo')];
  await register(ana);
  await ana.sayAndSee('hello');
  const own = await openOwn(ana);
  await own.getByLabel('Display name').fill('Ana María');
  await own.getByLabel('Pronouns').fill('she/her');
  await own.getByLabel('A colour of my choice').check();
  await own.locator('[type="color"]').fill('#ff8800');
  await own.getByLabel('Status', { exact: true }).fill('in a meeting');
  await own.getByLabel('Show the status for').selectOption({ label: '1 hour' });
  assert.equal((await own.getByRole('group', { name: 'As others see you' }).innerText()).replace(/\s+/g, ' '), 'A ana Ana María');
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await ana.page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(ana.page), []);
    await picture(ana, `profile-own-${colorScheme}`);
  }
  await own.getByRole('button', { name: 'Save' }).click();
  await ana.page.getByText('Your profile is saved.').waitFor();
  await close(ana);
  // One's own line has it at once; others ask when they look.
  await line(ana, 1).locator('.nick .display').getByText('Ana María').waitFor();
  await bo.reload();
  await line(bo, 1).locator('.nick .display').getByText('Ana María').waitFor();
  assert.equal(await line(bo, 1).evaluate((element) => element.style.getPropertyValue('--hue')), '32');
  await bo.page.locator('#people .display').getByText('Ana María').waitFor();
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await bo.page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(bo.page), []);
    await picture(bo, `profile-seen-${colorScheme}`);
  }
  // Only what is changed is sent, and what is emptied is gone.
  const again = await openOwn(ana);
  assert.equal(await again.getByLabel('Pronouns').inputValue(), 'she/her');
  assert.match(await again.getByLabel('Show the status for').locator('option:checked').innerText(), /^As before: .* left$/);
  await again.getByLabel('Display name').fill('');
  await again.getByLabel('A colour of my choice').uncheck();
  await again.getByRole('button', { name: 'Save' }).click();
  await ana.page.getByText('Your profile is saved.').waitFor();
  await close(ana);
  await line(ana, 1).locator('.nick .display').waitFor({ state: 'detached' });
  await openFromMessage(bo, line(bo, 1), 'Profile of ana');
  const card = dialog(bo, 'Profile of ana');
  await card.getByText('in a meeting').waitFor();
  await card.getByText('she/her').waitFor();
  await eventually('the old name is gone', () => card.getByText('Ana María').count(), (count) => count === 0);
});

test('what is refused says which field it is, and what a muted person may not say', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await register(ana);
  await server.admin('group', 'make', 'staff');
  await server.admin('group', 'assign', 'staff', 'ana');
  const own = await openOwn(ana);
  await own.getByText('You are in these groups: staff').waitFor();
  await own.getByLabel('Pronouns').fill('a\u202eb');
  await own.getByRole('button', { name: 'Save' }).click();
  await own.getByRole('alert').getByText('“Pronouns” is too long, or has characters that cannot be shown there.').waitFor();
  assert.equal(await ana.page.evaluate(() => document.activeElement?.id), 'profile-pronouns');
  await server.admin('mute', 'ana', '--reason', 'insults');
  await own.getByLabel('Pronouns').fill('she/her');
  await own.getByRole('button', { name: 'Save' }).click();
  await own.getByRole('alert').getByText(/insults/).waitFor();
  assert.equal(await own.getByLabel('Pronouns').inputValue(), 'she/her');
});

test('a card has what is known of a person and what can be done; a moderator reads earlier nicks, and clears the profile', async (t) => {
  const { server, person } = await stage(t);
  const [ana, eve] = [await person('ana', { viewport: { width: 1000, height: 800 } }), await person('mallory')];
  await registerAs(ana, server, 'administrator');
  await register(eve);
  await eve.say('/nick eve');
  await eve.page.locator('#me').getByText('eve').waitFor();
  await eve.sayAndSee('hello');
  const own = await openOwn(eve);
  await own.getByLabel('Display name').fill('Ana, the administrator of all');
  await own.getByLabel('Status', { exact: true }).fill('buy a watch');
  await own.getByRole('button', { name: 'Save' }).click();
  await eve.page.getByText('Your profile is saved.').waitFor();
  await close(eve);
  await openFromPeople(ana, 'eve', 'Profile of eve');
  const card = dialog(ana, 'Profile of eve');
  await card.getByText('online · member').waitFor();
  await card.getByText('buy a watch').waitFor();
  assert.deepEqual(await card.locator('.acts button').allInnerTexts(), ['Earlier nicknames', 'Clear profile', 'Direct message to eve', 'Ignore eve', 'Block eve', 'What may eve do here?', 'Moderate eve']);
  await card.getByRole('button', { name: 'Earlier nicknames' }).click();
  await card.getByText('mallory became eve').waitFor();
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await ana.page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(ana.page), []);
    await picture(ana, `card-${colorScheme}`);
  }
  await card.getByRole('button', { name: 'Clear profile' }).click();
  const ask = dialog(ana, 'Clear the profile of eve?');
  await ask.getByLabel('Reason').fill('spam');
  assert.deepEqual(await violations(ana.page), []);
  await ask.getByRole('button', { name: 'Clear profile' }).click();
  await ana.page.getByText('The profile of eve is cleared.').waitFor();
  await eventually('nothing of it is in the log', () => ana.page.locator('#log .display').count(), (count) => count === 0);
  await openFromPeople(ana, 'eve', 'Profile of eve');
  await card.getByText('online · member').waitFor();
  assert.equal(await card.getByText('buy a watch').count(), 0);
  assert.equal(await card.getByRole('button', { name: 'Clear profile' }).count(), 0);
  // From the card to a direct room; and what an ignored person says about themselves is shown nowhere but there.
  await card.getByRole('button', { name: 'Direct message to eve' }).click();
  await ana.isIn('@eve');
});

test('a guest has no profile and no administrator’s knowledge, and who left is not here', async (t) => {
  const { person } = await stage(t);
  const [ana, bo] = [await person('ana'), await person('bo')];
  await bo.sayAndSee('bye');
  await bo.leave();
  await ana.see('bye');
  await openFromMessage(ana, line(ana, 1), 'Profile of bo');
  const card = dialog(ana, 'Profile of bo');
  await card.getByText('not here', { exact: true }).waitFor();
  assert.deepEqual(await card.locator('.acts button').allInnerTexts(), ['Direct message to bo', 'Ignore bo', 'Block bo']);
});

for (const [size, options] of /** @type {const} */ ([['a telephone', PHONE], ['a small telephone', SMALL_PHONE]])) {
  test(`on ${size} the own profile and a card fit, in German`, needs.touch, async (t) => {
    const { person } = await stage(t);
    const bo = await person('bo');
    await register(bo);
    const own = await openOwn(bo);
    await own.getByLabel('Display name').fill('Bo with a name of 32 characters…');
    await own.getByLabel('Status', { exact: true }).fill('reading a very long book that has no end, and no beginning either, somewhere');
    await own.getByRole('button', { name: 'Save' }).click();
    await bo.page.getByText('Your profile is saved.').waitFor();
    await close(bo);
    await bo.sayAndSee('hello');
    const ana = await person('ana', { ...options, locale: 'de-DE' });
    await ana.see('hello');
    const more = line(ana, 1).getByRole('button', { name: 'Mehr…' });
    await eventually('the actions are shown', async () => {
      if (!(await more.isVisible())) await line(ana, 1).locator('.said').tap();
      return more.isVisible();
    });
    await more.tap();
    await ana.page.getByRole('menuitem', { name: 'Profil von bo' }).tap();
    await dialog(ana, 'Profil von bo').getByText('reading a very long book').waitFor();
    assert.deepEqual([await overEdges(ana.page), await smallTargets(ana.page)], [[], []]);
    assert.deepEqual(await violations(ana.page), []);
    await picture(ana, `card-${size.replaceAll(' ', '-')}`);
  });
}
