// The notice bar: what happened, in a line at the top that the person can close.

import { icon } from './icon.js';
import { createElement } from './dom.js';
import { sentence } from '../store/notice.js';
import { language, t } from '../words/translate.js';

/** How long a confirmation is shown; a refusal stays until it is closed. */
const SHOWN_MS = 6_000;

/**
 * The sentence of a notice, in this person's language.
 * @param {import('../store/notice.js').Notice | null | undefined} notice
 * @returns {string}
 */
export function noticeText(notice) {
  return notice ? sentence(notice, t, language()) : '';
}

/** "the server restarts" becomes a sentence. @param {string} text */
export function asSentence(text) {
  const trimmed = text.trim();
  if (!trimmed) return '';
  const [first, ...rest] = trimmed;
  return first.toUpperCase() + rest.join('') + (/[.!?…]$/.test(trimmed) ? '' : '.');
}

/** Whether something was refused or went wrong. @param {any} notice */
const isTrouble = (notice) => Boolean(notice.code || notice.text);

export class NoticeBar {
  #element;
  #dispatch;
  /** @type {any} */
  #shown = null;
  #timer = 0;

  /** @param {HTMLElement} element @param {import('../store/state.js').Dispatch} dispatch */
  constructor(element, dispatch) {
    this.#element = element;
    this.#dispatch = dispatch;
  }

  /** Whether a notice is open. */
  get open() {
    return this.#shown !== null;
  }

  close() {
    this.#dispatch('notice');
  }

  /** @param {any} notice or null */
  draw(notice) {
    if (notice === this.#shown) return;
    this.#shown = notice;
    clearTimeout(this.#timer);
    if (!notice) {
      this.#element.replaceChildren();
      return;
    }
    const trouble = isTrouble(notice);
    const close = createElement('button', { type: 'button', className: 'plain square', aria: { label: t('notice.close') },
      on: { click: () => this.close() } }, icon('close'));
    // The role comes before the text: screen readers often ignore a region that appears with its text.
    const words = createElement('p', { dir: 'auto' });
    const line = createElement('div', { className: trouble ? 'notice trouble' : 'notice', role: trouble ? 'alert' : 'status' }, words);
    this.#element.replaceChildren(createElement('div', { className: 'toast' }, line, close));
    words.textContent = noticeText(notice);
    if (!trouble) this.#timer = window.setTimeout(() => this.#dispatch('notice'), SHOWN_MS);
  }
}
