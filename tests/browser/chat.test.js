// Two people with two browsers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './harness/stage.js';

test('two people chat, and both have the same list', async (t) => {
  const { person } = await stage(t);
  const [ana, bo] = [await person('ana'), await person('bo')];
  await ana.say('hello?');
  await bo.see('hello?');
  await bo.say('here I am');
  await ana.see('here I am');
  await ana.say('two lines\nof one message');
  for (const somebody of [ana, bo]) {
    await somebody.seeMany(3);
    await somebody.seeAllSent();
    assert.deepEqual(await somebody.texts(), ['hello?', 'here I am', 'two lines\nof one message']);
    assert.deepEqual(await somebody.seqs(), [1, 2, 3]);
  }
});

test('who comes later reads what was said before', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  const said = ['one', 'two', 'three'];
  for (const text of said) await ana.sayAndSee(text);
  const bo = await person('bo');
  await bo.seeMany(3);
  assert.deepEqual(await bo.texts(), said);
});

test('a nick that somebody has is refused, and another one is taken', async (t) => {
  const { person, visitor } = await stage(t);
  await person('ana');
  const other = await visitor();
  await other.page.getByRole('textbox').fill('Ana');
  await other.page.getByRole('textbox').press('Enter');
  await other.page.getByRole('alert').filter({ hasText: /./ }).waitFor();
  await other.enter('ana-maria');
  await other.sayAndSee('under another name');
});
