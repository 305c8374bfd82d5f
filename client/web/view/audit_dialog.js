// The audit log: what was done to whom, the newest first, older entries on demand. Moderators read it.

import { focusRow, openAskedList } from './asked_list.js';
import { auditWords } from './audit_words.js';
import { createElement } from './dom.js';
import { dateAndTime } from './times.js';
import { roomTitle } from '../text/names.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */

/** @typedef {{number: number, at: number, by_name: string, action: string, subject: string, room?: string, reason?: string}} Entry */

/** The most entries on the page: who looks for older ones asks the server's own tools. */
const SHOWN_MAX = 1_000;

/**
 * @param {State} state
 * @param {Dispatch} dispatch
 * @param {import('../store/state.js').Room} [room] only what was done there
 */
export function openAudit({ rooms }, dispatch, room) {
  const list = createElement('ol', { className: 'audit', tabIndex: 0, aria: { label: t('audit.title') } });
  let before = /** @type {number | undefined} */ (undefined);
  const load = () => {
    more.disabled = true;
    dispatch('ask', { of: 'audit', fields: { room: room?.id, before } });
  };
  const more = createElement('button', { type: 'button', hidden: true, textContent: t('audit.more'), on: { click: load } });
  openAskedList({
    title: room ? t('audit.of', { room: roomTitle(room.name) }) : t('audit.title'), name: 'audit-log', nodes: [list], foot: [more], load,
    failed: () => (more.disabled = false),
    answered: (_, ok) => {
      more.disabled = false;
      const entries = /** @type {Entry[]} */ (Array.isArray(ok.entries) ? ok.entries.filter((/** @type {any} */ one) => Number.isFinite(one?.at)) : []);
      const first = list.childElementCount;
      list.append(...entries.map((entry) => row(entry, room ? null : rooms)));
      before = entries.at(-1)?.number;
      more.hidden = !ok.more || before === undefined || list.childElementCount >= SHOWN_MAX;
      if (first) focusRow(list.children[first]);
      return list.childElementCount ? '' : t('audit.none');
    },
  }, dispatch);
}

/** @param {Entry} entry @param {State['rooms'] | null} rooms `null`: the room is known */
function row({ at, by_name: by, action, subject, room, reason }, rooms) {
  const name = rooms && room && rooms.get(room)?.name;
  const place = name ? t('audit.in', { room: roomTitle(name) }) : rooms && room ? t('audit.elsewhere') : '';
  return createElement('li', {},
    createElement('span', { className: 'faint small', textContent: [dateAndTime(at), place].filter(Boolean).join(' · ') }),
    createElement('p', { dir: 'auto', textContent: auditWords(String(by), String(action), String(subject)) }),
    Boolean(reason) && createElement('p', { className: 'faint', dir: 'auto', textContent: t('audit.reason', { reason: String(reason) }) }));
}
