// Why something is allowed or refused in a room: about oneself; administrators ask about anybody.

import { openDialog } from './dialog.js';
import { createElement, setAria, setText } from './dom.js';
import { ROLES } from './moderation_dialog.js';
import { asSentence, noticeText } from './notice_bar.js';
import { isAdministrator } from './room_rights.js';
import { roomTitle } from '../text/names.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */

/** The commands that people ask about; `why.of.<command>` says what each does. */
const COMMANDS = ['send', 'edit', 'delete', 'join', 'history', 'members', 'invite', 'set_room', 'filter_add', 'purge', 'restrict', 'kick', 'role', 'audit'];

/** Whether the person may ask about others. */
export const mayAskAboutOthers = isAdministrator;

/** @param {State} state @param {Dispatch} dispatch @param {import('../store/state.js').Room} room @param {string} [about] the nick of somebody else */
export function openWhy(state, dispatch, room, about) {
  const { me } = state;
  const isAboutOthers = mayAskAboutOthers(state);
  const command = createElement('select', { id: 'why-command' },
    ...COMMANDS.map((name) => createElement('option', { value: name, textContent: t(`why.of.${name}`) })));
  const person = createElement('input', {
    id: 'why-person', value: about ?? me?.nick ?? '', maxLength: 48, autocomplete: 'off', autocapitalize: 'none', spellcheck: false, dir: 'auto',
    aria: { describedby: 'why-problem' },
  });
  const problem = createElement('p', { id: 'why-problem', className: 'problem', role: 'alert', dir: 'auto' });
  const verdict = createElement('strong');
  // The rule is in the words of the server, which speaks English.
  const rule = createElement('p', { lang: 'en', dir: 'ltr' });
  const who = createElement('p', { className: 'faint small' });
  const result = createElement('div', { className: 'verdict', role: 'status' }, verdict, rule, who);
  const button = createElement('button', { type: 'submit', textContent: t('why.ask') });
  const form = createElement('form', { on: { submit: (/** @type {Event} */ event) => {
    event.preventDefault();
    if (button.disabled) return;
    setText(problem, '');
    const asked = person.value.trim().replace(/^@/, '');
    const other = isAboutOthers && asked && asked !== me?.nick ? `@${asked}` : undefined;
    dispatch('ask', { of: 'why', fields: { command: command.value, room: room.id, person: other } });
  } } },
  ...isAboutOthers ? [createElement('label', { htmlFor: person.id, textContent: t('why.person') }), person] : [],
  createElement('label', { htmlFor: command.id, textContent: t('why.command') }), command, problem,
  createElement('div', { className: 'dialog-foot' }, button));
  openDialog({
    title: t(isAboutOthers ? 'why.title' : 'why.title.own', { room: roomTitle(room.name) }), name: 'why', body: [form, result],
    closed: () => dispatch('answered'),
    draw: ({ answer }) => {
      const mine = answer?.of === 'why' ? answer : null;
      button.disabled = mine?.id !== undefined && !mine.problem && !mine.ok;
      setAria(button, 'busy', button.disabled ? 'true' : null);
      if (!mine?.ok && !mine?.problem) return;
      dispatch('answered');
      result.hidden = Boolean(mine.problem);
      if (mine.problem) {
        setText(problem, asSentence(noticeText(mine.problem)));
        return;
      }
      const { allowed, rule: words, role: theirs } = mine.ok;
      verdict.className = allowed ? 'allowed' : 'refused';
      setText(verdict, t(allowed ? 'why.allowed' : 'why.refused'));
      setText(rule, asSentence(String(words ?? '')));
      setText(who, t('why.role', { role: t(ROLES.includes(theirs) ? `moderate.role.${theirs}` : 'moderate.role.guest') }));
    },
  });
  result.hidden = true;
}
