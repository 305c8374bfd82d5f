// The card of a person: who they are, what they say about themselves, how they are there, and what can be done about them.
// Administrators see their role, and moderators what they were called before.

import { avatar } from './avatar.js';
import { closeDialog, openDialog } from './dialog.js';
import { createElement, setText } from './dom.js';
import { icon } from './icon.js';
import { isModerator, REASON_MAX, ROLES } from './moderation_dialog.js';
import { asSentence, noticeText } from './notice_bar.js';
import { displayName, paint } from './person_look.js';
import { lineField, roomForm } from './room_form.js';
import { dateAndTime, duration } from './times.js';
import { mayAskAboutOthers } from './why_dialog.js';
import { presenceOf } from '../store/state.js';
import { profileIn, profileOf, statusOf } from '../store/profiles.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */
/** @typedef {import('../store/state.js').Profile} Profile */
/** @typedef {import('../net/wire.js').User} User */

/**
 * @param {State} state
 * @param {Dispatch} dispatch
 * @param {User} user
 * @param {import('./menu.js').Item[]} items what else can be done about them
 */
export function openPersonCard(state, dispatch, user, items) {
  const facts = createElement('div', { className: 'facts-of' });
  const status = createElement('p', { className: 'faint small', role: 'status' });
  const history = createElement('div', { className: 'past' });
  const acts = createElement('ul', { className: 'acts' });
  const ask = (/** @type {string} */ of, /** @type {object} */ fields) => {
    setText(status, t('list.loading'));
    dispatch('ask', { of, fields });
  };
  const known = { user, profile: profileIn(state, user.id), role: '' };
  const show = () => {
    facts.replaceChildren(...factsOf(known, state));
    acts.replaceChildren(...[...moderatorItems(state, dispatch, known, ask), ...items].map(actButton));
  };
  show();
  openDialog({
    title: t('card.title', { nick: user.nick }), name: 'card', body: [facts, status, history, acts], closed: () => dispatch('answered'),
    draw: ({ answer }) => {
      if (!answer || (!answer.ok && !answer.problem)) return;
      dispatch('answered');
      // The role is more than everybody gets to know: a card without it is whole.
      setText(status, answer.problem && answer.of !== 'why' ? asSentence(noticeText(answer.problem)) : '');
      if (!answer.ok) return;
      if (answer.of === 'nick_history') return showHistory(history, answer.ok.changes);
      if (answer.of === 'why') known.role = String(answer.ok.role ?? 'guest');
      if (answer.of === 'profiles') {
        const said = answer.ok.profiles?.[0] ?? {};
        Object.assign(known, { user: { ...user, ...said.user, nick: user.nick }, profile: profileOf(said, Date.now()) });
        if (mayAskAboutOthers(state)) ask('why', { command: 'send', room: state.selectedRoom, person: user.id });
      }
      show();
    },
  });
  ask('profiles', { people: [user.id] });
}

/** @param {{user: User, profile: Profile | undefined, role: string}} known @param {State} state @returns {Node[]} */
function factsOf({ user, profile, role }, { keptAway }) {
  const { id, nick, bot } = user;
  const face = avatar(user);
  const name = createElement('bdi', { className: 'nick', textContent: nick });
  for (const one of [face, name]) paint(one, id, profile?.colour);
  const distance = keptAway.get(id)?.distance;
  const said = statusOf(profile, Date.now());
  const about = [
    profile && t(`presence.${presenceOf(user)}`), bot && t('card.bot'), ROLES.includes(role) && t(`moderate.role.${role}`),
    distance && t(distance === 'block' ? 'away.blocked' : 'away.ignored'),
  ].filter(Boolean).join(' · ');
  return [
    createElement('p', { className: 'who' }, face, createElement('span', { className: 'names' }, name, profile?.name && displayName(profile.name))),
    createElement('p', { className: 'faint', textContent: about }),
    ...profile?.pronouns ? [createElement('p', {}, createElement('span', { className: 'faint', textContent: `${t('profile.pronouns')}: ` }), createElement('bdi', { textContent: profile.pronouns }))] : [],
    ...said ? [createElement('p', {}, createElement('span', { className: 'faint', textContent: `${t('profile.status')}: ` }), createElement('bdi', { textContent: said }),
      profile?.until && createElement('span', { className: 'faint small', textContent: ` ${t('card.left', { time: duration(profile.until - Date.now()) })}` }))] : [],
  ];
}

/** @param {State} state @param {Dispatch} dispatch @param {{user: User, profile: Profile | undefined}} known @param {(of: string, fields: object) => void} ask @returns {(import('./menu.js').Item & {stays?: boolean})[]} */
function moderatorItems(state, dispatch, { user, profile }, ask) {
  if (!isModerator(state.role)) return [];
  const saysSomething = profile && [profile.name, profile.colour, profile.pronouns, profile.status].some(Boolean);
  return [
    { words: t('card.history'), icon: 'clock', stays: true, act: () => ask('nick_history', { person: user.id }) },
    ...saysSomething ? [{ words: t('card.clear'), icon: 'trash', danger: true, act: () => openClearing(user, dispatch) }] : [],
  ];
}

/** @param {import('./menu.js').Item & {stays?: boolean}} item `stays`: the card stays open */
function actButton({ words, icon: sign, danger, stays, act }) {
  return createElement('li', {}, createElement('button', {
    type: 'button', className: danger ? 'plain danger' : 'plain', textContent: '', on: { click: () => {
      if (!stays) closeDialog();
      act();
    } },
  }, icon(sign), words));
}

/** What somebody was called. @param {HTMLElement} element @param {any} changes the newest first */
function showHistory(element, changes) {
  const sound = Array.isArray(changes) ? changes.filter((one) => Number.isFinite(one?.at) && [one.from, one.to].every((nick) => typeof nick === 'string')) : [];
  element.replaceChildren(createElement('h3', { textContent: t('card.history') }), sound.length
    ? createElement('ul', {}, ...sound.map(({ at, from, to }) => createElement('li', {}, createElement('span', { textContent: t('card.renamed', { from, to }) }),
      createElement('span', { className: 'faint small', textContent: ` ${dateAndTime(at)}` }))))
    : createElement('p', { className: 'faint small', textContent: t('card.history.none') }));
}

/** Takes away what somebody says about themselves. @param {User} user @param {Dispatch} dispatch */
function openClearing({ id, nick }, dispatch) {
  const reason = lineField('clear-reason', t('moderate.reason'), { maxLength: REASON_MAX, autofocus: true, autocapitalize: 'sentences', spellcheck: true });
  const { form, draw } = roomForm({
    of: 'clear_profile', submit: t('card.clear'), look: 'danger', cancel: true,
    nodes: [...reason.nodes, createElement('p', { className: 'faint small', textContent: t('moderate.reason.log') })],
    read: () => ({ fields: { person: id, reason: reason.field.value.trim() || undefined } }),
    done: () => {
      closeDialog();
      dispatch('notice', { key: 'card.cleared', args: { nick } });
    },
  }, dispatch);
  openDialog({
    title: t('card.clear.title', { nick }), name: 'ask', draw, closed: () => dispatch('answered'),
    body: [createElement('p', { textContent: t('card.clear.text') }), form],
  });
}
