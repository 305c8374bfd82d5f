// Copying out of the log.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flood } from './harness/flood.js';
import { eventually } from './harness/patience.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

const LIST = 'to do:\n1. *bread*\n2. soup\n\n> who said that?\n\n`code` **bold**';
const LONG = Array.from({ length: 40 }, (_, at) => `line ${at + 1}`).join('\n');

/**
 * Selects from one place in the document to another, copies, and returns what is pasted.
 * @param {Person} person
 * @param {[from: string, fromOffset: number, to: string, toOffset: number]} places selectors, and offsets in their first text
 */
async function copied({ page, composer }, [from, fromOffset, to, toOffset]) {
  await composer.fill('');
  await page.evaluate((/** @type {any[]} */ [start, at, end, until]) => {
    const textIn = (/** @type {any} */ selector) => {
      const element = /** @type {Element} */ (document.querySelector(selector));
      return document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode() ?? element;
    };
    /** @type {HTMLElement} */ (document.activeElement).blur();
    getSelection()?.setBaseAndExtent(textIn(start), at, textIn(end), until);
  }, [from, fromOffset, to, toOffset]);
  await page.keyboard.press('Control+c');
  // The page itself may not read the clipboard, so the person pastes.
  return eventually('something is pasted', async () => {
    await composer.fill('');
    await composer.press('Control+v');
    return composer.inputValue();
  });
}

/** A message by its seq. @param {number} seq @param {string} [within] */
const line = (seq, within = '') => `#log li[data-seq="${seq}"] ${within}`.trim();

/** @param {import('node:test').TestContext} t */
async function withLog(t) {
  const { server, person } = await stage(t);
  const ana = await person('ana', { permissions: ['clipboard-read', 'clipboard-write'] });
  const bo = await Flood.join(server, 'bo');
  t.after(() => bo.leave());
  for (const text of [LIST, 'and @ana?', LONG, 'the end']) await bo.say(text);
  await ana.see('the end');
  await ana.page.locator(line(1)).waitFor();
  // Everything that is loaded later is here, and copying is part of it.
  await ana.page.locator('#people .person').first().waitFor();
  const times = await ana.page.locator('#log time').allTextContents();
  return { ana, times };
}

test('several messages are copied with who, when, and as they were written', async (t) => {
  const { ana, times } = await withLog(t);
  const all = await copied(ana, [line(1, '.nick'), 0, line(4, '.said'), 7]);
  assert.equal(all, [`[${times[0]}] bo: ${LIST}`, `[${times[1]}] bo: and @ana?`, `[${times[2]}] bo: ${LONG}`, `[${times[3]}] bo: the end`].join('\n'));
});

test('the whole page is copied as its messages', async (t) => {
  const { ana, times } = await withLog(t);
  await ana.page.locator('#log .view').focus();
  await ana.page.keyboard.press('Control+a');
  await ana.page.keyboard.press('Control+c');
  const text = await eventually('something is pasted', async () => {
    await ana.composer.fill('');
    await ana.composer.press('Control+v');
    return ana.composer.inputValue();
  });
  assert.ok(text.startsWith(`[${times[0]}] bo: to do:`) && text.endsWith('bo: the end'), text);
  assert.doesNotMatch(text, /Mentions you|Show more|Rooms|Copy/);
});

test('pieces of the first and the last message stay pieces', async (t) => {
  const { ana, times } = await withLog(t);
  assert.equal(await copied(ana, [line(2, '.said'), 4, line(4, '.said'), 3]),
    [`[${times[1]}] bo: @ana?`, `[${times[2]}] bo: ${LONG}`, `[${times[3]}] bo: the`].join('\n'));
});

test('of one message its text is copied as it was written, with its head if that was selected', async (t) => {
  const { ana, times } = await withLog(t);
  assert.equal(await copied(ana, [line(3, '.said'), 0, line(4, '.nick'), 0]), LONG, 'although it is folded');
  assert.equal(await copied(ana, [line(1, '.nick'), 0, line(2, '.nick'), 0]), `[${times[0]}] bo: ${LIST}`);
  assert.equal(await copied(ana, [line(4, '.said'), 4, line(4, '.said'), 7]), 'end', 'a piece is a piece');
});
