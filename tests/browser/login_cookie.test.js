// The token of a login is in a cookie that no script reads: how it gets there, and how it goes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PASSWORD, logIn, register } from './harness/account.js';
import { eventually } from './harness/patience.js';
import { parts, Person } from './harness/person.js';
import { stage } from './harness/stage.js';

/** @param {Person} person */
const cookiesOf = ({ page }) => page.context().cookies();

/** What scripts of the page can read. @param {Person} person */
const readBy = ({ page }) => page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie + location.href);

/** Waits until the page knows its token as the word alone. @param {Person} person */
const movedBy = ({ page }) => eventually('the token is in the cookie', () => page.evaluate(() => localStorage.getItem('throng.token')), (token) => token === 'cookie');

/** Makes an account, whose token is in the cookie then. @param {Person} person */
async function registerAndMove(person) {
  await register(person);
  await movedBy(person);
}

/** Somebody with an account, and the same person on a phone. @param {import('node:test').TestContext} t */
async function onTwoDevices(t) {
  const { person, visitor } = await stage(t);
  const ana = await person('ana');
  await registerAndMove(ana);
  const phone = await visitor();
  await logIn(phone, 'ana');
  await isOnline(phone);
  await movedBy(phone);
  return { ana, phone };
}

/** @param {Person} person */
async function signOut({ page }) {
  await page.keyboard.press('Control+,');
  await page.locator('dialog.settings').getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('dialog', { name: 'Sign out?' }).getByRole('button', { name: 'Sign out' }).click();
  await page.locator('#welcome:visible').waitFor();
}

/** @param {Person} person */
async function isOnline({ page }) {
  await page.locator('#chat:visible').waitFor();
  await page.locator('#me .face.online').waitFor({ state: 'attached' });
}

/** Another tab of the same browser. @param {import('./harness/server.js').Server} server @param {Person} person */
async function tabOf(server, person) {
  const page = await person.page.context().newPage();
  await page.goto(server.url);
  return new Person(server, person.page.context(), page);
}

/** Logs in outside the page, as a page of an older version did, and returns the token. @param {Person} person @returns {Promise<string>} */
const tokenOf = ({ page }) => page.evaluate((password) => new Promise((resolve) => {
  const socket = new WebSocket(Object.assign(new URL('ws', document.baseURI), { protocol: 'ws:' }).href);
  socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', id: 1, version: 1, nick: 'ana', password }));
  socket.onmessage = ({ data }) => {
    resolve(JSON.parse(data).token);
    socket.close();
  };
}), PASSWORD);

/** How many logins the person has. @param {Person} person */
async function loginsOf({ page }) {
  await page.keyboard.press('Control+,');
  await page.locator('dialog.settings').getByRole('button', { name: 'Devices' }).click();
  const list = page.getByRole('dialog', { name: 'Devices' }).getByRole('listitem');
  await list.first().waitFor();
  const count = await list.count();
  await page.keyboard.press('Escape');
  return count;
}

test('no script sees the token of a login, and a reload comes back with the cookie', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await ana.sayAndSee('hello');
  const asGuest = await ana.page.evaluate(() => localStorage.getItem('throng.token'));
  assert.match(asGuest ?? '', /\./, 'a guest keeps the token in local storage');
  await registerAndMove(ana);
  const [cookie, ...others] = await cookiesOf(ana);
  assert.deepEqual(others, []);
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, 'Strict', '/']);
  assert.ok(!(await readBy(ana)).includes(cookie.value));
  await ana.reload();
  await isOnline(ana);
  await ana.sayAndSee('with my account');
  assert.equal(await ana.page.locator(`${parts.said}.mine`).count(), 2, 'both are of one person');
  assert.equal(await ana.page.evaluate(() => localStorage.getItem('throng.token')), 'cookie');
  assert.deepEqual(await cookiesOf(ana), [cookie], 'the cookie stays as it is');
  assert.ok(!server.log.includes(cookie.value));
});

test('a token that an older page has left in local storage moves into the cookie, and is void there', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await registerAndMove(ana);
  const token = await tokenOf(ana);
  await signOut(ana);
  await ana.page.evaluate((old) => {
    localStorage.setItem('throng.token', old);
    localStorage.setItem('throng.login', '2');
    localStorage.setItem('throng.nick', 'ana');
  }, token);
  // Two tabs open at once, as after a restart of the browser.
  const other = await tabOf(server, ana);
  await ana.reload();
  for (const tab of [ana, other]) {
    await isOnline(tab);
    await movedBy(tab);
    await tab.sayAndSee('here');
  }
  const [cookie] = await cookiesOf(ana);
  assert.notEqual(cookie.value, token);
  assert.ok(!(await readBy(ana)).includes(token));
  const status = await ana.page.evaluate(async (old) => (await fetch('login-cookie', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: old }),
  })).status, token);
  assert.equal(status, 410);
  ana.trouble.take(/410/);
});

test('signing out in one tab clears the cookie and reaches the others, and so does logging in again', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await registerAndMove(ana);
  const other = await tabOf(server, ana);
  await isOnline(other);
  await signOut(ana);
  await other.page.locator('#welcome:visible').waitFor();
  await eventually('the cookie is gone', () => cookiesOf(ana), (cookies) => cookies.length === 0);
  await logIn(ana, 'ana');
  await isOnline(ana);
  await movedBy(ana);
  await isOnline(other);
  assert.equal(await loginsOf(ana), 1, 'both tabs have one login');
});

test('a login that ended elsewhere clears the cookie, and a new one takes its place', async (t) => {
  const { ana, phone } = await onTwoDevices(t);
  await ana.page.keyboard.press('Control+,');
  await ana.page.locator('dialog.settings').getByRole('button', { name: 'Devices' }).click();
  await ana.page.getByRole('dialog', { name: 'Devices' }).getByRole('button', { name: /^Log out (?!all)/ }).click();
  await phone.page.getByRole('alert').filter({ hasText: 'This device was logged out.' }).waitFor();
  await eventually('the cookie is gone', () => cookiesOf(phone), (cookies) => cookies.length === 0);
  await phone.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await phone.page.getByRole('button', { name: 'Log in' }).click();
  await isOnline(phone);
  await eventually('there is a cookie again', () => cookiesOf(phone), (cookies) => cookies.length === 1);
});

test('signing out without a network ends the login when there is one', async (t) => {
  const { ana, phone } = await onTwoDevices(t);
  await phone.loseNetwork();
  await phone.page.locator('#me .face.online').waitFor({ state: 'detached' });
  await signOut(phone);
  assert.equal((await cookiesOf(phone)).length, 1);
  await phone.findNetwork();
  await eventually('the cookie is gone', () => cookiesOf(phone), (cookies) => cookies.length === 0);
  assert.equal(await loginsOf(ana), 1);
  phone.trouble.take(/ERR_INTERNET_DISCONNECTED|WebSocket/);
});
