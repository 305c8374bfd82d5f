// The dialogs for being the same person on two devices: the code for the other device, and the question before this
// browser becomes another person.

import { deviceLinkUrl, parseCode } from '../device/location_hash.js';
import { t } from '../words/translate.js';
import { copier, drawnQrCode } from './copier.js';
import { openRegister, openReset } from './account_dialogs.js';
import { openDialog, openQuestion } from './dialog.js';
import { createElement, setText } from './dom.js';
import { noticeText } from './notice_bar.js';
import { openRoomLink } from './room_link.js';

/** Opens the dialog with the code for another device. @param {import('../store/state.js').State} state @param {import('../store/state.js').Dispatch} dispatch */
export function openDevice(state, dispatch) {
  const code = createElement('output', { className: 'device-code', aria: { label: t('device.code') } });
  const how = createElement('p');
  const picture = createElement('div', { className: 'qr', role: 'img', aria: { label: t('device.square') } });
  let pictured = '';
  const status = createElement('p', { className: 'faint small', role: 'status' });
  const left = createElement('p', { className: 'faint small' });
  const again = createElement('button', { type: 'button', textContent: t('device.again'), on: { click: () => dispatch('askCode') } });
  const copies = createElement('div', { className: 'row' },
    copier('device.copyLink', () => deviceLinkUrl(location.href, code.textContent)), copier('device.copyCode', () => code.textContent));
  const draw = (/** @type {import('../store/state.js').State} */ { deviceLink, phase }) => {
    // The request was lost with the connection: send it again.
    if (phase === 'online' && deviceLink?.problem?.key === 'device.offline') {
      dispatch('askCode');
      return;
    }
    const seconds = Math.ceil(((deviceLink?.until ?? 0) - Date.now()) / 1000);
    const valid = deviceLink?.code !== undefined && seconds > 0;
    const expired = deviceLink?.code !== undefined && !valid;
    setText(code, valid ? deviceLink?.code ?? '' : '');
    for (const part of [code, copies, left]) part.hidden = !valid;
    const link = deviceLinkUrl(location.href, deviceLink?.code ?? '');
    if (link !== pictured) picture.replaceChildren(...[drawnQrCode(link)].filter((code) => code !== null));
    pictured = link;
    picture.hidden = !valid || !picture.firstChild;
    setText(how, t(picture.firstChild ? 'device.how' : 'device.how.link'));
    again.hidden = !expired && !deviceLink?.problem;
    setText(left, valid ? t('device.left', { time: clockOf(seconds) }) : '');
    setText(status, expired ? t('device.expired') : deviceLink?.problem ? noticeText(deviceLink.problem) : valid ? '' : t('device.waiting'));
  };
  openDialog({
    title: t('device.title'), name: 'device', draw, body: [
      how, picture, code, left, copies, status, again,
      createElement('p', { className: 'small', textContent: t('device.secret') }),
    ],
  });
  dispatch('askCode');
  // Without the last code: the server has just been asked to replace it.
  draw({ ...state, deviceLink: {} });
}

/** Minutes and seconds: 9:05. @param {number} seconds */
function clockOf(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * A link with a secret was opened in a browser that has a person already: asks before it changes anything.
 * @param {import('../store/state.js').State} state
 * @param {import('../store/state.js').Dispatch} dispatch
 */
export function openBecomeDialog(state, dispatch) {
  const { offeredCode, me, nick, login } = state;
  if (offeredCode?.startsWith('room=')) {
    void openRoomLink(state, offeredCode.slice('room='.length), dispatch);
    return;
  }
  const closed = () => dispatch('offered', { code: null });
  const name = me?.nick ?? nick ?? '';
  const [, kind, secret] = /^(invite|reset)=(.*)$/s.exec(offeredCode ?? '') ?? [];
  if (kind === 'reset') {
    openReset(name, secret, dispatch, closed);
    return;
  }
  if (kind === 'invite' && login === null) {
    openRegister(name, dispatch, secret, closed);
    return;
  }
  const code = parseCode(offeredCode ?? '');
  if (code === null) {
    closed();
    dispatch('notice', { key: kind ? 'error.has_account' : 'error.bad_code' });
    return;
  }
  openQuestion({ title: t('become.title'), text: t('become.text', { nick: name }), yes: t('become.yes'), act: () => dispatch('become', { code }), closed });
}
