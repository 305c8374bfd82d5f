// The two buttons over the log: down to the newest message, and up to the first unread one.
//
// log.js draws them. They stick to the edges inside the view, so that the wheel over them scrolls it.

import { t } from '../words/translate.js';
import { icon } from './icon.js';
import { createElement, setText } from './dom.js';

/**
 * @typedef {object} Away
 * @property {boolean} newest whether the end of the log is scrolled out of view
 * @property {number} count of messages that came since
 * @property {boolean} first whether the first unread message lies above
 */

export class JumpButtons {
  #newest;
  #first;
  #words = { newest: createElement('span'), first: createElement('span') };

  /** @param {HTMLElement} view @param {{toNewest: () => void, toFirst: () => void}} hooks */
  constructor(view, { toNewest, toFirst }) {
    this.#newest = createElement('button', { type: 'button', className: 'jump newest', hidden: true, on: { click: toNewest } },
      icon('arrowDown'), this.#words.newest);
    this.#first = createElement('button', { type: 'button', className: 'jump first', hidden: true, on: { click: toFirst } },
      icon('arrowUp'), this.#words.first);
    view.prepend(createElement('div', { className: 'edge top' }, this.#first));
    view.append(createElement('div', { className: 'edge' }, this.#newest));
  }

  /** @param {Away} away */
  draw({ newest, count, first }) {
    this.#newest.hidden = !newest;
    this.#newest.classList.toggle('counting', count > 0);
    if (newest) setText(this.#words.newest, count ? t('log.jump.count', { count }) : t('log.jump.newest'));
    this.#first.hidden = !first;
    if (first) setText(this.#words.first, t('log.jump.first'));
  }
}
