// The list of keyboard shortcuts, made from the table in keyboard_shortcuts.js.

import { openDialog } from './dialog.js';
import { SHORTCUTS } from './keyboard_shortcuts.js';
import { createElement } from './dom.js';
import { t } from '../words/translate.js';

/** The signs on Apple's keyboards. @type {Record<string, string>} */
const APPLE = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧' };

export function openShortcuts() {
  openDialog({ title: t('keys.title'), name: 'shortcuts', body: [createElement('div', { className: 'sections', tabIndex: 0 }, ...shortcutSections())] });
}

/** @returns {HTMLElement[]} */
export function shortcutSections() {
  const apple = /mac|iphone|ipad/i.test(navigator.platform);
  return SHORTCUTS.map(({ words, lines }) => section(t(words), lines.filter(({ keys }) => keys.length).map(({ keys, words: meaning }) => createElement('div', {},
    createElement('dt', {}, ...keys.map((chord, at) => combination(chord, apple, at > 0))),
    createElement('dd', { textContent: t(meaning) })))));
}

/** @param {string} title @param {Node[]} lines @returns {HTMLElement} */
export function section(title, lines) {
  return createElement('section', {}, createElement('h3', { textContent: title }), createElement('dl', {}, ...lines));
}

/** @param {string[]} chord @param {boolean} apple @param {boolean} further */
function combination(chord, apple, further) {
  const keys = chord.map((key) => createElement('kbd', { textContent: apple ? APPLE[key] ?? key : key.length > 1 && KEYS.has(key) ? t(`key.${key}`) : key }));
  return createElement('span', { className: further ? 'chord further' : 'chord' }, ...keys);
}

/** Keys that have other names in other languages. */
const KEYS = new Set(['Ctrl', 'Alt', 'Shift', 'Enter', 'Esc', 'Tab']);
