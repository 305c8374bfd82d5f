// Where the focus is, and whether a person can see it there.

import assert from 'node:assert/strict';
import { eventually } from './patience.js';

/** @typedef {import('./person.js').Person} Person */

/**
 * The element with the focus: its name as a screen reader would say it, and whether its ring shows.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<{tag: string, id: string, name: string, place: string, ringed: boolean, inView: boolean}>}
 */
export function focused(page) {
  return page.evaluate(() => {
    const element = /** @type {HTMLElement} */ (document.activeElement);
    /** Whether an element has a visible outline or shadow. @param {Element | null} one */
    const isRinged = (one) => {
      if (!one) return false;
      const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(one);
      const outlined = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1 && outlineColor !== 'rgba(0, 0, 0, 0)';
      return outlined || boxShadow !== 'none';
    };
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return {
      tag: element.localName,
      id: element.id,
      name: (element.getAttribute('aria-label') || element.innerText || element.title || '').trim().replace(/\s+/g, ' '),
      place: element.closest('dialog') ? 'dialog' : element.closest('#picker, .menu, #side, #header, #log, #composer, #welcome, #notices, #banner')?.id ?? '',
      // The composer's field has its ring around the box that it shares with its buttons.
      ringed: isRinged(element) || (element.id === 'text' && isRinged(element.closest('.box'))),
      inView: right > left && bottom > top && left < innerWidth && right > 0 && top < innerHeight && bottom > 0,
    };
  });
}

/** Waits until the focus is where it should be, and checks that it is visible. @param {Person} person @param {string} where @param {(at: Awaited<ReturnType<typeof focused>>) => boolean} isThere */
export async function focusAt({ page }, where, isThere) {
  const at = await eventually(`the focus is ${where}`, () => focused(page), isThere);
  assert.ok(at.ringed, `the focus is seen ${where}: ${JSON.stringify(at)}`);
  assert.ok(at.inView, `the focus is in view ${where}: ${JSON.stringify(at)}`);
}

/** @param {Person} person */
export const inField = (person) => focusAt(person, 'in the field', ({ id }) => id === 'text');

/** @param {Person} person @param {string} name of the dialog */
export const inDialog = (person, name) => person.page.locator(`dialog.${name}[open]`).waitFor()
  .then(() => focusAt(person, `in the dialog ${name}`, ({ place }) => place === 'dialog'));

/** Escape closes the dialog, and the focus is back. @param {Person} person */
export async function leaveDialog(person) {
  await person.page.keyboard.press('Escape');
  await person.page.locator('dialog').waitFor({ state: 'detached' });
  await focusAt(person, 'back where it was', ({ tag }) => tag !== 'body');
}

/** Presses Tab until the element with this name has the focus. @param {Person} person @param {RegExp} name @param {string} [key] */
export async function tabTo(person, name, key = 'Tab') {
  const seen = [];
  for (let step = 0; step < 40; step += 1) {
    await person.page.keyboard.press(key);
    const at = await focused(person.page);
    seen.push(at.name);
    if (name.test(at.name)) return;
  }
  assert.fail(`${key} never came to ${name}: ${seen.join(' | ')}`);
}
