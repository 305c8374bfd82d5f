// What a moderator can do about a person: mute, ban, shadow-ban, take out of a room, and take that back; delete what they said lately.
// Administrators give roles.

import { closeDialog, openDialog } from './dialog.js';
import { createElement, setAria, setText } from './dom.js';
import { asSentence, noticeText } from './notice_bar.js';
import { roomTitle } from '../text/names.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */

/** How long it lasts, in milliseconds; 0: for good. */
export const TIMES = { minutes: 600_000, hour: 3_600_000, day: 86_400_000, forever: 0 };

/** How far back what somebody said is deleted, in milliseconds: the server goes back a week. */
const PAST = { minutes: 600_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 };

/** Each act: its command, the kind of the restriction, and what the person can choose; `secret`: whom it concerns does not learn it. @type {Record<string, {of: string, kind?: string, time?: boolean, past?: boolean, place?: boolean, role?: boolean, secret?: boolean}>} */
const ACTS = {
  mute: { of: 'restrict', kind: 'mute', time: true, place: true },
  kick: { of: 'kick' },
  ban: { of: 'restrict', kind: 'ban', time: true, place: true },
  shadow: { of: 'restrict', kind: 'shadow', time: true, place: true, secret: true },
  unmute: { of: 'lift', kind: 'mute', place: true },
  unban: { of: 'lift', kind: 'ban', place: true },
  unshadow: { of: 'lift', kind: 'shadow', place: true, secret: true },
  purge: { of: 'purge', past: true, place: true },
};

/** What administrators can do besides. */
const ROLE_ACT = { role: { of: 'role', role: true } };

/** The roles of accounts, each above the ones before it. They have words: `role.<role>`, and `moderate.role.<role>`. */
export const ROLES = ['member', 'moderator', 'administrator', 'owner'];

/** The most characters of a reason: the server takes 400 bytes. */
export const REASON_MAX = 100;

/** Whether somebody with this role keeps the peace. @param {string | null | undefined} role */
export function isModerator(role) {
  return ROLES.indexOf(role ?? '') > 0;
}

/** Whether the person may moderate somebody, everywhere or in the selected room. @param {State | null | undefined} state @param {{id: string}} user */
export function canModerate(state, { id }) {
  const rank = state?.rooms.get(state.selectedRoom ?? '')?.rank;
  return (isModerator(state?.role) || rank === 'moderator') && state?.me?.id !== id;
}

/**
 * @param {State} state
 * @param {Dispatch} dispatch
 * @param {import('../net/wire.js').User} user
 * @param {{room?: {id: string, name: string | null}, back?: (words: string) => void}} [options] `room`: another one than the
 *   selected one; `back`: what opens after it, with what was done
 */
export function openModeration(state, dispatch, { id, nick }, { room = state.rooms.get(state.selectedRoom ?? ''), back } = {}) {
  if (!room) return;
  const [here, everywhere] = [room.name === null ? t('moderate.there') : t('moderate.here', { room: roomTitle(room.name) }), t('moderate.everywhere')];
  // Nobody gives a role that is not below their own.
  const roles = ROLES.slice(0, Math.max(0, ROLES.indexOf(state.role ?? '')));
  /** @type {typeof ACTS} */
  const acts = roles.length > 1 ? { ...ACTS, ...ROLE_ACT } : ACTS;
  const act = choices('act', Object.keys(acts).map((key) => [key, t(`moderate.${key}`)]));
  const role = choices('role', roles.map((key) => [key, t(`moderate.role.${key}`)]));
  const time = choices('time', Object.keys(TIMES).map((key) => [key, t(`moderate.${key}`)]));
  const past = choices('past', Object.keys(PAST).map((key) => [key, t(`moderate.${key}`)]));
  const place = choices('place', [['here', here], ['everywhere', everywhere]]);
  const reason = createElement('input', { id: 'moderate-reason', maxLength: REASON_MAX, autocomplete: 'off', dir: 'auto', aria: { describedby: 'moderate-rules' } });
  const problem = createElement('p', { id: 'moderate-problem', className: 'problem', role: 'alert', dir: 'auto' });
  const rules = createElement('p', { id: 'moderate-rules', className: 'faint small' });
  const button = createElement('button', { type: 'submit', aria: { describedby: 'moderate-problem' } });
  const chosen = () => acts[act.value()];
  const update = () => {
    time.field.hidden = !chosen().time;
    past.field.hidden = !chosen().past;
    // Who keeps only this room acts only here.
    place.field.hidden = !chosen().place || !isModerator(state.role);
    role.field.hidden = !chosen().role;
    const { role: hasRole, past: hasPast, secret } = chosen();
    setText(rules, t(secret ? 'moderate.reason.secret' : hasRole || hasPast ? 'moderate.reason.log' : 'moderate.reason.seen'));
    setText(button, t(`moderate.${act.value()}`));
    setText(problem, '');
  };
  const form = createElement('form', { on: { change: update, submit: (/** @type {Event} */ event) => {
    event.preventDefault();
    const { of, kind, time: hasTime, past: hasPast, place: hasPlace, role: hasRole } = chosen();
    const why = reason.value.trim() || undefined;
    if (hasRole) {
      dispatch('ask', { of, fields: { person: id, role: role.value(), reason: why } });
      return;
    }
    const isHere = !hasPlace || place.value() === 'here';
    const lasts = hasTime ? TIMES[/** @type {keyof typeof TIMES} */ (time.value())] : 0;
    dispatch('ask', { of, fields: {
      kind, person: id, room: isHere ? room.id : undefined, for_ms: lasts || undefined,
      last_ms: hasPast ? PAST[/** @type {keyof typeof PAST} */ (past.value())] : undefined, reason: why,
    } });
  } } },
  act.field, role.field, time.field, past.field, place.field,
  createElement('label', { htmlFor: reason.id, textContent: t('moderate.reason') }), reason,
  rules, problem,
  createElement('div', { className: 'dialog-foot' },
    createElement('button', { type: 'button', textContent: t('dialog.cancel'), on: { click: closeDialog } }), button));
  update();
  openDialog({
    title: t('moderate.title', { nick }), name: 'moderation', body: [form], closed: () => dispatch('answered'),
    draw: ({ answer }) => {
      button.disabled = answer?.id !== undefined && !answer.problem && !answer.ok;
      setAria(button, 'busy', button.disabled ? 'true' : null);
      if (answer?.problem) {
        dispatch('answered');
        setText(problem, asSentence(noticeText(answer.problem)));
      } else if (answer?.ok) {
        const done = { key: `moderate.${act.value()}.done`, args: { nick, count: answer.ok.deleted } };
        closeDialog();
        if (back) back(t(done.key, done.args));
        else dispatch('notice', done);
      }
    },
  });
}

/** A group of radio buttons, the first one chosen. @param {string} name @param {string[][]} options */
export function choices(name, options) {
  const inputs = options.map(([value], at) => createElement('input', { type: 'radio', name: `moderate-${name}`, value, checked: !at }));
  const field = createElement('fieldset', {}, createElement('legend', { textContent: t(`moderate.of.${name}`) }),
    createElement('div', { className: 'choices' }, ...options.map(([, words], at) => createElement('label', { className: 'choice' }, inputs[at], words))));
  return { field, value: () => /** @type {string} */ (inputs.find(({ checked }) => checked)?.value ?? '') };
}
