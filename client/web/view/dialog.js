// Dialogs: built when opened, removed when closed, one at a time. The browser keeps the focus inside and makes the
// page behind inert; closing returns the focus to where it was.

import { icon } from './icon.js';
import { createElement } from './dom.js';
import { t } from '../words/translate.js';

/**
 * The content of a dialog.
 * @typedef {object} Content
 * @property {string} title
 * @property {string} name the class of the element
 * @property {Node[]} body
 * @property {(state: import('../store/state.js').State) => void} [draw] called at each change of the state
 * @property {(() => void)} [closed]
 */

/** `end`: it is closed; once. @type {{dialog: HTMLDialogElement, draw: Content['draw'], end: () => void} | null} */
let open = null;

/** @type {import('../store/state.js').State | null} */
let drawn = null;

/** Draws the open dialog. @param {import('../store/state.js').State} state */
export function drawDialog(state) {
  drawn = state;
  open?.draw?.(state);
}

/** The last drawn state, for what opens a dialog. */
export const drawnState = () => drawn;

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
  // The close event comes a moment later: there must never be two dialogs, and what the last one does at its end must not
  // undo what this one begins with.
  closeDialog();
  open?.end();
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const ringed = Boolean(before?.matches(':focus-visible:not([data-quiet])'));
  const heading = createElement('h2', { id: 'dialog-title', textContent: title });
  const close = createElement('button', {
    type: 'button', className: 'plain square', aria: { label: t('dialog.close') }, on: { click: () => dialog.close() },
  }, icon('close'));
  /** @type {HTMLDialogElement} */
  const dialog = createElement('dialog', { className: name, aria: { labelledby: 'dialog-title' } },
    createElement('div', { className: 'dialog-head' }, heading, close), ...body);
  const own = { dialog, draw, end: () => {
    if (!dialog.isConnected) return;
    dialog.remove();
    if (open === own) open = null;
    closed?.();
  } };
  dialog.addEventListener('close', () => {
    own.end();
    returnFocus(before, ringed);
  });
  // A press on the backdrop has the dialog itself as its target.
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
 * Returns the focus to where it was, with its ring if it had one. If that element is gone, or there was none, the
 * message field gets the focus.
 * @param {HTMLElement | null} before
 * @param {boolean} ringed
 */
function returnFocus(before, ringed) {
  // A person who opened a room from here is in its field already.
  const { activeElement } = document;
  if (open || (activeElement && activeElement !== document.body && activeElement !== before)) return;
  const origin = nowOf(before);
  const there = origin?.isConnected && origin !== document.body && origin.checkVisibility({ visibilityProperty: true });
  // On a touch screen the field would open the keyboard.
  const other = matchMedia('(pointer: coarse)').matches ? '#header .to-rooms' : '#text';
  const wanted = there ? origin : /** @type {HTMLElement | null} */ (document.querySelector(other));
  // Chromium returns the focus itself but leaves the caret in the removed dialog, so the field would get no keys:
  // focus it again.
  if (wanted === activeElement) wanted?.blur();
  wanted?.focus();
  if (wanted && there && !ringed) hideRing(wanted);
}

/** An element as it is now: a line of the log is built again when its message changes, as by deleting it. @param {HTMLElement | null} before */
function nowOf(before) {
  const { key } = before?.dataset ?? {};
  if (before?.isConnected || !key) return before;
  return /** @type {HTMLElement | null} */ (document.querySelector(`#log li[data-key="${CSS.escape(key)}"]`));
}

/**
 * Hides the focus ring of a button that was pressed with the mouse, when a key has closed its dialog. The ring
 * appears with the next key.
 * @param {HTMLElement} element
 */
function hideRing(element) {
  element.dataset.quiet = '';
  const show = () => {
    delete element.dataset.quiet;
    removeEventListener('keydown', show, true);
  };
  element.addEventListener('blur', show, { once: true });
  // The key that closed the dialog has been handled: the close event is a task of its own.
  addEventListener('keydown', show, true);
}

/**
 * Asks a question before something that cannot be undone.
 * @param {{title: string, text: string, yes: string, act: () => void, closed?: () => void}} question
 */
export function openQuestion({ title, text, yes, act, closed }) {
  const agree = () => {
    closeDialog();
    act();
  };
  openDialog({
    title, name: 'ask', closed, body: [
      createElement('p', { textContent: text }),
      createElement('div', { className: 'dialog-foot' },
        createElement('button', { type: 'button', autofocus: true, textContent: t('dialog.cancel'), on: { click: closeDialog } }),
        createElement('button', { type: 'button', className: 'danger', textContent: yes, on: { click: agree } })),
    ],
  });
}
