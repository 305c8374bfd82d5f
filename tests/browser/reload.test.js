// Reloading, and coming back to a tab.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flood } from './harness/flood.js';
import { inView, readAt, seePlace } from './harness/log.js';
import { eventually } from './harness/patience.js';
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
  // The typed messages are in the outbox or in the log; nobody waits for an answer here.
  await ana.reload();
  await bo.seeMany(said.length);
  await ana.seeMany(said.length);
  await ana.seeAllSent();
  for (const somebody of [ana, bo]) assert.deepEqual(await somebody.texts(), said);
});

for (const [where, seq] of /** @type {[string, number][]} */ ([['in what is kept', 260], ['far above it', 90]])) {
  test(`who reads further up reads on there after a reload: ${where}`, async (t) => {
    const { server, person } = await stage(t);
    const bo = await Flood.join(server, 'bo');
    t.after(() => bo.leave());
    await bo.sayMany(300);
    const ana = await person('ana');
    await ana.see('message 300');
    const before = await readAt(ana, seq);
    await ana.reload();
    await bo.say('meanwhile');
    const after = await seePlace(ana, before);
    assert.ok(after.length > 1);
    assert.equal(await ana.page.locator('.notice, .flash').count(), 0, 'no notice appears');
    await ana.page.getByRole('button', { name: '1 new message' }).click();
    await ana.see('meanwhile');
    // At the end of the log there is no place to come back to.
    await ana.reload();
    await ana.see('meanwhile');
    await bo.say('and on');
    await ana.see('and on');
    const { scrollTop, scrollHeight, clientHeight } = await ana.page.locator('#log .view').evaluate((view) =>
      ({ scrollTop: view.scrollTop, scrollHeight: view.scrollHeight, clientHeight: view.clientHeight }));
    assert.ok(scrollHeight - clientHeight - scrollTop < 2);
  });
}

test('a link counts for more than where the tab was, and who scrolls after a reload stays where they are', async (t) => {
  const { server, person } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  t.after(() => bo.leave());
  await bo.sayMany(300);
  const ana = await person('ana');
  await ana.see('message 300');
  await readAt(ana, 90);
  await ana.page.goto('about:blank');
  await ana.page.goto(`${server.url}#lobby/200`);
  await eventually('message 200 is in view', () => inView(ana.page), (all) => all.some(({ seq }) => seq === 200));
  // The address names a message; a reload returns to what was read since then.
  const before = await readAt(ana, 150);
  await ana.reload();
  await eventually('the same is at the top', () => inView(ana.page), ([first]) => first?.seq === before.seq);
});

test('who reads further up reads on there in a browser that keeps nothing of the room', async (t) => {
  const { server, visitor } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  t.after(() => bo.leave());
  await bo.sayMany(300);
  const ana = await visitor();
  // As if the page were left before the database has written, or as in a private window.
  await ana.page.addInitScript(() => {
    IDBFactory.prototype.open = () => { throw new DOMException('not now', 'UnknownError'); };
  });
  await ana.reload();
  await ana.enter('ana');
  await ana.see('message 300');
  for (const seq of [260, 90]) {
    const before = await readAt(ana, seq);
    await ana.reload();
    await seePlace(ana, before);
  }
});

test('a page that is left before it was drawn, or before a scroll event, forgets no place', async (t) => {
  const { server, person } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  t.after(() => bo.leave());
  await bo.sayMany(300);
  const ana = await person('ana');
  await ana.see('message 300');
  const before = await readAt(ana, 260);
  await ana.page.addInitScript(() => {
    const loads = Number(sessionStorage.getItem('loads')) + 1;
    sessionStorage.setItem('loads', String(loads));
    if (loads === 1) globalThis.requestAnimationFrame = () => 0;
  });
  await ana.reload();
  await eventually('the page is there, and not drawn', () => ana.page.evaluate(() => performance.getEntriesByName('throng:opened').length));
  await ana.reload();
  await seePlace(ana, before);
  // The scroll event comes with the next frame.
  const { at, place } = await ana.page.evaluate(() => {
    const view = /** @type {Element} */ (document.querySelector('#log .view'));
    view.scrollTop -= 100;
    dispatchEvent(new Event('pagehide'));
    const { seq, at } = JSON.parse(sessionStorage.getItem('throng.reading') ?? '{}');
    const line = /** @type {Element} */ (view.querySelector(`[data-seq="${seq}"]`));
    return { at, place: line.getBoundingClientRect().top - view.getBoundingClientRect().top };
  });
  assert.ok(Math.abs(at - place) <= 1, `it stands at ${place}, and ${at} was kept`);
});

test('where a person read in a log that is gone leads nowhere in the room that has its name now', async (t) => {
  const { server, visitor } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  await bo.sayMany(300);
  const ana = await visitor();
  // Nothing is cached, so that the position is all that the page knows of the room.
  await ana.page.addInitScript(() => {
    IDBFactory.prototype.open = () => { throw new DOMException('not now', 'UnknownError'); };
  });
  await ana.reload();
  await ana.enter('ana');
  await ana.see('message 300');
  await readAt(ana, 90);
  await ana.page.goto('about:blank');
  bo.leave();
  await server.kill9();
  server.lose();
  await server.restart();
  const cy = await Flood.join(server, 'cy');
  t.after(() => cy.leave());
  await cy.sayMany(300, (number) => `new ${number}`);
  await ana.page.goBack();
  await ana.see('new 300');
  assert.equal(await ana.page.evaluate(() => document.querySelector('#log .flash')), null);
  await cy.say('and on');
  await ana.see('and on');
});
