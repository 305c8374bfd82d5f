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
 * @property {(problem: import('../store/notice.js').Notice) => HTMLElement | undefined} [fieldOf] the field that a refusal is about
 * @property {(problem: import('../store/notice.js').Notice) => string | undefined} [wordsOf] what a refusal says here, if not the usual
 * @property {(ok: any) => void} done
 */

/**
 * A form, and what draws the answer.
 * @param {RoomForm} content
 * @param {Dispatch} dispatch
 * @returns {{form: HTMLFormElement, draw: (state: State) => void}}
 */
export function roomForm({ of, id = of, nodes, submit, look = '', cancel = false, read, fieldOf, wordsOf, done }, dispatch) {
  const said = createElement('p', { id: `problem-${id}`, className: 'problem', role: 'alert', dir: 'auto' });
  const button = createElement('button', { type: 'submit', className: look, textContent: submit, aria: { describedby: `problem-${id}` } });
  let isWaiting = false;
  /** The field at which the problem stands. @type {HTMLElement | undefined} */
  let wrong;
  /** Says what is wrong, at the field that it is about, or above the buttons. @param {string} words @param {HTMLElement} [field] */
  const refuse = (words, field) => {
    if (wrong) {
      setAria(wrong, 'invalid', null);
      setAria(wrong, 'describedby', wrong.dataset.rules);
    }
    wrong = field;
    if (field) {
      // Below all that belongs to the field: a choice stands in a line with its label. Within a label it would be a part of
      // the field's name.
      (field.closest('.setting, label') ?? field).after(said);
      setAria(field, 'invalid', 'true');
      setAria(field, 'describedby', [said.id, field.dataset.rules].filter(Boolean).join(' '));
    } else if (words) foot.before(said);
    setText(said, words);
    field?.focus();
  };
  const foot = createElement('div', { className: 'dialog-foot' },
    cancel && createElement('button', { type: 'button', textContent: t('dialog.cancel'), on: { click: closeDialog } }), button);
  const form = createElement('form', { noValidate: true, on: {
    input: () => refuse(''),
    submit: (/** @type {Event} */ event) => {
      event.preventDefault();
      if (isWaiting) return;
      const { fields, problem = '', field } = read();
      refuse(problem, field);
      if (!fields) return;
      isWaiting = true;
      dispatch('ask', { of, fields });
    },
  } }, ...nodes, said, foot);
  return {
    form,
    draw: ({ answer }) => {
      setAria(button, 'busy', isWaiting ? 'true' : null);
      if (!isWaiting || answer?.of !== of || (!answer.ok && !answer.problem)) return;
      isWaiting = false;
      dispatch('answered');
      if (answer.problem) refuse(wordsOf?.(answer.problem) ?? asSentence(noticeText(answer.problem)), fieldOf?.(answer.problem));
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
 * A text of several lines with its label.
 * @param {string} id
 * @param {string} words
 * @param {object} [more] properties of the field
 */
export function textField(id, words, more = {}) {
  const field = /** @type {HTMLTextAreaElement} */ (createElement('textarea', { id, rows: 4, dir: 'auto', ...more }));
  return { field, nodes: [createElement('label', { htmlFor: id, textContent: words }), field] };
}

/** A sentence about a field, which screen readers say with it. @param {HTMLElement} field @param {string} words */
export function rulesOf(field, words) {
  const id = `${field.id}-rules`;
  field.dataset.rules = id;
  setAria(field, 'describedby', id);
  return createElement('p', { id, className: 'faint small', textContent: words });
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
