// Whom the person keeps away, in the settings: the list, and taking somebody back.

import { KeptRows } from './asked_list.js';
import { avatar } from './avatar.js';
import { openDialog } from './dialog.js';
import { createElement, setText } from './dom.js';
import { t } from '../words/translate.js';

/** @param {import('../store/state.js').Dispatch} dispatch */
export function openKeptAway(dispatch) {
  const list = createElement('ul', { className: 'logins' });
  const status = createElement('p', { className: 'faint', role: 'status' });
  const rows = new KeptRows(list);
  /** @type {unknown} */
  let drawn;
  const dialog = openDialog({
    title: t('away.title'), name: 'kept-away', body: [createElement('p', { className: 'faint small', textContent: t('away.means') }), list, status],
    draw: ({ keptAway }) => {
      if (keptAway === drawn) return;
      drawn = keptAway;
      const held = list.contains(document.activeElement);
      const people = [...keptAway.values()].sort((one, other) => one.user.nick.localeCompare(other.user.nick));
      rows.show(people, (one) => row(one, dispatch));
      setText(status, people.length ? '' : t('away.none'));
      // The button that had the focus is gone.
      if (held) /** @type {HTMLElement | null} */ (list.querySelector('button') ?? dialog.querySelector('.dialog-head button'))?.focus();
    },
  });
}

/** @param {import('../net/wire.js').KeptAway} one @param {import('../store/state.js').Dispatch} dispatch */
function row({ user, distance }, dispatch) {
  const act = distance === 'block' ? 'unblock' : 'unignore';
  return createElement('li', {}, avatar(user), createElement('div', { className: 'login' },
    createElement('bdi', { textContent: user.nick }), createElement('span', { className: 'faint small', textContent: t(distance === 'block' ? 'away.blocked' : 'away.ignored') })),
  createElement('button', {
    type: 'button', textContent: t(`away.${act}`), aria: { label: t(`person.${act}`, { nick: user.nick }) },
    on: { click: () => dispatch('request', { of: 'keep_away', fields: { person: user.id, distance: 'none' } }) },
  }));
}
