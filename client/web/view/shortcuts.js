// The list of shortcuts, made of the table that the keys are read from.

import { openDialog } from './dialog.js';
import { SHORTCUTS } from './keys.js';
import { make } from './make.js';
import { t } from '../words.js';

/** What Apple's keyboards call the keys. @type {Record<string, string>} */
const APPLE = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧' };

export function openShortcuts() {
  const apple = /mac|iphone|ipad/i.test(navigator.platform);
  const sections = SHORTCUTS.map(({ words, lines }) => make('section', {},
    make('h3', { textContent: t(words) }),
    make('dl', {}, ...lines.filter(({ keys }) => keys.length).map(({ keys, words: meaning }) => make('div', {},
      make('dt', {}, ...keys.map((chord, at) => combination(chord, apple, at > 0))),
      make('dd', { textContent: t(meaning) }))))));
  openDialog({ title: t('keys.title'), name: 'shortcuts', body: [make('div', { className: 'sections', tabIndex: 0 }, ...sections)] });
}

/** @param {string[]} chord @param {boolean} apple @param {boolean} further */
function combination(chord, apple, further) {
  const keys = chord.map((key) => make('kbd', { textContent: apple ? APPLE[key] ?? key : key.length > 1 && KEYS.has(key) ? t(`key.${key}`) : key }));
  return make('span', { className: further ? 'chord further' : 'chord' }, ...keys);
}

/** Keys that are called otherwise in other languages. */
const KEYS = new Set(['Ctrl', 'Alt', 'Shift', 'Enter', 'Esc', 'Tab']);
