// The dialogs for settings, the nick, and signing out. A setting takes effect at once, so there is no Save button.

import { accountSection } from './account_dialogs.js';
import { closeDialog, openDialog, openQuestion } from './dialog.js';
import { openKeptAway } from './kept_away_dialog.js';
import { insertText } from './text_field.js';
import { createElement, setText } from './dom.js';
import { nameProblem, NICK_MAX } from '../text/names.js';
import { t } from '../words/translate.js';

/** Each language is named in itself, so that its readers find it. */
const LANGUAGES = { en: 'English', de: 'Deutsch' };

/** @param {import('../store/state.js').State} state @param {import('../store/state.js').Dispatch} dispatch */
export function openSettings(state, dispatch) {
  const settings = /** @type {any} */ (state).settings;
  const change = (/** @type {Record<string, any>} */ values) => dispatch('settings', { change: values });
  const explained = createElement('p', { className: 'faint small', id: 'notify-state', role: 'status' });

  const language = createElement('select', { id: 'language', on: { change: () => change({ language: language.value }) } },
    createElement('option', { value: 'auto', textContent: t('settings.language.auto') }),
    ...Object.entries(LANGUAGES).map(([value, name]) => createElement('option', { value, textContent: name, lang: value })));
  language.value = settings.language;

  const notify = radios('notify', ['off', 'mentions', 'all'], settings.notify, async (value, field) => {
    if (value !== 'off' && !(await requestPermission(explained))) {
      /** @type {any} */ (field.querySelector('[value="off"]')).checked = true;
      change({ notify: 'off' });
      return;
    }
    if (value === 'off') setText(explained, '');
    change({ notify: value });
  });
  const problem = settings.notify === 'off' ? '' : notificationProblem();
  if (problem) setText(explained, t(problem));
  notify.append(explained);

  const sound = createElement('input', { type: 'checkbox', checked: settings.sound, on: { change: () => change({ sound: sound.checked }) } });
  const words = createElement('input', { type: 'checkbox', checked: settings.words, on: { change: () => change({ words: words.checked }) } });
  let account = accountSection(state, dispatch);
  openDialog({
    title: t('settings.title'), name: 'settings', body: [
      radios('theme', ['system', 'light', 'dark'], settings.theme, (value) => change({ theme: value })),
      createElement('div', { className: 'setting' }, createElement('label', { htmlFor: 'language', textContent: t('settings.language') }), language),
      notify,
      createElement('label', { className: 'choice' }, words, t('settings.words')),
      createElement('label', { className: 'choice' }, sound, t('settings.sound')),
      account,
      createElement('fieldset', { className: 'account' }, createElement('legend', { textContent: t('away.title') }),
        createElement('div', { className: 'row' }, createElement('button', { type: 'button', textContent: t('away.show'), on: { click: () => openKeptAway(dispatch) } }))),
      createElement('div', { className: 'dialog-foot' }, createElement('button', {
        type: 'button', className: 'danger', textContent: t('me.signOut'), on: { click: () => openSignOutDialog(state, dispatch) },
      })),
    ],
    draw: (now) => {
      if (now.login === state.login && now.role === state.role && now.me?.nick === state.me?.nick) return;
      state = now;
      const next = accountSection(state, dispatch);
      account.replaceWith(next);
      account = next;
    },
  });
}

/**
 * Asks before signing out, which may lose unsent messages and the identity.
 * @param {import('../store/state.js').State} state
 * @param {import('../store/state.js').Dispatch} dispatch
 */
export function openSignOutDialog({ login }, dispatch) {
  openQuestion({ title: t('signOut.title'), text: login === null ? t('signOut.text') : t('signOut.text.account'), yes: t('me.signOut'), act: () => dispatch('signOut') });
}

/**
 * The dialog for changing the nick. A refusal is shown beside the field.
 * @param {import('../store/state.js').State} state
 * @param {import('../store/state.js').Dispatch} dispatch
 * @param {(notice: any) => string} words the sentence of a notice
 */
export function openRename(state, dispatch, words) {
  const before = state.me?.nick ?? state.nick ?? '';
  let asked = '';
  const problem = createElement('p', { className: 'problem', id: 'rename-problem', role: 'alert' });
  const field = createElement('input', {
    id: 'rename', value: before, maxLength: 48, autocomplete: 'nickname', autocapitalize: 'none', spellcheck: false,
    dir: 'auto', autofocus: true, required: true, aria: { describedby: 'rename-problem' },
  });
  const form = createElement('form', { on: { submit: (/** @type {Event} */ event) => {
    event.preventDefault();
    asked = field.value.trim();
    const wrong = nameProblem(asked, NICK_MAX);
    if (asked === before || !asked) closeDialog();
    else if (wrong) refuse(wrong);
    else if (online) dispatch('rename', { nick: asked });
    else setText(problem, t('rename.later'));
  } } },
  createElement('label', { htmlFor: 'rename', textContent: t('rename.label') }),
  createElement('div', { className: 'row' }, field, createElement('button', { type: 'submit', textContent: t('rename.change') })), problem);
  /** Shows what is wrong; a suggestion goes into the field, for another Enter. @param {import('../text/names.js').NameProblem} wrong */
  const refuse = ({ key, args, suggestion }) => {
    setText(problem, t(key, args));
    if (suggestion) insertText(field, suggestion, 0, field.value.length);
  };
  let online = state.phase === 'online';
  let seen = /** @type {any} */ (state).notice;
  openDialog({
    title: t('me.rename'), name: 'ask', body: [form, createElement('p', { className: 'faint small', textContent: t('welcome.rules') })],
    draw: (now) => {
      online = now.phase === 'online';
      if (asked && now.me?.nick !== before) closeDialog();
      const { notice } = /** @type {any} */ (now);
      if (asked && notice && notice !== seen) {
        setText(problem, words(notice));
        if (notice.suggestion) insertText(field, notice.suggestion, 0, field.value.length);
        // Shown here, so not in the notice bar as well.
        dispatch('notice');
      }
      seen = notice;
    },
  });
  if (!online) setText(problem, t('rename.later'));
  field.select();
}

/**
 * @param {string} name of the setting
 * @param {string[]} values
 * @param {string} value
 * @param {(value: string, field: HTMLElement) => void} changed
 */
function radios(name, values, value, changed) {
  const field = createElement('fieldset', { className: name }, createElement('legend', { textContent: t(`settings.${name}`) }),
    createElement('div', { className: 'choices' }, ...values.map((each) => createElement('label', { className: 'choice' },
      createElement('input', { type: 'radio', name, value: each, checked: each === value, on: { change: () => changed(each, field) } }),
      t(`settings.${name}.${each}`)))));
  return field;
}

/** Why there can be no notifications: the key of its words, or ''. */
function notificationProblem() {
  // Without HTTPS browsers report "denied", and have no setting to change that.
  if (!isSecureContext) return 'settings.notify.insecure';
  if (!('Notification' in window)) return 'settings.notify.none';
  return Notification.permission === 'denied' ? 'settings.notify.denied' : '';
}

/** Asks the browser for the permission. @param {Element} explained */
async function requestPermission(explained) {
  let problem = notificationProblem();
  if (!problem && Notification.permission === 'default') {
    const answer = await Notification.requestPermission();
    problem = answer === 'granted' ? '' : 'settings.notify.denied';
  }
  setText(explained, problem ? t(problem) : '');
  return !problem;
}
