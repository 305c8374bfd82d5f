// The second factor of an account: codes of an authenticator app. What is there is asked for with the password; then it
// is turned on with a code of the app, or off.

import { openAskForm } from './ask_form.js';
import { copier, drawnQrCode } from './copier.js';
import { closeDialog, openDialog } from './dialog.js';
import { createElement } from './dom.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').Dispatch} Dispatch */

/** Refusals that are about the code. */
const CODE_REFUSALS = ['wrong_second_factor', 'second_factor_needed'];

/** @param {string} nick @param {Dispatch} dispatch */
export function openSecondFactor(nick, dispatch) {
  openAskForm({
    title: t('second.title'), of: 'second_factor', text: t('second.text'), nick, submit: t('second.next'),
    fields: [{ id: 'password', label: t('second.password'), autocomplete: 'current-password' }],
    done: (ok, { password }) => (ok.on ? openOff(nick, password, dispatch) : openOn(nick, password, ok, dispatch)),
  }, dispatch);
}

/**
 * Shows the secret for the app, and asks for the first code.
 * @param {string} nick
 * @param {string} password for the same command with the code
 * @param {{secret?: unknown, uri?: unknown}} offered
 * @param {Dispatch} dispatch
 */
function openOn(nick, password, { secret, uri }, dispatch) {
  if (typeof secret !== 'string' || typeof uri !== 'string' || !uri.startsWith('otpauth://')) return;
  const code = drawnQrCode(uri);
  openAskForm({
    title: t('second.title'), of: 'second_factor', more: { password }, text: t(code ? 'second.scan' : 'second.type'), nick, submit: t('second.turnOn'),
    body: [
      code ? createElement('div', { className: 'qr', role: 'img', aria: { label: t('second.square') } }, code) : document.createTextNode(''),
      createElement('output', { className: 'device-code secret', dir: 'ltr', aria: { label: t('second.secret') }, textContent: secret.replace(/.{4}(?=.)/g, '$& ') }),
      createElement('div', { className: 'row' }, copier('second.copy', () => secret),
        createElement('a', { className: 'button', href: uri, textContent: t('second.open') })),
    ],
    fields: [{ id: 'code', label: t('second.code'), autocomplete: 'one-time-code', refusals: CODE_REFUSALS }],
    done: ({ recovery }) => openRecovery(Array.isArray(recovery) ? recovery.map(String) : [], dispatch),
  }, dispatch);
}

/** The codes for when the app is lost: this one time. @param {string[]} codes @param {Dispatch} dispatch */
function openRecovery(codes, dispatch) {
  const copy = copier('second.recovery.copy', () => codes.join('\n'));
  copy.autofocus = true;
  openDialog({
    title: t('second.recovery'), name: 'recovery', closed: () => dispatch('notice', { key: 'second.on' }), body: [
      createElement('p', { textContent: t('second.recovery.text') }),
      createElement('ul', { className: 'codes', dir: 'ltr' }, ...codes.map((code) => createElement('li', {}, createElement('code', { textContent: code })))),
      createElement('div', { className: 'dialog-foot' }, copy,
        createElement('button', { type: 'submit', textContent: t('second.recovery.done'), on: { click: closeDialog } })),
    ],
  });
}

/** @param {string} nick @param {string} password @param {Dispatch} dispatch */
function openOff(nick, password, dispatch) {
  openAskForm({
    title: t('second.title'), of: 'second_factor', more: { password, off: true }, text: t('second.isOn'), nick, submit: t('second.turnOff'), danger: true,
    fields: [{ id: 'code', label: t('second.codeOff'), autocomplete: 'one-time-code', refusals: CODE_REFUSALS }],
    done: () => dispatch('notice', { key: 'second.off' }),
  }, dispatch);
}
