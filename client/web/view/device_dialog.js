// The dialogs for being the same person on two devices: the code for the other device, and the question before this
// browser becomes another person.

import { deviceLinkUrl, parseCode } from '../device/location_hash.js';
import { qrCode } from '../device/qr_code.js';
import { t } from '../words/translate.js';
import { copyToClipboard } from './message_actions.js';
import { openDialog, openQuestion } from './dialog.js';
import { createElement, setText } from './dom.js';
import { noticeText } from './notice_bar.js';

/** How long a button shows that it has copied. */
const DONE_MS = 1_500;

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
    if (link !== pictured) picture.replaceChildren(...drawn(qrCode(link)));
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

/** The QR code as one path; nothing if there is none. @param {boolean[][] | null} rows @returns {Node[]} */
function drawn(rows) {
  if (!rows) return [];
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  // Scanners need a light border of four modules.
  svg.setAttribute('viewBox', `-4 -4 ${rows.length + 8} ${rows.length + 8}`);
  path.setAttribute('d', rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join(''));
  svg.append(path);
  return [svg];
}

/** A button that copies something. @param {string} words @param {() => string} what */
function copier(words, what) {
  const button = createElement('button', { type: 'button', textContent: t(words), on: { click: async () => {
    setText(button, t((await copyToClipboard(what())) ? 'log.copied' : 'log.copy.refused'));
    setTimeout(() => setText(button, t(words)), DONE_MS);
  } } });
  return button;
}

/** Minutes and seconds: 9:05. @param {number} seconds */
function clockOf(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * A link from another device was opened in a browser that has a person already: asks before replacing that person.
 * @param {import('../store/state.js').State} state
 * @param {import('../store/state.js').Dispatch} dispatch
 */
export function openBecomeDialog({ offeredCode, me, nick }, dispatch) {
  const code = parseCode(offeredCode ?? '');
  if (code === null) {
    dispatch('offered', { code: null });
    dispatch('notice', { key: 'error.bad_code' });
    return;
  }
  openQuestion({
    title: t('become.title'), text: t('become.text', { nick: me?.nick ?? nick ?? '' }), yes: t('become.yes'),
    act: () => dispatch('become', { code }), closed: () => dispatch('offered', { code: null }),
  });
}
