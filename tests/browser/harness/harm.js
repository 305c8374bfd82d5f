// What hostile texts and names must not do to a page. A watcher in the page checks every element that is
// added to the document.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** Texts, bombs and names that are meant to break a client. */
export const corpus = JSON.parse(readFileSync(new URL('../../../client/web/tests/corpus/hostile.json', import.meta.url), 'utf8'));

/** Runs in the page, before everything else. */
function watch() {
  const page = /** @type {any} */ (globalThis);
  /** @type {string[]} */
  page.harms = [];
  // The elements that this client makes in all its views.
  const tags = new Set(`html head title meta link script body noscript main nav aside header footer form div span p h1 h2 h3 ol ul li dl dt dd
    bdi time a mark strong em s code pre blockquote br button svg path input textarea select option label fieldset legend dialog
    kbd section table thead tbody tr th td`.split(/\s+/));
  /** @param {Element} element */
  const judge = (element) => {
    const { localName: tag } = element;
    if (!tags.has(tag)) page.harms.push(`an element ${tag}`);
    if ((tag === 'script' || tag === 'link' || tag === 'meta') && !element.closest('head')) page.harms.push(`${tag} in the body`);
    for (const { name, value } of element.attributes) {
      if (/^on|^srcdoc$|^formaction$|^xlink|^action$/.test(name)) page.harms.push(`an attribute ${name} of ${tag}`);
      if (name === 'src' && tag !== 'script') page.harms.push(`an address ${value} of ${tag}`);
      // The colour of a nick is a number; the field and the log set their own heights.
      if (name === 'style' && element.closest('.said')) page.harms.push(`a style ${value}`);
      if (name === 'id' && element.closest('#log li')) page.harms.push(`an id ${value} in a message`);
    }
    if (tag !== 'a') return;
    const href = element.getAttribute('href') ?? '';
    // The page's own link to reload, from before the client runs.
    if (href === '' && element.closest('body > #loading')) return;
    if (!/^(?:https?:\/\/|mailto:|#)/.test(href)) page.harms.push(`a link to ${href}`);
    if (href.startsWith('#')) return;
    const rel = element.getAttribute('rel') ?? '';
    if (element.getAttribute('target') !== '_blank' || !/\bnoopener\b/.test(rel) || !/\bnoreferrer\b/.test(rel)) {
      page.harms.push(`a link to ${href} opens as it should not`);
    }
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes, type } of changes) {
      if (type === 'attributes') judge(/** @type {Element} */ (target));
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        judge(node);
        node.querySelectorAll('*').forEach(judge);
      }
    }
  }).observe(document, { subtree: true, childList: true, attributes: true });
}

/** Watches a page; call it before opening the page. @param {import('playwright-core').Page} page */
export async function watchForHarm(page) {
  await page.addInitScript(watch);
}

/** Fails if the watcher found something. @param {import('playwright-core').Page} page @param {string} name of what was tried */
export async function assertHarmless(page, name) {
  const found = await page.evaluate(() => {
    const { harmed, harms } = /** @type {any} */ (globalThis);
    return { harmed, harms: harms.splice(0), title: document.title };
  });
  assert.equal(found.harmed, undefined, `${name} ran`);
  assert.deepEqual(found.harms, [], name);
}

/** How often each letter occurs. Digits are left out: they may be the number of a list item, which the browser makes. @param {string} text @returns {Map<string, number>} */
function letters(text) {
  const found = new Map();
  for (const letter of text.normalize('NFC').toLowerCase().match(/\p{L}/gu) ?? []) found.set(letter, (found.get(letter) ?? 0) + 1);
  return found;
}

/** Which letters of a text are not shown. @param {string} text @param {string} shown */
export function lost(text, shown) {
  const there = letters(shown);
  return [...letters(text)].filter(([letter, count]) => (there.get(letter) ?? 0) < count).map(([letter]) => letter).join('');
}
