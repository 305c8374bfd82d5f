// Printing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { seeDrawn } from './harness/frames.js';
import { atRest, readAt, seePlace, wheel } from './harness/log.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

test('a room is printed with its name and all that is loaded, dark on light, and nothing else', async (t) => {
  const { server, person } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  t.after(() => bo.leave());
  await bo.sayMany(200);
  const ana = await person('ana', { colorScheme: 'dark' });
  const { page } = ana;
  await ana.see('message 200');
  await eventually('two more pages are loaded', async () => {
    await wheel(page, -600);
    return (await ana.seqs())[0];
  }, (seq) => seq <= 100);
  await page.locator('#people .person').first().waitFor();
  const [before] = await atRest(ana);
  const rows = () => page.locator(parts.said).count();
  assert.ok(await rows() <= 80);
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const seqs = await ana.seqs();
  assert.ok(seqs.length >= 100 && seqs.at(-1) === 200, `${seqs.length} are printed`);
  for (const hidden of ['#side', '#people', '#composer', '#header button', '#foot']) {
    assert.ok(await page.locator(hidden).first().isHidden(), hidden);
  }
  assert.ok(await page.locator('#name').isVisible());
  const { height, ink, hue } = await page.evaluate(() => ({
    height: document.documentElement.scrollHeight, ink: getComputedStyle(document.body).color,
    hue: getComputedStyle(document.documentElement).getPropertyValue('--hue-l').trim(),
  }));
  assert.ok(height > 2_000, `all of it lies on the paper: ${height}`);
  assert.deepEqual([ink, hue], ['rgb(29, 35, 34)', '26%'], 'dark on light');
  await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await seePlace(ana, before);
  assert.ok(await rows() <= 80);
});

test('who prints reads on where they were, and has read no more than before', needs.protocol, async (t) => {
  const { server, person } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  t.after(() => bo.leave());
  const ana = await person('ana');
  const { page } = ana;
  await bo.sayMany(200);
  await ana.see('message 200');
  const before = await readAt(ana, 20);
  await bo.say('unread');
  await page.getByRole('button', { name: '1 new message' }).waitFor();
  await page.pdf();
  await seePlace(ana, before);
  // The person may also emulate print in the developer tools.
  for (const media of /** @type {const} */ (['print', 'screen'])) {
    await page.emulateMedia({ media });
    // The page draws meanwhile, as at each tick of its clock.
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    await seeDrawn(ana, 5);
  }
  await seePlace(ana, before);
  assert.ok(await page.locator(parts.said).count() <= 80);
  await page.getByRole('button', { name: '1 new message' }).waitFor();
  await ana.reload();
  await seePlace(ana, before);
  await page.getByRole('button', { name: '1 new message' }).waitFor();
});
