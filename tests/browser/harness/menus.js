// The menus and dialogs of the page, as a person uses them.

import { eventually } from './patience.js';

/** @typedef {import('./person.js').Person} Person */
/** @typedef {import('playwright-core').Locator} Locator */

/** A folder for pictures, if they are wanted. */
const PICTURES = process.env.THRONG_PICTURES;

/** Takes a picture of the page, if pictures are wanted. @param {Person} person @param {string} name */
export async function picture({ page }, name) {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png`, animations: 'disabled' });
}

/** @param {Person} person @param {string | RegExp} name */
export const dialog = ({ page }, name) => page.getByRole('dialog', { name });

/** Presses a button in the settings. @param {Person} person @param {string} name */
export async function openFromSettings({ page }, name) {
  await page.keyboard.press('Control+,');
  await page.locator('dialog.settings').getByRole('button', { name, exact: true }).click();
}

/** Chooses from the menu of the open room. @param {Person} person @param {string} name */
export async function openFromRoom({ page }, name) {
  await page.getByRole('button', { name: 'Room menu' }).click();
  await page.getByRole('menuitem', { name, exact: true }).click();
}

/** Chooses from the person's own menu. @param {Person} person @param {string} name */
export async function openFromOwnMenu({ page }, name) {
  await page.locator('#me').click();
  await page.getByRole('menuitem', { name, exact: true }).click();
}

/** Moves the mouse to a message until its actions are there: they are loaded later. A deleted message has fewer of them, but its link. @param {Person} person @param {Locator} line */
export async function showActions({ page }, line) {
  await eventually('the actions are shown', async () => {
    await page.mouse.move(4, 4);
    await line.hover();
    return line.getByRole('button', { name: 'Copy link to this message' }).isVisible();
  });
}

/** Opens the menu of a message, and returns its items. @param {Person} person @param {Locator} line */
export async function menuOf(person, line) {
  await showActions(person, line);
  await line.getByRole('button', { name: 'More…' }).click();
  return person.page.getByRole('menuitem');
}

/** What the menu of a message offers. The menu is closed again. @param {Person} person @param {Locator} line */
export async function menuWordsOf(person, line) {
  const words = await (await menuOf(person, line)).allInnerTexts();
  await person.page.keyboard.press('Escape');
  return words;
}

/** Chooses from the menu of a message. @param {Person} person @param {Locator} line @param {string} name */
export async function openFromMessage(person, line, name) {
  await menuOf(person, line);
  await person.page.getByRole('menuitem', { name, exact: true }).click();
}

/** Chooses from the menu of somebody in the dialog of the people who are here. @param {Person} person @param {string} nick @param {string} name */
export async function openFromPeople({ page }, nick, name) {
  await page.getByRole('button', { name: /people$/ }).click();
  await page.getByRole('button', { name: `What to do with ${nick}` }).click();
  await page.getByRole('menuitem', { name, exact: true }).click();
}
