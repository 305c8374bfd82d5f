// The emoji picker: built when it is opened, removed when it is closed. One group at a time is in the page, since
// all of them would be thousands of nodes. Arrow keys move through the grid.

import { emojiGroups, searchEmoji } from '../text/emoji.js';
import { getItem, setItem } from '../device/local_storage.js';
import { isComposing } from './text_field.js';
import { createElement, setAria, setText } from './dom.js';
import { t } from '../words/translate.js';

const COLUMNS = 8;

/** The width of a column for a finger, in px: a narrow screen has fewer columns. */
const FINGER_PX = 44;

const RECENT_MAX = 24;
const FOUND_MAX = 64;

/** A press or the focus somewhere else closes it. */
const OUTSIDE = ['pointerdown', 'focusin'];

/** @typedef {{char: string, name: string}} Emoji */

/** @type {(() => void) | null} */
let closeOpen = null;

/**
 * Opens the picker over a button, or closes it.
 * @param {HTMLElement} button
 * @param {(char: string) => void} picked
 */
export function toggleEmojiPicker(button, picked) {
  if (closeOpen) closeOpen();
  else new Picker(button, picked);
}

/** The emoji that were used last, newest first. @returns {Emoji[]} */
function recent() {
  try {
    const list = JSON.parse(getItem('emoji') ?? '[]');
    return Array.isArray(list) ? list.filter(({ char, name }) => typeof char === 'string' && typeof name === 'string').slice(0, RECENT_MAX) : [];
  } catch {
    return [];
  }
}

/** @param {Emoji} emoji */
function remember(emoji) {
  const list = [emoji, ...recent().filter(({ char }) => char !== emoji.char)].slice(0, RECENT_MAX);
  setItem('emoji', JSON.stringify(list));
}

class Picker {
  #button;
  #picked;
  /** @type {{name: string, emoji: Emoji[]}[]} */
  #groups = [];
  /** @type {Emoji[]} */
  #shown = [];
  #asked = 0;
  #columns = COLUMNS;
  #field = createElement('input', { type: 'search', autocomplete: 'off', spellcheck: false, autocapitalize: 'none' });
  #tabs = createElement('div', { className: 'tabs', role: 'tablist' });
  #title = createElement('p', { className: 'faint small title', id: 'emoji-title' });
  #grid = createElement('div', { className: 'grid', role: 'grid', aria: { labelledby: 'emoji-title' } });
  #element;
  /** The composer grows with its text, which leaves less height for the picker. */
  #sizes = new ResizeObserver(([{ target }]) =>
    this.#element.style.setProperty('--room', `${Math.floor(target.getBoundingClientRect().top) - 12}px`));

  /** @param {HTMLElement} button @param {(char: string) => void} picked */
  constructor(button, picked) {
    this.#button = button;
    this.#picked = picked;
    this.#field.placeholder = t('emoji.search');
    setAria(this.#field, 'label', t('emoji.search'));
    setAria(this.#tabs, 'label', t('emoji.groups'));
    this.#element = createElement('div', {
      id: 'picker', role: 'dialog', tabIndex: -1, aria: { label: t('composer.emoji') }, on: { keydown: (event) => this.#key(event) },
    }, this.#field, this.#tabs, this.#title, this.#grid);
    this.#field.addEventListener('input', () => this.#find());
    this.#grid.addEventListener('click', (/** @type {any} */ event) => this.#pick(event));
    const box = /** @type {Element} */ (button.parentElement);
    box.append(this.#element);
    this.#sizes.observe(box);
    setAria(button, 'expanded', true);
    for (const type of OUTSIDE) addEventListener(type, this.#outside, true);
    closeOpen = () => this.#close();
    // On a touch screen the field would bring the keyboard up, over the emoji.
    (matchMedia('(pointer: coarse)').matches ? this.#element : this.#field).focus();
    this.#load();
  }

  #outside = (/** @type {any} */ event) => {
    if (!this.#element.contains(event.target) && !this.#button.contains(event.target)) this.#close();
  };

  /** @param {boolean} [returnFocus] */
  #close(returnFocus = false) {
    for (const type of OUTSIDE) removeEventListener(type, this.#outside, true);
    this.#sizes.disconnect();
    this.#element.remove();
    setAria(this.#button, 'expanded', false);
    closeOpen = null;
    if (returnFocus) this.#button.focus();
  }

  async #load() {
    setText(this.#title, t('emoji.loading'));
    try {
      this.#groups = await emojiGroups();
    } catch {
      setText(this.#title, t('emoji.unreachable'));
      return;
    }
    const used = recent();
    const all = used.length ? [{ name: 'recent', emoji: used }, ...this.#groups] : this.#groups;
    this.#tabs.replaceChildren(...all.map((group, at) => createElement('button', {
      type: 'button', className: 'plain', role: 'tab', title: t(`emoji.group.${group.name}`), tabIndex: at ? -1 : 0,
      textContent: group.name === 'recent' ? '🕘' : group.emoji[0].char,
      aria: { label: t(`emoji.group.${group.name}`), selected: at === 0 },
      on: { click: () => this.#open(group, at) },
    })));
    if (all.length) this.#open(all[0], 0);
  }

  /** @param {{name: string, emoji: Emoji[]}} group @param {number} at */
  #open(group, at) {
    [...this.#tabs.children].forEach((tab, index) => {
      setAria(tab, 'selected', index === at);
      tab.tabIndex = index === at ? 0 : -1;
    });
    this.#field.value = '';
    this.#draw(t(`emoji.group.${group.name}`), group.emoji);
  }

  async #find() {
    const word = this.#field.value.trim();
    const asked = ++this.#asked;
    if (!word) return this.#load();
    const found = await searchEmoji(word, FOUND_MAX).catch(() => []);
    if (asked === this.#asked) this.#draw(found.length ? t('emoji.found') : t('emoji.none'), found);
  }

  /** @param {string} title @param {Emoji[]} list */
  #draw(title, list) {
    this.#shown = list;
    setText(this.#title, title);
    const cells = list.map(({ char, name }, at) => createElement('button', {
      type: 'button', className: 'plain', role: 'gridcell', title: `:${name}:`, textContent: char,
      tabIndex: at ? -1 : 0, aria: { label: name.replaceAll('_', ' ') },
    }));
    const fitting = Math.floor(this.#grid.clientWidth / FINGER_PX);
    this.#columns = matchMedia('(pointer: coarse)').matches ? Math.min(COLUMNS, fitting) : COLUMNS;
    this.#grid.style.setProperty('--columns', String(this.#columns));
    const rows = [];
    for (let at = 0; at < cells.length; at += this.#columns) {
      rows.push(createElement('div', { role: 'row' }, ...cells.slice(at, at + this.#columns)));
    }
    this.#grid.replaceChildren(...rows);
    this.#grid.scrollTop = 0;
  }

  get #cells() {
    return /** @type {HTMLElement[]} */ ([...this.#grid.querySelectorAll('button')]);
  }

  /** @param {any} event */
  #pick(event) {
    const at = this.#cells.indexOf(event.target.closest('button'));
    if (at < 0) return;
    remember(this.#shown[at]);
    // The focus returns to the button where the field does not take it, to keep the phone's keyboard closed.
    this.#close(true);
    this.#picked(this.#shown[at].char);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (isComposing(event)) return;
    const focused = /** @type {HTMLElement} */ (document.activeElement);
    if (event.key === 'Escape') this.#close(true);
    else if (this.#tabs.contains(focused)) return this.#tabKey(event, focused);
    else if (event.key === 'Enter' && focused === this.#field) this.#cells[0]?.click();
    else if (!this.#move(event, focused)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event @param {HTMLElement} focused */
  #tabKey(event, focused) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const tabs = /** @type {HTMLElement[]} */ ([...this.#tabs.children]);
    const next = tabs[(tabs.indexOf(focused) + step + tabs.length) % tabs.length];
    event.preventDefault();
    next.click();
    next.focus();
  }

  /** @param {KeyboardEvent} event @param {HTMLElement} focused */
  #move(event, focused) {
    const cells = this.#cells;
    const at = cells.indexOf(focused);
    if (at < 0) {
      if (event.key !== 'ArrowDown') return false;
      cells[0]?.focus();
      return true;
    }
    const to = {
      ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + this.#columns, ArrowUp: at - this.#columns,
      Home: at - (at % this.#columns), End: at - (at % this.#columns) + this.#columns - 1,
    }[event.key];
    if (to === undefined) return false;
    if (to < 0) this.#field.focus();
    const next = cells[Math.min(to, cells.length - 1)];
    if (to >= 0 && next) {
      cells[at].tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
    return true;
  }
}
