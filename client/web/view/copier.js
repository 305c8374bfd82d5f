// What carries a text to another device or program: a button that copies it, and a QR code.

import { qrCode } from '../device/qr_code.js';
import { copyToClipboard } from './message_actions.js';
import { createElement, setText } from './dom.js';
import { t } from '../words/translate.js';

/** How long a button shows that it has copied. */
const DONE_MS = 1_500;

/** A button that copies something. @param {string} words @param {() => string} what */
export function copier(words, what) {
  const button = createElement('button', { type: 'button', textContent: t(words), on: { click: async () => {
    setText(button, t((await copyToClipboard(what())) ? 'log.copied' : 'log.copy.refused'));
    setTimeout(() => setText(button, t(words)), DONE_MS);
  } } });
  return button;
}

/** A QR code as one path; `null`: the text is too long for one. @param {string} text */
export function drawnQrCode(text) {
  const rows = qrCode(text);
  if (!rows) return null;
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  // Scanners need a light border of four modules.
  svg.setAttribute('viewBox', `-4 -4 ${rows.length + 8} ${rows.length + 8}`);
  path.setAttribute('d', rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join(''));
  svg.append(path);
  return svg;
}
