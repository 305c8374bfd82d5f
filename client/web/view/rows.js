// The rows of the log: the elements that are in the document, one per item, in the items' order.
//
// log.js says which items are to be there. An element whose item is the same object as before is left
// alone; the focus survives when the element that has it is made anew, and goes to the log itself
// when it leaves.

import { dayKey } from '../time.js';
import { locale } from '../words.js';
import { betweenElement } from './between.js';
import { messageElement, outgoingElement } from './message.js';
import { Roving } from './roving.js';

/** @typedef {import('./items.js').Item} Item */
/** @typedef {{key: string, item: Item, look: string, element: HTMLElement}} Row */
/** @typedef {{me: import('../wire.js').User | null, room: string, now: number}} Look */

export class Rows {
  #view;
  #parent;
  #hooks;
  /** @type {Row[]} */
  list = [];
  /** @type {Set<string>} */
  #unfolded = new Set();
  /** @type {Look} */
  #context = { me: null, room: '', now: 0 };
  /** What all elements depend on, besides their items. */
  #look = '';

  /**
   * @param {HTMLElement} view that takes the focus of what has left
   * @param {HTMLElement} parent of the rows
   * @param {{onRoom: (room: string) => void, replaced: (before: HTMLElement, now: HTMLElement) => void}} hooks
   */
  constructor(view, parent, hooks) {
    this.#view = view;
    this.#parent = parent;
    this.#hooks = hooks;
  }

  get keys() {
    return this.list.map(({ key }) => key);
  }

  /** Forgets everything: another room is shown. */
  clear() {
    this.#unfolded = new Set();
    this.show([]);
  }

  /** Sets what the drawing depends on. @param {Look} context */
  look(context) {
    const { me, room, now } = context;
    this.#context = context;
    this.#look = [me?.id, me?.nick, room, dayKey(now), locale()].join(' ');
  }

  /** Brings the document to these items. @param {Item[]} items @returns {boolean} whether anything changed */
  show(items) {
    const same = items.length === this.list.length &&
      items.every((item, at) => this.list[at].item === item && this.list[at].look === this.#look);
    if (same) return false;
    const focus = this.#focus();
    const before = new Map(this.list.map((row) => [row.key, row]));
    const list = items.map((item) => this.#row(before.get(item.key), item));
    const kept = new Set(list.map(({ key }) => key));
    for (const row of this.list) if (!kept.has(row.key)) row.element.remove();
    let next = this.#parent.firstElementChild;
    for (const { element } of list) {
      if (element === next) next = next.nextElementSibling;
      else this.#parent.insertBefore(element, next);
    }
    this.list = list;
    this.#refocus(focus);
    return true;
  }

  /** Shows a long message in full or not. @param {string} key @param {boolean} open @returns {HTMLElement} */
  fold(key, open) {
    if (open) this.#unfolded.add(key);
    else this.#unfolded.delete(key);
    const focus = this.#focus();
    this.list = this.list.map((row) => (row.key === key ? this.#anew(row, row.item) : row));
    this.#refocus(focus);
    return /** @type {Row} */ (this.list.find((row) => row.key === key)).element;
  }

  /** @param {HTMLElement} element @returns {Row | undefined} */
  of(element) {
    return this.list.find((row) => row.element === element);
  }

  /** @param {HTMLElement} element @returns {import('../wire.js').Message | null} */
  messageOf(element) {
    const item = this.of(element)?.item;
    return item?.kind === 'message' ? item.message : null;
  }

  /** @param {Row | undefined} before @param {Item} item @returns {Row} */
  #row(before, item) {
    if (!before) return { key: item.key, item, look: this.#look, element: this.#draw(item) };
    return before.item === item && before.look === this.#look ? before : this.#anew(before, item);
  }

  /** @param {Row} before @param {Item} item @returns {Row} */
  #anew(before, item) {
    const element = this.#draw(item);
    before.element.replaceWith(element);
    const row = { key: item.key, item, look: this.#look, element };
    this.list = this.list.map((one) => (one === before ? row : one));
    this.#hooks.replaced(before.element, element);
    return row;
  }

  /** @param {Item} item @returns {HTMLElement} */
  #draw(item) {
    const { me, room, now } = this.#context;
    const context = { me, unfolded: this.#unfolded, onRoom: this.#hooks.onRoom };
    const element = item.kind === 'message' ? messageElement(item, context)
      : item.kind === 'outgoing' ? outgoingElement(item, context)
        : betweenElement(item, { room, now });
    Roving.quiet(element);
    return element;
  }

  /** Where the focus is, if it is in a row. */
  #focus() {
    const { activeElement } = document;
    const row = this.list.find(({ element }) => element.contains(activeElement));
    if (!row) return null;
    const { act } = /** @type {HTMLElement} */ (activeElement).dataset;
    return { key: row.key, element: activeElement, act };
  }

  /** @param {{key: string, element: Element | null, act: string | undefined} | null} focus */
  #refocus(focus) {
    if (!focus || focus.element === document.activeElement) return;
    const line = this.list.find(({ key }) => key === focus.key)?.element;
    const button = focus.act && line?.querySelector(`[data-act="${focus.act}"]`);
    const next = /** @type {HTMLElement | undefined} */ (button || line) ?? this.#view;
    next.focus({ preventScroll: true });
  }
}
