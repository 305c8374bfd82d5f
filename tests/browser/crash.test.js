// The server dies in the middle of a conversation.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './harness/stage.js';

const EACH = 24;

/** @param {string} nick */
const textsOf = (nick) => Array.from({ length: EACH }, (_, n) => `${nick} ${n + 1}`);

/** Types some of a person's texts. @param {import('./harness/person.js').Person} somebody @param {string[]} texts */
async function type(somebody, texts) {
  for (const text of texts) await somebody.say(text);
}

test('both type while the server is killed and started again: the same list, once and in order', async (t) => {
  const { server, person } = await stage(t);
  const [ana, bo] = [await person('ana'), await person('bo')];
  const [of, by] = [textsOf('ana'), textsOf('bo')];
  // Killed with sends in flight: nobody waits for an answer before that.
  const typing = Promise.all([type(ana, of.slice(0, 12)), type(bo, by.slice(0, 12))]);
  await ana.see(of[2]);
  await server.kill9();
  await typing;
  // No server is there to receive this.
  await Promise.all([type(ana, of.slice(12, 18)), type(bo, by.slice(12, 18))]);
  await server.restart();
  await Promise.all([type(ana, of.slice(18)), type(bo, by.slice(18))]);

  const list = await ana.seeMany(2 * EACH);
  assert.deepEqual(await bo.seeMany(2 * EACH), list, 'both have the same list');
  assert.deepEqual(list.filter((text) => text.startsWith('ana')), of, 'each text once, in the order in which it was typed');
  assert.deepEqual(list.filter((text) => text.startsWith('bo')), by);
  assert.deepEqual(await ana.seqs(), Array.from({ length: 2 * EACH }, (_, n) => n + 1));
  for (const somebody of [ana, bo]) await somebody.seeAllSent();
});
