// What people do with an account, in the settings and on the welcome page.

import { openFromSettings } from './menus.js';

/** @typedef {import('./person.js').Person} Person */

/** The password of everybody with an account, unless a test is about passwords. */
export const PASSWORD = 'turtle in the sun';

/** Makes an account for somebody who is in a room. @param {Person} person */
export async function register(person) {
  const { page } = person;
  await openFromSettings(person, 'Make an account');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByText('You have an account now.').waitFor();
  await page.keyboard.press('Escape');
}

/** Makes an account with a role. The page hears of it at once. @param {Person} person @param {import('./server.js').Server} server @param {string} role */
export async function registerAs(person, server, role) {
  await register(person);
  await server.admin('user', 'role', String(await nickOf(person)), role);
}

/** On the welcome page, whose form for an account may be open already. @param {Person} person @param {string} nick @param {string} [password] */
export async function logIn({ page }, nick, password = PASSWORD) {
  const field = page.getByLabel('Nickname', { exact: true });
  const button = page.getByRole('button', { name: 'I have an account' });
  await field.or(button).waitFor();
  if (!(await field.isVisible())) await button.click();
  await field.fill(nick);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** @param {Person} person */
export const nickOf = ({ page }) => page.locator('#me bdi').textContent();

/** Waits until the page is online in a room. @param {Person} person */
export async function isOnline({ page }) {
  await page.locator('#me .face.online').waitFor({ state: 'attached' });
}
