// Forms in the dialogs of rooms: fields with labels, one button that asks the server, and what the server says against it.

import { closeDialog } from './dialog.js';
import { createElement, setAria, setText } from './dom.js';
import { asSentence, noticeText } from './notice_bar.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */

/**
 * @typedef {object} RoomForm
 * @property {string} of the command
 * @property {string} [id] of the form, if a dialog has two for one command
 * @property {Node[]} nodes
 * @property {string} submit words of the button
 * @property {string} [look] class of the button
 * @property {boolean} [cancel] whether there is a button that closes the dialog
 * @property {() => {fields?: any, problem?: string, field?: HTMLElement}} read the command's fields, or what is wrong
 * @property {(ok: any) => void} done
 * @property {(problem: import('../store/notice.js').Notice) => {words: string, field: HTMLElement} | null} [refused] what a
 *   refusal says of one of the fields; `null`: what it says of everything
 */

/**
 * A form, and what draws the answer.
 * @param {RoomForm} content
 * @param {Dispatch} dispatch
 * @returns {{form: HTMLFormElement, draw: (state: State) => void}}
 */
export function roomForm({ of, id = of, nodes, submit, look = '', cancel = false, read, done, refused }, dispatch) {
  const said = createElement('p', { id: `problem-${id}`, className: 'problem', role: 'alert', dir: 'auto' });
  const button = createElement('button', { type: 'submit', className: look, textContent: submit, aria: { describedby: `problem-${id}` } });
  let isWaiting = false;
  const form = createElement('form', { noValidate: true, on: {
    input: () => setText(said, ''),
    submit: (/** @type {Event} */ event) => {
      event.preventDefault();
      if (isWaiting) return;
      const { fields, problem = '', field } = read();
      setText(said, problem);
      field?.focus();
      if (!fields) return;
      isWaiting = true;
      dispatch('ask', { of, fields });
    },
  } }, ...nodes, said, createElement('div', { className: 'dialog-foot' },
    cancel && createElement('button', { type: 'button', textContent: t('dialog.cancel'), on: { click: closeDialog } }), button));
  return {
    form,
    draw: ({ answer }) => {
      setAria(button, 'busy', isWaiting ? 'true' : null);
      if (!isWaiting || answer?.of !== of || (!answer.ok && !answer.problem)) return;
      isWaiting = false;
      dispatch('answered');
      const about = answer.problem && refused?.(answer.problem);
      about?.field.focus();
      if (answer.problem) setText(said, about?.words ?? asSentence(noticeText(answer.problem)));
      else done(answer.ok);
    },
  };
}

/**
 * A line of text with its label.
 * @param {string} id
 * @param {string} words
 * @param {object} [more] properties of the field
 */
export function lineField(id, words, more = {}) {
  const field = /** @type {HTMLInputElement} */ (createElement('input', { id, autocomplete: 'off', autocapitalize: 'none', spellcheck: false, dir: 'auto', ...more }));
  return { field, nodes: [createElement('label', { htmlFor: id, textContent: words }), field] };
}

/**
 * A choice of one of some values.
 * @param {string} id
 * @param {string} words
 * @param {[value: string, words: string][]} options
 * @param {string} chosen
 */
export function choiceField(id, words, options, chosen) {
  const field = /** @type {HTMLSelectElement} */ (createElement('select', { id }, ...options.map(([value, shown]) =>
    createElement('option', { value, textContent: shown, selected: value === chosen }))));
  return { field, nodes: [createElement('div', { className: 'setting' }, createElement('label', { htmlFor: id, textContent: words }), field)] };
}
