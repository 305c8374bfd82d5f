// The keys that work everywhere.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortcutAction, SHORTCUTS } from '../view/keyboard_shortcuts.js';

/** @param {string} chord such as `Ctrl+k` @param {boolean} [typing] */
function act(chord, typing = false) {
  const keys = chord.split('+').map((key) => key || '+');
  const key = /** @type {string} */ (keys.pop());
  const event = /** @type {any} */ ({
    key, ctrlKey: keys.includes('Ctrl'), metaKey: keys.includes('Meta'), altKey: keys.includes('Alt'), shiftKey: keys.includes('Shift'),
  });
  return shortcutAction(event, typing);
}

test('chords work while one writes', () => {
  assert.equal(act('Ctrl+k', true), 'switcher');
  assert.equal(act('Meta+k', true), 'switcher');
  assert.equal(act('Alt+ArrowUp', true), 'previousRoom');
  assert.equal(act('Alt+ArrowDown', true), 'nextRoom');
  assert.equal(act('Alt+Shift+ArrowUp', true), 'previousUnread');
  assert.equal(act('Alt+Shift+ArrowDown', true), 'nextUnread');
  assert.equal(act('Ctrl+/', true), 'shortcuts');
  assert.equal(act('Escape', true), 'escape');
});

test('what is written stays what is written', () => {
  for (const key of ['?', 'a', 'K', '/', 'Enter', 'ArrowUp']) assert.equal(act(key, true), undefined, key);
});

test('elsewhere ? shows the list, and any other sign begins to write', () => {
  assert.equal(act('?'), 'shortcuts');
  assert.equal(act('Shift+?'), 'shortcuts');
  for (const key of ['a', 'Ä', '@', '/', '7']) assert.equal(act(key), 'type', key);
});

test('keys that scroll, press or belong to the browser are left alone', () => {
  for (const key of [' ', 'Enter', 'Tab', 'PageUp', 'F5', 'Ctrl+c', 'Ctrl+Shift+k', 'Alt+a', 'Meta+v']) assert.equal(act(key), undefined, key);
});

test('every line of the list that is shown has keys and words', () => {
  for (const { lines } of SHORTCUTS) {
    for (const { keys, words, act: does } of lines) assert.ok(keys.length ? words : does);
  }
});
