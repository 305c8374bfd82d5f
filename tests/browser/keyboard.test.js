// A life without a pointer. Every key that the list of shortcuts names is driven here, out of the
// same table.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SHORTCUTS } from '../../client/web/view/keys.js';
import { Flood } from './harness/flood.js';
import { focused } from './harness/focus.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** How the table writes keys, and how the keyboard does. @type {Record<string, string>} */
const KEYS = { Ctrl: 'Control', Esc: 'Escape', '↑': 'ArrowUp', '↓': 'ArrowDown', 'A–Z': 'h' };

/** @param {string[]} chord of the table */
const combination = (chord) => chord.map((key) => KEYS[key] ?? key).join('+');

/** Waits until the focus is somewhere, and is seen there. @param {Person} person @param {string} where @param {(at: Awaited<ReturnType<typeof focused>>) => boolean} isThere */
async function focusAt({ page }, where, isThere) {
  const at = await eventually(`the focus is ${where}`, () => focused(page), isThere);
  assert.ok(at.ringed, `the focus is seen ${where}: ${JSON.stringify(at)}`);
  assert.ok(at.inView, `the focus is in view ${where}: ${JSON.stringify(at)}`);
}

/** @param {Person} person */
const inField = (person) => focusAt(person, 'in the field', ({ id }) => id === 'text');

/** @param {Person} person @param {string} name of the dialog */
const inDialog = (person, name) => person.page.locator(`dialog.${name}[open]`).waitFor()
  .then(() => focusAt(person, `in the dialog ${name}`, ({ place }) => place === 'dialog'));

/** Escape closes the dialog, and the focus is back. @param {Person} person */
async function leaveDialog(person) {
  await person.page.keyboard.press('Escape');
  await person.page.locator('dialog').waitFor({ state: 'detached' });
  await focusAt(person, 'back where it was', ({ tag }) => tag !== 'body');
}

/** Presses Tab until something has the focus. @param {Person} person @param {RegExp} name @param {string} [key] */
async function tabTo(person, name, key = 'Tab') {
  const seen = [];
  for (let step = 0; step < 40; step += 1) {
    await person.page.keyboard.press(key);
    const at = await focused(person.page);
    seen.push(at.name);
    if (name.test(at.name)) return;
  }
  assert.fail(`${key} never came to ${name}: ${seen.join(' | ')}`);
}

/** @param {Person} person @param {string} room that is open */
const isIn = (person, room) => person.page.locator(`${parts.room(room)}[aria-current="true"]`).waitFor();

/** The text of the message that has the focus. @param {Person} person */
const message = ({ page }) => page.evaluate(() =>
  /** @type {HTMLElement | null} */ (document.activeElement?.closest('#log li')?.querySelector('.said'))?.innerText ?? null);

test('from the nick to the sign-out, by keys alone', async (t) => {
  const { visitor, person } = await stage(t);
  const bo = await person('bo');
  const ana = await visitor();
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

  // A room by the list of rooms.
  await tabTo(ana, /^Browse rooms$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await inDialog(ana, 'browse');
  await keyboard.type('kitchen');
  await ana.page.getByRole('button', { name: 'Make #kitchen and join' }).waitFor();
  await keyboard.press('Enter');
  await isIn(ana, 'kitchen');
  await inField(ana);
  await keyboard.type('anybody cooking?');
  await keyboard.press('Enter');
  await ana.see('anybody cooking?');

  // A room by the switcher.
  await keyboard.press('Control+k');
  await inDialog(ana, 'switcher');
  await keyboard.type('garden');
  await ana.page.getByRole('option', { name: /garden/ }).waitFor();
  await keyboard.press('Enter');
  await isIn(ana, 'garden');
  await inField(ana);

  // Its menu, the people, the settings.
  await tabTo(ana, /^1 person$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await inDialog(ana, 'panel');
  await leaveDialog(ana);
  assert.match((await focused(ana.page)).name, /^1 person$/);
  await tabTo(ana, /^More about this room$/);
  await keyboard.press('Enter');
  await focusAt(ana, 'in the menu', ({ name }) => name === 'Copy link to this room');
  await keyboard.press('ArrowDown');
  await focusAt(ana, 'at the second entry', ({ name }) => name === 'Leave this room');
  await keyboard.press('Enter');
  await isIn(ana, 'lobby');
  await inField(ana);

  await tabTo(ana, /^Your menu: .*ana/, 'Shift+Tab');
  await keyboard.press('Enter');
  await focusAt(ana, 'in the menu', ({ name }) => name === 'Change nick');
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

/** Three rooms, and something to read in the first. @param {import('node:test').TestContext} t @param {number} [count] of messages */
async function threeRooms(t, count = 60) {
  const { server, person } = await stage(t);
  const flood = await Flood.join(server, 'flood');
  await flood.sayMany(count);
  const ana = await person('ana', { permissions: ['clipboard-read', 'clipboard-write'] });
  await ana.see(`message ${count}`);
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
 * What each line of the list promises, by its words.
 * @type {Record<string, (on: Awaited<ReturnType<typeof threeRooms>>, chords: string[]) => Promise<void>>}
 */
const DRIVEN = {
  'keys.switcher': async ({ ana, keyboard }, [open]) => {
    await keyboard.press(open);
    await inDialog(ana, 'switcher');
    await leaveDialog(ana);
    await inField(ana);
  },
  'keys.nextRoom': async ({ ana, keyboard }, [previous, next]) => {
    await keyboard.press(next);
    await isIn(ana, 'garden');
    await keyboard.press(next);
    await isIn(ana, 'kitchen');
    await keyboard.press(previous);
    await isIn(ana, 'garden');
    await keyboard.press(previous);
    await keyboard.press(previous);
    await isIn(ana, 'kitchen');
    await inField(ana);
  },
  'keys.nextUnread': async ({ ana, keyboard, say }, [previous, next]) => {
    await say('kitchen', 'soup?');
    await ana.page.locator(`${parts.room('kitchen')}.unread`).waitFor();
    await keyboard.press(next);
    await isIn(ana, 'kitchen');
    await ana.see('soup?');
    await say('garden', 'rain!');
    await ana.page.locator(`${parts.room('garden')}.unread`).waitFor();
    await keyboard.press(previous);
    await isIn(ana, 'garden');
  },
  'keys.escape': async ({ ana, keyboard, toMessages }, [escape]) => {
    await toMessages();
    await keyboard.press('Home');
    await ana.page.getByRole('button', { name: 'To the newest' }).waitFor();
    await keyboard.press(escape);
    await inField(ana);
    await keyboard.press(escape);
    await ana.page.getByRole('button', { name: 'To the newest' }).waitFor({ state: 'hidden' });
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
    await keyboard.press(copy.toLowerCase());
    await ana.page.locator('#log .copied').waitFor();
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

test('Tab goes through the page from top to bottom, is seen, and gets out of everything', async (t) => {
  const { ana, keyboard } = await threeRooms(t, 40);
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
    'Skip to the message field', 'Browse rooms', 'lobby', 'Browse rooms', 'Your menu', 'people', 'Switch rooms',
    'More about this room', 'Messages in #lobby', 'the field', 'Emoji', 'Send',
  ]);
  await ana.page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector('#skip')).focus());
  await keyboard.press('Enter');
  await inField(ana);
});

test('completions are walked by arrows, taken by Tab or Enter, and put away by Escape', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  for (const nick of ['bo', 'boris-the-cat']) await (await person(nick)).sayAndSee(`I am ${nick}`);
  await ana.see('I am boris-the-cat');
  const { keyboard } = ana.page;
  const selected = ana.page.locator('#completions [aria-selected="true"]');
  const marked = (/** @type {RegExp} */ name) => eventually(`${name} is marked`, async () => {
    const id = await selected.getAttribute('id');
    assert.equal(await ana.composer.getAttribute('aria-activedescendant'), id, 'who listens hears the same');
    return selected.innerText();
  }, (text) => name.test(text));
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
  await keyboard.type('/jo');
  await marked(/join/);
  await keyboard.press('Tab');
  await keyboard.type('lob');
  await marked(/lobby/);
  await keyboard.press('Enter');
  assert.equal(await ana.composer.inputValue(), '/join #lobby ');
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
  await focusAt(ana, 'at the groups', ({ name }) => name === 'Used lately');
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
  // Whoever goes on leaves no picker and no menu behind.
  await keyboard.press('Enter');
  await focusAt(ana, 'in its field', ({ tag }) => tag === 'input');
  await keyboard.press('Control+k');
  await inDialog(ana, 'switcher');
  await leaveDialog(ana);
  assert.equal(await picker.count(), 0);
  await inField(ana);
  await tabTo(ana, /^More about this room$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await focusAt(ana, 'in the menu', ({ name }) => name === 'Copy link to this room');
  await keyboard.press('Control+k');
  await inDialog(ana, 'switcher');
  assert.equal(await ana.page.getByRole('menu').count(), 0);
  await leaveDialog(ana);
});

test('a long message opens and closes by keys, and keeps the focus', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  await ana.say(Array.from({ length: 80 }, (_, line) => `line ${line + 1}`).join('\n'));
  await ana.page.getByRole('button', { name: 'Show more' }).waitFor();
  await ana.seeAllSent();
  const { keyboard } = ana.page;
  await keyboard.press('ArrowUp');
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

test('Enter that ends the composing of a word sends nothing', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  await inField(ana);
  const session = await ana.page.context().newCDPSession(ana.page);
  await session.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 });
  const enter = (/** @type {any} */ more) => session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229, ...more });
  await enter({});
  // What another browser tells: the composition has ended, and only the code says that the key belonged to it.
  await session.send('Input.insertText', { text: '日本' });
  await enter({});
  assert.equal(await ana.composer.inputValue(), '日本');
  await ana.page.keyboard.press('Enter');
  await ana.see('日本');
  assert.deepEqual(await ana.texts(), ['日本']);
});

test('a frame of the screen between a dialog and its end does not take the focus away', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  await inField(ana);
  const { keyboard } = ana.page;
  await tabTo(ana, /^Browse rooms$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await inDialog(ana, 'browse');
  // Here a frame comes before anything else that was to happen.
  await ana.page.evaluate(() => {
    window.requestAnimationFrame = (draw) => {
      queueMicrotask(() => draw(performance.now()));
      return 0;
    };
  });
  await keyboard.type('kitchen');
  await ana.page.getByRole('button', { name: 'Make #kitchen and join' }).waitFor();
  await keyboard.press('Enter');
  await isIn(ana, 'kitchen');
  await ana.page.locator('dialog').waitFor({ state: 'detached' });
  await inField(ana);
});
