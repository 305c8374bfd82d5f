// Editing messages: one's own, by Arrow-Up and from the actions, kept until the server has the new text; and what others
// edit, which takes the place of the old text and moves nobody.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './harness/accessible.js';
import { needs } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { focusAt, inField } from './harness/focus.js';
import { logOf, seeUnsent } from './harness/kept.js';
import { Line } from './harness/line.js';
import { readAt, seePlace } from './harness/log.js';
import { menuOf, menuWordsOf, openFromMessage, picture, showActions } from './harness/menus.js';
import { eventually } from './harness/patience.js';
import { Person, parts } from './harness/person.js';
import { overEdges, PHONE, SMALL_PHONE, smallTargets } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** A message by its number. @param {Person} person @param {number} seq */
const line = ({ page }, seq) => page.locator(`#log li[data-seq="${seq}"]`);

/** Waits until a text is edited, in the place of the old one. @param {Person} person @param {number} seq @param {string} text */
async function seeEdited(person, seq, text) {
  await line(person, seq).getByText(text, { exact: true }).waitFor();
  await line(person, seq).getByText('edited', { exact: true }).waitFor();
}

/** What says that a message is edited. @param {Person} person */
const bar = ({ page }) => page.locator('#editing');

/** Begins to edit the newest own message, and waits until its text is in the field. @param {Person} person @param {string} text */
async function beginByKey(person, text) {
  await person.composer.fill('');
  // The editing is loaded after the first messages.
  await eventually('the text is in the field', async () => {
    await person.composer.press('ArrowUp');
    const value = await person.composer.inputValue();
    if (!value) await person.composer.focus();
    return value;
  }, (value) => value === text);
}

test('an edited text takes the place of the old one, live and after a reload', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const bo = await Flood.join(server, 'bo');
  const seq = await bo.say('meet at nine');
  await ana.see('meet at nine');
  for (const text of ['meet at eight', 'meet at ten']) {
    await bo.edit(seq, text);
    await seeEdited(ana, seq, text);
  }
  assert.equal(await ana.page.locator(parts.said).count(), 1, 'an edit adds no line');
  assert.deepEqual(await violations(ana.page), []);
  await ana.reload();
  await seeEdited(ana, seq, 'meet at ten');
  assert.ok(!(await ana.page.locator('#log').textContent())?.includes('nine'));
  bo.leave();
});

test('Arrow-Up edits the last own message, Escape brings the empty field back, Enter sends, and others see it', async (t) => {
  const { person } = await stage(t);
  const [ana, bo] = [await person('ana'), await person('bo')];
  await ana.sayAndSee('helo');
  await bo.sayAndSee('what?');
  await ana.see('what?');
  await beginByKey(ana, 'helo');
  await inField(ana);
  assert.equal(await ana.page.getByRole('textbox', { name: 'New text of your message' }).count(), 1);
  await bar(ana).getByText('Editing your message').waitFor();
  await ana.page.locator('#room > .unseen[role="status"]').filter({ hasText: 'Editing your message' }).waitFor({ state: 'attached' });
  assert.deepEqual(await violations(ana.page), []);
  await picture(ana, 'editing');
  await ana.composer.press('Escape');
  await bar(ana).waitFor({ state: 'hidden' });
  assert.equal(await ana.composer.inputValue(), '');
  await inField(ana);
  await beginByKey(ana, 'helo');
  await ana.say('hello, :tada: all');
  await bar(ana).waitFor({ state: 'hidden' });
  for (const somebody of [ana, bo]) await seeEdited(somebody, 1, 'hello, 🎉 all');
  assert.equal(await ana.composer.inputValue(), '');
  assert.equal(await ana.page.getByRole('textbox', { name: 'Message #lobby' }).count(), 1);
  // With Shift, and from a room in which one has said nothing, the key leads to the messages as before.
  await ana.composer.press('Shift+ArrowUp');
  await focusAt(ana, 'at the newest message', ({ tag }) => tag === 'li');
  // What looks like a command is a text here.
  await beginByKey(ana, 'hello, 🎉 all');
  await ana.composer.fill('');
  await ana.composer.pressSequentially('/jo');
  assert.ok(await ana.page.locator('#completions').isHidden());
  await ana.say('/join nobody');
  await seeEdited(bo, 1, '/join nobody');
});

test('the draft waits while one edits, also in another tab, and what is edited waits while one is in another room', async (t) => {
  const { person, server } = await stage(t);
  const ana = await person('ana');
  for (const text of ['first', 'second']) await ana.sayAndSee(text);
  await ana.composer.fill('a draft');
  await openFromMessage(ana, line(ana, 1), 'Edit message');
  await inField(ana);
  assert.equal(await ana.composer.inputValue(), 'first');
  await ana.composer.fill('first, but longer');
  const other = new Person(server, ana.page.context(), await ana.page.context().newPage());
  await other.page.goto(server.url);
  await other.composer.waitFor();
  assert.equal(await other.composer.inputValue(), 'a draft', 'only the draft is stored');
  await other.composer.fill('a draft that goes on');
  await other.page.close();
  await ana.page.bringToFront();
  await ana.go('kitchen');
  assert.equal(await ana.composer.inputValue(), '');
  assert.ok(await bar(ana).isHidden());
  await ana.go('lobby');
  assert.equal(await ana.composer.inputValue(), 'first, but longer');
  await ana.page.getByRole('button', { name: 'Stop editing' }).click();
  assert.equal(await ana.composer.inputValue(), 'a draft that goes on');
  await inField(ana);
  // The action over the message does it as well.
  await showActions(ana, line(ana, 2));
  await line(ana, 2).getByRole('button', { name: 'Edit message' }).click();
  await ana.say('second, edited');
  await seeEdited(ana, 2, 'second, edited');
  assert.equal(await ana.composer.inputValue(), 'a draft that goes on');
});

test('an edit without a network is kept, over a reload, and sent once', async (t) => {
  const { server, visitor } = await stage(t);
  const wire = await Line.to(server);
  t.after(() => wire.stop());
  const bo = await Flood.join(server, 'bo');
  const ana = await visitor({ at: wire.url });
  await ana.enter('ana');
  await ana.sayAndSee('meet at nine');
  await beginByKey(ana, 'meet at nine');
  await ana.composer.press('Escape');
  wire.refuse();
  await ana.page.locator('#me .face.offline').waitFor();
  await beginByKey(ana, 'meet at nine');
  await ana.say('meet at ten');
  await line(ana, 1).getByText('Waiting to be sent').waitFor();
  await seeEdited(ana, 1, 'meet at ten');
  assert.equal((await seeUnsent(ana, 1))[0].edits.seq, 1);
  await ana.page.evaluate(() => dispatchEvent(new Event('pagehide')));
  wire.accept();
  await ana.reload();
  await seeEdited(ana, 1, 'meet at ten');
  await ana.seeAllSent();
  const log = await eventually('it is in the log', () => logOf(bo), (entries) => entries.length === 2);
  assert.deepEqual(log.map(({ text }) => text), ['meet at ten', 'meet at ten']);
  await seeUnsent(ana, 0);
  bo.leave();
});

test('what the server refuses says why at the message, and the text is there to be mended', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await server.admin('filter', 'add', 'words', 'casino', '--reason', 'no advertising');
  await ana.sayAndSee('meet at nine');
  // The page sees these by itself.
  await beginByKey(ana, 'meet at nine');
  await ana.composer.press('Enter');
  await ana.page.getByText('This is the same text as before.').waitFor();
  await ana.write('x'.repeat(5_000));
  await ana.composer.press('Enter');
  await ana.page.locator('#hint').getByText(/too long/).waitFor();
  assert.ok(await bar(ana).isVisible());
  await ana.say('meet at the casino');
  await line(ana, 1).getByText(/^Not sent\. .*no advertising/).waitFor();
  assert.deepEqual(await ana.texts(), ['meet at the casino\n\nedited']);
  assert.deepEqual(await violations(ana.page), []);
  await picture(ana, 'editing-refused');
  await beginByKey(ana, 'meet at the casino');
  await ana.say('meet at the hall');
  await seeEdited(ana, 1, 'meet at the hall');
  await ana.seeAllSent();
  await server.admin('mute', 'ana', '--reason', 'cool down');
  await beginByKey(ana, 'meet at the hall');
  await ana.say('meet anywhere');
  await line(ana, 1).getByText(/^Not sent\. .*cool down/).waitFor();
  await ana.page.locator('#log [aria-live="polite"]').filter({ hasText: 'not sent' }).waitFor({ state: 'attached' });
  await line(ana, 1).getByRole('button', { name: 'Try again' }).click();
  await line(ana, 1).getByText(/^Not sent\. .*cool down/).waitFor();
  await line(ana, 1).getByRole('button', { name: 'Remove' }).click();
  await seeEdited(ana, 1, 'meet at the hall');
  assert.equal(await line(ana, 1).locator('.how').count(), 0);
});

test('a message that is deleted while one edits it ends that, and what was typed is a draft', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const other = new Person(server, ana.page.context(), await ana.page.context().newPage());
  await ana.sayAndSee('an address');
  await other.page.goto(server.url);
  await other.see('an address');
  await ana.page.bringToFront();
  await ana.composer.fill('a draft');
  await openFromMessage(ana, line(ana, 1), 'Edit message');
  await ana.composer.fill('another address');
  // The same person edits it in another tab: the text that was typed here stays.
  await other.page.bringToFront();
  await openFromMessage(other, line(other, 1), 'Edit message');
  await other.say('a third address');
  await seeEdited(other, 1, 'a third address');
  await ana.page.bringToFront();
  await seeEdited(ana, 1, 'a third address');
  assert.equal(await ana.composer.inputValue(), 'another address');
  await bar(ana).getByText('a third address').waitFor();
  await other.page.bringToFront();
  await openFromMessage(other, line(other, 1), 'Delete message');
  await other.page.getByRole('dialog').getByRole('button', { name: 'Delete message' }).click();
  await ana.page.bringToFront();
  await ana.page.getByText('The message that you were editing was deleted. What you have written is still in the field.').waitFor();
  assert.ok(await bar(ana).isHidden());
  assert.equal(await ana.composer.inputValue(), 'another address\na draft');
  await other.page.close();
});

test('a message further up that somebody edits moves nobody', async (t) => {
  const { server, person } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  await bo.sayMany(200);
  const ana = await person('ana');
  await ana.seeMany(50);
  const before = await readAt(ana, 150);
  await bo.edit(before.seq - 3, Array.from({ length: 9 }, (_, at) => `line ${at}`).join('\n'));
  await ana.page.locator(`#log li[data-seq="${before.seq - 3}"]`).getByText('line 8').waitFor({ state: 'attached' });
  await seePlace(ana, before);
  await bo.edit(before.seq - 3, 'short again');
  await ana.page.locator(`#log li[data-seq="${before.seq - 3}"]`).getByText('short again').waitFor({ state: 'attached' });
  await seePlace(ana, before);
  bo.leave();
});

test('whom an edit mentions is called, and its open menu follows a message that is deleted', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await ana.sayAndSee('hello');
  const bo = await Flood.join(server, 'bo');
  await ana.go('kitchen');
  const seq = await bo.say('tea?');
  const badge = ana.page.locator(`${parts.room('lobby')} .badge`);
  await badge.getByText('1', { exact: true }).waitFor();
  await bo.edit(seq, 'tea, @ana?');
  await badge.getByText('@1').waitFor();
  await bo.edit(seq, 'tea?');
  await badge.getByText('1', { exact: true }).waitFor();
  await ana.go('lobby');
  await (await menuOf(ana, line(ana, seq))).filter({ hasText: 'Report this message' }).waitFor();
  await ana.page.keyboard.press('ArrowDown');
  await ana.page.keyboard.press('ArrowDown');
  await focusAt(ana, 'at the third entry', ({ name }) => name === 'Ignore bo');
  await bo.ask('delete', { room: 'lobby', seq });
  const menu = ana.page.getByRole('menuitem');
  await eventually('the menu has what is left', () => menu.allInnerTexts(), (words) => words.join() === 'Profile of bo,Ignore bo,Block bo');
  await focusAt(ana, 'where it was', ({ name }) => name === 'Ignore bo');
  await ana.page.keyboard.press('Escape');
  await ana.composer.click();
  // One's own: with the text all that the menu had is gone.
  assert.deepEqual(await menuWordsOf(ana, line(ana, 1)), ['Edit message', 'Delete message']);
  await ana.composer.click();
  await menuOf(ana, line(ana, 1));
  const other = new Person(server, ana.page.context(), await ana.page.context().newPage());
  await other.page.goto(server.url);
  await openFromMessage(other, line(other, 1), 'Delete message');
  await other.page.getByRole('dialog').getByRole('button', { name: 'Delete message' }).click();
  await ana.page.bringToFront();
  await line(ana, 1).getByText('Message deleted').waitFor();
  assert.equal(await menu.count(), 0);
  await other.page.close();
  bo.leave();
});

for (const [size, options] of /** @type {const} */ ([['a telephone', PHONE], ['a small telephone', SMALL_PHONE]])) {
  test(`on ${size} one edits with the thumb, in German`, needs.touch, async (t) => {
    const { person } = await stage(t);
    const ana = await person('ana', { ...options, locale: 'de-DE', colorScheme: 'dark' });
    await ana.sayAndSee('Hallo, das ist eine lange Zeile, die auf einem Telefon zwei Zeilen braucht');
    const edit = line(ana, 1).getByRole('button', { name: 'Nachricht bearbeiten' });
    await eventually('the actions are shown', async () => {
      if (!(await edit.isVisible())) await line(ana, 1).locator(parts.text).tap();
      return edit.isVisible();
    });
    assert.deepEqual([await overEdges(ana.page), await smallTargets(ana.page)], [[], []]);
    await edit.tap();
    await bar(ana).getByText('Du bearbeitest deine Nachricht').waitFor();
    assert.deepEqual([await overEdges(ana.page), await smallTargets(ana.page)], [[], []]);
    assert.deepEqual(await violations(ana.page), []);
    await picture(ana, `editing-${size.replaceAll(' ', '-')}`);
    await ana.composer.fill('Hallo');
    await ana.page.getByRole('button', { name: 'Senden' }).tap();
    await line(ana, 1).getByText('bearbeitet', { exact: true }).waitFor();
  });
}
