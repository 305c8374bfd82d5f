// A menu under a button. Arrow keys move, Escape closes, and the focus returns to the button.

import { icon } from './icon.js';
import { createElement, setAria } from './dom.js';

/** @typedef {{words: string, icon: string, act: () => void, danger?: boolean}} Item */

/** A press or the focus somewhere else closes it. */
const OUTSIDE = ['pointerdown', 'focusin'];

/** @type {(() => void) | null} */
let closeOpen = null;

/**
 * Opens the menu of a button, or closes it.
 * @param {HTMLElement} button
 * @param {Item[]} items
 */
export function toggleMenu(button, items) {
  const open = button.getAttribute('aria-expanded') === 'true';
  closeOpen?.();
  if (!open) show(button, items);
}

/** @param {HTMLElement} button @param {Item[]} items */
function show(button, items) {
  /** @param {boolean} [returnFocus] */
  const close = (returnFocus = false) => {
    menu.remove();
    for (const type of OUTSIDE) removeEventListener(type, outside, true);
    removeEventListener('resize', onResize);
    setAria(button, 'expanded', false);
    closeOpen = null;
    if (returnFocus) button.focus();
  };
  const onResize = () => close();
  const outside = (/** @type {any} */ event) => {
    if (!menu.contains(event.target) && !button.contains(event.target)) close();
  };
  const entries = items.map((item) => createElement('button', {
    type: 'button', className: item.danger ? 'plain danger' : 'plain', role: 'menuitem', tabIndex: -1,
    on: { click: () => { close(true); item.act(); } },
  }, icon(item.icon), item.words));
  const menu = createElement('div', {
    className: 'menu', role: 'menu', aria: { label: button.getAttribute('aria-label') || button.title },
    on: { keydown: (event) => moved(event, entries, close) },
  }, ...entries);
  // In the landmark of its button, but not inside a scrolling element, which would cut it off.
  (button.closest('nav, main, aside, dialog') ?? document.body).append(menu);
  positionMenu(menu, button);
  setAria(button, 'expanded', true);
  for (const type of OUTSIDE) addEventListener(type, outside, true);
  addEventListener('resize', onResize);
  closeOpen = close;
  entries[0]?.focus();
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} entries
 * @param {(returnFocus?: boolean) => void} close
 */
function moved(event, entries, close) {
  const at = entries.indexOf(/** @type {any} */ (document.activeElement));
  const step = { ArrowDown: at + 1, ArrowUp: at - 1 + entries.length, Home: 0, End: entries.length - 1 }[event.key];
  if (step !== undefined) entries[step % entries.length].focus();
  else if (event.key === 'Escape' || event.key === 'Tab') close(true);
  else return;
  event.stopPropagation();
  if (event.key !== 'Tab') event.preventDefault();
}

/** Below the button, or above it when there is more room. @param {HTMLElement} menu @param {HTMLElement} button */
function positionMenu(menu, button) {
  const { left, right, top, bottom } = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const x = Math.max(8, Math.min(left, innerWidth - width - 8));
  const fromEnd = right > innerWidth * 0.6 ? Math.max(8, right - width) : x;
  const y = bottom + height + 12 < innerHeight ? bottom + 4 : Math.max(8, top - height - 4);
  menu.style.setProperty('left', `${fromEnd}px`);
  menu.style.setProperty('top', `${y}px`);
}
