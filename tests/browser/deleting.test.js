// Deleting messages: one's own, somebody else's as a moderator, what somebody said lately, and all of one's own with the
// account. The text is gone from every page and every device.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './harness/accessible.js';
import { PASSWORD, register } from './harness/account.js';
import { focusAt } from './harness/focus.js';
import { seeEnd } from './harness/kept.js';
import { dialog, menuWordsOf, openFromMessage, openFromPeople, openFromRoom, openFromSettings, showActions } from './harness/menus.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { PHONE, SMALL_PHONE, overEdges, smallTargets } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

const GONE = 'Message deleted';

/** A message by its number. @param {Person} person @param {number} seq */
const line = ({ page }, seq) => page.locator(`#log li[data-seq="${seq}"]`);

/** The names of the actions that a message shows now. @param {Person} person @param {number} seq */
const shownActions = (person, seq) => line(person, seq).locator('.actions button:visible')
  .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));

/** The names of the actions that a message has. @param {Person} person @param {number} seq */
async function actionsOf(person, seq) {
  await showActions(person, line(person, seq));
  return shownActions(person, seq);
}

/** Opens the question about the newest message by keys: from the message, which has the focus, through its menu. @param {Person} person */
async function askByKeys(person) {
  const { keyboard } = person.page;
  await keyboard.press('Enter');
  await focusAt(person, 'at its actions', ({ name }) => name === 'Quote');
  await keyboard.press('ArrowLeft');
  await focusAt(person, 'at the last one', ({ name }) => name === 'More…');
  await keyboard.press('Enter');
  await focusAt(person, 'in the menu', ({ name }) => name === 'Edit message');
  await keyboard.press('ArrowDown');
  await focusAt(person, 'at the second entry', ({ name }) => name === 'Delete message');
  await keyboard.press('Enter');
  await dialog(person, 'Delete this message?').waitFor();
}

/** @param {Person} person @param {number} seq */
const focusAtMessage = (person, seq) => eventually('the message has the focus', () => line(person, seq).evaluate((element) => element === document.activeElement));

/** @param {Person} person @param {number} seq */
const seeGone = (person, seq) => line(person, seq).getByText(GONE, { exact: true }).waitFor();

/** All that a page has of a text: in its document and stored on the device. @param {Person} person @param {string} text */
const traces = ({ page }, text) => page.evaluate(async (wanted) => {
  const rooms = await new Promise((resolve, reject) => {
    const opened = indexedDB.open('throng');
    opened.onerror = () => reject(opened.error);
    opened.onsuccess = () => {
      const asked = opened.result.transaction('rooms').objectStore('rooms').getAll();
      asked.onsuccess = () => {
        opened.result.close();
        resolve(asked.result);
      };
    };
  });
  const places = { page: document.documentElement.outerHTML, storage: JSON.stringify({ ...localStorage, ...sessionStorage }), rooms: JSON.stringify(rooms) };
  return Object.entries(places).filter(([, all]) => all.includes(wanted)).map(([place]) => place);
}, text);

test('one deletes a message of one’s own by the keyboard, and it is gone for everybody, and on their devices', async (t) => {
  const { person } = await stage(t);
  const [ana, bo] = [await person('ana'), await person('bo')];
  await ana.sayAndSee('first');
  await ana.sayAndSee('my address is Elm Street 9');
  await bo.see('my address is Elm Street 9');
  await seeEnd(bo, 'lobby', 'my address is Elm Street 9');
  const sentence = bo.page.locator('#log [aria-live="polite"]');
  await sentence.filter({ hasText: 'Elm Street' }).waitFor({ state: 'attached' });
  assert.deepEqual(await menuWordsOf(ana, line(ana, 2)), ['Edit message', 'Delete message']);
  assert.deepEqual(await menuWordsOf(bo, line(bo, 2)), ['Report this message', 'Profile of ana', 'Ignore ana', 'Block ana']);
  assert.deepEqual(await actionsOf(bo, 2), ['Quote', 'Copy text', 'Copy link to this message', 'Mention ana', 'Direct message to ana', 'More…']);

  await ana.page.mouse.move(4, 4);
  await ana.page.locator('#log .view').focus();
  await ana.page.keyboard.press('End');
  await askByKeys(ana);
  const ask = dialog(ana, 'Delete this message?');
  await ask.getByText('gone for good').waitFor();
  // The first answer is no.
  await ana.page.keyboard.press('Enter');
  await ask.waitFor({ state: 'detached' });
  assert.ok((await ana.texts()).includes('my address is Elm Street 9'));
  await focusAtMessage(ana, 2);
  await askByKeys(ana);
  await ana.page.keyboard.press('Tab');
  await ana.page.keyboard.press('Enter');
  await ask.waitFor({ state: 'detached' });
  for (const somebody of [ana, bo]) {
    await seeGone(somebody, 2);
    assert.deepEqual(await somebody.texts(), ['first', GONE]);
    await eventually('no trace of it', () => traces(somebody, 'Elm Street'), ({ length }) => length === 0);
  }
  await focusAtMessage(ana, 2);
  // Its actions were shown when it went: what needs a text went with it.
  assert.deepEqual(await shownActions(bo, 2), ['Copy link to this message', 'Mention ana', 'Direct message to ana', 'More…']);
  assert.deepEqual(await menuWordsOf(bo, line(bo, 2)), ['Profile of ana', 'Ignore ana', 'Block ana']);
  assert.deepEqual(await actionsOf(ana, 2), ['Copy link to this message', 'Mention ana']);
  // From the device alone, and from the server.
  await bo.page.routeWebSocket(/\/ws$/, () => {});
  await bo.reload();
  await seeGone(bo, 2);
  const cy = await person('cy');
  await seeGone(cy, 2);
  assert.deepEqual(await cy.texts(), ['first', GONE]);
});

test('a moderator deletes what others said, with a reason, and is told what the server refuses', async (t) => {
  const { server, person } = await stage(t);
  const [ana, bo] = [await person('ana'), await person('bo')];
  await register(ana);
  await register(bo);
  await bo.sayAndSee('bo was here');
  await ana.see('bo was here');
  assert.deepEqual(await menuWordsOf(ana, line(ana, 1)), ['Report this message', 'Profile of bo', 'Ignore bo', 'Block bo']);
  await server.admin('user', 'role', 'ana', 'moderator');
  await eventually('ana may delete it without a reload', () => menuWordsOf(ana, line(ana, 1)), (words) => words.includes('Delete message'));
  // Whoever is not below stays untouched: only the server knows the roles of others.
  await server.admin('user', 'role', 'bo', 'administrator');
  await openFromMessage(ana, line(ana, 1), 'Delete message');
  const ask = dialog(ana, 'Delete this message of bo?');
  assert.equal(await ana.page.evaluate(() => document.activeElement?.id), 'delete-reason');
  await ana.page.keyboard.type('an address');
  assert.deepEqual(await violations(ana.page), []);
  await ana.page.keyboard.press('Enter');
  await ask.getByRole('alert').filter({ hasText: /./ }).waitFor();
  assert.equal(await ana.page.getByLabel('Reason (optional)').inputValue(), 'an address', 'what was typed stays');
  await server.admin('user', 'role', 'bo', 'member');
  await ask.getByRole('button', { name: 'Delete message' }).click();
  await ask.waitFor({ state: 'detached' });
  await seeGone(ana, 1);
  await seeGone(bo, 1);
  assert.deepEqual((await menuWordsOf(ana, line(ana, 1))).filter((words) => /^(Delete|Report)/.test(words)), []);
  await openFromRoom(ana, 'Audit log of this room');
  await ana.page.getByText('ana deleted a message: bo in message 1.').waitFor();
  await ana.page.getByText('Reason: an address').waitFor();
});

test('a moderator deletes what somebody said lately, here or everywhere, and reads how many that were', async (t) => {
  const { server, person } = await stage(t);
  const [ana, bo] = [await person('ana', { viewport: { width: 1000, height: 800 } }), await person('bo')];
  await register(ana);
  await server.admin('user', 'role', 'ana', 'moderator');
  await ana.go('attic');
  await bo.go('attic');
  await bo.sayAndSee('spam in the attic');
  await bo.go('lobby');
  await ana.go('lobby');
  for (const text of ['spam', 'more spam', '@ana: spam']) await bo.sayAndSee(text);
  await ana.sayAndSee('stop it');
  await openFromPeople(ana, 'bo', 'Moderate bo');
  const moderation = dialog(ana, 'Moderate bo');
  await moderation.getByLabel('Delete what they said').click();
  assert.ok(await moderation.getByRole('group', { name: 'How far back' }).isVisible());
  assert.ok(await moderation.getByRole('group', { name: 'For how long' }).isHidden());
  assert.deepEqual(await violations(ana.page), []);
  await moderation.getByRole('button', { name: 'Delete what they said' }).click();
  await ana.page.getByText('3 messages of bo were deleted.').waitFor();
  await eventually('they are gone', () => ana.texts(), (texts) => texts.join() === [GONE, GONE, GONE, 'stop it'].join());
  assert.equal(await ana.page.locator('#log li.mention').count(), 0);
  await openFromPeople(ana, 'bo', 'Moderate bo');
  await moderation.getByLabel('Delete what they said').click();
  await moderation.getByLabel('1 week').click();
  await moderation.getByLabel('Everywhere').click();
  await moderation.getByRole('button', { name: 'Delete what they said' }).click();
  await ana.page.getByText('1 message of bo was deleted.').waitFor();
  await bo.go('attic');
  await seeGone(bo, 1);
});

test('who deletes their account chooses whether all that they wrote goes too', async (t) => {
  const { person } = await stage(t);
  const bo = await person('bo');
  for (const [nick, all] of /** @type {const} */ ([['ana', false], ['cy', true]])) {
    const somebody = await person(nick);
    await somebody.sayAndSee(`${nick} was here`);
    await register(somebody);
    await openFromSettings(somebody, 'Delete account');
    const form = dialog(somebody, 'Delete account');
    await form.getByLabel('Your password').fill(PASSWORD);
    if (all) await form.getByLabel('Also delete all that I wrote').check();
    assert.deepEqual(await violations(somebody.page), []);
    await form.getByRole('button', { name: 'Delete account' }).click();
    await somebody.page.getByText('Your account is deleted.').waitFor();
  }
  await eventually('only what cy wrote is gone', () => bo.texts(), (texts) => texts.join() === ['ana was here', GONE].join());
});

for (const [size, options] of /** @type {const} */ ([['a telephone', PHONE], ['a small telephone', SMALL_PHONE]])) {
  test(`on ${size} the actions of a message, their menu and the question fit`, async (t) => {
    const { server, person } = await stage(t);
    const ana = await person('ana', options);
    const bo = await person('bo');
    await register(ana);
    await server.admin('user', 'role', 'ana', 'moderator');
    await bo.sayAndSee('hello');
    await ana.see('hello');
    const more = line(ana, 1).getByRole('button', { name: 'More…' });
    await eventually('the actions are shown', async () => {
      if (!(await more.isVisible())) await line(ana, 1).locator(parts.text).tap();
      return more.isVisible();
    });
    assert.deepEqual([await overEdges(ana.page), await smallTargets(ana.page)], [[], []]);
    await more.tap();
    const deletes = ana.page.getByRole('menuitem', { name: 'Delete message' });
    await deletes.waitFor();
    assert.deepEqual([await overEdges(ana.page), await smallTargets(ana.page)], [[], []]);
    await deletes.tap();
    const ask = dialog(ana, 'Delete this message of bo?');
    await ask.waitFor();
    assert.deepEqual([await overEdges(ana.page), await smallTargets(ana.page)], [[], []]);
    await ask.getByRole('button', { name: 'Delete message' }).tap();
    await seeGone(ana, 1);
    assert.deepEqual(await violations(ana.page), []);
  });
}
