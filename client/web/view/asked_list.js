// A list in a dialog, for which the server is asked: what it waits for, what went wrong, and once more after a lost
// connection. The dialog asks by `ask` of the store, and gets the answers here.

import { openDialog } from './dialog.js';
import { createElement, setText } from './dom.js';
import { noticeText } from './notice_bar.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */

/**
 * @typedef {object} AskedList
 * @property {string} title
 * @property {string} name the class of the dialog
 * @property {Node[]} nodes the list, and what stands above it
 * @property {Node[]} [foot] buttons
 * @property {() => string | void} load asks for the list; words that it returns stand below it, if there is nothing to ask for yet
 * @property {(of: string, ok: any) => string | void} answered to the command `of`; it may return words that stand below the list
 * @property {() => void} [failed] the server, or the connection, gave no answer
 * @property {(state: State) => void} [draw]
 */

/** @param {AskedList} content @param {Dispatch} dispatch @returns {HTMLDialogElement} */
export function openAskedList({ title, name, nodes, foot = [], load, answered, failed, draw }, dispatch) {
  const status = createElement('p', { className: 'faint small', role: 'status', textContent: t('list.loading') });
  let isLost = false;
  const dialog = openDialog({
    title, name, body: [...nodes, status, createElement('div', { className: 'dialog-foot', hidden: !foot.length }, .../** @type {any[]} */ (foot))],
    closed: () => dispatch('answered'),
    draw: (state) => {
      draw?.(state);
      const { answer, phase } = state;
      if (isLost && phase === 'online') {
        isLost = false;
        load();
      }
      if (!answer || (!answer.ok && !answer.problem)) return;
      dispatch('answered');
      isLost = answer.problem?.key === 'ask.offline';
      if (answer.problem) {
        setText(status, noticeText(answer.problem));
        failed?.();
      } else setText(status, answered(answer.of, answer.ok) ?? '');
    },
  });
  const words = load();
  if (words) setText(status, words);
  return dialog;
}

/** The rows of a list. A row stays the same element while it looks the same, so that it keeps the focus and what is typed. */
export class KeptRows {
  #list;
  /** @type {Map<string, HTMLElement>} */
  #rows = new Map();

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /** Makes all of them again the next time: the language has changed. */
  forget() {
    this.#rows = new Map();
  }

  /**
   * Shows rows in this order.
   * @template T
   * @param {T[]} items each looks like nothing else in the list
   * @param {(item: T) => HTMLElement} make
   */
  show(items, make) {
    const before = this.#rows;
    this.#rows = new Map(items.map((item) => {
      const look = JSON.stringify(item);
      return [look, before.get(look) ?? make(item)];
    }));
    const rows = new Set(this.#rows.values());
    for (const row of [...this.#list.children]) if (!rows.has(/** @type {any} */ (row))) row.remove();
    let next = this.#list.firstElementChild;
    for (const row of rows) {
      if (row === next) next = next.nextElementSibling;
      else this.#list.insertBefore(row, next);
    }
  }
}

/** Who asked for older rows reads on where they begin: the button may be gone. @param {Element | undefined} row */
export function focusRow(row) {
  if (!(row instanceof HTMLElement)) return;
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
}
