// Notices: what happened, said once, in a line at the top that can be closed. app.js feeds it.

import { icon } from './icon.js';
import { make } from './make.js';
import { sentence } from '../notice.js';
import { language, t } from '../words.js';

/** A notice that only confirms goes by itself; a refusal stays until it is read. */
const SHOWN_MS = 6_000;

/**
 * The sentence of a notice, in this person's language.
 * @param {import('../notice.js').Notice | null | undefined} notice
 * @returns {string}
 */
export function noticeText(notice) {
  return notice ? sentence(notice, t, language()) : '';
}

/** Whether a notice tells that something was refused or went wrong. @param {any} notice */
const isTrouble = (notice) => Boolean(notice.code || notice.text);

export class Notices {
  #element;
  #play;
  /** @type {any} */
  #shown = null;
  #timer = 0;

  /** @param {HTMLElement} element @param {import('./app.js').Play} play */
  constructor(element, play) {
    this.#element = element;
    this.#play = play;
  }

  /** Whether one is there to be closed. */
  get open() {
    return this.#shown !== null;
  }

  close() {
    this.#play('notice');
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
    const close = make('button', { type: 'button', className: 'plain square', aria: { label: t('notice.close') },
      on: { click: () => this.close() } }, icon('close'));
    // The role is there before the text: a region that appears with its text is often not read.
    const words = make('p', { dir: 'auto' });
    const line = make('div', { className: trouble ? 'notice trouble' : 'notice', role: trouble ? 'alert' : 'status' }, words);
    this.#element.replaceChildren(make('div', { className: 'toast' }, line, close));
    words.textContent = noticeText(notice);
    if (!trouble) this.#timer = window.setTimeout(() => this.#play('notice'), SHOWN_MS);
  }
}
