// What people do with an account, in the settings and on the welcome page.

/** @typedef {import('./person.js').Person} Person */

/** The password of everybody with an account, unless a test is about passwords. */
export const PASSWORD = 'turtle in the sun';

/** @param {Person} person @param {string | RegExp} name */
export const dialog = ({ page }, name) => page.getByRole('dialog', { name });

/** @param {Person} person @param {string} name of a button in the settings */
export async function openFromSettings({ page }, name) {
  await page.keyboard.press('Control+,');
  await page.locator('dialog.settings').getByRole('button', { name, exact: true }).click();
}

/** Makes an account for somebody who is in a room. @param {Person} person */
export async function register(person) {
  await openFromSettings(person, 'Make an account');
  await person.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await person.page.getByRole('button', { name: 'Make an account' }).click();
  await person.page.getByText('You have an account now.').waitFor();
  await person.page.keyboard.press('Escape');
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
