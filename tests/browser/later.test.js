// Parts that are loaded after the first messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { glimpse } from './harness/glimpse.js';
import { eventually } from './harness/patience.js';
import { stage } from './harness/stage.js';

test('what is typed for a dialog that is still on its way goes into the dialog', async (t) => {
  const { visitor } = await stage(t);
  const ana = await visitor({ serviceWorkers: 'block' });
  /** @type {() => void} */
  let release = () => {};
  const held = new Promise((resolve) => { release = () => resolve(undefined); });
  await ana.page.route('**/view/lazy_parts.js', async (route) => {
    await held;
    await route.continue();
  });
  await ana.enter('ana');
  await ana.composer.focus();
  // The page holds keys for at most a few seconds; a slow machine may take longer to press them.
  await ana.page.evaluate(() => {
    const set = window.setTimeout;
    window.setTimeout = /** @type {any} */ ((/** @type {() => void} */ act, /** @type {number} */ ms) => set(act, ms === 3_000 ? 60_000 : ms));
  });
  await ana.page.keyboard.press('Control+k');
  await ana.page.keyboard.type('kitx');
  await ana.page.keyboard.press('Backspace');
  release();
  const field = ana.page.locator('dialog.switcher input');
  await field.waitFor();
  await ana.page.keyboard.type('chen');
  assert.equal(await field.inputValue(), 'kitchen');
  await ana.page.keyboard.press('Escape');
  assert.equal(await ana.composer.inputValue(), '', 'no text got into the field below the dialog');
});

test('a message is quoted at once, and copied when that has come; what is typed meanwhile is written', async (t) => {
  const { visitor } = await stage(t);
  const ana = await visitor({ serviceWorkers: 'block', permissions: ['clipboard-read', 'clipboard-write'] });
  const { keyboard } = ana.page;
  /** @type {() => void} */
  let release = () => {};
  const held = new Promise((resolve) => { release = () => resolve(undefined); });
  await ana.page.route('**/view/lazy_parts.js', async (route) => {
    await held;
    await route.continue();
  });
  await ana.enter('ana');
  await ana.sayAndSee('to be quoted');
  await keyboard.press('ArrowUp');
  await keyboard.press('q');
  await keyboard.type('indeed');
  assert.equal(await ana.composer.inputValue(), '> to be quoted\n\nindeed');
  await ana.composer.fill('');
  // Copying and the actions of a message are loaded later. They then take no key and no focus from a person
  // who is writing.
  const told = await glimpse(ana.page, '#log .copied');
  await keyboard.press('ArrowUp');
  await keyboard.press('c');
  await keyboard.press('Enter');
  await keyboard.type('hello');
  release();
  await told();
  await keyboard.type(' there');
  assert.equal(await ana.composer.inputValue(), 'hello there');
  await ana.composer.fill('');
  await keyboard.press('Control+v');
  assert.equal(await ana.composer.inputValue(), 'to be quoted');
});

test('a language that is chosen in the settings is spoken as soon as its words are here', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana', { locale: 'de-DE' });
  await ana.page.locator('html[lang="de"]').waitFor({ state: 'attached' });
  await ana.page.keyboard.press('Control+,');
  const most = await ana.page.evaluateHandle(() => {
    const counted = { dialogs: 0 };
    new MutationObserver(() => {
      counted.dialogs = Math.max(counted.dialogs, document.querySelectorAll('dialog').length);
    }).observe(document.body, { childList: true });
    return counted;
  });
  await ana.page.locator('#language').selectOption('en');
  await ana.page.locator('html[lang="en"]').waitFor({ state: 'attached' });
  await ana.page.locator('#language').selectOption('de');
  await ana.page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  await ana.page.getByLabel('Dunkel').check();
  const colours = () => ana.page.locator('meta[name="theme-color"]').evaluateAll((all) =>
    all.filter((one) => matchMedia(/** @type {HTMLMetaElement} */ (one).media).matches).map(({ id }) => id));
  await eventually('the frame of the window follows the theme', colours, (ids) => ids.join() === 'dark');
  assert.deepEqual(await most.jsonValue(), { dialogs: 1 }, 'the old settings go before the new ones come');
});

/** Refuses the first requests for a file. @param {import('playwright-core').Page} page @param {string} path @param {number} times */
async function refuse(page, path, times) {
  const asked = { count: 0 };
  await page.route(path, (route) => (asked.count++ < times ? route.fulfill({ status: 429, body: 'too many' }) : route.continue()));
  return asked;
}

test('what is loaded later and was refused for a moment comes a moment later', async (t) => {
  const { server, visitor } = await stage(t);
  const ana = await visitor({ at: 'about:blank', serviceWorkers: 'block' });
  const { page } = ana;
  // A browser never requests a module again that another module imports: this is the hard case.
  const switcher = await refuse(page, '**/view/room_switcher.js', 2);
  const style = await refuse(page, '**/style/dialog.css', 1);
  await page.addInitScript(() => { Math.random = () => -0.4; });
  await page.goto(server.url);
  await ana.enter('ana');
  await eventually('all has come', () => switcher.count >= 3 && style.count >= 2);
  await page.keyboard.press('Control+k');
  await page.locator('dialog.switcher input').waitFor();
  assert.equal(await page.locator('dialog').evaluate((dialog) => getComputedStyle(dialog).display), 'flex', 'with its looks');
  await page.keyboard.press('Escape');
  ana.trouble.take(/429/);
});

test('emoji that were refused are there when somebody asks again', async (t) => {
  const { visitor } = await stage(t);
  const ana = await visitor({ serviceWorkers: 'block' });
  const list = await refuse(ana.page, '**/emoji/list.js', 1);
  await ana.enter('ana');
  const emoji = ana.page.getByRole('button', { name: 'Emoji' });
  await emoji.click();
  await ana.page.getByText('The emoji could not be loaded').waitFor();
  await emoji.click();
  await emoji.click();
  await ana.page.getByRole('gridcell').first().waitFor();
  assert.equal(list.count >= 2, true);
  ana.trouble.take(/429/);
});

test('a language whose words were refused is spoken once there is a connection', async (t) => {
  const { server, visitor } = await stage(t);
  const ana = await visitor({ at: 'about:blank', serviceWorkers: 'block', locale: 'de-DE' });
  await refuse(ana.page, '**/words/de.js', 1);
  await ana.page.goto(server.url);
  await ana.page.getByLabel('Choose a nickname').waitFor();
  await ana.enter('ana');
  await ana.page.getByRole('heading', { name: 'Räume' }).waitFor();
  assert.equal(await ana.page.locator('html').getAttribute('lang'), 'de');
  ana.trouble.take(/429/);
});
