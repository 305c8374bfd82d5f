// Without a pointer: from choosing a nick to signing out, and through the page by Tab.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { focusAt, focused, inDialog, inField, leaveDialog, tabTo } from './harness/focus.js';
import { eventually } from './harness/patience.js';
import { stage } from './harness/stage.js';

test('from the nick to the sign-out, by keys alone', async (t) => {
  const { visitor, person } = await stage(t);
  const bo = await person('bo');
  // Too narrow for a column of people: they are in a dialog.
  const ana = await visitor({ viewport: { width: 1100, height: 720 } });
  const { keyboard } = ana.page;
  await focusAt(ana, 'in the field for the nick', ({ id }) => id === 'nick');
  await keyboard.type('ana');
  await keyboard.press('Enter');
  await inField(ana);
  await keyboard.type('hello');
  await keyboard.press('Enter');
  await keyboard.type('two');
  await keyboard.press('Shift+Enter');
  await keyboard.type('lines');
  await keyboard.press('Enter');
  await keyboard.type('/me waves');
  await keyboard.press('Enter');
  await bo.seeMany(3);
  await eventually('all is said', () => bo.texts(), (texts) => texts.join('|') === 'hello|two\nlines|waves');

  // A room from the list of rooms.
  await tabTo(ana, /^Browse rooms$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await inDialog(ana, 'browse');
  await keyboard.type('kitchen');
  await keyboard.press('Enter');
  await focusAt(ana, 'at the button that makes it', ({ name }) => name === 'Create #kitchen');
  await keyboard.press('Enter');
  await ana.isIn('kitchen');
  await inField(ana);
  await keyboard.type('anybody cooking?');
  await keyboard.press('Enter');
  await ana.see('anybody cooking?');

  // A room from the switcher.
  await keyboard.press('Control+k');
  await inDialog(ana, 'switcher');
  await keyboard.type('garden');
  await ana.page.getByRole('option', { name: /garden/ }).waitFor();
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await ana.isIn('garden');
  await inField(ana);

  // The menu, the people, the settings.
  await ana.page.getByRole('button', { name: '1 person' }).waitFor();
  await tabTo(ana, /^1 person$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await inDialog(ana, 'panel');
  await leaveDialog(ana);
  assert.match((await focused(ana.page)).name, /^1 person$/);
  await tabTo(ana, /^Room menu$/);
  await keyboard.press('Enter');
  await focusAt(ana, 'in the menu', ({ name }) => name === 'About this room');
  await keyboard.press('ArrowDown');
  await focusAt(ana, 'at the second entry', ({ name }) => name === 'Invite people');
  await keyboard.press('ArrowDown');
  await focusAt(ana, 'at the third entry', ({ name }) => name === 'Copy link to this room');
  await keyboard.press('ArrowUp');
  await keyboard.press('ArrowUp');
  await keyboard.press('ArrowUp');
  await focusAt(ana, 'at the last entry', ({ name }) => name === 'Leave this room');
  await keyboard.press('Enter');
  await ana.isIn('kitchen');
  await inField(ana);

  await tabTo(ana, /^Your menu: .*ana/, 'Shift+Tab');
  await keyboard.press('Enter');
  await focusAt(ana, 'in the menu', ({ name }) => name === 'Change nickname');
  await keyboard.press('Enter');
  await inDialog(ana, 'ask');
  await keyboard.type('ana-maria');
  await keyboard.press('Enter');
  await ana.page.locator('dialog').waitFor({ state: 'detached' });
  await focusAt(ana, 'back at the menu', ({ name }) => /^Your menu: .*ana-maria/.test(name));
  await keyboard.press('Enter');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await inDialog(ana, 'settings');
  await tabTo(ana, /^$/); // the radio buttons have no text of their own
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  await ana.page.locator('html[data-theme]').waitFor();
  await tabTo(ana, /^Sign out$/);
  await focusAt(ana, 'at the way out', ({ tag }) => tag === 'button');
  await keyboard.press('Enter');
  await ana.page.locator('dialog', { hasText: 'This device forgets' }).waitFor();
  await focusAt(ana, 'at the safe answer', ({ name }) => name === 'Cancel');
  await keyboard.press('Tab');
  await focusAt(ana, 'at the other answer', ({ name }) => name === 'Sign out');
  await keyboard.press('Enter');
  await focusAt(ana, 'in the field for the nick', ({ id }) => id === 'nick');
});

test('Tab goes through the page from top to bottom, is seen, and gets out of everything', async (t) => {
  const { server, person } = await stage(t);
  const flood = await Flood.join(server, 'flood');
  await flood.sayMany(60);
  flood.leave();
  const ana = await person('ana');
  await ana.see('message 60');
  const { keyboard } = ana.page;
  // There are more messages above than are loaded; that is not a stop for Tab.
  assert.equal(await ana.page.locator('#log [data-act="older"]').count(), 1);
  await ana.composer.blur();
  await ana.page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector('#skip')).focus());
  const stops = [];
  for (let at = await focused(ana.page); stops.length < 30; at = await focused(ana.page)) {
    stops.push(at.id === 'text' ? 'the field' : at.place === '' && at.tag === 'li' ? 'a message' : at.name);
    assert.ok(at.ringed && at.inView, JSON.stringify(at));
    if (at.name === 'Send') break;
    await keyboard.press('Tab');
  }
  assert.deepEqual(stops.map((name) => name.replace(/^Your menu: .*/, 'Your menu').replace(/^\d+ .*/, 'people')), [
    'Skip to the message field', 'Browse rooms', 'lobby', 'Browse rooms', 'Your menu', 'people', 'Find a room',
    'Room menu', 'Messages in #lobby', 'the field', 'Emoji', 'Send',
  ]);
  await ana.page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector('#skip')).focus());
  await keyboard.press('Enter');
  await inField(ana);
});

test('a long message opens and closes by keys, and keeps the focus', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  await ana.say(Array.from({ length: 80 }, (_, line) => `line ${line + 1}`).join('\n'));
  await ana.page.getByRole('button', { name: 'Show more' }).waitFor();
  await ana.seeAllSent();
  const { keyboard } = ana.page;
  await keyboard.press('Shift+ArrowUp');
  await focusAt(ana, 'at the message', ({ tag }) => tag === 'li');
  await tabTo(ana, /^Show more$/);
  await focusAt(ana, 'at the button', ({ tag }) => tag === 'button');
  await keyboard.press('Enter');
  await focusAt(ana, 'at the other button', ({ tag }) => tag !== 'body');
  await tabTo(ana, /^Show less$/);
  await keyboard.press('Enter');
  await ana.page.getByRole('button', { name: 'Show more' }).waitFor();
  await focusAt(ana, 'still there', ({ tag }) => tag !== 'body');
});

test('Enter that ends the composing of a word sends nothing', needs.protocol, async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  await inField(ana);
  const session = await ana.page.context().newCDPSession(ana.page);
  await session.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 });
  const enter = (/** @type {any} */ more) => session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229, ...more });
  await enter({});
  // The order in another browser: the composition has ended, and only the key code says that the key belonged
  // to it.
  await session.send('Input.insertText', { text: '日本' });
  await enter({});
  assert.equal(await ana.composer.inputValue(), '日本');
  await ana.page.keyboard.press('Enter');
  await ana.see('日本');
  assert.deepEqual(await ana.texts(), ['日本']);
});

test('Enter that ends the composing of a word takes nothing in the fields of the dialogs either', needs.protocol, async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  const session = await ana.page.context().newCDPSession(ana.page);
  const enter = () => session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 });
  /** Composes a word in the focused field, in both orders of events. @param {string} text @param {() => Promise<void>} isStill */
  const compose = async (text, isStill) => {
    await session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await enter();
    await isStill();
    await session.send('Input.insertText', { text });
    await enter();
    await isStill();
  };
  await ana.go('にほん');
  await ana.go('lobby');
  await ana.page.keyboard.press('Control+k');
  await inDialog(ana, 'switcher');
  await compose('にほん', async () => {
    assert.equal(await ana.page.locator('dialog.switcher').count(), 1, 'the switcher goes nowhere');
    await ana.isIn('lobby');
  });
  await ana.page.keyboard.press('Enter');
  await ana.isIn('にほん');

  await ana.page.getByRole('button', { name: 'Emoji' }).click();
  await ana.page.getByRole('gridcell').first().waitFor();
  await compose('tada', async () => {
    assert.equal(await ana.page.locator('#picker').count(), 1, 'no emoji is taken');
    assert.equal(await ana.composer.inputValue(), '');
  });
  await eventually('one is found', () => ana.page.getByRole('gridcell').first().textContent(), (char) => char === '🎉');
  await ana.page.keyboard.press('Enter');
  assert.equal(await ana.composer.inputValue(), '🎉');

  // The completion of the composer, which uses the composer's own listener.
  await ana.composer.fill('');
  await ana.page.keyboard.type(':tad');
  await ana.page.locator('#completions li').first().waitFor();
  await compose('a', async () => assert.match(await ana.composer.inputValue(), /^:tada*$/));
});

test('a frame of the screen between a dialog and its end does not take the focus away', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  await inField(ana);
  const { keyboard } = ana.page;
  await tabTo(ana, /^Browse rooms$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await inDialog(ana, 'browse');
  // Here a frame comes before everything else that was to happen.
  await ana.page.evaluate(() => {
    window.requestAnimationFrame = (draw) => {
      queueMicrotask(() => draw(performance.now()));
      return 0;
    };
  });
  await keyboard.type('kitchen');
  await keyboard.press('Enter');
  await focusAt(ana, 'at the button that makes it', ({ name }) => name === 'Create #kitchen');
  await keyboard.press('Enter');
  await ana.isIn('kitchen');
  await ana.page.locator('dialog').waitFor({ state: 'detached' });
  await inField(ana);
});

test('a dialog that was opened by the mouse leaves no ring round the button; one by a key does', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana', { viewport: { width: 1100, height: 720 } });
  const { page } = ana;
  // On a busy machine the next key comes before a timer that was due.
  await page.evaluate(() => {
    const { setTimeout: late } = window;
    window.setTimeout = /** @type {any} */ ((/** @type {() => void} */ act, ms = 0) => late(act, ms + 1_000));
  });
  const dialog = page.locator('dialog');
  const back = async (/** @type {boolean} */ ringed, /** @type {string} */ how) => {
    await dialog.waitFor({ state: 'detached' });
    await eventually(`the focus is back ${how}`, () => focused(page), ({ name }) => /^(1 person|Your menu)/.test(name));
    assert.equal((await focused(page)).ringed, ringed, how);
  };
  for (const close of ['Escape', 'Close']) {
    await page.locator('#header .people').click();
    await dialog.waitFor();
    await (close === 'Escape' ? page.keyboard.press(close) : dialog.getByRole('button', { name: close }).click());
    await back(false, `by ${close}`);
  }
  await page.locator('#me').click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await back(false, 'out of a menu');
  await page.keyboard.press('Shift');
  assert.equal((await focused(page)).ringed, true, 'with keys, the focus is visible');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Change nickname' }).press('ArrowDown');
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await back(true, 'who opened it by keys');
});
