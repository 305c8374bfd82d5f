// Text that a program puts into a field, and files or text that are dropped on or pasted into the page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyInChromium } from './harness/browser.js';
import { inDialog, inField, leaveDialog } from './harness/focus.js';
import { Flood } from './harness/flood.js';
import { seeUnsent } from './harness/kept.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { PHONE } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** @param {Person} person @param {string} text what the field must contain */
const holds = (person, text) => eventually(`the field holds ${JSON.stringify(text)}`, () => person.composer.inputValue(), (value) => value === text);

test('the undo of the browser takes back what was put in, and then what was typed', async (t) => {
  const { server, person } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  await bo.say('a question\nof two lines');
  const ana = await person('ana');
  await ana.see('a question\nof two lines');
  const { page } = ana;
  const { keyboard } = page;
  /** Inserts something after typed text, and undoes both. @param {string} what @param {string} result @param {() => Promise<unknown>} put */
  const undoes = async (what, result, put) => {
    await inField(ana);
    await keyboard.type('hi ');
    await put();
    await holds(ana, result);
    await ana.composer.press('Control+z');
    await eventually(`${what} is taken back`, () => ana.composer.inputValue(), (value) => /^hi ?[@:#]?\w*$/.test(value));
    for (let left = 20; left > 0 && await ana.composer.inputValue(); left -= 1) await ana.composer.press('Control+z');
    await holds(ana, '');
    await ana.composer.press('Control+Shift+z');
    await eventually('and can be had again', () => ana.composer.inputValue(), (value) => value !== '');
    await ana.composer.fill('');
  };
  await undoes('the emoji', 'hi 😀', async () => {
    await page.getByRole('button', { name: 'Emoji' }).click();
    await page.getByRole('gridcell').first().click();
  });
  await undoes('the completion', 'hi @bo ', async () => {
    await keyboard.type('@b');
    await page.locator('#completions li').first().waitFor();
    await keyboard.press('Tab');
  });
  await undoes('the emoji that was completed', 'hi 🎉', async () => {
    await keyboard.type(':tada');
    await page.locator('#completions li').first().waitFor();
    await keyboard.press('Enter');
  });
  await undoes('the mention', 'hi @bo ', async () => {
    await page.locator(parts.said).first().hover();
    await page.getByRole('button', { name: 'Mention bo' }).click();
  });
  await undoes('the quote', '> a question\n> of two lines\n\nhi ', async () => {
    await page.locator(parts.said).first().hover();
    await page.getByRole('button', { name: 'Quote' }).click();
  });
  bo.leave();
});

test('on a telephone what was put in can be taken back as well, and no keyboard comes up for it', onlyInChromium('Playwright gives Firefox no touch screen'), async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana', PHONE);
  const { page } = ana;
  await ana.composer.fill('hi ');
  await page.getByRole('button', { name: 'Emoji' }).tap();
  const modes = page.evaluate(() => new Promise((resolve) => {
    document.querySelector('#text')?.addEventListener('focus', ({ target }) => resolve(/** @type {HTMLElement} */ (target).inputMode), { once: true });
  }));
  await page.getByRole('gridcell').first().tap();
  await holds(ana, 'hi 😀');
  assert.equal(await modes, 'none', 'while the text is put in');
  assert.equal(await ana.composer.evaluate((field) => /** @type {HTMLElement} */ (field).inputMode), '', 'and not any more');
  await ana.composer.press('Control+z');
  await holds(ana, 'hi ');
});

test('a name with a space stands in the field with a hyphen, to be taken by one more Enter', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  await ana.say('/nick Ana Maria');
  await ana.page.locator('.notice', { hasText: '“Ana Maria” has a space in it' }).waitFor();
  await holds(ana, '/nick Ana-Maria');
  await ana.composer.press('Control+z');
  await holds(ana, '/nick Ana Maria');
  await ana.composer.press('Enter');
  await holds(ana, '/nick Ana-Maria');
  await ana.composer.press('Enter');
  await ana.page.locator('#me', { hasText: 'Ana-Maria' }).waitFor();
  await holds(ana, '');
  // The dialog.
  await ana.page.locator('#me').click();
  await ana.page.getByRole('menuitem', { name: 'Change nickname' }).click();
  const field = ana.page.locator('#rename');
  await field.fill('Bo & Co');
  await field.press('Enter');
  await ana.page.getByText('“Bo & Co” does not work as a name: “&” is not allowed').waitFor();
  await field.fill('Bo Co');
  await field.press('Enter');
  assert.equal(await field.inputValue(), 'Bo-Co');
  await ana.page.getByText('Press Enter to use “Bo-Co”').waitFor();
  await field.press('Enter');
  await ana.page.locator('#me', { hasText: 'Bo-Co' }).waitFor();
});

test('names of emoji work though their list was never loaded, and what is said keeps its order', async (t) => {
  const { person } = await stage(t);
  const bo = await person('bo');
  const ana = await person('ana', { serviceWorkers: 'block' });
  /** @type {() => void} */
  let release = () => {};
  const held = new Promise((resolve) => { release = () => resolve(undefined); });
  await ana.page.route('**/emoji/list.js', async (route) => {
    await held;
    await route.continue();
  });
  // Pasted, so that no completion has loaded the list.
  await ana.write('hooray :tada:');
  await ana.composer.press('Enter');
  await holds(ana, '');
  await ana.say('no emoji here');
  await ana.say('/me waves :wave:');
  await ana.composer.fill('a draft');
  release();
  await bo.seeMany(3);
  assert.deepEqual(await bo.texts(), ['hooray 🎉', 'no emoji here', 'waves 👋']);
  await holds(ana, 'a draft');
  await ana.say('\\:tada: in https://x.example/:ok:/y');
  await bo.see(':tada: in https://x.example/:ok:/y');
});

test('what is refused once its emoji are here stands above what was typed meanwhile', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana', { serviceWorkers: 'block' });
  /** @type {(() => void)[]} */
  const held = [];
  await ana.page.route('**/emoji/list.js', (route) => void held.push(() => route.continue()));
  await ana.go('kitchen');
  await ana.write('a bell \u0007 :tada:');
  await ana.composer.press('Enter');
  await ana.composer.fill('typed since');
  held.forEach((release) => release());
  await holds(ana, 'a bell \u0007 :tada:\ntyped since');
  await ana.page.locator('.notice', { hasText: 'control character' }).waitFor();
});

test('a list of emoji that does not come keeps nobody from talking', async (t) => {
  const { person } = await stage(t);
  const bo = await person('bo');
  const ana = await person('ana', { serviceWorkers: 'block' });
  await ana.page.route('**/emoji/list.js', (route) => route.abort());
  await ana.say('hooray :tada:');
  await bo.see('hooray :tada:');
  ana.trouble.take(/list\.js|ERR_FAILED/);
});

test('what is said while it waits for its emoji is not lost with the page', async (t) => {
  const { person } = await stage(t);
  const bo = await person('bo');
  const ana = await person('ana', { serviceWorkers: 'block' });
  await ana.page.route('**/emoji/list.js', () => {});
  await ana.say('hooray :tada:');
  await ana.reload();
  await bo.see('hooray :tada:');
  await ana.see('hooray :tada:');
  await ana.seeAllSent();
  assert.deepEqual(await bo.texts(), ['hooray :tada:'], 'once');
});

/** Runs in the page: the database drops what is written while the page goes, as Chromium sometimes does. */
function dropLastWrites() {
  addEventListener('pagehide', () => { IDBTransaction.prototype.commit = IDBTransaction.prototype.abort; }, true);
}

test('what is said while the page goes is not lost with the last writes to the database', async (t) => {
  const { person } = await stage(t);
  const bo = await person('bo');
  const ana = await person('ana', { serviceWorkers: 'block' });
  await ana.page.evaluate(dropLastWrites);
  await ana.page.route('**/emoji/list.js', () => {});
  for (const text of ['hooray :tada:', 'and on', 'and on :wave:']) await ana.say(text);
  await ana.reload();
  await bo.seeMany(3);
  await ana.seeMany(3);
  await ana.seeAllSent();
  for (const somebody of [ana, bo]) assert.deepEqual(await somebody.texts(), ['hooray :tada:', 'and on', 'and on :wave:'], 'once, in order');
  await seeUnsent(ana, 0);
  assert.deepEqual(await ana.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('throng.unsent.'))), []);
});

test('what is refused while the page goes is the draft of the next one', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana', { serviceWorkers: 'block' });
  await ana.page.route('**/emoji/list.js', () => {});
  await ana.write('a bell \u0007 :tada:');
  await ana.composer.press('Enter');
  await ana.composer.fill('typed since');
  await ana.reload();
  await holds(ana, 'a bell \u0007 :tada:\ntyped since');
});

test('/help shows what can be typed', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  await ana.say('/help');
  await inDialog(ana, 'shortcuts');
  const dialog = ana.page.getByRole('dialog', { name: 'Help' });
  for (const command of ['/me', '/join', '/leave', '/nick', '/help']) await dialog.getByText(command, { exact: true }).waitFor();
  assert.deepEqual(await dialog.locator('dd strong, dd em, dd s').allTextContents(), ['bold', 'italic', 'struck']);
  assert.deepEqual(await dialog.getByRole('heading', { level: 3 }).allTextContents(), ['Commands', 'Formatting', 'Rooms', 'Writing', 'Reading', 'General']);
  await leaveDialog(ana);
  await inField(ana);
  assert.equal(await ana.composer.inputValue(), '');
  await ana.page.keyboard.type('/he');
  await ana.page.getByRole('option', { name: /help/ }).waitFor();
  await ana.composer.fill('');
  await ana.say('/wave');
  await ana.page.locator('.notice', { hasText: 'There is no command /wave. /help lists' }).waitFor();
});

/**
 * Drops or pastes something on a part of the page, and returns whether the browser may do its default action.
 * @param {Person} person
 * @param {string} selector
 * @param {{files?: string[], text?: string, link?: string}} what
 */
const bring = ({ page }, selector, what) => page.evaluate(([at, { files = [], text, link }]) => {
  const target = /** @type {Element} */ (document.querySelector(at));
  const data = new DataTransfer();
  for (const name of files) data.items.add(new File(['x'], name, { type: 'image/png' }));
  if (text !== undefined) data.setData('text/plain', text);
  if (link !== undefined) data.setData('text/uri-list', link);
  const init = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data };
  return {
    dragover: target.dispatchEvent(new DragEvent('dragover', init)),
    drop: target.dispatchEvent(new DragEvent('drop', init)),
    paste: target.dispatchEvent(new ClipboardEvent('paste', init)),
  };
}, /** @type {[string, typeof what]} */ ([selector, what]));

test('a file that is dropped or pasted gets a sentence, and the page stays', async (t) => {
  const { visitor } = await stage(t);
  const ana = await visitor();
  const told = ana.page.locator('.notice', { hasText: 'Files cannot be sent here' });
  const close = () => ana.page.getByRole('button', { name: 'Dismiss' }).click();
  await ana.page.getByRole('textbox').waitFor();
  assert.deepEqual(await bring(ana, '#welcome', { files: ['a.png'] }), { dragover: false, drop: false, paste: true });
  await told.waitFor();
  await close();
  await ana.enter('ana');
  for (const place of ['#log', '#text', '#side', 'body']) {
    const { dragover, drop } = await bring(ana, place, { files: ['a.png'] });
    assert.deepEqual([dragover, drop], [false, false], `${place}: the browser opens nothing`);
    await told.waitFor();
    await close();
    await told.waitFor({ state: 'detached' });
  }
  // A link that is dropped beside the field would be opened in place of the page.
  assert.deepEqual(await bring(ana, '#log', { link: 'https://x.example/' }), { dragover: false, drop: false, paste: true });
  // Text belongs into the field, even if a picture of it comes along.
  assert.deepEqual(await bring(ana, '#text', { text: 'words' }), { dragover: true, drop: true, paste: true });
  assert.equal(await told.count(), 0);
  assert.equal((await bring(ana, '#text', { text: 'a table', files: ['table.png'] })).paste, true);
  await ana.page.locator('.notice').first().waitFor();
  await ana.sayAndSee('still here');
});

test('a book in the field costs its keys little, and says that it is too long', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  const book = Array.from({ length: 10_000 }, (_, line) => `line ${line} of a log that somebody has pasted as a whole`).join('\n');
  await ana.composer.evaluate((field, text) => {
    /** @type {HTMLTextAreaElement} */ (field).value = text;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }, book);
  await ana.page.locator('#hint', { hasText: /\d{3},000 characters too long/ }).waitFor();
  const made = await ana.page.evaluate(() => {
    const counted = { encoded: 0 };
    const { encode } = TextEncoder.prototype;
    TextEncoder.prototype.encode = function counting(text = '') {
      counted.encoded += text.length;
      return encode.call(this, text);
    };
    document.querySelector('#text')?.dispatchEvent(new InputEvent('input', { bubbles: true }));
    return counted.encoded;
  });
  assert.ok(made < 10_000, `${made} characters were made into bytes for one key`);
  await ana.composer.press('Enter');
  assert.equal((await ana.composer.inputValue()).length, book.length, 'nothing is said, nothing is lost');
});
