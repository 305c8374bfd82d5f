// Takes pictures of the client with a real server and people who chat. `node tests/browser/pictures.js` takes
// the two for the README, into docs/pictures; `node tests/browser/pictures.js FOLDER` takes all, to look at
// after the design has changed.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browser } from './harness/browser.js';
import { ANSWER, HARD, MORE, PLAN, ROOMS, elsewhere, guest, guests, tell } from './harness/evening.js';
import { eventually } from './harness/patience.js';
import { Person } from './harness/person.js';
import { Server } from './harness/server.js';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const ROOM = '#games-night';

const [named] = process.argv.slice(2);
const folder = named ?? fileURLToPath(new URL('../../docs/pictures', import.meta.url));
mkdirSync(folder, { recursive: true });

const server = await Server.start();
try {
  await shoot();
} finally {
  await (await browser()).close();
  await server.remove();
}

async function shoot() {
  const ana = await Person.open(server, { viewport: DESKTOP });
  if (named) await welcome(ana);
  await ana.enter('ana');
  if (named) {
    await ana.page.locator('#log .empty').waitFor();
    await take(ana, 'empty');
  }
  const crew = await guests(server);
  await evening(ana, crew);
  await take(ana, 'desktop');
  const again = { storageState: await ana.page.context().storageState(), at: ROOM };
  const phone = await Person.open(server, { ...PHONE, ...again, colorScheme: 'dark' });
  await see(phone, 'large letters');
  await writing(phone, crew, ['bo', 'cy']);
  await take(phone, 'phone');
  await phone.leave();
  if (!named) return;
  await sizes(ana, crew);
  await dialogs(ana);
  await telephone(again, crew);
  await others(again, crew);
  await trouble(ana, crew);
}

/** The conversation in games-night, and those in other rooms. @param {Person} ana @param {Crew} crew */
async function evening(ana, crew) {
  for (const room of ROOMS) await ana.go(room);
  await ana.go('games-night');
  await tell(crew, PLAN);
  await see(ana, 'back of the hand');
  await ana.say(ANSWER);
  await ana.seeAllSent();
  await tell(crew, MORE);
  await elsewhere(crew);
  await see(ana, 'large letters');
  await ana.page.locator('nav .badge').nth(1).waitFor();
  await writing(ana, crew, ['cy']);
}

/** The first page, with a nick that is taken. @param {Person} ana */
async function welcome(ana) {
  const bo = await guest(server, 'ana');
  await ana.page.getByRole('textbox').waitFor();
  await take(ana, 'welcome');
  await ana.page.getByRole('textbox').fill('ana');
  await ana.page.getByRole('textbox').press('Enter');
  await ana.page.getByRole('alert').filter({ hasText: /./ }).waitFor();
  await take(ana, 'welcome-taken');
  await bo.ask('nick', { nick: 'bo-for-now' });
}

/** Wide and narrow screens; a message under the mouse and under the focus. @param {Person} ana @param {Crew} crew */
async function sizes(ana, crew) {
  const { page } = ana;
  await line(ana, 'attic').hover();
  await take(ana, 'hover');
  await line(ana, 'pairings').hover();
  await take(ana, 'hover-mention');
  await page.mouse.move(4, 4);
  await ana.composer.press('Shift+ArrowUp');
  await page.keyboard.press('ArrowUp');
  await take(ana, 'focus');
  await page.keyboard.press('Escape');
  for (const width of [1600, 1024, 768]) {
    await page.setViewportSize({ width, height: 800 });
    await take(ana, `wide-${width}`);
  }
  await page.setViewportSize(DESKTOP);
  await tell(crew, HARD);
  await (await guest(server, 'a-nick-that-is-24-long-x')).say('The nick above is as long as a nick can be.');
  await (await guest(server, 'דנה')).say('אני מביאה עוגה 🍰');
  await page.keyboard.press('Escape');
  await see(ana, 'עוגה');
  await take(ana, 'hard');
  await ana.go('kitchen');
  await see(ana, 'Fifteen it is');
  await take(ana, 'unread');
  await tell(crew, Array.from({ length: 40 }, (_, at) => ['bo', `Table ${at + 1} is set.`]));
  await ana.go('games-night');
  await page.keyboard.press('Escape');
  await see(ana, 'Table 40 is set');
  await page.locator('#log .view').hover();
  await page.mouse.wheel(0, -2_000);
  await page.locator('#log .jump.newest:visible').waitFor();
  await crew.bo.say('And one chair is broken.');
  await page.locator('#log .jump.counting:visible').waitFor();
  await take(ana, 'jump');
  await page.keyboard.press('Escape');
}

/** The dialogs. @param {Person} ana */
async function dialogs(ana) {
  const { page } = ana;
  /** @type {[string, () => Promise<unknown>][]} */
  const shots = [
    ['switcher', () => page.keyboard.press('Control+k')],
    ['browse', () => press(ana, /^Browse rooms$/, 1)],
    ['people', () => press(ana, /people$/)],
    ['menu', () => press(ana, /^Your menu/)],
    ['room-menu', () => press(ana, /^Room menu/)],
    ['shortcuts', () => page.keyboard.press('Control+/')],
    ['settings', () => page.keyboard.press('Control+,')],
    ['emoji', () => press(ana, /^Emoji$/)],
    ['complete', () => ana.composer.pressSequentially(':ca')],
    ['commands', () => ana.composer.fill('').then(() => ana.composer.pressSequentially('/'))],
    ['long-draft', () => ana.composer.fill('A longer thought.\n'.repeat(7))],
  ];
  for (const [name, open] of shots) {
    await open();
    await page.waitForTimeout(500);
    await take(ana, name);
    await page.keyboard.press('Escape');
  }
  await ana.composer.fill('');
}

/** A phone, with the light theme. @param {object} again @param {Crew} crew */
async function telephone(again, crew) {
  const ana = await Person.open(server, { ...PHONE, ...again, deviceScaleFactor: 2 });
  await ana.composer.waitFor();
  await crew.cy.say('Is anybody at the hall yet? I stand before a closed door.');
  await see(ana, 'closed door');
  await take(ana, 'phone-light');
  await line(ana, 'closed door').tap();
  await take(ana, 'phone-actions');
  await ana.page.locator('.to-rooms').tap();
  await take(ana, 'phone-drawer');
  await press(ana, /^Your menu/);
  await take(ana, 'phone-menu');
  await ana.page.getByRole('menuitem', { name: /^Settings/ }).tap();
  await ana.page.locator('dialog.settings').waitFor();
  await take(ana, 'phone-settings');
  await ana.page.keyboard.press('Escape');
  await press(ana, /^Emoji$/);
  await ana.page.waitForTimeout(800);
  await take(ana, 'phone-emoji');
  await ana.leave();
}

/** The dark theme, other languages, a clock with AM and PM. @param {object} again @param {Crew} crew */
async function others(again, crew) {
  for (const [name, options] of /** @type {[string, any][]} */ ([
    ['dark', { colorScheme: 'dark' }], ['german', { locale: 'de-DE' }], ['american', { locale: 'en-US' }],
  ])) {
    const ana = await Person.open(server, { viewport: DESKTOP, ...again, ...options });
    await tell(crew, [['bo', 'So, who is in?'], ...MORE, ['cy', 'Me.'], ['cy', 'And who comes with me.']]);
    await see(ana, 'comes with me');
    await line(ana, 'comes with me').last().hover();
    await take(ana, name);
    await ana.page.keyboard.press('Control+,');
    await ana.page.locator('dialog.settings').waitFor();
    await take(ana, `${name}-settings`);
    await ana.leave();
  }
}

/** The server goes away. @param {Person} ana @param {Crew} crew */
async function trouble(ana, crew) {
  await ana.page.keyboard.press('Escape');
  await ana.say('/shrug');
  await ana.page.locator('.toast').waitFor();
  await take(ana, 'notice');
  await server.kill9();
  await ana.page.locator('#banner:visible').waitFor();
  await ana.say('This one waits until the server is back.');
  await ana.say('This one too.');
  await ana.page.waitForTimeout(1_200);
  await take(ana, 'offline');
  await ana.page.emulateMedia({ colorScheme: 'dark' });
  await take(ana, 'offline-dark');
}

/** @param {Person} ana @param {Crew} crew @param {string[]} nicks */
async function writing({ page }, crew, nicks) {
  await page.mouse.move(4, 4);
  await eventually('somebody is shown writing', async () => {
    for (const nick of nicks) await crew[nick].ask('typing', { room: 'games-night' });
    return page.locator('#typing').innerText();
  }, (words) => nicks.every((nick) => words.includes(nick)));
}

/** Takes a picture once nothing moves. @param {Person} person @param {string} name */
async function take({ page }, name) {
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {}))));
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** @param {Person} person @param {RegExp} name of a button @param {number} [which] of several */
function press({ page }, name, which = 0) {
  return page.getByRole('button', { name }).nth(which).click();
}

/** The message with this text. @param {Person} person @param {string} text */
function line({ page }, text) {
  return page.locator('#log li.message').filter({ hasText: text });
}

/** @param {Person} person @param {string} text */
function see(person, text) {
  return line(person, text).last().waitFor();
}

/** @typedef {Awaited<ReturnType<typeof guests>>} Crew */
