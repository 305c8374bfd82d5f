// Deleting a message: one's own, or as a moderator of the room somebody else's, with a reason for the audit log.

import { closeDialog, openDialog } from './dialog.js';
import { createElement } from './dom.js';
import { lineField, roomForm } from './room_form.js';
import { keepsRoom } from './room_rights.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../net/wire.js').Message} Message */

/** The most characters of a reason: the server takes 400 bytes. */
const REASON_MAX = 100;

/** Whether the person may delete a message of the selected room, as far as the page knows: the server judges. @param {State | undefined} state @param {Message} message */
export function mayDelete(state, { from, text }) {
  const room = state?.rooms.get(state.selectedRoom ?? '');
  return Boolean(state && room && text && (from.id === state.me?.id || keepsRoom(state, room)));
}

/** Asks whether to delete a message of the selected room. @param {State} state @param {import('../store/state.js').Dispatch} dispatch @param {Message} message */
export function openDeletion({ selectedRoom, me }, dispatch, { seq, from }) {
  const mine = from.id === me?.id;
  const reason = lineField('delete-reason', t('deletion.reason'), { maxLength: REASON_MAX, autofocus: true, autocapitalize: 'sentences', spellcheck: true });
  const { form, draw } = roomForm({
    of: 'delete', submit: t('deletion.delete'), look: 'danger', cancel: true,
    nodes: mine ? [] : [...reason.nodes, createElement('p', { className: 'faint small', textContent: t('moderate.reason.log') })],
    read: () => ({ fields: { room: selectedRoom, seq, reason: reason.field.value.trim() || undefined } }),
    done: closeDialog,
  }, dispatch);
  openDialog({
    title: t(mine ? 'deletion.title' : 'deletion.title.of', { nick: from.nick }), name: 'ask', draw, closed: () => dispatch('answered'),
    body: [createElement('p', { textContent: t('deletion.text') }), form],
  });
  // Not on what cannot be undone.
  if (mine) /** @type {HTMLElement | null} */ (form.querySelector('button:not([type="submit"])'))?.focus();
}
