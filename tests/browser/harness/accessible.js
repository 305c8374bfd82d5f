// The problems that axe-core finds in a page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { overEdges, smallTargets } from './phone.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Waits until nothing moves: what comes into view is pale, and not yet in its place. @param {import('playwright-core').Page} page */
export const whenStill = (page) =>
  page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))));

/**
 * The violations as sentences, one per line, once nothing moves; a test wants none.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}
 */
export async function violations(page) {
  await whenStill(page);
  await page.evaluate(AXE);
  const found = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run({ resultTypes: ['violations'] }));
  return found.violations.map((/** @type {any} */ { id, help, nodes }) =>
    `${id}: ${help}: ${nodes.map((/** @type {any} */ node) => node.target.join(' ')).join(', ')}`);
}

/**
 * Checks what is open: axe finds nothing in light and dark, nothing reaches over an edge, and a finger hits everything.
 * @param {import('./person.js').Person} person
 * @param {string} what
 */
export async function isSound({ page }, what) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    assert.deepEqual(await violations(page), [], `${what}, ${colorScheme}`);
  }
  assert.deepEqual(await overEdges(page), [], what);
  const isTouched = await page.evaluate(() => matchMedia('(pointer: coarse)').matches);
  if (isTouched) assert.deepEqual(await smallTargets(page), [], what);
}
