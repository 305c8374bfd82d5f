// The audit log: what was done to whom, the newest first, older entries on demand. Moderators read it.

import { openDialog } from './dialog.js';
import { createElement, setText } from './dom.js';
import { noticeText } from './notice_bar.js';
import { roomTitle } from '../text/names.js';
import { locale, t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */

/** @typedef {{number: number, at: number, by_name: string, action: string, subject: string, room?: string, reason?: string}} Entry */

/** Actions that have a sentence, `audit.<action>`. */
const ACTIONS = ['mute', 'unmute', 'ban', 'unban', 'kick', 'reset', 'claim', 'unregister', 'second'];

/** Roles that have words. */
const ROLES = ['member', 'moderator', 'administrator', 'owner'];

/** The most entries on the page: who looks for older ones asks the server's own tools. */
const SHOWN_MAX = 1_000;

/**
 * @param {State} state
 * @param {Dispatch} dispatch
 * @param {import('../store/state.js').Room} [room] only what was done there
 */
export function openAudit({ rooms }, dispatch, room) {
  const list = createElement('ol', { className: 'audit', tabIndex: 0, aria: { label: t('audit.title') } });
  const status = createElement('p', { className: 'faint small', role: 'status', textContent: t('audit.loading') });
  let before = /** @type {number | undefined} */ (undefined);
  const ask = () => {
    more.disabled = true;
    setText(status, t('audit.loading'));
    dispatch('ask', { of: 'audit', fields: { room: room?.id, before } });
  };
  const more = createElement('button', { type: 'button', hidden: true, textContent: t('audit.more'), on: { click: ask } });
  let isLost = false;
  openDialog({
    title: room ? t('audit.of', { room: roomTitle(room.name) }) : t('audit.title'), name: 'audit-log', closed: () => dispatch('answered'),
    body: [list, status, createElement('div', { className: 'dialog-foot' }, more)],
    draw: ({ answer, phase }) => {
      if (isLost && phase === 'online') {
        isLost = false;
        ask();
      }
      if (answer?.of !== 'audit' || (!answer.ok && !answer.problem)) return;
      dispatch('answered');
      more.disabled = false;
      isLost = answer.problem?.key === 'ask.offline';
      if (!answer.ok) {
        setText(status, noticeText(answer.problem));
        return;
      }
      const entries = /** @type {Entry[]} */ (Array.isArray(answer.ok.entries) ? answer.ok.entries : []);
      const first = list.childElementCount;
      list.append(...entries.map((entry) => row(entry, room ? null : rooms)));
      before = entries.at(-1)?.number;
      more.hidden = !answer.ok.more || before === undefined || list.childElementCount >= SHOWN_MAX;
      setText(status, list.childElementCount ? '' : t('audit.none'));
      // The button may be gone, and who pressed it reads on where the new entries begin.
      if (first && entries.length) {
        const next = /** @type {HTMLElement} */ (list.children[first]);
        next.tabIndex = -1;
        next.focus({ preventScroll: true });
        next.scrollIntoView({ block: 'nearest' });
      }
    },
  });
  ask();
}

/** @param {Entry} entry @param {State['rooms'] | null} rooms `null`: the room is known */
function row({ at, by_name: by, action, subject, room, reason }, rooms) {
  const time = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(at);
  const name = rooms && room && rooms.get(room)?.name;
  const place = name ? t('audit.in', { room: roomTitle(name) }) : rooms && room ? t('audit.elsewhere') : '';
  return createElement('li', {},
    createElement('span', { className: 'faint small', textContent: [time, place].filter(Boolean).join(' · ') }),
    createElement('p', { dir: 'auto', textContent: words(by, action, subject) }),
    Boolean(reason) && createElement('p', { className: 'faint', dir: 'auto', textContent: t('audit.reason', { reason: String(reason) }) }));
}

/** What was done, as a sentence. @param {string} by @param {string} action @param {string} subject */
function words(by, action, subject) {
  const [, role] = /^role (.+)$/.exec(action) ?? [];
  if (role && ROLES.includes(role)) return t('audit.role', { by, subject, role: t(`moderate.role.${role}`) });
  const key = action === 'second factor off' ? 'second' : action;
  return ACTIONS.includes(key) ? t(`audit.${key}`, { by, subject }) : t('audit.other', { by, action, subject });
}
