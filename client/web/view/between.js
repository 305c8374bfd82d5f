// What stands between messages: days, the line before what is new, gaps, and the top of the log.
//
// log.js makes one for each such item of its window.

import { dayWords } from '../time.js';
import { locale, t } from '../words.js';
import { make } from './make.js';
import { button } from './message.js';

/** @typedef {import('./items.js').Top} Top */
/** @typedef {import('./items.js').Day} Day */
/** @typedef {import('./items.js').New} New */
/** @typedef {import('./items.js').Gap} Gap */

/**
 * @param {Top | Day | New | Gap} item
 * @param {{room: string, now: number}} context
 * @returns {HTMLElement}
 */
export function betweenElement(item, context) {
  const line = made(item, context);
  line.dataset.key = item.key;
  return line;
}

/** @param {Top | Day | New | Gap} item @param {{room: string, now: number}} context @returns {HTMLElement} */
function made(item, { room, now }) {
  switch (item.kind) {
    case 'top': return topElement(item, room);
    case 'day': return make('li', { className: 'rule day' }, make('span', { textContent: dayWords(item.at, now, locale()) }));
    case 'new': return make('li', { className: 'rule new' }, make('span', { textContent: t('log.new') }));
    case 'gap': return gapElement(item);
  }
}

/** @param {Top} item @param {string} room @returns {HTMLElement} */
function topElement({ what }, room) {
  switch (what) {
    case 'reading': return note(t('log.reading'));
    case 'older': return make('li', { className: 'note' }, button('log.older', 'older'));
    case 'loading': return note(t('log.older.loading'));
    case 'away': return note(t('log.older.away'));
    case 'cut': return note(t('log.cut'));
    case 'beginning': return note(t('log.beginning', { room }));
    case 'empty': return make('li', { className: 'note empty' },
      make('strong', { textContent: t('log.empty.title') }), make('span', { textContent: t('log.empty.hint', { room }) }));
  }
}

/** @param {Gap} item @returns {HTMLElement} */
function gapElement({ from, to, lost, loading }) {
  const count = to - from + 1;
  const words = make('span', { textContent: t(lost ? 'log.gap.lost' : 'log.gap', { count }) });
  const line = make('li', { className: `gap${lost ? ' lost' : ''}`, tabIndex: lost ? null : -1 }, words);
  if (loading) line.append(make('span', { className: 'faint', textContent: t('log.gap.loading') }));
  else if (!lost) line.append(button('log.gap.load', 'fill', {}, { count }));
  return line;
}

/** @param {string} words @returns {HTMLElement} */
function note(words) {
  return make('li', { className: 'note', textContent: words });
}
