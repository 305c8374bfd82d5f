// A form in a dialog that asks the server something: labelled fields, each with what is wrong with it, and one button.
// What is typed into it goes to the server and is kept nowhere.

import { closeDialog, openDialog } from './dialog.js';
import { createElement, setAria, setText } from './dom.js';
import { asSentence, noticeText } from './notice_bar.js';
import { t } from '../words/translate.js';

/** The least characters of a password. */
const PASSWORD_MIN = 8;

/**
 * Something that the person types. `autocomplete` says what it is: a password, or a code.
 * @typedef {object} Field
 * @property {string} id the name of the field in the command
 * @property {string} label
 * @property {'new-password' | 'current-password' | 'one-time-code' | 'off'} autocomplete
 * @property {boolean} [optional] it is left out when it is empty
 * @property {string} [value] what is in it already
 * @property {string} [reveal] words of a button that shows it; it is hidden until then
 * @property {string[]} [refusals] codes of refusals that are about it
 *
 * @typedef {object} Asked
 * @property {string} title
 * @property {string} [of] the command
 * @property {(fields: Record<string, string>) => void} [act] what to do with the fields instead of a command
 * @property {object} [more] further fields of the command
 * @property {string} [text] above the fields
 * @property {Node[]} [body] between that and the fields
 * @property {Field[]} fields
 * @property {string} nick under which a password manager keeps the password
 * @property {string} submit words of the button
 * @property {boolean} [danger]
 * @property {(ok: any, fields: Record<string, string>) => void} [done] the server has done it; the dialog is closed
 * @property {() => void} [closed]
 */

/** @param {Asked} asked @param {import('../store/state.js').Dispatch} dispatch */
export function openAskForm({ title, of, act, more = {}, text, body = [], fields, nick, submit, danger = false, done, closed }, dispatch) {
  const rows = fields.map((field) => fieldRow(field));
  const button = createElement('button', { type: 'submit', className: danger ? 'danger' : '', textContent: submit });
  const shows = createElement('input', { type: 'checkbox', on: { change: () => {
    for (const { field, isPassword } of rows) if (isPassword) field.type = shows.checked ? 'text' : 'password';
  } } });
  const typed = () => Object.fromEntries(rows.filter(({ field, isOptional }) => field.value || !isOptional).map(({ id, field }) => [id, field.value]));
  const form = createElement('form', { noValidate: true, on: { submit: (/** @type {Event} */ event) => {
    event.preventDefault();
    if (button.disabled) return;
    for (const row of rows) row.refuse('');
    const wrong = rows.find((row) => row.problem());
    if (wrong) wrong.refuse(wrong.problem());
    else if (of) dispatch('ask', { of, secret: { ...more, ...typed() } });
    else {
      closeDialog();
      act?.(typed());
    }
  } } },
  // Password managers look for the name beside the password.
  createElement('input', { name: 'username', value: nick, autocomplete: 'username', readOnly: true, hidden: true, tabIndex: -1 }),
  ...rows.flatMap(({ nodes }) => nodes),
  rows.some(({ isPassword }) => isPassword) && createElement('label', { className: 'choice' }, shows, t('ask.show')),
  createElement('div', { className: 'dialog-foot' },
    createElement('button', { type: 'button', textContent: t('dialog.cancel'), on: { click: closeDialog } }), button));
  openDialog({
    title, name: 'ask form', body: [...text ? [createElement('p', { textContent: text })] : [], ...body, form],
    closed: () => {
      dispatch('answered');
      closed?.();
    },
    draw: ({ answer }) => {
      const mine = of && answer?.of === of ? answer : null;
      button.disabled = mine?.id !== undefined && !mine.problem && !mine.ok;
      setText(button, button.disabled ? t('ask.busy') : submit);
      if (mine?.ok) {
        const sent = typed();
        closeDialog();
        done?.(mine.ok, sent);
      } else if (mine?.problem) {
        const { problem } = mine;
        dispatch('answered');
        rowOf(rows, problem.code).refuse(asSentence(noticeText(problem)));
      }
    },
  });
  (rows.find(({ field }) => !field.value && !field.hidden) ?? rows[0]).field.focus();
}

/** The row that a refusal is about. @param {ReturnType<typeof fieldRow>[]} rows @param {string} [code] */
function rowOf(rows, code = '') {
  return rows.find(({ refusals }) => refusals.includes(code)) ?? rows[0];
}

/** Refusals of a password that is to be the new one. */
const BAD_PASSWORD = ['bad_password'];

/** @param {Field} field */
function fieldRow({ id, label, autocomplete, optional = false, value = '', reveal, refusals }) {
  const isNew = autocomplete === 'new-password';
  const isPassword = isNew || autocomplete === 'current-password';
  const name = `ask-${id}`;
  const field = createElement('input', {
    id: name, name: id, type: isPassword ? 'password' : 'text', required: !optional, maxLength: 1024, autocomplete, autocapitalize: 'none',
    spellcheck: false, value, dir: isPassword ? null : 'ltr', aria: { describedby: `${name}-problem ${name}-rules` }, on: { input: () => refuse('') },
  });
  const words = createElement('label', { htmlFor: name, textContent: label });
  const said = createElement('p', { id: `${name}-problem`, className: 'problem', role: 'alert', dir: 'auto' });
  const rules = createElement('p', { id: `${name}-rules`, className: 'faint small', textContent: isNew ? t('ask.rules') : '' });
  const button = reveal !== undefined && !value && createElement('button', { type: 'button', className: 'text', textContent: reveal, on: { click: () => {
    show();
    field.focus();
  } } });
  const show = () => {
    field.hidden = words.hidden = false;
    if (button) button.hidden = true;
  };
  if (button) field.hidden = words.hidden = true;
  /** Shows what is wrong. @param {string} problem */
  const refuse = (problem) => {
    setText(said, problem);
    setAria(field, 'invalid', problem ? 'true' : null);
    if (!problem) return;
    show();
    field.focus();
    field.select();
  };
  const problem = () => {
    if (!field.value) return optional ? '' : t(isPassword ? 'ask.empty' : 'ask.noCode');
    return isNew && [...field.value].length < PASSWORD_MIN ? t('ask.short') : '';
  };
  return {
    id, field, isPassword, isOptional: optional, refuse, problem, refusals: refusals ?? (isNew ? BAD_PASSWORD : []),
    nodes: [words, field, said, rules, button],
  };
}
