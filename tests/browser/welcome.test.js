// The first page: invalid names and the suggested ones.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

test('the form for an account leads to the providers that the server knows', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'throng-issuers-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'issuers.toml');
  // The provider is asked when somebody logs in there, so none need be running.
  await writeFile(file, `public_url = "http://127.0.0.1:1"

[[oidc]]
name = "company"
issuer = "http://127.0.0.1:1"
client_id = "throng"
`);
  const { visitor } = await stage(t, { flags: ['--issuers-file', file] });
  const { page } = await visitor();
  await page.getByRole('button', { name: 'I have an account' }).click();
  const link = page.getByRole('link', { name: 'Log in at company' });
  assert.equal(await link.getAttribute('href'), new URL('oidc/company/start', page.url()).href);
});
