// Tests every key in the list of shortcuts, using the same table.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SHORTCUTS } from '../../client/web/view/keyboard_shortcuts.js';
import { Flood } from './harness/flood.js';
import { focusAt, inDialog, inField, leaveDialog } from './harness/focus.js';
import { glimpse } from './harness/glimpse.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** The names of keys in the table, and those of the keyboard. @type {Record<string, string>} */
const KEYS = { Ctrl: 'Control', Esc: 'Escape', '↑': 'ArrowUp', '↓': 'ArrowDown', 'A–Z': 'h' };

/** @param {string[]} chord from the table */
const combination = (chord) => chord.map((key) => KEYS[key] ?? key).join('+');

/** The text of the focused message. @param {Person} person */
const message = ({ page }) => page.evaluate(() =>
  /** @type {HTMLElement | null} */ (document.activeElement?.closest('#log li')?.querySelector('.said'))?.innerText ?? null);

/** Three rooms, the first one with messages to read. @param {import('node:test').TestContext} t */
async function threeRooms(t) {
  const { server, person } = await stage(t);
  const flood = await Flood.join(server, 'flood');
  await flood.sayMany(60);
  const ana = await person('ana', { permissions: ['clipboard-read', 'clipboard-write'] });
  await ana.see('message 60');
  for (const room of ['garden', 'kitchen']) await ana.go(room);
  await ana.go('lobby');
  await inField(ana);
  const say = async (/** @type {string} */ room, /** @type {string} */ text) => {
    const bo = await Flood.join(server, `bo-in-${room}`, room);
    await bo.say(text);
    bo.leave();
  };
  const { keyboard } = ana.page;
  const toMessages = async () => {
    await keyboard.press('ArrowUp');
    await focusAt(ana, 'at the newest message', ({ place }) => place === 'log' || place === '');
    assert.equal(await message(ana), 'message 60');
  };
  return { ana, keyboard, say, toMessages };
}

/**
 * What each line of the list does, by its words.
 * @type {Record<string, (on: Awaited<ReturnType<typeof threeRooms>>, chords: string[]) => Promise<void>>}
 */
const DRIVEN = {
  'keys.switcher': async ({ ana, keyboard }, [open]) => {
    await keyboard.press(open);
    await inDialog(ana, 'switcher');
    await leaveDialog(ana);
    await inField(ana);
  },
  'keys.search': async ({ ana, keyboard }, [open]) => {
    await keyboard.press(open);
    await inDialog(ana, 'search-dialog');
    await leaveDialog(ana);
    await inField(ana);
  },
  'keys.nextRoom': async ({ ana, keyboard }, [previous, next]) => {
    await keyboard.press(next);
    await ana.isIn('garden');
    await keyboard.press(next);
    await ana.isIn('kitchen');
    await keyboard.press(previous);
    await ana.isIn('garden');
    await keyboard.press(previous);
    await keyboard.press(previous);
    await ana.isIn('kitchen');
    await inField(ana);
  },
  'keys.nextUnread': async ({ ana, keyboard, say }, [previous, next]) => {
    await say('kitchen', 'soup?');
    await ana.page.locator(`${parts.room('kitchen')}.unread`).waitFor();
    await keyboard.press(next);
    await ana.isIn('kitchen');
    await ana.see('soup?');
    await say('garden', 'rain!');
    await ana.page.locator(`${parts.room('garden')}.unread`).waitFor();
    await keyboard.press(previous);
    await ana.isIn('garden');
  },
  'keys.escape': async ({ ana, keyboard, toMessages }, [escape]) => {
    await toMessages();
    await keyboard.press('Home');
    await ana.page.getByRole('button', { name: 'Jump to newest' }).waitFor();
    await keyboard.press(escape);
    await inField(ana);
    await keyboard.press(escape);
    await ana.page.getByRole('button', { name: 'Jump to newest' }).waitFor({ state: 'hidden' });
    await inField(ana);
  },
  'keys.send': async ({ ana, keyboard }, [send]) => {
    await keyboard.type('sent');
    await keyboard.press(send);
    await ana.see('sent');
  },
  'keys.line': async ({ ana, keyboard }, [line]) => {
    await keyboard.type('one');
    await keyboard.press(line);
    await keyboard.type('two');
    assert.equal(await ana.composer.inputValue(), 'one\ntwo');
  },
  'keys.edit': async ({ ana, keyboard }, [up]) => {
    await keyboard.type('helo');
    await keyboard.press('Enter');
    await ana.see('helo');
    await ana.seeAllSent();
    await keyboard.press(up);
    assert.equal(await ana.composer.inputValue(), 'helo');
    await keyboard.press('Escape');
    assert.equal(await ana.composer.inputValue(), '');
    await inField(ana);
  },
  'keys.complete': async ({ ana, keyboard }, marks) => {
    const options = ana.page.locator('#completions').getByRole('option');
    for (const mark of marks) {
      await keyboard.type(`${mark}${{ '#': 'lo', ':': 'tad' }[mark] ?? ''}`);
      await options.first().waitFor();
      await keyboard.press('Escape');
      await ana.page.locator('#completions').waitFor({ state: 'hidden' });
      await inField(ana);
      await ana.composer.fill('');
    }
  },
  'keys.choose': async ({ ana, keyboard }, [choose]) => {
    await keyboard.type('see #lob');
    await ana.page.getByRole('option', { name: 'lobby' }).waitFor();
    await keyboard.press(choose);
    assert.equal(await ana.composer.inputValue(), 'see #lobby ');
    await inField(ana);
  },
  'keys.type': async ({ ana, keyboard, toMessages }, [letter]) => {
    await toMessages();
    await keyboard.press(letter);
    await inField(ana);
    assert.equal(await ana.composer.inputValue(), letter);
  },
  'keys.messages': async ({ ana, keyboard }, [up]) => {
    await keyboard.type('x');
    await keyboard.press(up);
    await inField(ana);
    assert.equal(await message(ana), null);
    await ana.composer.fill('');
    await keyboard.press(up);
    assert.equal(await message(ana), 'message 60');
  },
  'keys.steps': async ({ ana, keyboard, toMessages }, [up, down]) => {
    await toMessages();
    for (let number = 59; number >= 20; number -= 1) {
      await keyboard.press(up);
      assert.equal(await message(ana), `message ${number}`);
    }
    await focusAt(ana, 'at a message further up', ({ tag }) => tag === 'li');
    await keyboard.press(down);
    assert.equal(await message(ana), 'message 21');
  },
  'keys.actions': async ({ ana, keyboard, toMessages }, [open]) => {
    await toMessages();
    await keyboard.press(open);
    await focusAt(ana, 'at the first action', ({ name }) => name === 'Quote');
    await keyboard.press('ArrowRight');
    await focusAt(ana, 'at the second action', ({ name }) => name === 'Copy text');
    await keyboard.press('Escape');
    await focusAt(ana, 'back at the message', ({ tag }) => tag === 'li');
    await keyboard.press('Escape');
    await inField(ana);
  },
  'keys.quote': async ({ ana, keyboard, toMessages }, [quote]) => {
    await toMessages();
    await keyboard.press(quote.toLowerCase());
    await inField(ana);
    assert.equal(await ana.composer.inputValue(), '> message 60\n\n');
  },
  'keys.copy': async ({ ana, keyboard, toMessages }, [copy]) => {
    await toMessages();
    const told = await glimpse(ana.page, '#log .copied');
    await keyboard.press(copy.toLowerCase());
    await told();
    assert.equal(await message(ana), 'message 60', 'the focus stays');
    await keyboard.press('Escape');
    await inField(ana);
    await keyboard.press('Control+v');
    assert.equal(await ana.composer.inputValue(), 'message 60');
  },
  'keys.shortcuts': async ({ ana, keyboard, toMessages }, [question, chord]) => {
    await keyboard.press(chord);
    await inDialog(ana, 'shortcuts');
    await leaveDialog(ana);
    await toMessages();
    await keyboard.press(question);
    await inDialog(ana, 'shortcuts');
    await leaveDialog(ana);
    assert.equal(await message(ana), 'message 60');
  },
  'keys.settings': async ({ ana, keyboard }, [open]) => {
    await keyboard.press(open);
    await inDialog(ana, 'settings');
    await leaveDialog(ana);
    await inField(ana);
  },
};

const LINES = SHORTCUTS.flatMap(({ lines }) => lines).filter(({ keys }) => keys.length);

test('the list of shortcuts shows the whole table', async (t) => {
  const { ana, keyboard } = await threeRooms(t);
  await keyboard.press('Control+/');
  await inDialog(ana, 'shortcuts');
  const shown = await ana.page.locator('dialog dt').evaluateAll((terms) => terms.map((term) =>
    [...term.querySelectorAll('.chord')].map((chord) => [...chord.children].map((key) => key.textContent))));
  assert.deepEqual(shown, LINES.map(({ keys }) => keys));
  assert.deepEqual(LINES.map(({ words }) => words).sort(), Object.keys(DRIVEN).sort(), 'each line is driven below');
});

for (const { keys, words } of LINES) {
  test(`${words}: ${keys.map((chord) => chord.join(' ')).join(', ')}`, async (t) => {
    await DRIVEN[words](await threeRooms(t), keys.map(combination));
  });
}
