// What a person can do with one message: quote it, copy it or a link to it, mention its author.
//
// There is one toolbar. It moves into the message under the mouse, or with the focus of the keyboard,
// or that was tapped. log.js tells which message an element shows; what is for the composer goes up
// as events (`throng:quote`, `throng:mention`).

import { writePlace } from '../place.js';
import { t } from '../words.js';
import { icon } from './icon.js';
import { make, setAria } from './make.js';

/** @typedef {import('../wire.js').Message} Message */

/** For so long a button shows that it has copied. */
const DONE_MS = 1_500;

/** @type {[string, string][]} acts and their icons */
const ACTS = [['quote', 'reply'], ['text', 'copy'], ['link', 'link'], ['mention', 'at']];

export class Actions {
  #bar;
  #messageOf;
  #say;

  /**
   * @param {HTMLElement} list of the messages
   * @param {{messageOf: (line: HTMLElement) => Message | null, say: (sentence: string) => void}} hooks
   */
  constructor(list, { messageOf, say }) {
    this.#messageOf = messageOf;
    this.#say = say;
    this.#bar = make('div', { className: 'actions' }, ...ACTS.map(([act, name], at) =>
      make('button', { type: 'button', className: 'plain square', tabIndex: at ? -1 : 0, data: { act } }, icon(name))));
    this.#bar.setAttribute('role', 'toolbar');
    this.#bar.addEventListener('click', (/** @type {any} */ event) => {
      event.stopPropagation();
      const button = event.target.closest('button');
      if (button) this.#act(button.dataset.act, button);
    });
    this.#bar.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => this.#walk(event));
    this.#follow(list);
  }

  /** @param {HTMLElement} list */
  #follow(list) {
    const line = (/** @type {any} */ event) => event.target.closest('#log li.message');
    // Only where the mouse itself moves: what streams by under it takes no bar along.
    list.addEventListener('pointermove', (event) => {
      const moved = event.movementX || event.movementY;
      if (event.pointerType === 'mouse' && moved && !event.buttons && !this.#isUsed()) this.#show(line(event));
    }, { passive: true });
    list.addEventListener('pointerleave', (event) => {
      if (event.pointerType === 'mouse' && !this.#isUsed()) this.hide();
    });
    list.addEventListener('focusin', (/** @type {any} */ event) => {
      if (event.target.matches(':focus-visible')) this.#show(line(event));
    });
    list.addEventListener('focusout', ({ relatedTarget: to }) => {
      if (to && !list.contains(/** @type {Node} */ (to))) this.hide();
    });
    let touch = false;
    list.addEventListener('pointerdown', (event) => { touch = event.pointerType !== 'mouse'; }, { passive: true });
    list.addEventListener('click', (/** @type {any} */ event) => {
      if (!touch || event.target.closest('a, button') || !getSelection()?.isCollapsed) return;
      const tapped = line(event);
      if (tapped === this.#bar.parentElement) this.hide();
      else this.#show(tapped);
    });
  }

  /** Opens the actions of a message for the keyboard. @param {HTMLElement} line */
  open(line) {
    this.#show(line);
    if (line.contains(this.#bar)) this.#bar.firstElementChild.focus();
  }

  hide() {
    this.#bar.remove();
  }

  /** The element of a message was made anew. @param {HTMLElement} before @param {HTMLElement} now */
  moved(before, now) {
    if (this.#bar.parentElement === before && this.#messageOf(now)) now.append(this.#bar);
  }

  /** Does one thing with the message of an element. @param {string} act @param {HTMLElement} line */
  do(act, line) {
    this.#show(line);
    const button = this.#bar.querySelector(`[data-act="${act}"]`);
    if (line.contains(button)) this.#act(act, button);
  }

  #isUsed() {
    return this.#bar.contains(document.activeElement) && document.activeElement?.matches(':focus-visible');
  }

  /** @param {HTMLElement | null} line */
  #show(line) {
    if (line && line === this.#bar.parentElement) return;
    const message = line && this.#messageOf(line);
    if (!line || !message) {
      this.hide();
      return;
    }
    setAria(this.#bar, 'label', t('log.actions'));
    for (const button of this.#bar.children) {
      const words = t(`log.actions.${button.dataset.act}`, { nick: message.from.nick });
      if (button.title === words) continue;
      button.title = words;
      setAria(button, 'label', words);
    }
    if (this.#bar.parentElement !== line) line.append(this.#bar);
  }

  /** @param {string} act @param {HTMLButtonElement} button */
  #act(act, button) {
    const line = /** @type {HTMLElement} */ (this.#bar.parentElement);
    const message = line && this.#messageOf(line);
    if (!message) return;
    if (act === 'text') this.copy(message.text, button, line.querySelector('.said'));
    if (act === 'link') this.copy(linkTo(message), button, null);
    if (act === 'quote') line.dispatchEvent(new CustomEvent('throng:quote', { bubbles: true, detail: { message } }));
    if (act === 'mention') {
      line.dispatchEvent(new CustomEvent('throng:mention', { bubbles: true, detail: { nick: message.from.nick } }));
    }
  }

  /**
   * Copies a text, and tells how it went. Where pages may not copy, the text is selected instead.
   * @param {string} text
   * @param {HTMLElement} button that was pressed
   * @param {Node | null} shown what shows the text
   */
  async copy(text, button, shown) {
    if (await toClipboard(text)) {
      this.#say(t('log.copied'));
      button.classList.add('copied');
      setTimeout(() => button.classList.remove('copied'), DONE_MS);
    } else {
      if (shown) getSelection()?.selectAllChildren(shown);
      this.#say(t(shown ? 'log.copy.failed' : 'log.copy.refused'));
    }
  }

  /** Arrows go through the buttons; Escape goes back to the message. @param {KeyboardEvent} event */
  #walk(event) {
    const buttons = [...this.#bar.children];
    const at = buttons.indexOf(document.activeElement);
    const turned = getComputedStyle(this.#bar).direction === 'rtl' ? -1 : 1;
    const step = { ArrowRight: turned, ArrowLeft: -turned }[event.key];
    if (step) buttons[(at + step + buttons.length) % buttons.length].focus();
    else if (event.key === 'Escape') this.#bar.parentElement?.focus({ preventScroll: true });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** The address of a message. @param {Message} message */
function linkTo({ room, seq }) {
  return `${location.href.replace(/#.*$/, '')}${writePlace(room, seq)}`;
}

/** @param {string} text @returns {Promise<boolean>} */
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without TLS there is no clipboard object; the older way works there too.
    const fill = (/** @type {ClipboardEvent} */ event) => {
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
    };
    document.addEventListener('copy', fill, { once: true });
    const done = document.execCommand('copy');
    document.removeEventListener('copy', fill);
    return done;
  }
}
