// A menu under a button. Arrow keys move, Escape closes, and the focus returns to the button.

import { icon } from './icon.js';
import { createElement, setAria } from './dom.js';

/** @typedef {{words: string, icon: string, act: () => void, danger?: boolean}} Item */

/** A press or the focus somewhere else closes it. */
const OUTSIDE = ['pointerdown', 'focusin'];

/** The open menu: its button, and what closes it or gives it other items. @type {{button: HTMLElement, close: (returnFocus?: boolean) => void, fill: (items: Item[]) => void} | null} */
let open = null;

/**
 * Opens the menu of a button, or closes it.
 * @param {HTMLElement} button
 * @param {Item[]} items
 */
export function toggleMenu(button, items) {
  const isOpen = button.getAttribute('aria-expanded') === 'true';
  open?.close();
  if (!isOpen) show(button, items);
}

/** Gives the menu of a button, if it is open, other items; without any it closes. @param {HTMLElement} button @param {Item[]} items */
export function refreshMenu(button, items) {
  if (open?.button !== button) return;
  if (items.length) open.fill(items);
  else open.close(true);
}

/** @param {HTMLElement} button @param {Item[]} items */
function show(button, items) {
  /** @param {boolean} [returnFocus] */
  const close = (returnFocus = false) => {
    menu.remove();
    for (const type of OUTSIDE) removeEventListener(type, outside, true);
    removeEventListener('resize', onResize);
    setAria(button, 'expanded', false);
    open = null;
    if (returnFocus) button.focus();
  };
  const onResize = () => close();
  const outside = (/** @type {any} */ event) => {
    if (!menu.contains(event.target) && !button.contains(event.target)) close();
  };
  const menu = createElement('div', {
    className: 'menu', role: 'menu', aria: { label: button.getAttribute('aria-label') || button.title },
    on: { keydown: (event) => moved(event, [...menu.children], close) },
  });
  /** @param {Item[]} wanted */
  const fill = (wanted) => {
    // Who is at an item that stays is still there.
    const words = menu.contains(document.activeElement) ? document.activeElement?.textContent : null;
    menu.replaceChildren(...wanted.map((item) => entry(item, close)));
    if (words !== null) ([...menu.children].find(({ textContent }) => textContent === words) ?? menu.firstChild).focus();
    positionMenu(menu, button);
  };
  // In the landmark of its button, but not inside a scrolling element, which would cut it off.
  (button.closest('nav, main, aside, dialog') ?? document.body).append(menu);
  fill(items);
  setAria(button, 'expanded', true);
  for (const type of OUTSIDE) addEventListener(type, outside, true);
  addEventListener('resize', onResize);
  open = { button, close, fill };
  menu.firstChild?.focus();
}

/** @param {Item} item @param {(returnFocus?: boolean) => void} close */
function entry(item, close) {
  return createElement('button', {
    type: 'button', className: item.danger ? 'plain danger' : 'plain', role: 'menuitem', tabIndex: -1,
    on: { click: () => { close(true); item.act(); } },
  }, icon(item.icon), item.words);
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
