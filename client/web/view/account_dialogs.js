// The account of the person: making one, its password, the devices that are logged in, its bots, and deleting it.

import { openAskForm } from './ask_form.js';
import { openAskedList } from './asked_list.js';
import { openBots } from './bots_dialog.js';
import { ROLES } from './moderation_dialog.js';
import { openSecondFactor } from './second_factor_dialog.js';
import { createElement } from './dom.js';
import { dateAndTime } from './times.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */

/** The part of the settings about the account. @param {State} state @param {Dispatch} dispatch @returns {HTMLElement} */
export function accountSection(state, dispatch) {
  const nick = state.me?.nick ?? state.nick ?? '';
  const button = (/** @type {string} */ key, /** @type {() => void} */ click, /** @type {string} */ className = '') =>
    createElement('button', { type: 'button', className, textContent: t(key), on: { click } });
  const buttons = state.login === null
    ? [button('account.make', () => openRegister(nick, dispatch))]
    : [button('account.password', () => openPassword(nick, dispatch)), button('account.second', () => openSecondFactor(nick, dispatch)), button('account.devices', () => openLogins(dispatch)), button('bots.title', () => openBots(dispatch)),
      button('account.delete', () => openDeletion(nick, dispatch), 'danger')];
  const role = ROLES.includes(state.role ?? '') && state.role !== 'member' ? t('account.role', { role: t(`role.${state.role}`) }) : '';
  const words = state.login === null ? t('account.none') : [t('account.have', { nick }), role].filter(Boolean).join(' ');
  return createElement('fieldset', { className: 'account' }, createElement('legend', { textContent: t('account.title') }),
    createElement('p', { className: 'faint small', textContent: words }), createElement('div', { className: 'row' }, ...buttons));
}

/** @param {string} nick @param {Dispatch} dispatch @param {string} [invitation] of a link @param {() => void} [closed] */
export function openRegister(nick, dispatch, invitation, closed) {
  openAskForm({
    title: t('account.make'), of: 'register', text: t('register.text', { nick }), nick, submit: t('account.make'), closed,
    fields: [
      { id: 'password', label: t('register.password'), autocomplete: 'new-password' },
      {
        id: 'invitation', label: t('register.invitation'), autocomplete: 'off', optional: true, value: invitation,
        reveal: t('register.invited'), refusals: ['bad_link', 'registration_closed'],
      },
    ],
    done: () => dispatch('notice', { key: 'register.done', args: { nick } }),
  }, dispatch);
}

/**
 * A link for a new password was opened where somebody is in already.
 * @param {string} nick
 * @param {string} reset the secret of the link
 * @param {Dispatch} dispatch
 * @param {() => void} closed
 */
export function openReset(nick, reset, dispatch, closed) {
  openAskForm({
    title: t('reset.title'), text: t('reset.text', { nick }), nick: '', submit: t('reset.enter'), closed,
    fields: [
      { id: 'password', label: t('password.new'), autocomplete: 'new-password' },
      { id: 'second', label: t('welcome.login.second'), autocomplete: 'one-time-code', optional: true, reveal: t('reset.second') },
    ],
    act: ({ password, second }) => dispatch('become', { reset, password, second }),
  }, dispatch);
}

/** @param {string} nick @param {Dispatch} dispatch */
function openPassword(nick, dispatch) {
  openAskForm({
    title: t('account.password'), of: 'password', text: t('password.text'), nick, submit: t('account.password'),
    fields: [
      { id: 'old', label: t('password.old'), autocomplete: 'current-password' },
      { id: 'new', label: t('password.new'), autocomplete: 'new-password' },
    ],
    done: () => dispatch('notice', { key: 'password.done' }),
  }, dispatch);
}

/** @param {string} nick @param {Dispatch} dispatch */
function openDeletion(nick, dispatch) {
  const more = { messages: false };
  const messages = createElement('input', { type: 'checkbox', on: { change: () => { more.messages = messages.checked; } } });
  openAskForm({
    title: t('account.delete'), of: 'unregister', more, text: t('delete.text', { nick }), nick, submit: t('account.delete'), danger: true,
    body: [createElement('label', { className: 'choice' }, messages, t('delete.messages'))],
    fields: [{ id: 'password', label: t('delete.password'), autocomplete: 'current-password' }],
    done: () => {},
  }, dispatch);
}

/** The devices that are logged in. @param {Dispatch} dispatch */
function openLogins(dispatch) {
  const list = createElement('ul', { className: 'logins' });
  const others = createElement('button', { type: 'button', hidden: true, textContent: t('logins.others'), on: { click: () => end({ others: true }) } });
  const end = (/** @type {object} */ fields) => dispatch('ask', { of: 'logout', fields });
  const load = () => dispatch('ask', { of: 'logins' });
  const dialog = openAskedList({
    title: t('account.devices'), name: 'devices', nodes: [list], foot: [others], load,
    answered: (of, ok) => {
      if (of !== 'logins') return load();
      const held = list.contains(document.activeElement) || document.activeElement === others;
      list.replaceChildren(...ok.logins.map((/** @type {any} */ login) => loginRow(login, () => end({ login: login.login }))));
      others.hidden = ok.logins.length < 2;
      // The button that had the focus is gone.
      if (held) /** @type {HTMLElement | null} */ (dialog.querySelector('.dialog-head button'))?.focus();
    },
  }, dispatch);
}

/** @param {{device: string, address: string, used: number, current?: boolean}} login @param {() => void} end */
function loginRow({ device, address, used, current }, end) {
  const name = device || t('logins.unnamed');
  const words = [address, current ? '' : t('logins.used', { time: dateAndTime(used) })].filter(Boolean).join(' · ');
  return createElement('li', {}, createElement('div', { className: 'login' },
    createElement('bdi', { textContent: name }), createElement('span', { className: 'faint small', textContent: words })),
  current ? createElement('span', { className: 'small here', textContent: t('logins.here') })
    : createElement('button', { type: 'button', textContent: t('logins.end'), aria: { label: t('logins.endOf', { device: name }) }, on: { click: end } }));
}
