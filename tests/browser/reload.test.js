// Coming back to a tab.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './harness/stage.js';

test('after a reload the same person reads on', async (t) => {
  const { person } = await stage(t);
  const [ana, bo] = [await person('ana'), await person('bo')];
  await ana.sayAndSee('before');
  await bo.see('before');
  await ana.reload();
  await ana.see('before');
  await bo.say('meanwhile');
  await ana.see('meanwhile');
  await ana.sayAndSee('after');
  await bo.see('after');
  for (const somebody of [ana, bo]) assert.deepEqual(await somebody.texts(), ['before', 'meanwhile', 'after']);
  const authors = await bo.page.locator('#log .nick').evaluateAll((nicks) => nicks.map((nick) => nick.textContent));
  assert.deepEqual(new Set(authors), new Set(['ana', 'bo']), 'nobody got another name');
});

test('a reload in the midst of many sends loses none and repeats none', async (t) => {
  const { person } = await stage(t);
  const [ana, bo] = [await person('ana'), await person('bo')];
  const said = Array.from({ length: 12 }, (_, n) => `number ${n + 1}`);
  for (const text of said) await ana.say(text);
  // What was typed is in the outbox or in the log; nobody waits for an answer here.
  await ana.reload();
  await bo.seeMany(said.length);
  await ana.seeMany(said.length);
  await ana.seeAllSent();
  for (const somebody of [ana, bo]) assert.deepEqual(await somebody.texts(), said);
});
