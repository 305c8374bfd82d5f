// Presence: chosen by hand, lost by idling, shown to others, and do-not-disturb, which silences this page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './harness/accessible.js';
import { needs } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { dialog, openFromOwnMenu, picture } from './harness/menus.js';
import { eventually } from './harness/patience.js';
import { Person } from './harness/person.js';
import { overEdges, PHONE, smallTargets } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** @param {Person} person @param {string} words what is said of the person in the sidebar */
const seeMyself = ({ page }, words) => page.locator('#me').getByText(words, { exact: true }).waitFor();

/** @param {Person} person @param {string} choice */
async function choose(person, choice) {
  await openFromOwnMenu(person, 'Profile and presence');
  await dialog(person, 'Profile and presence').getByLabel(choice, { exact: true }).check();
  await person.page.keyboard.press('Escape');
}

/** The row of somebody in the column of people. @param {Person} person @param {string} nick */
const row = ({ page }, nick) => page.locator('#people li').filter({ has: page.locator('.names bdi').first().getByText(nick, { exact: true }) });

/** Waits until the page is loaded with all its parts. @param {Person} person */
const seeColumn = ({ page }) => page.locator('#people .people-list li').first().waitFor();

test('one is away or does not want to be disturbed by one’s own choice, in all tabs, and others see it', async (t) => {
  const { server, person } = await stage(t);
  const [ana, bo] = [await person('ana'), await person('bo')];
  await seeColumn(bo);
  const other = new Person(server, ana.page.context(), await ana.page.context().newPage());
  await other.page.goto(server.url);
  await seeColumn(other);
  await ana.page.bringToFront();
  await seeMyself(ana, 'Online');
  await openFromOwnMenu(ana, 'Profile and presence');
  const own = dialog(ana, 'Profile and presence');
  await own.getByText('With an account').waitFor();
  assert.ok(await own.getByLabel('Online', { exact: true }).isChecked());
  // By the keyboard alone.
  await own.getByLabel('Online', { exact: true }).focus();
  await ana.page.keyboard.press('ArrowRight');
  await seeMyself(ana, 'Away');
  await seeMyself(other, 'Away');
  await row(bo, 'ana').getByText('away', { exact: true }).waitFor();
  await bo.page.getByText('2 people are here, 1 away').waitFor();
  await ana.page.keyboard.press('ArrowRight');
  await seeMyself(ana, 'Do not disturb');
  await row(bo, 'ana').getByText('do not disturb', { exact: true }).waitFor();
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await ana.page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(ana.page), []);
    await bo.page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(bo.page), []);
    await picture(bo, `presence-${colorScheme}`);
    await picture(ana, `presence-own-${colorScheme}`);
  }
  await ana.page.keyboard.press('Escape');
  // The other tab knows what was chosen.
  await other.page.bringToFront();
  await openFromOwnMenu(other, 'Profile and presence');
  assert.ok(await dialog(other, 'Profile and presence').getByLabel('Do not disturb', { exact: true }).isChecked());
  await dialog(other, 'Profile and presence').getByLabel('Online', { exact: true }).check();
  for (const tab of [ana, other]) await seeMyself(tab, 'Online');
  await bo.page.getByText('2 people are here', { exact: true }).waitFor();
  await other.page.close();
});

test('do-not-disturb holds after a restart of the server, and one who reads elsewhere is not called', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await choose(ana, 'Do not disturb');
  await seeMyself(ana, 'Do not disturb');
  await server.kill9();
  await seeMyself(ana, 'Offline');
  await server.restart();
  await seeMyself(ana, 'Do not disturb');
  const bo = await Flood.join(server, 'bo');
  const dnd = await eventually('the server knows it again', () => bo.ask('profiles', { people: ['@ana'] }),
    ({ profiles }) => profiles[0].user.presence === 'dnd');
  assert.ok(dnd);
  await ana.go('kitchen');
  await bo.say('@ana look');
  await ana.page.locator('nav .room[title="lobby"] .badge').waitFor({ state: 'attached' });
  assert.equal(await ana.page.title(), 'kitchen · throng', 'no number in the title');
  assert.match(String(await ana.page.locator('link[rel~="icon"]').first().getAttribute('href')), /icon\.svg$/, 'nor at the icon');
  await choose(ana, 'Online');
  await eventually('it is counted now', () => ana.page.title(), (title) => title === '(1) kitchen · throng');
  bo.leave();
});

test('who moves nothing for ten minutes is away, and back with the next move', needs.protocol, async (t) => {
  const { server, visitor } = await stage(t);
  const ana = await visitor({ at: 'about:blank' });
  await ana.page.clock.install();
  await ana.page.goto(server.url);
  await ana.enter('ana');
  await seeColumn(ana);
  await ana.page.mouse.move(10, 10);
  await ana.page.clock.fastForward('09:00');
  await seeMyself(ana, 'Online');
  // A message that comes under a mouse at rest is nobody's move.
  await ana.page.evaluate(() => dispatchEvent(new PointerEvent('pointermove', { bubbles: true })));
  await ana.page.clock.fastForward('01:30');
  await seeMyself(ana, 'Away');
  await ana.page.mouse.move(20, 20);
  await seeMyself(ana, 'Online');
  // What the person has chosen, no key takes back.
  await choose(ana, 'Away');
  await seeMyself(ana, 'Away');
  await ana.sayAndSee('still away');
  await seeMyself(ana, 'Away');
});

test('on a telephone, in German', needs.touch, async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana', { ...PHONE, locale: 'de-DE' });
  await ana.page.getByRole('button', { name: /^Deine Räume/ }).tap();
  await ana.page.locator('#me').tap();
  await ana.page.getByRole('menuitem', { name: 'Profil und Anwesenheit' }).tap();
  const own = dialog(ana, 'Profil und Anwesenheit');
  await own.getByLabel('Nicht stören', { exact: true }).check();
  assert.deepEqual([await overEdges(ana.page), await smallTargets(ana.page)], [[], []]);
  assert.deepEqual(await violations(ana.page), []);
  await picture(ana, 'presence-phone');
  await own.getByRole('button', { name: 'Schließen' }).tap();
  await ana.page.getByRole('button', { name: /^Deine Räume/ }).tap();
  await seeMyself(ana, 'Nicht stören');
});
