// A form in a dialog that asks the server something: labelled fields, each with what is wrong with it, and one button.
// What is typed into it goes to the server and is kept nowhere.

import { closeDialog, openDialog } from './dialog.js';
import { createElement, setAria, setText } from './dom.js';
import { asSentence, noticeText } from './notice_bar.js';
import { t } from '../words/translate.js';

/** The least characters of a password. */
const PASSWORD_MIN = 8;

/**
 * A password that the person types.
 * @typedef {{id: string, label: string, autocomplete: 'new-password' | 'current-password'}} Field
 *
 * @typedef {object} Asked
 * @property {string} title
 * @property {string} of the command
 * @property {string} [text] above the fields
 * @property {Field[]} fields their `id` is the name of the field in the command
 * @property {string} nick under which a password manager keeps the password
 * @property {string} submit words of the button
 * @property {boolean} [danger]
 * @property {() => void} done the server has done it; the dialog is closed
 */

/** @param {Asked} asked @param {import('../store/state.js').Dispatch} dispatch */
export function openAskForm({ title, of, text, fields, nick, submit, danger = false, done }, dispatch) {
  const rows = fields.map((field) => passwordRow(field));
  const button = createElement('button', { type: 'submit', className: danger ? 'danger' : '', textContent: submit });
  const shows = createElement('input', { type: 'checkbox', on: { change: () => {
    for (const { field } of rows) field.type = shows.checked ? 'text' : 'password';
  } } });
  const form = createElement('form', { noValidate: true, on: { submit: (/** @type {Event} */ event) => {
    event.preventDefault();
    if (button.disabled) return;
    for (const row of rows) row.refuse('');
    const wrong = rows.find((row) => row.problem());
    if (wrong) wrong.refuse(wrong.problem());
    else dispatch('ask', { of, secret: Object.fromEntries(rows.map(({ id, field }) => [id, field.value])) });
  } } },
  // Password managers look for the name beside the password.
  createElement('input', { name: 'username', value: nick, autocomplete: 'username', readOnly: true, hidden: true, tabIndex: -1 }),
  ...rows.flatMap(({ nodes }) => nodes),
  createElement('label', { className: 'choice' }, shows, t('ask.show')),
  createElement('div', { className: 'dialog-foot' },
    createElement('button', { type: 'button', textContent: t('dialog.cancel'), on: { click: closeDialog } }), button));
  openDialog({
    title, name: 'ask form', body: [...text ? [createElement('p', { textContent: text })] : [], form],
    closed: () => dispatch('answered'),
    draw: ({ answer }) => {
      const mine = answer?.of === of ? answer : null;
      button.disabled = mine?.id !== undefined && !mine.problem && !mine.ok;
      setText(button, button.disabled ? t('ask.busy') : submit);
      if (mine?.ok) {
        closeDialog();
        done();
      } else if (mine?.problem) {
        const { problem } = mine;
        dispatch('answered');
        rowOf(rows, problem.code).refuse(asSentence(noticeText(problem)));
      }
    },
  });
  rows[0].field.focus();
}

/** The row that a refusal is about: a wrong password is the one of today, a bad one the new one. @param {ReturnType<typeof passwordRow>[]} rows @param {string | undefined} code */
function rowOf(rows, code) {
  return (code === 'bad_password' ? rows.at(-1) : rows[0]) ?? rows[0];
}

/** @param {Field} field */
function passwordRow({ id, label, autocomplete }) {
  const isNew = autocomplete === 'new-password';
  const name = `ask-${id}`;
  const field = createElement('input', {
    id: name, name: id, type: 'password', required: true, maxLength: 1024, autocomplete, autocapitalize: 'none', spellcheck: false,
    aria: { describedby: `${name}-problem ${name}-rules` }, on: { input: () => refuse('') },
  });
  const said = createElement('p', { id: `${name}-problem`, className: 'problem', role: 'alert', dir: 'auto' });
  const rules = createElement('p', { id: `${name}-rules`, className: 'faint small', textContent: isNew ? t('ask.rules') : '' });
  /** Shows what is wrong. @param {string} words */
  const refuse = (words) => {
    setText(said, words);
    setAria(field, 'invalid', words ? 'true' : null);
    if (!words) return;
    field.focus();
    field.select();
  };
  const problem = () => {
    if (!field.value) return t('ask.empty');
    return isNew && [...field.value].length < PASSWORD_MIN ? t('ask.short') : '';
  };
  return { id, field, refuse, problem, nodes: [createElement('label', { htmlFor: name, textContent: label }), field, said, rules] };
}
