// Keeping out of each other's way: ignoring and blocking people, on every device.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSound } from './harness/accessible.js';
import { logIn, register } from './harness/account.js';
import { Flood } from './harness/flood.js';
import { focusAt } from './harness/focus.js';
import { dialog, menuOf, openFromMessage, openFromSettings, picture, showActions } from './harness/menus.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { PHONE } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** The messages of somebody. @param {Person} person @param {string} nick */
const linesOf = ({ page }, nick) => page.locator(parts.said).filter({ has: page.locator('.nick', { hasText: nick }) });

/** The words of the bar at the top. @param {Person} person @param {string | RegExp} text */
const says = ({ page }, text) => page.locator('#notices').getByText(text).waitFor();

test('who is ignored is folded on every device, counts for nothing, and comes back', async (t) => {
  const { person, visitor } = await stage(t);
  const ana = await person('ana');
  await register(ana);
  const phone = await visitor();
  await logIn(phone, 'ana');
  await phone.isIn('lobby');
  const eve = await person('eve');
  await eve.sayAndSee('buy a watch');
  await ana.see('buy a watch');
  await phone.see('buy a watch');

  await openFromMessage(ana, linesOf(ana, 'eve').last(), 'Ignore eve');
  await says(ana, /^You ignore this person now/);
  const folded = 'You ignore this person. Show message';
  for (const device of [ana, phone]) {
    await eventually('it is folded', () => device.texts(), (texts) => texts.join() === folded);
    assert.doesNotMatch(await device.page.locator('#log ol').innerText(), /watch/);
  }
  await eve.sayAndSee('@ana, a watch!');
  await eventually('the next one is folded too', () => phone.texts(), (texts) => texts.join() === `${folded},${folded}`);
  assert.equal(await phone.page.locator('#log li.mention').count(), 0);

  // One of them is shown, and folded again, by keys.
  const line = linesOf(ana, 'eve').last();
  await line.getByRole('button', { name: 'Show message' }).click();
  await eventually('it is shown', () => line.innerText(), (text) => text.includes('@ana, a watch!'));
  await line.getByRole('button', { name: 'Show less' }).press('Enter');
  await eventually('it is folded again', () => ana.texts(), (texts) => texts.at(-1) === folded);

  // Elsewhere nothing of it is unread, also after a reload.
  await ana.go('kitchen');
  await eve.sayAndSee('a third watch');
  const bo = await person('bo');
  await bo.sayAndSee('hello');
  const lobby = ana.page.locator(parts.room('lobby'));
  await eventually('one message is unread', () => lobby.innerText(), (text) => /\b1 unread message\b/.test(text) && !/mention/.test(text));
  await ana.reload();
  await eventually('and still', () => lobby.innerText(), (text) => /\b1 unread message\b/.test(text) && !/mention/.test(text));
  await lobby.click();
  await ana.see('hello');
  assert.doesNotMatch(await ana.page.locator('#log ol').innerText(), /watch/);
  await picture(ana, 'ignored');

  await openFromSettings(phone, 'Show the list');
  const list = dialog(phone, 'Ignored and blocked people');
  await list.getByText('ignored', { exact: true }).waitFor();
  await list.getByRole('button', { name: 'Stop ignoring eve' }).click();
  await list.getByText('You ignore and block nobody.').waitFor();
  for (const device of [ana, phone]) await device.see('a third watch');
});

test('what an ignored person says is not announced, and nobody sees them typing', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana', { viewport: { width: 1000, height: 800 } });
  const [bo, eve] = [await person('bo'), await person('eve')];
  await eve.sayAndSee('hello');
  await ana.see('hello');
  // By keys: to the message, its actions, their menu, and back.
  const { keyboard } = ana.page;
  await ana.composer.press('ArrowUp');
  await focusAt(ana, 'at the message', ({ tag }) => tag === 'li');
  await keyboard.press('Enter');
  await focusAt(ana, 'at its actions', ({ name }) => name === 'Quote');
  await keyboard.press('ArrowLeft');
  await focusAt(ana, 'at the last one', ({ name }) => name === 'More…');
  await keyboard.press('Enter');
  await focusAt(ana, 'in the menu', ({ name }) => name === 'Report this message');
  await keyboard.press('Escape');
  await focusAt(ana, 'back at the button', ({ name }) => name === 'More…');
  await keyboard.press('Enter');
  await keyboard.press('ArrowDown');
  await focusAt(ana, 'at the second entry', ({ name }) => name === 'Profile of eve');
  await keyboard.press('ArrowDown');
  await focusAt(ana, 'at the third entry', ({ name }) => name === 'Ignore eve');
  await keyboard.press('Enter');
  await says(ana, /^You ignore this person now/);
  await keyboard.press('Escape');
  await eve.composer.pressSequentially('x');
  await bo.page.locator('#typing').getByText('eve is typing…').waitFor();
  await bo.composer.pressSequentially('y');
  await ana.page.locator('#typing').getByText('bo is typing…').waitFor();
  await eve.say('not for your ears');
  await bo.see('not for your ears');
  await bo.say('for all');
  const heard = ana.page.locator('#log [aria-live="polite"]');
  await eventually('it is announced', () => heard.innerText(), (text) => text.includes('bo: '));
  assert.doesNotMatch(await heard.innerText(), /eve|ears|new message/);
});

test('what an ignored person says is no new message to who reads further up', async (t) => {
  const { server, person } = await stage(t);
  const flood = await Flood.join(server, 'bo');
  t.after(() => flood.leave());
  const eve = await Flood.join(server, 'eve');
  t.after(() => eve.leave());
  await flood.sayMany(60);
  await eve.say('hello');
  const ana = await person('ana');
  await ana.see('hello');
  await openFromMessage(ana, linesOf(ana, 'eve').last(), 'Ignore eve');
  await says(ana, /^You ignore this person now/);
  await ana.page.mouse.move(700, 300);
  await ana.page.mouse.wheel(0, -2_000);
  await ana.page.locator('#log .jump.newest:visible').waitFor();
  await eve.say('a watch?');
  await flood.say('the soup is ready');
  await ana.page.getByRole('button', { name: '1 new message', exact: true }).waitFor();
});

test('who is blocked reads in words why nothing comes of it', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  const eve = await person('eve', { locale: 'de-DE' });
  await eve.sayAndSee('hello');
  await ana.see('hello');
  await showActions(ana, linesOf(ana, 'eve').last());
  await linesOf(ana, 'eve').last().getByRole('button', { name: 'Direct message to eve' }).click();
  await ana.isIn('@eve');
  await ana.sayAndSee('hi');
  await eve.page.locator(parts.room('@ana')).click();
  await eve.sayAndSee('do you want a watch?');
  await ana.see('do you want a watch?');
  await openFromMessage(ana, linesOf(ana, 'eve').last(), 'Block eve');
  await says(ana, /^This person is blocked/);
  await eve.say('a cheap one?');
  await eve.page.locator('#log li.failed').getByText('Diese Person nimmt von dir keine Direktnachrichten und keine Einladungen an.').waitFor();
  assert.deepEqual(await (await menuOf(ana, linesOf(ana, 'eve').last())).allInnerTexts(), ['Report this message', 'Profile of eve', 'Unblock eve']);
  await picture(ana, 'message-menu');
  await ana.page.getByRole('menuitem', { name: 'Unblock eve' }).click();
  await says(ana, 'You see what this person writes again.');
  await eve.page.locator('#log li.failed').getByRole('button', { name: 'Noch einmal versuchen' }).click();
  await ana.see('a cheap one?');
});

for (const [size, options] of /** @type {[string, any][]} */ ([['on a desk', { viewport: { width: 1300, height: 800 } }], ['on a telephone', PHONE]])) {
  test(`folded messages, the menus and the list are accessible, ${size}`, async (t) => {
    const { person } = await stage(t);
    const ana = await person('ana', options);
    const eve = await person('eve');
    const bo = await person('bo');
    await bo.sayAndSee('Who brings the soup?');
    await eve.sayAndSee('buy a watch');
    await eve.sayAndSee('a cheap watch');
    await bo.sayAndSee('I do, then.');
    await ana.see('I do, then.');
    if (options.isMobile) {
      await ana.page.getByRole('button', { name: /people$/ }).click();
      await ana.page.locator('dialog .people-list li').first().waitFor();
    }
    await ana.page.getByRole('button', { name: 'What to do with eve' }).click();
    await ana.page.getByRole('menuitem').first().waitFor();
    await picture(ana, `person-menu-${size}`);
    await isSound(ana, 'the menu of a person');
    await ana.page.getByRole('menuitem', { name: 'Ignore eve' }).click();
    await ana.page.keyboard.press('Escape');
    await eventually('two are folded', () => ana.page.locator('#log .away').count(), (count) => count === 2);
    await picture(ana, `folded-${size}`);
    await isSound(ana, 'folded messages');
    await openFromSettings(ana, 'Show the list');
    await dialog(ana, 'Ignored and blocked people').getByRole('listitem').waitFor();
    await picture(ana, `kept-away-${size}`);
    await isSound(ana, 'the list');
  });
}
