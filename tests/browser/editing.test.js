// Messages that somebody edits in another client: the newest text is on the screen, and says so.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './harness/accessible.js';
import { Flood } from './harness/flood.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

test('an edited text takes the place of the old one, live and after a reload', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const bo = await Flood.join(server, 'bo');
  const seq = await bo.say('meet at nine');
  await ana.see('meet at nine');
  const line = ana.page.locator(`#log li[data-seq="${seq}"]`);
  for (const text of ['meet at eight', 'meet at ten']) {
    await bo.edit(seq, text);
    await line.getByText(text, { exact: true }).waitFor();
  }
  await line.getByText('edited', { exact: true }).waitFor();
  assert.equal(await ana.page.locator(parts.said).count(), 1, 'an edit adds no line');
  assert.deepEqual(await violations(ana.page), []);
  await ana.reload();
  await line.getByText('meet at ten', { exact: true }).waitFor();
  await line.getByText('edited', { exact: true }).waitFor();
  assert.ok(!(await ana.page.locator('#log').textContent())?.includes('nine'));
  bo.leave();
});
