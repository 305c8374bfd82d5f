// The message field grows with its text, and the log above it stays at the newest message.

import { test } from 'node:test';
import { Flood } from './harness/flood.js';
import { eventually } from './harness/patience.js';
import { stage } from './harness/stage.js';

test('the log stays at its end while the field grows and shrinks again', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const bo = await Flood.join(server, 'bo');
  t.after(() => bo.leave());
  await bo.sayMany(60);
  await ana.see('message 60');
  const view = ana.page.locator('#log .view');
  const height = () => view.evaluate(({ clientHeight }) => clientHeight);
  const below = () => view.evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);
  const before = await height();
  // The log and the field have been used before.
  await view.hover();
  await ana.page.mouse.wheel(0, -2_000);
  await ana.page.locator('#log .jump.newest:visible').waitFor();
  await ana.page.keyboard.press('Escape');
  await ana.composer.pressSequentially(':ca');
  await ana.page.getByRole('listbox').waitFor();
  await ana.composer.press('Escape');
  await ana.composer.fill('');
  for (const round of [1, 2, 3]) {
    await ana.write('one line\n'.repeat(7));
    await eventually('the field has grown', height, (now) => now < before);
    await eventually('the log is at its end', below, (rest) => rest < 1);
    await ana.composer.press('Escape');
    await ana.composer.fill('');
    await eventually('the field has shrunk', height, (now) => now === before);
    await bo.say(`the newest of round ${round}`);
    await ana.see(`the newest of round ${round}`);
    await eventually('the newest message is in sight', below, (rest) => rest < 1);
  }
});
