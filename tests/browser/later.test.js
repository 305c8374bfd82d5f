// What is loaded after the first messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from './harness/patience.js';
import { stage } from './harness/stage.js';

test('what is typed for a dialog that is still on its way goes into the dialog', async (t) => {
  const { visitor } = await stage(t);
  const ana = await visitor({ serviceWorkers: 'block' });
  /** @type {() => void} */
  let release = () => {};
  const held = new Promise((resolve) => { release = () => resolve(undefined); });
  await ana.page.route('**/view/dialogs.js', async (route) => {
    await held;
    await route.continue();
  });
  await ana.enter('ana');
  await ana.composer.focus();
  // The keys are held for some seconds at most; a slow machine may take longer to press them.
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
  assert.equal(await ana.composer.inputValue(), '', 'nothing fell into the field under it');
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
