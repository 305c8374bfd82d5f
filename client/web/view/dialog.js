// Dialogs: built when opened, removed when closed, one at a time. The browser keeps the focus inside
// and the page behind still; closing gives the focus back to where it was.

import { icon } from './icon.js';
import { make } from './make.js';
import { t } from '../words.js';

/**
 * What a dialog shows.
 * @typedef {object} Content
 * @property {string} title
 * @property {string} name its class
 * @property {Node[]} body
 * @property {(state: import('../turn.js').State) => void} [draw] called at each change of the state
 * @property {(() => void)} [closed]
 */

/** @type {{dialog: HTMLDialogElement, draw: Content['draw']} | null} */
let open = null;

/** Whether one is open. */
export const isDialogOpen = () => open?.dialog.open === true;

/** Draws what the open dialog shows. @param {import('../turn.js').State} state */
export function drawDialog(state) {
  open?.draw?.(state);
}

/** Closes the open dialog. */
export function closeDialog() {
  open?.dialog.close();
}

/**
 * Opens a dialog.
 * @param {Content} content
 * @returns {HTMLDialogElement}
 */
export function openDialog({ title, name, body, draw, closed }) {
  // The browser tells of the close a moment later, and there must never be two.
  const last = open?.dialog;
  closeDialog();
  last?.remove();
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const heading = make('h2', { id: 'dialog-title', textContent: title });
  const close = make('button', {
    type: 'button', className: 'plain square', aria: { label: t('dialog.close') }, on: { click: () => dialog.close() },
  }, icon('close'));
  /** @type {HTMLDialogElement} */
  const dialog = make('dialog', { className: name, aria: { labelledby: 'dialog-title' } },
    make('div', { className: 'dialog-head' }, heading, close), ...body);
  const own = { dialog, draw };
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (open === own) open = null;
    closed?.();
    giveBack(before);
  });
  // A press on the ground beside the dialog has the dialog itself as its target.
  dialog.addEventListener('pointerdown', (event) => {
    if (event.target === dialog) dialog.close();
  });
  open = own;
  document.body.append(dialog);
  dialog.showModal();
  /** @type {HTMLElement | null} */ (dialog.querySelector('[autofocus]'))?.focus();
  return dialog;
}

/**
 * The focus goes back where it was. What is no longer there, or was nowhere, gives it to the field.
 * @param {HTMLElement | null} before
 */
function giveBack(before) {
  // Whoever opened a room from here has been sent to its field meanwhile.
  const { activeElement } = document;
  if (open || (activeElement && activeElement !== document.body && activeElement !== before)) return;
  const there = before?.isConnected && before !== document.body && before.checkVisibility({ visibilityProperty: true });
  // On a touch screen the field would bring the keyboard up.
  const other = matchMedia('(pointer: coarse)').matches ? '#composer .to-rooms' : '#text';
  const wanted = there ? before : /** @type {HTMLElement | null} */ (document.querySelector(other));
  // Chromium has given the focus back itself, but left the caret in the dialog that is gone: a field
  // that only seems to have the focus would take no key.
  if (wanted === activeElement) wanted?.blur();
  wanted?.focus();
}

/**
 * Asks before something that cannot be undone.
 * @param {{title: string, text: string, yes: string, act: () => void}} question
 */
export function ask({ title, text, yes, act }) {
  const agree = () => {
    closeDialog();
    act();
  };
  openDialog({
    title, name: 'ask', body: [
      make('p', { textContent: text }),
      make('div', { className: 'dialog-foot' },
        make('button', { type: 'button', autofocus: true, textContent: t('dialog.cancel'), on: { click: closeDialog } }),
        make('button', { type: 'button', className: 'danger', textContent: yes, on: { click: agree } })),
    ],
  });
}
