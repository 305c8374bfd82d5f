// The two buttons over the log that take the person elsewhere in it: down to the newest message,
// and up to the first unread one.
//
// log.js tells it what lies out of sight. They stick to the edges within the view, so that the wheel
// over them scrolls it.

import { t } from '../words.js';
import { icon } from './icon.js';
import { make, setText } from './make.js';

/**
 * @typedef {object} Away
 * @property {boolean} newest whether the end of the log is out of sight
 * @property {number} count of messages that came while it was
 * @property {boolean} first whether the first unread message lies above
 */

export class Jump {
  #newest;
  #first;
  #words = { newest: make('span'), first: make('span') };

  /** @param {HTMLElement} view @param {{toNewest: () => void, toFirst: () => void}} hooks */
  constructor(view, { toNewest, toFirst }) {
    this.#newest = make('button', { type: 'button', className: 'jump newest', hidden: true, on: { click: toNewest } },
      icon('arrowDown'), this.#words.newest);
    this.#first = make('button', { type: 'button', className: 'jump first', hidden: true, on: { click: toFirst } },
      icon('arrowUp'), this.#words.first);
    view.prepend(make('div', { className: 'edge top' }, this.#first));
    view.append(make('div', { className: 'edge' }, this.#newest));
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
