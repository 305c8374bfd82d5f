// The settings: the look, the language, notifications and sound; signing out. Each takes effect at
// once, so there is nothing to save.

import { ask, closeDialog, openDialog } from './dialog.js';
import { make, setText } from './make.js';
import { t } from '../words.js';

/** Languages are named in themselves, so that who reads only one finds it. */
const LANGUAGES = { en: 'English', de: 'Deutsch' };

/** @param {import('../turn.js').State} state @param {import('./app.js').Play} play */
export function openSettings(state, play) {
  const settings = /** @type {any} */ (state).settings;
  const change = (/** @type {Record<string, any>} */ values) => play('settings', { change: values });
  const explained = make('p', { className: 'faint small', id: 'notify-state', role: 'status' });

  const language = make('select', { id: 'language', on: { change: () => change({ language: language.value }) } },
    make('option', { value: 'auto', textContent: t('settings.language.auto') }),
    ...Object.entries(LANGUAGES).map(([value, name]) => make('option', { value, textContent: name, lang: value })));
  language.value = settings.language;

  const notify = radios('notify', ['off', 'mentions', 'all'], settings.notify, async (value, field) => {
    if (value !== 'off' && !(await allowed(explained))) {
      /** @type {any} */ (field.querySelector('[value="off"]')).checked = true;
      change({ notify: 'off' });
      return;
    }
    if (value === 'off') setText(explained, '');
    change({ notify: value });
  });
  if (settings.notify !== 'off' && permission() === 'denied') setText(explained, t('settings.notify.denied'));
  notify.append(explained);

  const sound = make('input', { type: 'checkbox', checked: settings.sound, on: { change: () => change({ sound: sound.checked }) } });
  openDialog({
    title: t('settings.title'), name: 'settings', body: [
      radios('theme', ['system', 'light', 'dark'], settings.theme, (value) => change({ theme: value })),
      make('div', { className: 'setting' }, make('label', { htmlFor: 'language', textContent: t('settings.language') }), language),
      notify,
      make('label', { className: 'choice' }, sound, t('settings.sound')),
      make('div', { className: 'dialog-foot' }, make('button', {
        type: 'button', className: 'danger', textContent: t('me.signOut'), on: { click: () => askSignOut(play) },
      })),
    ],
  });
}

/** Asks before signing out: what was not sent, and the name itself, may be lost. @param {import('./app.js').Play} play */
export function askSignOut(play) {
  ask({ title: t('signOut.title'), text: t('signOut.text'), yes: t('me.signOut'), act: () => play('signOut') });
}

/**
 * The dialog in which the nick is changed. A refusal stands beside the field.
 * @param {import('../turn.js').State} state
 * @param {import('./app.js').Play} play
 * @param {(notice: any) => string} words of a notice
 */
export function openRename(state, play, words) {
  const before = state.me?.nick ?? state.nick ?? '';
  let asked = '';
  const problem = make('p', { className: 'problem', id: 'rename-problem', role: 'alert' });
  const field = make('input', {
    id: 'rename', value: before, maxLength: 48, autocomplete: 'nickname', autocapitalize: 'none', spellcheck: false,
    dir: 'auto', autofocus: true, required: true, aria: { describedby: 'rename-problem' },
  });
  const form = make('form', { on: { submit: (/** @type {Event} */ event) => {
    event.preventDefault();
    asked = field.value.trim();
    if (asked === before || !asked) closeDialog();
    else if (online) play('rename', { nick: asked });
    else setText(problem, t('rename.later'));
  } } },
  make('label', { htmlFor: 'rename', textContent: t('rename.label') }),
  make('div', { className: 'row' }, field, make('button', { type: 'submit', textContent: t('rename.change') })), problem);
  let online = state.phase === 'online';
  let seen = /** @type {any} */ (state).notice;
  openDialog({
    title: t('me.rename'), name: 'ask', body: [form, make('p', { className: 'faint small', textContent: t('welcome.rules') })],
    draw: (now) => {
      online = now.phase === 'online';
      if (asked && now.me?.nick !== before) closeDialog();
      const { notice } = /** @type {any} */ (now);
      if (asked && notice && notice !== seen) {
        setText(problem, words(notice));
        // Said here: it need not stand at the top as well.
        play('notice');
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
  const field = make('fieldset', { className: name }, make('legend', { textContent: t(`settings.${name}`) }),
    make('div', { className: 'choices' }, ...values.map((each) => make('label', { className: 'choice' },
      make('input', { type: 'radio', name, value: each, checked: each === value, on: { change: () => changed(each, field) } }),
      t(`settings.${name}.${each}`)))));
  return field;
}

/** What the browser says of notifications. */
function permission() {
  return 'Notification' in window ? Notification.permission : 'denied';
}

/** Asks the browser, now that the person wants them. @param {Element} explained */
async function allowed(explained) {
  if (!('Notification' in window)) {
    setText(explained, t('settings.notify.none'));
    return false;
  }
  const answer = Notification.permission === 'default' ? await Notification.requestPermission() : Notification.permission;
  setText(explained, answer === 'granted' ? '' : t('settings.notify.denied'));
  return answer === 'granted';
}
