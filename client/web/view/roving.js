// The keyboard in the log: it is one stop for Tab, and the arrows go from message to message.
//
// log.js says what is next to what, also beyond its window; actions.js does what the keys ask for.
// Links and buttons within a message are stops only while the message has the focus.

/**
 * @typedef {object} Hooks
 * @property {(step: number | 'first' | 'last', from: HTMLElement | null) => HTMLElement | null} step the
 *   message so far from another one, brought into the document and into view
 * @property {(line: HTMLElement) => void} open its actions
 * @property {(act: string, line: HTMLElement) => void} act
 */

/** @type {Record<string, number | 'first' | 'last'>} */
const STEPS = { ArrowUp: -1, ArrowDown: 1, Home: 'first', End: 'last' };

/** @type {Record<string, string>} */
const ACTS = { q: 'quote', c: 'text' };

/** Stops of their own: somebody has to do something there. */
const FIRM = '[data-act="retry"], [data-act="discard"]';

/** What Enter on a line does at once: nothing that takes something away. Where messages are missing is no stop: Tab would lead far away from the newest. */
const AT_ONCE = '[data-act="older"], [data-act="fill"], [data-act="retry"]';

export class Roving {
  #view;
  #hooks;
  /** The message that Tab comes to. @type {HTMLElement | null} */
  #line = null;

  /** @param {HTMLElement} view @param {Hooks} hooks */
  constructor(view, hooks) {
    this.#view = view;
    this.#hooks = hooks;
    view.addEventListener('keydown', (event) => this.#key(event));
    view.addEventListener('focusin', (/** @type {any} */ event) => {
      const line = event.target.closest('#log li[data-key]');
      if (line) this.#settle(line);
    });
  }

  /** Takes the inner stops of a new element out of the order of Tab. @param {HTMLElement} line */
  static quiet(line) {
    for (const inner of line.querySelectorAll('a, button')) {
      if (!inner.matches(FIRM) && !inner.closest('.actions')) /** @type {HTMLElement} */ (inner).tabIndex = -1;
    }
  }

  /** @param {HTMLElement | null} line */
  focus(line) {
    if (line) line.focus({ preventScroll: true });
  }

  /** Elements have left the document: if the stop was one of them, the log itself is it. */
  check() {
    if (this.#line && !this.#line.isConnected) this.#settle(null);
  }

  /** The element of a message was made anew. @param {HTMLElement} before @param {HTMLElement} now */
  moved(before, now) {
    if (this.#line === before) this.#settle(now);
  }

  /** @param {HTMLElement | null} line */
  #settle(line) {
    if (line === this.#line) return;
    if (this.#line) {
      this.#line.tabIndex = -1;
      Roving.quiet(this.#line);
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
      this.focus(this.#hooks.step(STEPS[event.key], line));
    } else if (line && target === line && event.key === 'Enter') {
      this.#enter(line);
    } else if (line && target === line && Object.hasOwn(ACTS, event.key)) {
      this.#hooks.act(ACTS[event.key], line);
    } else {
      return;
    }
    event.preventDefault();
  }

  /** A message opens its actions; anything else does the one thing that it is for. @param {HTMLElement} line */
  #enter(line) {
    const own = /** @type {HTMLElement | null} */ (line.querySelector(AT_ONCE));
    if (own) own.click();
    else this.#hooks.open(line);
  }
}
