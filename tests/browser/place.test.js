// A reader further up in the log stays at the same message, whatever happens to the page around it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flood } from './harness/flood.js';
import { seeDrawn } from './harness/frames.js';
import { readAt, seePlace } from './harness/log.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

const LINES = 'a message that is so long that a narrower page has to write it in more lines than a wide one, which it does here and elsewhere';

/**
 * A person in a room with 300 messages of different heights, and where they read in it.
 * @param {import('node:test').TestContext} t
 * @param {number} seq
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function reader(t, seq, options) {
  const { server, person } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  t.after(() => bo.leave());
  await bo.sayMany(300, (number) => (number % 3 ? `message ${number}` : `message ${number} ${LINES}`));
  const ana = await person('ana', options);
  await ana.seeMany(50);
  return { ana, bo, before: await readAt(ana, seq) };
}

test('the place is kept while another room is shown, and a message stays a message away', async (t) => {
  const { ana, bo, before } = await reader(t, 200);
  await ana.go('kitchen');
  await bo.say('meanwhile');
  await ana.go('lobby');
  await seePlace(ana, before);
  await ana.page.getByRole('button', { name: '1 new message' }).waitFor();
});

test('the place is kept in another language, with another theme, and with larger letters', async (t) => {
  const { ana, before } = await reader(t, 200);
  const { page } = ana;
  await page.locator('#me').click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.locator('#language').selectOption('de');
  await page.getByRole('dialog', { name: 'Einstellungen' }).waitFor();
  await seePlace(ana, before);
  await page.keyboard.press('Escape');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html').evaluate((html) => { html.style.fontSize = '24px'; });
  await seeDrawn(ana, 5);
  await page.locator('html').evaluate((html) => { html.style.fontSize = ''; });
  await seePlace(ana, before);
});

test('the place is kept while the page becomes higher than the rest of the room, and narrower', async (t) => {
  const { ana, before } = await reader(t, 284, { viewport: { width: 844, height: 390 } });
  for (const size of [{ width: 844, height: 1_200 }, { width: 390, height: 844 }]) {
    await ana.page.setViewportSize(size);
    await seeDrawn(ana, 5);
    await ana.page.setViewportSize({ width: 844, height: 390 });
    await seePlace(ana, before);
  }
});

test('what the browser scrolls by itself is not taken for the person', async (t) => {
  const { ana, before } = await reader(t, 280, { viewport: { width: 844, height: 390 } });
  const { page } = ana;
  /** Hides or shows everything below the place, and returns the browser's scroll position. @param {boolean} hidden */
  const hide = (hidden) => page.evaluate(([seq, display]) => {
    const view = /** @type {HTMLElement} */ (document.querySelector('#log .view'));
    for (const line of /** @type {NodeListOf<HTMLElement>} */ (view.querySelectorAll('li[data-seq]'))) {
      if (Number(line.dataset.seq) > Number(seq)) line.style.display = String(display);
    }
    const { scrollTop } = view;
    // The scroll event comes before the page knows anything else of the new layout.
    view.dispatchEvent(new Event('scroll'));
    return scrollTop;
  }, [before.seq, hidden ? 'none' : '']);
  const top = await page.locator('#log .view').evaluate((view) => view.scrollTop);
  assert.ok(await hide(true) < top - 50, 'the browser has scrolled');
  await seeDrawn(ana, 5);
  await hide(false);
  await seePlace(ana, before);
  await seeDrawn(ana, 5);
  await seePlace(ana, before);
});

test('the place is kept while older pages load, the tab is out of sight, and a banner comes and goes', async (t) => {
  const { ana, bo, before } = await reader(t, 150);
  const { page } = ana;
  const other = await page.context().newPage();
  await other.bringToFront();
  await bo.say('out of sight');
  await page.bringToFront();
  await other.close();
  await seePlace(ana, before);
  await ana.loseNetwork();
  await page.evaluate(() => dispatchEvent(new Event('offline')));
  await page.locator('#banner').waitFor();
  await seePlace(ana, before);
  await ana.findNetwork();
  await page.locator('#banner').waitFor({ state: 'hidden' });
  await seePlace(ana, before);
  await eventually('what was said is known', () => page.getByRole('button', { name: '1 new message' }).count());
  assert.ok(await page.locator(parts.said).count() <= 80);
});
