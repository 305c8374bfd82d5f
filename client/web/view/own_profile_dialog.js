// How the person shows themselves: whether they are there, which holds at once, and what they say about themselves, which
// is saved.

import { chooseAttendance } from '../device/presence_watch.js';
import { avatar } from './avatar.js';
import { openDialog } from './dialog.js';
import { createElement, setText } from './dom.js';
import { asSentence, noticeText } from './notice_bar.js';
import { displayName, paint } from './person_look.js';
import { choiceField, lineField, roomForm } from './room_form.js';
import { duration } from './times.js';
import { CHOICES } from '../store/presence.js';
import { profileOf, statusOf } from '../store/profiles.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */
/** @typedef {import('../store/state.js').Profile} Profile */

/** The most characters that the server takes. */
const MOST = { display_name: 32, pronouns: 24, status: 80 };

/** For how long a status is shown, in milliseconds; 0: until it is changed. */
const TIMES = [0, 1_800_000, 3_600_000, 14_400_000, 86_400_000, 604_800_000];

/** The colour that the field begins with, for who has none. */
const FIRST_COLOUR = '#2f8f63';

/** @param {State} state @param {Dispatch} dispatch */
export function openOwnProfile(state, dispatch) {
  const { me } = state;
  if (!me) return;
  const hasProfile = state.role !== null;
  const form = hasProfile ? profileForm(me, dispatch) : null;
  const problem = createElement('p', { className: 'faint small', role: 'status', textContent: hasProfile ? t('list.loading') : t('profile.guest') });
  const groups = createElement('p', { className: 'faint small' });
  const presence = presenceField(state, dispatch);
  openDialog({
    title: t('profile.own'), name: 'own-profile', closed: () => dispatch('answered'),
    body: [presence.field, problem, ...form ? [form.element, groups] : []],
    draw: (now) => {
      presence.draw(now);
      const { answer } = now;
      if (answer?.of === 'profiles' && (answer.ok || answer.problem)) {
        dispatch('answered');
        setText(problem, answer.problem ? asSentence(noticeText(answer.problem)) : '');
        if (!answer.ok) return;
        form?.fill(profileOf(answer.ok.profiles?.[0] ?? {}, Date.now()));
        dispatch('ask', { of: 'groups' });
      } else if (answer?.of === 'groups' && (answer.ok || answer.problem)) {
        dispatch('answered');
        setText(groups, groupWords(answer.ok?.groups));
      } else form?.draw(now);
    },
  });
  if (hasProfile) dispatch('ask', { of: 'profiles', fields: { people: [me.id] } });
}

/** The groups that the person is in. A server of an earlier version has none. @param {any} groups */
function groupWords(groups) {
  const names = Array.isArray(groups) ? groups.map((one) => one?.name).filter((name) => typeof name === 'string') : [];
  return names.length ? t('profile.groups', { groups: names.join(', ') }) : '';
}

/** Whether the person is there, by their choice. @param {State} state @param {Dispatch} dispatch */
function presenceField(state, dispatch) {
  const inputs = CHOICES.map((value) => createElement('input', {
    type: 'radio', name: 'presence', value, on: { change: () => chooseAttendance(value, dispatch) },
  }));
  const field = createElement('fieldset', { className: 'presence' }, createElement('legend', { textContent: t('profile.presence') }),
    createElement('div', { className: 'choices' }, ...inputs.map((input) => createElement('label', { className: 'choice' }, input, t(`me.${input.value}`)))),
    createElement('p', { className: 'faint small', textContent: t('profile.presence.means') }));
  const draw = (/** @type {State} */ { attendance }) => {
    for (const input of inputs) input.checked = input.value === (attendance?.chosen ?? 'online');
  };
  draw(state);
  return { field, draw };
}

/** What the person says about themselves. @param {import('../net/wire.js').User} me @param {Dispatch} dispatch */
function profileForm(me, dispatch) {
  const more = { autocapitalize: 'sentences', spellcheck: true };
  const name = lineField('profile-name', t('profile.name'), { maxLength: MOST.display_name, autocomplete: 'name', autocapitalize: 'words' });
  const pronouns = lineField('profile-pronouns', t('profile.pronouns'), { maxLength: MOST.pronouns });
  const status = lineField('profile-status', t('profile.status'), { maxLength: MOST.status, ...more });
  const time = choiceField('profile-time', t('profile.time'), TIMES.map((ms) => [String(ms), ms ? duration(ms) : t('profile.time.open')]), '0');
  const colour = colourField();
  const shown = createElement('p', { className: 'as-shown', aria: { label: t('profile.shown') }, role: 'group' });
  /** @type {Profile} */
  let before = profileOf({}, 0);
  const refusedLine = (/** @type {import('../store/notice.js').Notice} */ problem) => lineOf(problem, { display_name: name, pronouns, status });
  const read = () => changes(before, {
    display_name: name.field.value.trim(), pronouns: pronouns.field.value.trim(), colour: colour.value(), status: status.field.value.trim(),
    status_for_ms: Number(time.field.value),
  });
  const show = () => {
    const text = createElement('bdi', { className: 'nick', textContent: me.nick });
    const face = avatar(me);
    for (const one of [text, face]) paint(one, me.id, colour.value());
    const said = name.field.value.trim();
    shown.replaceChildren(face, createElement('span', { className: 'names' }, text, said && displayName(said)));
  };
  const { form, draw } = roomForm({
    of: 'set_profile', submit: t('profile.save'),
    nodes: [shown, ...name.nodes, createElement('p', { className: 'faint small', textContent: t('profile.name.means') }), ...pronouns.nodes, ...colour.nodes, ...status.nodes, ...time.nodes],
    read: () => ({ fields: read() }),
    done: (ok) => {
      fill(profileOf(ok, Date.now()));
      dispatch('notice', { key: 'profile.saved' });
    },
    fieldOf: (problem) => refusedLine(problem)?.field,
    wordsOf: (problem) => {
      const line = refusedLine(problem);
      return line && t('profile.bad', { field: /** @type {any} */ (line.nodes[0]).textContent });
    },
  }, dispatch);
  form.hidden = true;
  form.addEventListener('input', show);
  /** @param {Profile} profile */
  const fill = (profile) => {
    before = profile;
    name.field.value = profile.name;
    pronouns.field.value = profile.pronouns;
    status.field.value = statusOf(profile, Date.now());
    colour.set(profile.colour);
    const left = status.field.value && profile.until !== null ? profile.until - Date.now() : 0;
    keepTime(time.field, left);
    form.hidden = false;
    show();
  };
  return { element: form, draw, fill };
}

/** Only what was changed is sent: another device may change the rest. @param {Profile} before @param {{display_name: string, pronouns: string, colour: string, status: string, status_for_ms: number}} now */
function changes(before, now) {
  const changed = (/** @type {string} */ value, /** @type {string} */ was) => (value === was ? undefined : value);
  const isKept = Number.isNaN(now.status_for_ms) && now.status === before.status;
  return {
    display_name: changed(now.display_name, before.name), pronouns: changed(now.pronouns, before.pronouns), colour: changed(now.colour, before.colour),
    status: isKept || (!now.status && !before.status) ? undefined : now.status,
    status_for_ms: isKept || !now.status ? undefined : now.status_for_ms || undefined,
  };
}

/** The time that a status has left is one more choice. @param {HTMLSelectElement} field @param {number} left */
function keepTime(field, left) {
  field.querySelector('[value="kept"]')?.remove();
  if (left > 0) field.prepend(createElement('option', { value: 'kept', textContent: t('profile.time.left', { time: duration(left) }) }));
  field.value = left > 0 ? 'kept' : '0';
}

/**
 * The line that a refusal of the server is about: its text begins with the name of the field.
 * @template T
 * @param {import('../store/notice.js').Notice} problem
 * @param {Record<string, T>} lines
 * @returns {T | undefined}
 */
function lineOf({ code, text = '' }, lines) {
  return code === 'bad_text' || code === 'text_too_long' ? lines[text.slice(0, text.indexOf(':'))] : undefined;
}

/** A colour, or none: then the person has the one of their id. */
function colourField() {
  const field = /** @type {HTMLInputElement} */ (createElement('input', { id: 'profile-colour', type: 'color', value: FIRST_COLOUR }));
  const own = createElement('input', { type: 'checkbox', on: { change: () => update() } });
  const update = () => { field.disabled = !own.checked; };
  update();
  return {
    nodes: [createElement('div', { className: 'setting' }, createElement('label', { className: 'choice' }, own, t('profile.colour.own')),
      createElement('label', { htmlFor: field.id, className: 'unseen', textContent: t('profile.colour') }), field)],
    value: () => (own.checked ? field.value.toLowerCase() : ''),
    /** @param {string} value */
    set(value) {
      own.checked = Boolean(value);
      field.value = value || FIRST_COLOUR;
      update();
    },
  };
}
