// What can be done about a person or a message, as items of a menu: keeping them away, reporting it, moderating them.

import { mayDelete, openDeletion } from './delete_dialog.js';
import { mayEdit } from './message_editing.js';
import { canModerate, openModeration } from './moderation_dialog.js';
import { openPersonCard } from './person_card.js';
import { drawnState } from './dialog.js';
import { openReport } from './report_dialog.js';
import { mayAskAboutOthers, openWhy } from './why_dialog.js';
import { t } from '../words/translate.js';

/** @typedef {import('./menu.js').Item} Item */
/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */
/** @typedef {import('../net/wire.js').User} User */

/** What can be done about a message of the selected room, and about who said it. @param {State} state @param {Dispatch} dispatch @param {import('../net/wire.js').Message} message @returns {Item[]} */
export function messageMenu(state, dispatch, message) {
  const room = state.rooms.get(state.selectedRoom ?? '');
  const mine = message.from.id === state.me?.id;
  return [
    ...mayEdit(state, room, message) ? [{ words: t('log.actions.edit'), icon: 'edit', act: () => editMessage(message) }] : [],
    ...mayDelete(state, message) ? [{ words: t('log.actions.delete'), icon: 'trash', danger: true, act: () => openDeletion(state, dispatch, message) }] : [],
    ...room && !mine && message.text ? [{ words: t('person.report'), icon: 'flag', act: () => openReport(room, message, dispatch) }] : [],
    ...personMenu(state, dispatch, message.from),
  ];
}

/** Brings a message into the composer. @param {import('../net/wire.js').Message} message */
export function editMessage(message) {
  document.dispatchEvent(new CustomEvent('throng:edit', { detail: { message } }));
}

/** What can be done about somebody else in the selected room. @param {State} state @param {Dispatch} dispatch @param {User} user @returns {Item[]} */
export function personMenu(state, dispatch, user) {
  const room = state.rooms.get(state.selectedRoom ?? '');
  if (!room || user.id === state.me?.id) return [];
  const { nick } = user;
  const others = [
    ...distanceItems(state, dispatch, user),
    ...mayAskAboutOthers(state) ? [{ words: t('person.why', { nick }), icon: 'question', act: () => openWhy(state, dispatch, room, nick) }] : [],
    ...canModerate(state, user) ? [{ words: t('moderate.title', { nick }), icon: 'shield', act: () => openModeration(state, dispatch, user) }] : [],
  ];
  return [{ words: t('person.card', { nick }), icon: 'person', act: () => openPersonCard(drawnState() ?? state, dispatch, user, [directItem(dispatch, user), ...others]) }, ...others];
}

/** @param {Dispatch} dispatch @param {User} user @returns {Item} */
function directItem(dispatch, { id, nick }) {
  return { words: t('people.direct', { nick }), icon: 'mail', act: () => dispatch('request', { of: 'direct', fields: { people: [id] } }) };
}

/** @param {State} state @param {Dispatch} dispatch @param {User} user @returns {Item[]} */
function distanceItems({ keptAway }, dispatch, { id, nick }) {
  const now = keptAway.get(id)?.distance;
  const item = (/** @type {string} */ act, /** @type {string} */ icon, /** @type {string} */ distance) => ({
    words: t(`person.${act}`, { nick }), icon, act: () => dispatch('request', { of: 'keep_away', fields: { person: id, distance } }),
  });
  if (now === 'block') return [item('unblock', 'eye', 'none')];
  return [
    now ? item('unignore', 'eye', 'none') : item('ignore', 'eyeOff', 'ignore'),
    { ...item('block', 'block', 'block'), danger: true },
  ];
}
