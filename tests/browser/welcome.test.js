// The first page: invalid names and the suggested ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flood } from './harness/flood.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

test('a name with a space is answered with the same name hyphenated, and Enter takes it', async (t) => {
  const { visitor } = await stage(t);
  const { page } = await visitor();
  const field = page.getByLabel('Choose a nickname');
  await field.fill(' Ana  Maria ');
  await field.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'Press Enter to use “Ana-Maria”' }).waitFor();
  assert.equal(await field.inputValue(), 'Ana-Maria');
  await field.press('Enter');
  await page.locator(parts.shown).waitFor({ state: 'attached' });
  assert.equal(await page.locator('#me bdi').textContent(), 'Ana-Maria');
});

test('what is wrong is said of this name, and what was typed stays', async (t) => {
  const { server, visitor } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  t.after(() => bo.leave());
  const { page } = await visitor();
  const field = page.getByRole('textbox');
  for (const [typed, words] of /** @type {[string, RegExp][]} */ ([
    ['', /Type a nickname first/], ['ana@home', /“ana@home” .*“@” is not allowed/], ['a'.repeat(30), /has 30 characters, and at most 24/],
    ['...', /needs a letter or a digit/], ['bo', /taken|Somebody|has this/i], ['a\u0301\u0302\u0303\u0304', /combining marks/],
  ])) {
    await field.fill(typed);
    await field.press('Enter');
    await page.getByRole('alert').filter({ hasText: words }).waitFor();
    assert.equal(await field.inputValue(), typed);
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    await field.press('End');
    await field.pressSequentially('x');
    await eventually('what was wrong is past', () => field.getAttribute('aria-invalid'), (value) => value === null);
  }
});
