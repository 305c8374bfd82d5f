// Completions in the message field: names, rooms, commands and emoji, chosen with keys.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { focusAt, inDialog, inField, leaveDialog, tabTo } from './harness/focus.js';
import { eventually } from './harness/patience.js';
import { stage } from './harness/stage.js';

test('completions are walked by arrows, taken by Tab or Enter, and put away by Escape', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  for (const nick of ['bo', 'boris-the-cat']) await (await person(nick)).sayAndSee(`I am ${nick}`);
  await ana.see('I am boris-the-cat');
  const { keyboard } = ana.page;
  const selected = ana.page.locator('#completions [aria-selected="true"]');
  const marked = (/** @type {RegExp} */ name) => eventually(`${name} is marked`, async () => {
    const id = await selected.getAttribute('id');
    assert.equal(await ana.composer.getAttribute('aria-activedescendant'), id, 'a screen reader gets the same');
    return selected.innerText();
  }, (text) => name.test(text));
  // The other windows opened later: Firefox shows the focus only in the front window.
  await ana.page.bringToFront();
  await inField(ana);
  await keyboard.type('hi @b');
  await marked(/boris-the-cat$/);
  await keyboard.press('ArrowDown');
  await marked(/bo$/);
  await keyboard.press('ArrowDown');
  await marked(/boris-the-cat$/);
  await keyboard.press('ArrowUp');
  await keyboard.press('Enter');
  assert.equal(await ana.composer.inputValue(), 'hi @bo ');
  await keyboard.type('and @bor');
  await marked(/boris/);
  await keyboard.press('Tab');
  assert.equal(await ana.composer.inputValue(), 'hi @bo and @boris-the-cat ');
  await keyboard.type('@b');
  await marked(/boris/);
  await keyboard.press('Escape');
  await ana.page.locator('#completions').waitFor({ state: 'hidden' });
  await keyboard.type('o');
  await ana.page.locator('#completions').waitFor({ state: 'hidden' });
  await keyboard.press('Enter');
  await ana.see('hi @bo and @boris-the-cat @bo');
  // A completion that Escape closed may come back after the line is sent.
  await keyboard.type('/me');
  await marked(/me/);
  await keyboard.press('Escape');
  await keyboard.type(' waves');
  await keyboard.press('Enter');
  await ana.see('waves');
  await keyboard.type('/jo');
  await marked(/join/);
  await keyboard.press('Tab');
  await keyboard.type('lob');
  await marked(/lobby/);
  await keyboard.press('Enter');
  assert.equal(await ana.composer.inputValue(), '/join #lobby ');
  await ana.composer.fill('');
  // With the full name of a room, the first Enter goes there, with or without the `#`.
  await ana.go('garden');
  for (const line of ['/join lobby', '/join #garden']) {
    await keyboard.type(line);
    await marked(line.endsWith('lobby') ? /lobby/ : /garden/);
    await keyboard.press('Enter');
    await ana.isIn(line.replace(/.* #?/, ''));
    await inField(ana);
  }
});

test('the emoji picker is a grid for the arrows', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  const { keyboard } = ana.page;
  const picker = ana.page.locator('#picker');
  const open = async () => {
    await tabTo(ana, /^Emoji$/);
    await keyboard.press('Enter');
    await picker.getByRole('gridcell').first().waitFor();
    await focusAt(ana, 'in its field', ({ tag }) => tag === 'input');
  };
  const cells = () => picker.getByRole('gridcell').evaluateAll((all) => all.map(({ textContent }) => textContent));
  const at = async () => (await cells()).indexOf(await ana.page.evaluate(() => document.activeElement?.textContent ?? ''));
  await inField(ana);
  await keyboard.type('x ');
  await open();
  await keyboard.press('ArrowDown');
  await focusAt(ana, 'in the grid', ({ tag }) => tag === 'button');
  for (const [key, place] of /** @type {[string, number][]} */ ([
    ['ArrowRight', 1], ['ArrowRight', 2], ['ArrowDown', 10], ['ArrowLeft', 9], ['End', 15], ['Home', 8], ['ArrowUp', 0],
  ])) {
    await keyboard.press(key);
    assert.equal(await at(), place, key);
    await focusAt(ana, `in the grid after ${key}`, ({ tag }) => tag === 'button');
  }
  const [first] = await cells();
  await keyboard.press('Enter');
  await picker.waitFor({ state: 'detached' });
  await inField(ana);
  assert.equal(await ana.composer.inputValue(), `x ${first}`);

  await open();
  await keyboard.press('Tab');
  await focusAt(ana, 'at the groups', ({ name }) => name === 'Recently used');
  assert.deepEqual(await cells(), [first]);
  await keyboard.press('ArrowRight');
  await focusAt(ana, 'at the next group', ({ name }) => name === 'Smileys');
  await eventually('its emoji are there', async () => (await cells()).length, (count) => count > 50);
  await keyboard.press('Shift+Tab');
  await keyboard.type('tada');
  await eventually('one is found', async () => (await cells())[0], (char) => char === '🎉');
  await keyboard.press('Enter');
  await inField(ana);
  assert.equal(await ana.composer.inputValue(), `x ${first}🎉`);

  await open();
  await keyboard.press('Escape');
  await picker.waitFor({ state: 'detached' });
  await focusAt(ana, 'back at the button', ({ name }) => name === 'Emoji');
  // Going on closes the picker and the menu.
  await keyboard.press('Enter');
  await focusAt(ana, 'in its field', ({ tag }) => tag === 'input');
  await keyboard.press('Control+k');
  await inDialog(ana, 'switcher');
  await leaveDialog(ana);
  assert.equal(await picker.count(), 0);
  await inField(ana);
  await tabTo(ana, /^Room menu$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await focusAt(ana, 'in the menu', ({ name }) => name === 'About this room');
  await keyboard.press('Control+k');
  await inDialog(ana, 'switcher');
  assert.equal(await ana.page.getByRole('menu').count(), 0);
  await leaveDialog(ana);
});
