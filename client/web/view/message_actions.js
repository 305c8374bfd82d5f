// The actions of a message: quote it, copy it or a link to it, edit it, mention its author; in a menu what can be done about
// them.
//
// There is one toolbar, which moves into the message under the mouse, with the keyboard focus, or that was tapped.
// log.js quotes a message; to mention and to edit go up to the composer as events (`throng:mention`, `throng:edit`).

import { formatHash } from '../device/location_hash.js';
import { t } from '../words/translate.js';
import { icon } from './icon.js';
import { createElement, setAria } from './dom.js';
import { refreshMenu, toggleMenu } from './menu.js';
import { editMessage, messageMenu } from './person_items.js';
import { mayEdit } from './message_editing.js';

/** @typedef {import('../net/wire.js').Message} Message */

/** How long a button shows that it has copied. */
const DONE_MS = 1_500;

/** The actions and their icons. @type {[string, string][]} */
const ACTS = [['quote', 'reply'], ['text', 'copy'], ['link', 'link'], ['mention', 'at'], ['direct', 'mail'], ['edit', 'edit'], ['more', 'more']];

/** What can be done only with a text. */
const WITH_TEXT = ['quote', 'text'];

export class MessageActions {
  #bar;
  #messageOf;
  #say;
  #quote;
  #roomName;
  #now;
  #dispatch;

  /**
   * @param {HTMLElement} list of the messages
   * @param {{messageOf: (line: HTMLElement) => Message | null, say: (sentence: string) => void,
   *   quote: (line: HTMLElement) => void, roomName: () => string,
   *   now: () => import('../store/state.js').State | undefined, dispatch: import('../store/state.js').Dispatch}} hooks
   */
  constructor(list, { messageOf, say, quote, roomName, now, dispatch }) {
    this.#now = now;
    this.#dispatch = dispatch;
    this.#roomName = roomName;
    this.#messageOf = messageOf;
    this.#say = say;
    this.#quote = quote;
    this.#bar = createElement('div', { className: 'actions' }, ...ACTS.map(([act, name], at) =>
      createElement('button', { type: 'button', className: 'plain square', tabIndex: at ? -1 : 0, data: { act } }, icon(name))));
    this.#bar.setAttribute('role', 'toolbar');
    setAria(this.#bar.lastChild, 'haspopup', 'menu');
    setAria(this.#bar.lastChild, 'expanded', false);
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
    // Only when the mouse itself moves, not when messages scroll under it.
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
    if (line.contains(this.#bar)) this.#buttons[0].focus();
  }

  hide() {
    if (!this.#hasMenu) this.#bar.remove();
  }

  /** The element of a message was built again. @param {HTMLElement} before @param {HTMLElement} now */
  replaced(before, now) {
    const message = this.#bar.parentElement === before && this.#messageOf(now);
    if (!message) return;
    this.#fit(message);
    now.append(this.#bar);
    if (this.#hasMenu) refreshMenu(this.#bar.lastChild, this.#itemsOf(message));
  }

  /** Copies the text of a message. @param {HTMLElement} line */
  copyText(line) {
    this.#show(line);
    const button = this.#bar.querySelector('[data-act="text"]');
    if (line.contains(button)) this.#act('text', button);
  }

  #isUsed() {
    return this.#hasMenu || (this.#bar.contains(document.activeElement) && document.activeElement?.matches(':focus-visible'));
  }

  /** Whether the menu of the message is open, which hangs on its button. */
  get #hasMenu() {
    return this.#bar.lastChild.getAttribute('aria-expanded') === 'true';
  }

  /** @param {HTMLElement | null} line */
  #show(line) {
    if (line && line === this.#bar.parentElement) return;
    const message = line && this.#messageOf(line);
    if (!line || !message) {
      this.hide();
      return;
    }
    this.#fit(message);
    if (this.#bar.parentElement !== line) line.append(this.#bar);
  }

  /** Shows the buttons that a message has, with their words. @param {Message} message */
  #fit(message) {
    setAria(this.#bar, 'label', t('log.actions'));
    const hide = (/** @type {string} */ act, /** @type {boolean} */ hidden) => { this.#bar.querySelector(`[data-act="${act}"]`).hidden = hidden; };
    for (const act of WITH_TEXT) hide(act, !message.text);
    const state = /** @type {import('../store/state.js').State} */ (this.#now());
    hide('direct', message.from.id === state.me?.id);
    hide('edit', !mayEdit(state, state.rooms.get(message.room), message));
    hide('more', !this.#menuOf(message).length);
    for (const button of this.#bar.children) {
      const words = t(`log.actions.${button.dataset.act}`, { nick: message.from.nick });
      if (button.title === words) continue;
      button.title = words;
      setAria(button, 'label', words);
    }
  }

  /** @param {string} act @param {HTMLButtonElement} button */
  #act(act, button) {
    const line = /** @type {HTMLElement} */ (this.#bar.parentElement);
    const message = line && this.#messageOf(line);
    if (!message || button.hidden) return;
    if (act === 'text') this.copy(message.text, button, line.querySelector('.said'));
    if (act === 'link') this.copy(addressOf(this.#roomName(), message.seq), button, null);
    if (act === 'quote') this.#quote(line);
    if (act === 'direct') this.#dispatch('request', { of: 'direct', fields: { people: [message.from.id] } });
    if (act === 'edit') editMessage(message);
    if (act === 'more') toggleMenu(button, this.#itemsOf(message));
    if (act === 'mention') {
      line.dispatchEvent(new CustomEvent('throng:mention', { bubbles: true, detail: { nick: message.from.nick } }));
    }
  }

  /** @param {Message} message @returns {import('./menu.js').Item[]} */
  #itemsOf(message) {
    return this.#menuOf(message).map((item) => ({ ...item, act: () => this.#leaveFor(item) }));
  }

  /** Does what an item of the menu says. A dialog returns the focus to the message: the toolbar goes when it loses the focus. @param {import('./menu.js').Item} item */
  #leaveFor(item) {
    this.#focusMessage();
    item.act();
  }

  #focusMessage() {
    this.#bar.parentElement?.focus({ preventScroll: true });
  }

  /** @param {Message} message */
  #menuOf(message) {
    return messageMenu(/** @type {import('../store/state.js').State} */ (this.#now()), this.#dispatch, message);
  }

  /**
   * Copies a text and announces the outcome. Where pages may not copy, the text is selected instead.
   * @param {string} text
   * @param {HTMLElement} button that was pressed
   * @param {Node | null} shown the element that shows the text
   */
  async copy(text, button, shown) {
    if (await copyToClipboard(text)) {
      this.#say(t('log.copied'));
      button.classList.add('copied');
      setTimeout(() => button.classList.remove('copied'), DONE_MS);
    } else {
      if (shown) getSelection()?.selectAllChildren(shown);
      this.#say(t(shown ? 'log.copy.failed' : 'log.copy.refused'));
    }
  }

  /** The buttons that the message has. @returns {HTMLElement[]} */
  get #buttons() {
    return [...this.#bar.children].filter(({ hidden }) => !hidden);
  }

  /** Arrows move through the buttons; Escape returns to the message. @param {KeyboardEvent} event */
  #walk(event) {
    const buttons = this.#buttons;
    const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const turned = getComputedStyle(this.#bar).direction === 'rtl' ? -1 : 1;
    const step = { ArrowRight: turned, ArrowLeft: -turned }[event.key];
    if (step) buttons[(at + step + buttons.length) % buttons.length].focus();
    else if (event.key === 'Escape') this.#focusMessage();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** The address of a message. @param {string} name of its room @param {number} seq */
function addressOf(name, seq) {
  return `${location.href.replace(/#.*$/, '')}${formatHash(name, seq)}`;
}

/** Whether it was copied. @param {string} text @returns {Promise<boolean>} */
export async function copyToClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without TLS there is no clipboard object; the older way works there.
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
