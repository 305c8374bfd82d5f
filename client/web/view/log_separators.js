// The separators between messages: days, the unread divider, gaps, and the top of the log.
//
// log_rows.js makes an element for each such item.

import { dayName } from '../text/time.js';
import { locale, t } from '../words/translate.js';
import { createElement } from './dom.js';
import { logButton } from './message_element.js';

/** @typedef {import('./log_items.js').Top} Top */
/** @typedef {import('./log_items.js').Day} Day */
/** @typedef {import('./log_items.js').New} New */
/** @typedef {import('./log_items.js').Gap} Gap */

/**
 * @param {Top | Day | New | Gap} item
 * @param {{room: string, now: number}} context
 * @returns {HTMLElement}
 */
export function separatorElement(item, context) {
  const line = elementOf(item, context);
  line.dataset.key = item.key;
  return line;
}

/** @param {Top | Day | New | Gap} item @param {{room: string, now: number}} context @returns {HTMLElement} */
function elementOf(item, { room, now }) {
  switch (item.kind) {
    case 'top': return topElement(item, room);
    case 'day': return createElement('li', { className: 'rule day' }, createElement('span', { textContent: dayName(item.at, now, locale()) }));
    case 'new': return createElement('li', { className: 'rule new' }, createElement('span', { textContent: t('log.new') }));
    case 'gap': return gapElement(item);
  }
}

/** @param {Top} item @param {string} room @returns {HTMLElement} */
function topElement({ what }, room) {
  switch (what) {
    case 'reading': return note(t('log.reading'));
    case 'older': return createElement('li', { className: 'note' }, logButton('log.older', 'older'));
    case 'loading': return note(t('log.older.loading'));
    case 'away': return note(t('log.older.away'));
    case 'cut': return note(t('log.cut'));
    case 'beginning': return note(t('log.beginning', { room }));
    case 'empty': return createElement('li', { className: 'note empty' },
      createElement('strong', { textContent: t('log.empty.title') }), createElement('span', { textContent: t('log.empty.hint', { room }) }));
  }
}

/** @param {Gap} item @returns {HTMLElement} */
function gapElement({ from, to, lost, loading }) {
  const count = to - from + 1;
  const words = createElement('span', { textContent: t(lost ? 'log.gap.lost' : 'log.gap', { count }) });
  const line = createElement('li', { className: `gap${lost ? ' lost' : ''}`, tabIndex: lost ? null : -1 }, words);
  if (loading) line.append(createElement('span', { className: 'faint', textContent: t('log.gap.loading') }));
  else if (!lost) line.append(logButton('log.gap.load', 'fill', {}, { count }));
  return line;
}

/** @param {string} words @returns {HTMLElement} */
function note(words) {
  return createElement('li', { className: 'note', textContent: words });
}
