// The icons in the page.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ICONS } from '../view/icon.js';
import { lazyIcons } from '../view/lazy_icons.js';

const web = new URL('../', import.meta.url);

/** @param {string} name */
const read = (name) => readFileSync(new URL(name, web), 'utf8');

const html = read('index.html');

test('what is drawn before the lazy parts are there has its icons in the first load, and no icon is missing', () => {
  const first = [...html.matchAll(/rel="modulepreload" href="assets\/(view\/[^"]+)"/g)].map(([, name]) => name);
  const views = readdirSync(new URL('view', web)).map((name) => `view/${name}`);
  assert.ok(first.length > 10 && views.length > first.length);
  for (const name of first) for (const icon of iconsIn(name, /\bicon\(([^()]*)\)/g)) assert.ok(Object.hasOwn(ICONS, icon), `${icon} in ${name}`);
  for (const icon of Object.keys(lazyIcons)) assert.ok(!Object.hasOwn(ICONS, icon), `${icon} is in both`);
  const all = { ...ICONS, ...lazyIcons };
  // A menu, which is a lazy part, draws the icons of its items.
  for (const name of views) for (const icon of iconsIn(name, /\bicon(?:\(|: )([^(),]*)/g)) assert.ok(Object.hasOwn(all, icon), `${icon} in ${name}`);
});

/** The icons that a module names, where a pattern finds them. @param {string} name @param {RegExp} pattern */
function iconsIn(name, pattern) {
  const named = [...read(name).matchAll(pattern)].flatMap(([, args]) => [...args.matchAll(/'(\w+)'/g)].map(([, icon]) => icon));
  // These are states of a message, by which its icon is chosen.
  return named.filter((icon) => !['failed', 'sent'].includes(icon));
}
