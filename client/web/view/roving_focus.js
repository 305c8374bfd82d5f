// The keyboard in the log, as a roving tabindex: the log is one stop for Tab, and the arrows go from message to
// message.
//
// log.js finds the next message, also beyond its window; message_actions.js does what the keys ask for. Links and
// buttons inside a message are stops only while the message has the focus.

import { removeFromTabOrder } from './log_rows.js';

/**
 * @typedef {object} Hooks
 * @property {(step: number | 'first' | 'last', from: HTMLElement | null) => HTMLElement | null} step the
 *   message at this distance from another one, brought into view
 * @property {(line: HTMLElement) => void} open its actions
 * @property {(line: HTMLElement) => void} quote
 * @property {(line: HTMLElement) => void} copy its text
 */

/** @type {Record<string, number | 'first' | 'last'>} */
const STEPS = { ArrowUp: -1, ArrowDown: 1, Home: 'first', End: 'last' };

/** @type {Record<string, 'quote' | 'copy'>} */
const ACTS = { q: 'quote', c: 'copy' };

/** What Enter on a line presses: nothing that removes something. A gap is not a stop of Tab, which would lead far away from the newest message. */
const PRESSED_BY_ENTER = '[data-act="older"], [data-act="fill"], [data-act="retry"]';

export class RovingFocus {
  #view;
  #hooks;
  /** The message that is the stop of Tab. @type {HTMLElement | null} */
  #line = null;

  /** @param {HTMLElement} view @param {Hooks} hooks */
  constructor(view, hooks) {
    this.#view = view;
    this.#hooks = hooks;
    view.addEventListener('keydown', (event) => this.#key(event));
    view.addEventListener('focusin', (/** @type {any} */ event) => {
      const line = event.target.closest('#log li[data-key]');
      if (line) this.#setStop(line);
    });
  }

  /** Rows have left the document: if the stop was one of them, the log itself becomes the stop. */
  updateStop() {
    if (this.#line && !this.#line.isConnected) this.#setStop(null);
  }

  /** The element of a message was built again. @param {HTMLElement} before @param {HTMLElement} now */
  replaced(before, now) {
    if (this.#line === before) this.#setStop(now);
  }

  /** @param {HTMLElement | null} line */
  #setStop(line) {
    if (line === this.#line) return;
    if (this.#line) {
      this.#line.tabIndex = -1;
      removeFromTabOrder(this.#line);
    }
    this.#line = line;
    this.#view.tabIndex = line ? -1 : 0;
    if (!line) return;
    line.tabIndex = 0;
    for (const inner of line.querySelectorAll('a, button')) {
      if (!inner.closest('.actions')) /** @type {HTMLElement} */ (inner).tabIndex = 0;
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const line = /** @type {HTMLElement | null} */ (target.closest('#log li[data-key]'));
    // A high block of code scrolls by the arrows itself.
    if (target.matches('pre') && target.scrollHeight > target.clientHeight && event.key !== 'Escape') return;
    if (event.key === 'Escape') {
      this.#view.dispatchEvent(new CustomEvent('throng:compose', { bubbles: true }));
    } else if (Object.hasOwn(STEPS, event.key) && !event.shiftKey) {
      this.#hooks.step(STEPS[event.key], line)?.focus({ preventScroll: true });
    } else if (line && target === line && event.key === 'Enter') {
      this.#enter(line);
    } else if (line && target === line && Object.hasOwn(ACTS, event.key)) {
      this.#hooks[ACTS[event.key]](line);
    } else {
      return;
    }
    event.preventDefault();
  }

  /** Opens the actions of a message; on another line, presses its button. @param {HTMLElement} line */
  #enter(line) {
    const own = /** @type {HTMLElement | null} */ (line.querySelector(PRESSED_BY_ENTER));
    if (own) own.click();
    else this.#hooks.open(line);
  }
}
