// Rooms: finding, creating, joining and leaving them, and their members.

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

/** The person's rooms, from top to bottom. @param {Person} person */
const mine = ({ page }) => page.locator('nav .room').evaluateAll((all) => all.map((one) => /** @type {HTMLElement} */ (one).title));

/** Creates rooms as another person. @param {import('./harness/server.js').Server} server @param {string[]} names */
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
  await dialog.getByRole('button', { name: 'Go to #kitchen-sink' }).waitFor();
  await field.fill('nowhere');
  await dialog.getByText('No room with this name. Create it?').waitFor();
  await dialog.getByRole('button', { name: 'Create #nowhere' }).click();
  await ana.isIn('nowhere');
  await ana.page.getByText('No messages yet').waitFor();
  await ana.page.getByText('Everyone in #nowhere can read it.').waitFor();

  for (const room of ['nowhere', 'lobby']) {
    await ana.go(room);
    await ana.page.getByRole('button', { name: 'Room menu' }).click();
    await ana.page.getByRole('menuitem', { name: 'Leave this room' }).click();
    await ana.page.locator(parts.room(room)).waitFor({ state: 'detached' });
  }
  await ana.isIn('kitchen-sink');
  await ana.say('/leave');
  await ana.page.getByRole('heading', { name: 'No room is open' }).waitFor();
  await ana.page.getByText('You have not joined a room yet.').waitFor();
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
  await dialog.getByRole('button', { name: 'Show more rooms' }).click();
  await lists('has a second page', (names) => names.length >= 100);
  await dialog.locator('.found').evaluate((list) => { list.scrollTop = list.scrollHeight; });
  await lists('has all', (names) => names.length === 131 && new Set(names).size === 131);
  await dialog.getByRole('button', { name: 'Show more rooms' }).waitFor({ state: 'hidden' });
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
  for (const [name, words] of /** @type {[string, RegExp][]} */ ([
    ['what?', /“what\?” does not work as a name: “\?” is not allowed/], ['...', /“...” does not work as a name: it needs a letter/],
    ['x'.repeat(49), /is too long: it has 49 characters, and at most 48 are allowed/],
  ])) {
    await field.fill(name);
    await dialog.getByText(words).waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), null, 'while somebody types, nothing is wrong');
    await field.press('Enter');
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
  }
  await field.fill('good');
  await eventually('it is no longer marked', () => field.getAttribute('aria-invalid'), (value) => value !== 'true');
  await field.press('Enter');
  await dialog.locator('button:focus', { hasText: 'Create #good' }).press('Enter');
  await ana.isIn('good');
  // An error that only the server can detect.
  await ana.say('/join a\u0301\u0302\u0303\u0304');
  await ana.page.locator('.notice').waitFor();
  await eventually('it is gone', () => mine(ana), (names) => names.join() === 'lobby,good');
  await ana.isIn('good');
  await ana.say('/join better');
  await ana.isIn('better');
  assert.equal(await ana.page.locator('.notice').count(), 0, 'what was wrong before is past');
});

test('a space in the name of a room is a hyphen, at one key', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  const { dialog, field } = await browse(ana);
  await field.fill('the big room');
  await dialog.getByText('“the big room” has a space in it, and names cannot have spaces. Press Enter to use “the-big-room”.').waitFor();
  await field.press('Enter');
  assert.equal(await field.inputValue(), 'the-big-room');
  await field.press('Control+z');
  assert.equal(await field.inputValue(), 'the big room', 'what was typed can be had again');
  await field.press('Enter');
  await field.press('Enter');
  await dialog.locator('button:focus', { hasText: 'Create #the-big-room' }).press('Enter');
  await ana.isIn('the-big-room');
  await ana.say('/join another one');
  await ana.page.locator('.notice', { hasText: 'Press Enter to use “another-one”' }).waitFor();
  assert.equal(await ana.composer.inputValue(), '/join another-one');
  await ana.composer.press('Enter');
  await ana.isIn('another-one');
});

test('Enter after a search leads to what was found, and makes nothing', async (t) => {
  const { server, person } = await stage(t);
  const bo = await make(server, ['kitchen', 'kitchen-sink']);
  const ana = await person('ana');
  const { dialog, field } = await browse(ana);
  await field.fill('kit');
  // Before the answer has come.
  await field.press('Enter');
  await dialog.locator('.found button:focus', { hasText: 'kitchen' }).waitFor();
  await field.fill('kitchen');
  await field.press('Enter');
  await ana.isIn('kitchen');
  assert.deepEqual(await mine(ana), ['lobby', 'kitchen']);
  bo.leave();
});

test('the switcher finds rooms; it makes one only for who asks for that', async (t) => {
  const ana = await (await stage(t)).person('ana');
  await ana.page.keyboard.press('Control+k');
  const dialog = ana.page.getByRole('dialog', { name: 'Find a room' });
  await dialog.getByText('There is no other room yet.').waitFor();
  const field = dialog.getByRole('combobox');
  const chosen = dialog.locator('[aria-selected="true"]');
  await field.fill('what?');
  await dialog.getByText('“what?” does not work as a name: “?” is not allowed').waitFor();
  await field.fill('pizza');
  await dialog.getByText('No room with this name. Messages are not searched here.').waitFor();
  assert.equal(await chosen.count(), 0, 'what is searched is not made');
  await field.fill('two words');
  await dialog.getByRole('option', { name: 'Create #two-words' }).waitFor();
  await field.press('Enter');
  assert.equal(await chosen.innerText(), 'Create #two-words');
  assert.deepEqual(await mine(ana), ['lobby']);
  await field.press('Enter');
  await ana.isIn('two-words');
  await ana.page.keyboard.press('Control+k');
  await field.fill('lob');
  await eventually('a room that there is, is chosen', () => chosen.innerText(), (name) => /lobby/.test(name));
  await field.press('Enter');
  await ana.isIn('lobby');
});

test('a line goes to the room that was in sight when it was written', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await ana.go('kitchen');
  await ana.composer.fill('for the kitchen');
  const [kitchen, lobby] = [await Flood.join(server, 'cook', 'kitchen'), await Flood.join(server, 'guest')];
  // Another room arrives, and Enter is pressed before it is drawn.
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
  await ana.page.getByRole('button', { name: 'Dismiss' }).click();
  await ana.page.locator('.notice').waitFor({ state: 'detached' });
  const { dialog, field } = await browse(ana);
  await dialog.getByText('There are no rooms yet.').waitFor();
  await field.fill('elsewhere');
  await dialog.getByRole('button', { name: 'Create #elsewhere' }).click();
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

/** Too narrow for a column of people: they are in a dialog. */
const NARROW = { viewport: { width: 1_100, height: 720 } };

for (const where of /** @type {const} */ (['column', 'dialog'])) {
  const options = where === 'dialog' ? NARROW : {};

  /** The list of people, once it is there. @param {import('./harness/person.js').Person} person */
  const peopleOf = async ({ page }) => {
    if (where === 'dialog') await page.locator('#header .people').click();
    return page.getByRole(where === 'dialog' ? 'dialog' : 'complementary', { name: 'People' });
  };

  test(`a small room lists its people in a ${where} as they come and go`, async (t) => {
    const { server, person } = await stage(t);
    const ana = await person('ana', options);
    const button = ana.page.locator('#header .people');
    await eventually('one is here', () => button.getAttribute('aria-label'), (label) => label === '1 person');
    const [bo, cy] = [await Flood.join(server, 'bo'), await Flood.join(server, 'cy')];
    await eventually('three are here', () => button.getAttribute('aria-label'), (label) => label === '3 people');
    const people = await peopleOf(ana);
    const lists = (/** @type {string} */ names) => eventually(`${names} are listed`, () => people.locator('.people-list bdi').allTextContents(), (all) => all.join() === names);
    await lists('ana,bo,cy');
    await people.getByText('3 people are here').waitFor();
    // People who come and go do not take the focus away.
    await people.getByRole('button', { name: 'cy', exact: true }).focus();
    bo.leave();
    await lists('ana,cy');
    await people.getByText('2 people are here').waitFor();
    assert.equal(await ana.page.evaluate(() => document.activeElement?.textContent?.includes('cy')), true);
    await ana.page.keyboard.press('Enter');
    await eventually('the field names cy', () => ana.composer.inputValue(), (value) => value === '@cy ');
    assert.equal(await ana.page.evaluate(() => document.activeElement?.id), 'text');
    cy.leave();
  });

  test(`a large room gives a count and some of its people in a ${where}`, async (t) => {
    const { server, person } = await stage(t, { flags: ['--members-listed-max', '5'] });
    const crowd = await Promise.all(Array.from({ length: 120 }, (_, n) => Flood.join(server, `guest-${n + 1}`)));
    const ana = await person('ana', options);
    const button = ana.page.locator('#header .people');
    await eventually('all are counted', () => button.getAttribute('aria-label'), (label) => label === '121 people');
    const people = await peopleOf(ana);
    await people.getByText('121 people are here').waitFor();
    const listed = await people.locator('.people-list li').count();
    assert.ok(listed > 0 && listed <= 100, `${listed} are listed`);
    await people.getByText(`and ${121 - listed} more`).waitFor();
    crowd.splice(0, 20).forEach((guest) => guest.leave());
    await people.getByText('101 people are here').waitFor();
    crowd.forEach((guest) => guest.leave());
  });
}

test('the column of people is put away and comes back, and stays so', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const { page } = ana;
  const bo = await Flood.join(server, 'bo');
  t.after(() => bo.leave());
  const column = page.locator('#people');
  const button = page.locator('#header .people');
  await column.getByText('2 people are here').waitFor();
  assert.equal(await button.getAttribute('aria-expanded'), 'true');
  await button.click();
  await column.waitFor({ state: 'hidden' });
  assert.equal(await button.getAttribute('aria-expanded'), 'false');
  await ana.reload();
  await page.locator('#me .face.online').waitFor({ state: 'attached' });
  await button.waitFor();
  assert.ok(await column.isHidden(), 'it stays away');
  await button.click();
  await column.getByText('2 people are here').waitFor();
  // One stop for Tab; arrow keys move within it.
  const cy = await Flood.join(server, 'cy');
  t.after(() => cy.leave());
  await column.getByText('3 people are here').waitFor();
  await page.getByRole('button', { name: 'Send' }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal(await ana.composer.inputValue(), '@cy ');
  // Without enough width, a dialog opens instead.
  await page.setViewportSize({ width: 1_100, height: 720 });
  await column.waitFor({ state: 'hidden' });
  await button.click();
  await page.getByRole('dialog', { name: 'People' }).waitFor();
});

test('who types is told, until they have said it or stopped', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const [bo, cy] = [await Flood.join(server, 'bo'), await Flood.join(server, 'cy')];
  const typing = ana.page.locator('#typing');
  const tells = (/** @type {string} */ words) => eventually(`it tells “${words}”`, () => typing.textContent(), (text) => text === words);
  await bo.ask('typing', { room: 'lobby' });
  await tells('bo is typing…');
  await cy.ask('typing', { room: 'lobby' });
  await tells('bo and cy are typing…');
  await bo.say('so');
  await ana.see('so');
  await tells('cy is typing…');
  // Cy pauses.
  await tells('');
  // The other way round: others see when ana types, but not when she types a command.
  const guest = await person('guest');
  await guest.see('so');
  await ana.composer.pressSequentially('/leave');
  await ana.composer.fill('');
  await ana.composer.pressSequentially('hm');
  const guestIsTold = (/** @type {string} */ words) => eventually(`guest is told “${words}”`, () => guest.page.locator('#typing').textContent(), (text) => text === words);
  await guestIsTold('ana is typing…');
  await ana.composer.press('Enter');
  await guest.see('hm');
  await guestIsTold('');
  await ana.composer.pressSequentially('and');
  await guestIsTold('ana is typing…');
  bo.leave();
  cy.leave();
});
