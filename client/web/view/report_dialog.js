// Reporting a message to those who keep the room: what is sent along, and why.

import { closeDialog, openDialog } from './dialog.js';
import { createElement } from './dom.js';
import { REASON_MAX } from './moderation_dialog.js';
import { lineField, roomForm } from './room_form.js';
import { t } from '../words/translate.js';

/** How much of the message is sent along, in characters: the server keeps no more. */
const SENT_MAX = 300;

/** @param {import('../store/state.js').Room} room @param {import('../net/wire.js').Message} message @param {import('../store/state.js').Dispatch} dispatch */
export function openReport({ id, info }, { seq, from, text }, dispatch) {
  const reason = lineField('report-reason', t('report.reason'), { maxLength: REASON_MAX, autofocus: true, autocapitalize: 'sentences', spellcheck: true });
  const { form, draw } = roomForm({
    of: 'report', nodes: [...reason.nodes, createElement('p', { className: 'faint small', textContent: t(info?.kind === 'direct' ? 'report.to.direct' : 'report.to', { nick: from.nick }) })],
    submit: t('report.send'), cancel: true,
    read: () => {
      const words = reason.field.value.trim();
      return words ? { fields: { room: id, seq, reason: words } } : { problem: t('report.reason.empty'), field: reason.field };
    },
    done: () => {
      closeDialog();
      dispatch('notice', { key: 'report.done' });
    },
  }, dispatch);
  const sent = [...text];
  openDialog({
    title: t('report.title'), name: 'report', draw, closed: () => dispatch('answered'),
    body: [quoted(from.nick, sent.length > SENT_MAX ? `${sent.slice(0, SENT_MAX).join('')}…` : text), form],
  });
}

/** What somebody said. @param {string} nick @param {string} text @returns {HTMLElement} */
export function quoted(nick, text) {
  return createElement('blockquote', { className: 'quoted', tabIndex: 0, aria: { label: t('report.said', { nick }) } },
    createElement('bdi', { className: 'by', textContent: nick }), createElement('p', { dir: 'auto', textContent: text }));
}
