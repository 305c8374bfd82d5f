// Reports: somebody reports a message, and those who keep the peace look at it, do something about it and settle it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSound } from './harness/accessible.js';
import { isOnline, registerAs } from './harness/account.js';
import { dialog, openFromMessage, openFromOwnMenu, openFromRoom, picture } from './harness/menus.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { PHONE } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** Reports the message with this text. @param {Person} person @param {string} text @param {string} reason */
async function report(person, text, reason) {
  const line = person.page.locator(parts.said).filter({ hasText: text });
  await line.waitFor();
  await openFromMessage(person, line, 'Report this message');
  const form = dialog(person, 'Report this message');
  await form.getByRole('blockquote').filter({ hasText: text }).waitFor();
  await form.getByText(/comes from you/).waitFor();
  await form.getByRole('button', { name: 'Report', exact: true }).click();
  await form.getByRole('alert').filter({ hasText: 'Write what is wrong' }).waitFor();
  await form.getByLabel('What is wrong with it?').fill(reason);
  await picture(person, 'report');
  await form.getByRole('button', { name: 'Report', exact: true }).click();
  await form.waitFor({ state: 'detached' });
  await person.page.getByText('Thank you. The message is reported.').waitFor();
}

/** @param {Person} person */
const queueOf = (person) => dialog(person, 'Reports');

/** @param {Person} person @param {string} text of the message */
const rowOf = (person, text) => queueOf(person).locator('.reports > li').filter({ hasText: text });

/** The button in the head with the number of open reports. @param {Person} person @param {string | RegExp} name */
const buttonOf = ({ page }, name) => page.locator('#header').getByRole('button', { name });

test('a report reaches a moderator at once, who mutes, settles with words, and finds it again', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana', { viewport: { width: 1100, height: 900 } });
  await registerAs(ana, server, 'moderator');
  const bo = await person('bo');
  const eve = await person('eve');
  await eve.sayAndSee('buy a watch');
  await eve.sayAndSee('a cheap watch');
  await report(bo, 'buy a watch', 'it sells watches');
  await buttonOf(ana, '1 open report').waitFor();
  await report(bo, 'buy a watch', 'it still does');
  await report(bo, 'a cheap watch', 'this one too');
  await buttonOf(ana, '2 open reports').click();
  await rowOf(ana, 'buy a watch').getByText('Reported by bo: it sells watches').waitFor();
  await rowOf(ana, 'a cheap watch').getByText('Reported by bo: this one too').waitFor();
  assert.equal(await queueOf(ana).locator('.reports > li').count(), 2, 'the same is reported once');

  // A new one comes by itself, and leaves alone what is being typed.
  await rowOf(ana, 'buy a watch').getByRole('button', { name: 'Settle…' }).click();
  const words = rowOf(ana, 'buy a watch').getByLabel('What was done');
  await words.fill('I am just');
  await eve.sayAndSee('a third watch');
  await report(bo, 'a third watch', 'again');
  await rowOf(ana, 'a third watch').waitFor();
  assert.equal(await words.inputValue(), 'I am just');
  assert.ok(await words.evaluate((field) => field === document.activeElement), 'the focus stays');
  await picture(ana, 'reports');
  await words.fill('');
  await words.press('Enter');
  await rowOf(ana, 'buy a watch').getByRole('alert').filter({ hasText: 'Write what was done' }).waitFor();

  // Something is done about it, and stands in the form then.
  await rowOf(ana, 'buy a watch').getByRole('button', { name: 'Moderate eve' }).click();
  await dialog(ana, 'Moderate eve').getByRole('button', { name: 'Mute', exact: true }).click();
  await eventually('what was done is proposed', () => words.inputValue(), (value) => value === 'eve is muted.');
  await words.press('Enter');
  await queueOf(ana).getByText('The report is settled.').or(rowOf(ana, 'buy a watch')).first().waitFor();
  await rowOf(ana, 'buy a watch').waitFor({ state: 'detached' });
  await eve.say('why?');
  await eve.page.locator('#log li.failed').waitFor();
  await queueOf(ana).getByLabel('Show settled ones too').check();
  await rowOf(ana, 'buy a watch').getByText('Settled by ana: eve is muted.').waitFor();
  assert.equal(await rowOf(ana, 'buy a watch').getByRole('button', { name: 'Settle…' }).count(), 0);
  await queueOf(ana).getByLabel('Show settled ones too').uncheck();
  await rowOf(ana, 'buy a watch').waitFor({ state: 'detached' });

  // The way to the message.
  await ana.page.keyboard.press('Escape');
  await ana.go('kitchen');
  await buttonOf(ana, '2 open reports').click();
  await rowOf(ana, 'a cheap watch').getByRole('button', { name: 'Go to the message' }).click();
  await ana.isIn('lobby');
  await ana.page.locator('#log .flash').filter({ hasText: 'a cheap watch' }).waitFor();
  await openFromOwnMenu(ana, 'Audit log');
  await dialog(ana, 'Audit log').getByText('ana settled the report about eve in message 1.').waitFor();
});

test('a report that somebody else has settled goes, and says so to who was late', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await registerAs(ana, server, 'moderator');
  const cy = await person('cy');
  await registerAs(cy, server, 'moderator');
  const eve = await person('eve');
  await eve.sayAndSee('buy a watch');
  const bo = await person('bo');
  await report(bo, 'buy a watch', 'spam');
  for (const one of [ana, cy]) {
    await buttonOf(one, '1 open report').click();
    await rowOf(one, 'buy a watch').getByRole('button', { name: 'Settle…' }).click();
    await rowOf(one, 'buy a watch').getByLabel('What was done').fill('I talked to them');
  }
  await rowOf(ana, 'buy a watch').getByRole('button', { name: 'Settle', exact: true }).click();
  await queueOf(ana).getByText('There is nothing to look at.').waitFor();
  await rowOf(cy, 'buy a watch').getByRole('button', { name: 'Settle', exact: true }).click();
  await queueOf(cy).getByRole('status').filter({ hasText: /settled|no such report/i }).waitFor();
  await ana.page.keyboard.press('Escape');
  await buttonOf(ana, /open report/).waitFor({ state: 'hidden' });
});

test('who keeps a room sees its reports and no others, on more than one page', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  const bo = await person('bo');
  const eve = await person('eve');
  await ana.page.getByRole('button', { name: 'Browse rooms' }).first().click();
  await ana.page.getByRole('button', { name: 'Make a room…' }).click();
  await dialog(ana, 'New room').getByLabel('Name').fill('garden');
  await dialog(ana, 'New room').getByRole('button', { name: 'Make room' }).click();
  await ana.isIn('garden');
  await eve.sayAndSee('in the lobby');
  await report(bo, 'in the lobby', 'elsewhere');
  for (const one of [bo, eve]) await one.go('garden');
  for (let at = 1; at <= 10; at += 1) {
    await eve.sayAndSee(`weed ${at}`);
    await report(bo, `weed ${at}`, `reason ${at}`);
    if (at === 1) await buttonOf(ana, '1 open report').waitFor();
  }
  await buttonOf(ana, '10 open reports').waitFor();
  await openFromRoom(ana, 'Reports from this room');
  const queue = dialog(ana, 'Reports from #garden');
  const rows = queue.locator('.reports > li');
  await eventually('a page is there', () => rows.count(), (count) => count === 8);
  await queue.getByRole('button', { name: 'Show older' }).click();
  await eventually('all are there', () => rows.count(), (count) => count === 10);
  assert.ok(await rows.nth(8).evaluate((row) => row === document.activeElement), 'who asked for older ones reads on there');
  assert.equal(await queue.getByText('in the lobby').count(), 0);
  assert.ok(await queue.getByRole('button', { name: 'Show older' }).isHidden());
  await ana.page.keyboard.press('Escape');

  // In the lobby ana keeps nothing, and after a reload the number is there again.
  await ana.go('lobby');
  await buttonOf(ana, /open report/).waitFor({ state: 'hidden' });
  await ana.page.getByRole('button', { name: 'Room menu' }).click();
  await ana.page.getByRole('menuitem').first().waitFor();
  assert.equal(await ana.page.getByRole('menuitem', { name: /^Reports/ }).count(), 0);
  await ana.page.keyboard.press('Escape');
  await ana.reload();
  await isOnline(ana);
  await ana.go('garden');
  await buttonOf(ana, 'More than 8 open reports').waitFor();
});

test('in direct messages the page says who sees a report', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  const bo = await person('bo');
  await bo.sayAndSee('hello');
  await ana.see('hello');
  const line = ana.page.locator(parts.said).last();
  await openFromMessage(ana, line, 'Report this message');
  await dialog(ana, 'Report this message').getByText('The moderators of this room and of the server see').waitFor();
  await ana.page.keyboard.press('Escape');
  await line.hover();
  await line.getByRole('button', { name: 'Direct message to bo' }).click();
  await ana.isIn('@bo');
  await ana.sayAndSee('psst');
  await bo.page.locator(parts.room('@ana')).click();
  await bo.see('psst');
  await openFromMessage(bo, bo.page.locator(parts.said).last(), 'Report this message');
  await dialog(bo, 'Report this message').getByText('Nobody moderates direct messages').waitFor();
});

for (const [size, options] of /** @type {[string, any][]} */ ([['on a desk', { viewport: { width: 1000, height: 800 } }], ['on a telephone', PHONE]])) {
  test(`reporting and the queue are accessible, ${size}`, async (t) => {
    const { server, person, visitor } = await stage(t);
    const eve = await person('eve');
    await eve.sayAndSee('Buy a watch! They are cheap, and they are as good as the expensive ones, since they are the same.');
    const ana = await visitor({ ...options });
    await ana.enter('ana');
    await registerAs(ana, server, 'moderator');
    const bo = await person('bo');
    await report(bo, 'Buy a watch!', 'This person sells watches in every room of this server.');
    await buttonOf(ana, '1 open report').waitFor();
    await picture(ana, `duty-${size}`);
    await isSound(ana, 'the number in the head');
    await buttonOf(ana, '1 open report').click();
    await queueOf(ana).locator('.reports > li').waitFor();
    await queueOf(ana).getByRole('button', { name: 'Settle…' }).click();
    await picture(ana, `queue-${size}`);
    await isSound(ana, 'the queue');
    await queueOf(ana).getByLabel('What was done').fill('They are banned.');
    await ana.page.keyboard.press('Enter');
    await queueOf(ana).getByText('There is nothing to look at.').waitFor();
    await queueOf(ana).getByLabel('Show settled ones too').check();
    await queueOf(ana).getByText('Settled by ana').waitFor();
    await picture(ana, `settled-${size}`);
    await isSound(ana, 'what is settled');
    await ana.page.keyboard.press('Escape');
    const line = ana.page.locator(parts.said).first();
    if (options.isMobile) await line.locator('.said').tap();
    else await line.hover();
    await line.getByRole('button', { name: 'More…' }).click();
    await ana.page.getByRole('menuitem').first().waitFor();
    await picture(ana, `message-menu-${size}`);
    await isSound(ana, 'the menu of a message');
    await ana.page.getByRole('menuitem', { name: 'Report this message' }).click();
    await dialog(ana, 'Report this message').waitFor();
    await picture(ana, `report-${size}`);
    await isSound(ana, 'reporting');
  });
}
