// The search for messages: from a key, a line and the menu, with the place marked and the way to a hit.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSound } from './harness/accessible.js';
import { dialog, openFromOwnMenu, openFromRoom, picture } from './harness/menus.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { PHONE } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** @param {Person} person */
const searchOf = (person) => dialog(person, 'Search messages');

/** The hits. @param {Person} person */
const hitsOf = (person) => searchOf(person).locator('.hits > li');

/** Searches until so many are found: the index follows what is said by and by. @param {Person} person @param {string} words @param {number} count */
async function find(person, words, count) {
  const search = searchOf(person);
  await search.getByLabel('Words').fill(words);
  await eventually(`${count} of ${words}`, async () => {
    await search.getByRole('button', { name: 'Search', exact: true }).click();
    await person.page.waitForFunction(() => !document.querySelector('.search-dialog [role="status"]')?.textContent?.includes('still reading'));
    return (await hitsOf(person).count()) === count;
  });
}

test('a message is found by a key and a word, and the person gets to it', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana', { viewport: { width: 1100, height: 900 } });
  const bo = await person('bo');
  await bo.sayAndSee('the red fox jumps');
  for (let line = 0; line < 30; line += 1) await bo.sayAndSee(`line ${line}`);
  await ana.page.keyboard.press('Control+Shift+F');
  await searchOf(ana).getByText('Messages of all rooms that you may read are searched.').waitFor();
  await isSound(ana, 'an empty search');
  await find(ana, '"red fox" from:bo', 1);
  await hitsOf(ana).locator('mark').filter({ hasText: /^red fox$/ }).waitFor();
  await picture(ana, 'search');
  await isSound(ana, 'a search with a hit');
  await searchOf(ana).getByLabel('Words').press('Enter');
  await hitsOf(ana).first().getByRole('button').focus();
  await ana.page.keyboard.press('Enter');
  await searchOf(ana).waitFor({ state: 'detached' });
  const line = ana.page.locator(parts.said).filter({ hasText: 'the red fox jumps' });
  await line.waitFor();
  await eventually('the message is in sight', () => line.evaluate((node) => {
    const { top, bottom } = node.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  }));
});

test('what is not there, and what is no search, is said in words', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana', PHONE);
  await ana.say('/search nothing-like-it');
  await searchOf(ana).getByText('Nothing was found.').waitFor();
  assert.equal(await searchOf(ana).getByLabel('Words').inputValue(), 'nothing-like-it');
  await isSound(ana, 'a search on a telephone');
  await picture(ana, 'search-phone');
  await searchOf(ana).getByLabel('Words').fill('x before:yesterday');
  await searchOf(ana).getByRole('button', { name: 'Search', exact: true }).click();
  await searchOf(ana).getByText(/yesterday is not a day/).waitFor();
});

test('a search goes on page by page, and is narrowed to the room', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  for (let number = 0; number < 23; number += 1) await ana.sayAndSee(`tick ${number}`);
  await openFromRoom(ana, 'Search messages…');
  await searchOf(ana).getByLabel(/^Only in/).check();
  await find(ana, 'tick', 20);
  await searchOf(ana).getByRole('button', { name: 'Show older' }).click();
  await eventually('all are there', async () => (await hitsOf(ana).count()) === 23);
  assert.match(String(await hitsOf(ana).last().textContent()), /tick 0$/);
  await ana.page.keyboard.press('Escape');
  await openFromOwnMenu(ana, 'Search messages…');
  assert.equal(await searchOf(ana).getByLabel(/^Only in/).count(), 0);
});
