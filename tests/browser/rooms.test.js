// Rooms: finding, making, entering and leaving them, and who is in them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flood } from './harness/flood.js';
import { logOf } from './harness/kept.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** Opens the list of rooms. @param {Person} person */
async function browse({ page }) {
  await page.locator('#side').getByRole('button', { name: 'Browse rooms' }).last().click();
  const dialog = page.getByRole('dialog', { name: 'Browse rooms' });
  await dialog.waitFor();
  const names = () => dialog.locator('.found bdi').allTextContents();
  /** @param {string} what @param {(names: string[]) => boolean} isSo */
  const lists = (what, isSo) => eventually(`the list ${what}`, names, isSo);
  return { dialog, field: dialog.getByRole('searchbox'), lists };
}

/** The rooms of a person, from top to bottom. @param {Person} person */
const mine = ({ page }) => page.locator('nav [data-room]').evaluateAll((all) => all.map((one) => /** @type {HTMLElement} */ (one).dataset.room));

/** Rooms of somebody else. @param {import('./harness/server.js').Server} server @param {string[]} names */
async function make(server, names) {
  const bo = await Flood.join(server, 'bo', names[0]);
  for (const room of names.slice(1)) await bo.ask('join', { room, limit: 0 });
  return bo;
}

const numbered = (/** @type {number} */ count) => Array.from({ length: count }, (_, n) => `room-${String(n + 1).padStart(3, '0')}`);

test('rooms are listed with their people, searched, entered and left', async (t) => {
  const { server, person } = await stage(t);
  const bo = await make(server, ['garden', 'kitchen', 'kitchen-sink']);
  const ana = await person('ana');
  let { dialog, field, lists } = await browse(ana);
  await lists('has all rooms', (names) => names.join() === 'garden,kitchen,kitchen-sink,lobby');
  await dialog.getByRole('button', { name: /garden.*1 person/ }).waitFor();
  await dialog.getByRole('button', { name: /lobby.*joined/ }).waitFor();
  await field.fill('#KITCH');
  await lists('has what was searched for', (names) => names.join() === 'kitchen,kitchen-sink');
  await dialog.getByRole('button', { name: /sink/ }).click();
  await ana.isIn('kitchen-sink');
  await ana.sayAndSee('who does the dishes?');
  assert.deepEqual(await mine(ana), ['lobby', 'kitchen-sink']);

  ({ dialog, field, lists } = await browse(ana));
  await field.fill('kitchen-sink');
  await lists('has it alone', (names) => names.join() === 'kitchen-sink');
  await dialog.getByRole('button', { name: /kitchen-sink.*joined/ }).waitFor();
  await dialog.getByRole('button', { name: 'Open #kitchen-sink' }).waitFor();
  await field.fill('nowhere');
  await dialog.getByText('No room is called that. You can make it.').waitFor();
  await dialog.getByRole('button', { name: 'Make #nowhere and join' }).click();
  await ana.isIn('nowhere');
  await ana.page.getByText('Nothing was said here yet.').waitFor();
  await ana.page.getByText('Everybody in #nowhere sees it.').waitFor();

  for (const room of ['nowhere', 'lobby']) {
    await ana.go(room);
    await ana.page.getByRole('button', { name: 'More about this room' }).click();
    await ana.page.getByRole('menuitem', { name: 'Leave this room' }).click();
    await ana.page.locator(parts.room(room)).waitFor({ state: 'detached' });
  }
  await ana.isIn('kitchen-sink');
  await ana.say('/leave');
  await ana.page.getByRole('heading', { name: 'No room is open' }).waitFor();
  await ana.page.getByText('You are in no room yet.').waitFor();
  assert.equal(await ana.composer.isDisabled(), true);
  await ana.page.locator('#empty').getByRole('button', { name: 'Browse rooms' }).click();
  await ana.page.getByRole('dialog').getByRole('button', { name: /garden/ }).click();
  await ana.isIn('garden');
  await ana.sayAndSee('out of doors');
  bo.leave();
});

test('a long list comes in pages, with the search or without', async (t) => {
  const { server, person } = await stage(t, { flags: ['--rooms-per-session-max', '200'] });
  const bo = await make(server, numbered(130));
  const ana = await person('ana');
  const { dialog, field, lists } = await browse(ana);
  await lists('has a first page', (names) => names.length === 50);
  await dialog.getByRole('button', { name: 'More rooms' }).click();
  await lists('has a second page', (names) => names.length >= 100);
  await dialog.locator('.found').evaluate((list) => { list.scrollTop = list.scrollHeight; });
  await lists('has all', (names) => names.length === 131 && new Set(names).size === 131);
  await dialog.getByRole('button', { name: 'More rooms' }).waitFor({ state: 'hidden' });
  await field.fill('room-0');
  await lists('has only what was searched for', (names) => names.length < 100 && names.every((name) => name.startsWith('room-0')));
  await dialog.locator('.found').evaluate((list) => {
    list.scrollTop = 0;
    list.scrollTop = list.scrollHeight;
  });
  await lists('has all of the search', (names) => names.length === 99 && names.every((name) => name.startsWith('room-0')));
  bo.leave();
});

test('a name that no room can have is told where it was written', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  const { dialog, field } = await browse(ana);
  for (const name of ['no spaces', '!!!', 'x'.repeat(49)]) {
    await field.fill(name);
    await dialog.getByText('A room is called with up to 48 letters').waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), null, 'while somebody types, nothing is wrong');
    await field.press('Enter');
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
  }
  await field.fill('good');
  await eventually('it is no longer marked', () => field.getAttribute('aria-invalid'), (value) => value !== 'true');
  await field.press('Enter');
  await ana.isIn('good');
  // What only the server can tell.
  await ana.say('/join a\u0301\u0302\u0303\u0304');
  await ana.page.locator('.notice').waitFor();
  await eventually('it is gone', () => mine(ana), (names) => names.join() === 'lobby,good');
  await ana.isIn('good');
  await ana.say('/join better');
  await ana.isIn('better');
  assert.equal(await ana.page.locator('.notice').count(), 0, 'what was wrong before is past');
});

test('the switcher tells where there is no other room, and why a name makes none', async (t) => {
  const ana = await (await stage(t)).person('ana');
  await ana.page.keyboard.press('Control+k');
  const dialog = ana.page.getByRole('dialog', { name: 'Switch rooms' });
  await dialog.getByText('There is no other room yet.').waitFor();
  await dialog.getByRole('combobox').fill('two words');
  await dialog.getByText('A room is called with up to 48').waitFor();
  await dialog.getByRole('combobox').fill('two');
  await dialog.getByRole('option', { name: 'Make #two and join' }).waitFor();
  await dialog.getByText('A room is called').waitFor({ state: 'detached' });
  await dialog.getByRole('combobox').press('Enter');
  await ana.isIn('two');
});

test('a line goes to the room that was in sight when it was written', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await ana.go('kitchen');
  await ana.composer.fill('for the kitchen');
  const [kitchen, lobby] = [await Flood.join(server, 'cook', 'kitchen'), await Flood.join(server, 'guest')];
  // Another room comes, and Enter before it is drawn.
  await ana.page.evaluate(() => {
    window.requestAnimationFrame = () => 0;
    const press = (/** @type {KeyboardEventInit} */ init) =>
      document.querySelector('#text')?.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
    press({ key: 'ArrowUp', altKey: true });
    press({ key: 'Enter' });
  });
  await eventually('it was said there', () => logOf(kitchen, 'kitchen'), (log) => log.at(-1)?.text === 'for the kitchen');
  assert.deepEqual(await logOf(lobby), []);
  assert.equal(new URL(ana.page.url()).hash, '#lobby', 'the other room is the one that is shown');
  for (const one of [kitchen, lobby]) one.leave();
});

test('where no rooms are made, the wish is refused and leaves nothing behind', async (t) => {
  const { visitor } = await stage(t, { flags: ['--rooms-open', 'false'] });
  const ana = await visitor();
  await ana.page.getByRole('textbox').fill('ana');
  await ana.page.getByRole('textbox').press('Enter');
  await ana.page.getByRole('heading', { name: 'No room is open' }).waitFor();
  await ana.page.locator('.notice.trouble').waitFor();
  await ana.page.getByRole('button', { name: 'Close this notice' }).click();
  await ana.page.locator('.notice').waitFor({ state: 'detached' });
  const { dialog, field } = await browse(ana);
  await dialog.getByText('There are no rooms yet.').waitFor();
  await field.fill('elsewhere');
  await field.press('Enter');
  await ana.page.locator('.notice.trouble').waitFor();
  await ana.page.getByRole('heading', { name: 'No room is open' }).waitFor();
  assert.deepEqual(await mine(ana), []);
});

test('sixty rooms scroll in the side, and the one that is shown is in view', async (t) => {
  const { server, person } = await stage(t);
  const names = numbered(59);
  const bo = await make(server, names);
  const ana = await person('ana', { viewport: { width: 1000, height: 600 } });
  for (const name of names) {
    await ana.say(`/join ${name}`);
    await ana.isIn(name);
  }
  assert.deepEqual(await mine(ana), ['lobby', ...names]);
  const inView = (/** @type {string} */ room) => eventually(`${room} is in view`, () => ana.page.locator(parts.room(room)).evaluate((row) => {
    const [one, list] = [row.getBoundingClientRect(), /** @type {Element} */ (row.closest('#rooms')).getBoundingClientRect()];
    return one.top >= list.top - 1 && one.bottom <= list.bottom + 1;
  }));
  const list = await ana.page.locator('#rooms').evaluate(({ scrollHeight, clientHeight }) => ({ scrollHeight, clientHeight }));
  assert.ok(list.scrollHeight > list.clientHeight, 'the list scrolls');
  const me = await ana.page.locator('#me').boundingBox();
  assert.ok(me && me.y + me.height <= 600, 'the person stays at the foot');
  await ana.isIn('room-059');
  await inView('room-059');
  await ana.page.keyboard.press('Alt+ArrowDown');
  await ana.isIn('lobby');
  await inView('lobby');
  await ana.page.keyboard.press('Alt+ArrowUp');
  await ana.isIn('room-059');
  await inView('room-059');
  bo.leave();
});

test('a small room lists its people as they come and go', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const people = ana.page.locator('#header .people');
  await eventually('one is here', () => people.getAttribute('aria-label'), (label) => label === '1 person');
  const [bo, cy] = [await Flood.join(server, 'bo'), await Flood.join(server, 'cy')];
  await eventually('three are here', () => people.getAttribute('aria-label'), (label) => label === '3 people');
  await people.click();
  const dialog = ana.page.getByRole('dialog', { name: 'People' });
  const lists = (/** @type {string} */ names) => eventually(`${names} are listed`, () => dialog.locator('.people-list bdi').allTextContents(), (all) => all.join() === names);
  await lists('ana,bo,cy');
  await dialog.getByText('3 people are here').waitFor();
  bo.leave();
  await lists('ana,cy');
  await dialog.getByText('2 people are here').waitFor();
  await dialog.getByRole('button', { name: 'cy' }).click();
  await eventually('the field names cy', () => ana.composer.inputValue(), (value) => value === '@cy ');
  cy.leave();
});

test('a large room gives a count and some of its people', async (t) => {
  const { server, person } = await stage(t, { flags: ['--members-listed-max', '5'] });
  const crowd = await Promise.all(Array.from({ length: 120 }, (_, n) => Flood.join(server, `guest-${n + 1}`)));
  const ana = await person('ana');
  const people = ana.page.locator('#header .people');
  await eventually('all are counted', () => people.getAttribute('aria-label'), (label) => label === '121 people');
  await people.click();
  const dialog = ana.page.getByRole('dialog', { name: 'People' });
  await dialog.getByText('121 people are here').waitFor();
  const listed = await dialog.locator('.people-list li').count();
  assert.ok(listed > 0 && listed <= 100, `${listed} are listed`);
  await dialog.getByText(`and ${121 - listed} more`).waitFor();
  crowd.splice(0, 20).forEach((guest) => guest.leave());
  await dialog.getByText('101 people are here').waitFor();
  crowd.forEach((guest) => guest.leave());
});

test('who types is told, until they have said it or stopped', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const [bo, cy] = [await Flood.join(server, 'bo'), await Flood.join(server, 'cy')];
  const typing = ana.page.locator('#typing');
  const tells = (/** @type {string} */ words) => eventually(`it tells “${words}”`, () => typing.textContent(), (text) => text === words);
  await bo.ask('typing', { room: 'lobby' });
  await tells('bo is writing…');
  await cy.ask('typing', { room: 'lobby' });
  await tells('bo and cy are writing…');
  await bo.say('so');
  await ana.see('so');
  await tells('cy is writing…');
  // Cy thinks it over.
  await tells('');
  // The other way round: what ana types is told to others, but no command is.
  const guest = await person('guest');
  await guest.see('so');
  await ana.composer.pressSequentially('/leave');
  await ana.composer.fill('');
  await ana.composer.pressSequentially('hm');
  const guestIsTold = (/** @type {string} */ words) => eventually(`guest is told “${words}”`, () => guest.page.locator('#typing').textContent(), (text) => text === words);
  await guestIsTold('ana is writing…');
  await ana.composer.press('Enter');
  await guest.see('hm');
  await guestIsTold('');
  await ana.composer.pressSequentially('and');
  await guestIsTold('ana is writing…');
  bo.leave();
  cy.leave();
});
