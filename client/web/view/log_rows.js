// The rows of the log: the elements that are in the document, one per item, in the order of the items.
//
// log.js says which items to show. The element of an item that is still the same object stays untouched. The focus
// survives when its element is built again, and goes to the log itself when its row leaves.

import { dayKey, dayName } from '../text/time.js';
import { locale, t } from '../words/translate.js';
import { createElement } from './dom.js';
import { logButton, messageElement, outgoingElement } from './message_element.js';

/** @typedef {import('./log_items.js').Item} Item */
/** @typedef {import('./log_items.js').Top} Top */
/** @typedef {import('./log_items.js').Day} Day */
/** @typedef {import('./log_items.js').New} New */
/** @typedef {import('./log_items.js').Gap} Gap */
/** @typedef {{key: string, item: Item, contextKey: string, element: HTMLElement}} Row */
/** @typedef {{me: import('../store/state.js').Reader | null, room: string, now: number}} Context */

export class LogRows {
  #view;
  #parent;
  #hooks;
  /** @type {Row[]} */
  list = [];
  /** @type {Set<string>} */
  #unfolded = new Set();
  /** @type {Context} */
  #context = { me: null, room: '', now: 0 };
  /** What all elements depend on besides their items, as one string. */
  #contextKey = '';
  /** How often the person has kept somebody else away. */
  #distances = 0;

  /**
   * @param {HTMLElement} view gets the focus of a row that has left
   * @param {HTMLElement} parent the parent of the rows
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

  /** Removes all rows: another room is shown. */
  clear() {
    this.#unfolded = new Set();
    this.show([]);
  }

  /** Sets what all rows depend on. @param {Context} context */
  setContext(context) {
    const { me, room, now } = context;
    if (me?.away !== this.#context.me?.away) this.#distances += 1;
    this.#context = context;
    this.#contextKey = [me?.id, me?.nick, me?.words, this.#distances, room, dayKey(now), locale()].join(' ');
  }

  /** Updates the document to these items. @param {Item[]} items @returns {boolean} whether anything changed */
  show(items) {
    const same = items.length === this.list.length &&
      items.every((item, at) => this.list[at].item === item && this.list[at].contextKey === this.#contextKey);
    if (same) return false;
    const focus = this.#focusedRow();
    const before = new Map(this.list.map((row) => [row.key, row]));
    const list = items.map((item) => this.#rowFor(before.get(item.key), item));
    const kept = new Set(list.map(({ key }) => key));
    for (const row of this.list) if (!kept.has(row.key)) row.element.remove();
    let next = this.#parent.firstElementChild;
    for (const { element } of list) {
      if (element === next) next = next.nextElementSibling;
      else this.#parent.insertBefore(element, next);
    }
    this.list = list;
    this.#restoreFocus(focus);
    return true;
  }

  /** Shows a long message in full or folded. @param {string} key @param {boolean} open @returns {HTMLElement} */
  setUnfolded(key, open) {
    if (open) this.#unfolded.add(key);
    else this.#unfolded.delete(key);
    const focus = this.#focusedRow();
    this.list = this.list.map((row) => (row.key === key ? this.#rebuild(row, row.item) : row));
    this.#restoreFocus(focus);
    return /** @type {Row} */ (this.list.find((row) => row.key === key)).element;
  }

  /** @param {HTMLElement} element @returns {Row | undefined} */
  rowOf(element) {
    return this.list.find((row) => row.element === element);
  }

  /** @param {HTMLElement} element @returns {import('../net/wire.js').Message | null} */
  messageOf(element) {
    const item = this.rowOf(element)?.item;
    return item?.kind === 'message' ? item.message : null;
  }

  /** The message of an element, sent or not, for copying; `null` for a separator. @param {HTMLElement} element */
  copyableOf(element) {
    const item = this.rowOf(element)?.item;
    if (item?.kind === 'message') return copyable(item.message.from, item.message.at, item.message);
    return item?.kind === 'outgoing' ? copyable(item.from, item.one.firstAt, item.one) : null;
  }

  /** @param {Row | undefined} before @param {Item} item @returns {Row} */
  #rowFor(before, item) {
    if (!before) return { key: item.key, item, contextKey: this.#contextKey, element: this.#draw(item) };
    return before.item === item && before.contextKey === this.#contextKey ? before : this.#rebuild(before, item);
  }

  /** @param {Row} before @param {Item} item @returns {Row} */
  #rebuild(before, item) {
    const element = this.#draw(item);
    before.element.replaceWith(element);
    const row = { key: item.key, item, contextKey: this.#contextKey, element };
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
        : separatorElement(item, { room, now });
    removeFromTabOrder(element);
    return element;
  }

  /** The focused element, if it is in a row. */
  #focusedRow() {
    const { activeElement } = document;
    const row = this.list.find(({ element }) => element.contains(activeElement));
    if (!row) return null;
    const { act } = /** @type {HTMLElement} */ (activeElement).dataset;
    return { key: row.key, element: activeElement, act };
  }

  /** @param {{key: string, element: Element | null, act: string | undefined} | null} focus */
  #restoreFocus(focus) {
    if (!focus || focus.element === document.activeElement) return;
    const line = this.list.find(({ key }) => key === focus.key)?.element;
    const button = focus.act && line?.querySelector(`[data-act="${focus.act}"]:not([hidden])`);
    const next = /** @type {HTMLElement | undefined} */ (button || line) ?? this.#view;
    next.focus({ preventScroll: true });
  }
}

/** @param {{nick: string}} from @param {number} at @param {{kind?: string | null, text: string}} what */
function copyable({ nick }, at, { kind, text }) {
  return { nick, at, action: kind === 'action', text };
}

/** Always stops of Tab: the person has to do something there. */
const ALWAYS_STOPS = '[data-act="retry"], [data-act="discard"]';

/** Removes the links and buttons of a line from the order of Tab: see roving_focus.js. @param {HTMLElement} line */
export function removeFromTabOrder(line) {
  for (const inner of line.querySelectorAll('a, button')) {
    if (!inner.matches(ALWAYS_STOPS) && !inner.closest('.actions')) /** @type {HTMLElement} */ (inner).tabIndex = -1;
  }
}

/** A separator: a day, the unread divider, a gap, the top of the log. @param {Top | Day | New | Gap} item @param {{room: string, now: number}} context @returns {HTMLElement} */
function separatorElement(item, context) {
  const line = elementOf(item, context);
  line.dataset.key = item.key;
  return line;
}

/** @param {Top | Day | New | Gap} item @param {{room: string, now: number}} context @returns {HTMLElement} */
function elementOf(item, { room, now }) {
  switch (item.kind) {
    case 'top': return topElement(item, room);
    case 'day': return createElement('li', { className: 'rule day' }, createElement('span', { textContent: dayName(item.at, now, locale()) }));
    case 'new': return createElement('li', { className: 'rule new' }, createElement('span', { textContent: t('log.new') }));
    case 'gap': return gapElement(item);
  }
}

/** @param {Top} item @param {string} room @returns {HTMLElement} */
function topElement({ what }, room) {
  switch (what) {
    case 'reading': return note(t('log.reading'));
    case 'older': return createElement('li', { className: 'note' }, logButton('log.older', 'older'));
    case 'loading': return note(t('log.older.loading'));
    case 'away': return note(t('log.older.away'));
    case 'cut': return note(t('log.cut'));
    case 'beginning': return note(t('log.beginning', { room }));
    case 'empty': return createElement('li', { className: 'note empty' },
      createElement('strong', { textContent: t('log.empty.title') }), createElement('span', { textContent: t('log.empty.hint', { room }) }));
  }
}

/** @param {Gap} item @returns {HTMLElement} */
function gapElement({ from, to, lost, loading }) {
  const count = to - from + 1;
  const words = createElement('span', { textContent: t(lost ? 'log.gap.lost' : 'log.gap', { count }) });
  const line = createElement('li', { className: `gap${lost ? ' lost' : ''}`, tabIndex: lost ? null : -1 }, words);
  if (loading) line.append(createElement('span', { className: 'faint', textContent: t('log.gap.loading') }));
  else if (!lost) line.append(logButton('log.gap.load', 'fill', {}, { count }));
  return line;
}

/** @param {string} words @returns {HTMLElement} */
function note(words) {
  return createElement('li', { className: 'note', textContent: words });
}
