// The bots of an account: the list, making one, its token, which is shown this one time, and ending one.

import { openAskedList } from './asked_list.js';
import { copier } from './copier.js';
import { closeDialog, drawnState, openDialog, openQuestion } from './dialog.js';
import { createElement } from './dom.js';
import { isModerator } from './moderation_dialog.js';
import { choiceField, lineField, roomForm } from './room_form.js';
import { duration } from './times.js';
import { mayAskAboutOthers } from './why_dialog.js';
import { nameProblem, NICK_MAX, roomTitle } from '../text/names.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */
/** @typedef {{user: import('../net/wire.js').User, scopes: string[], rooms?: string[], left_ms?: number, sessions: number}} Bot */

/** What a bot may do, from the least to the most. */
const SCOPES = ['read', 'send', 'moderate', 'admin'];

const DAY_MS = 86_400_000;

/** For how long a token is good; 0: until it is revoked. */
const TIMES = [0, DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 365 * DAY_MS];

/** The most rooms in the list of a bot: the server takes no more. */
const ROOMS_MAX = 20;

/** @param {Dispatch} dispatch @param {() => void} [first] what to ask before the list */
export function openBots(dispatch, first) {
  const list = createElement('ul', { className: 'logins' });
  const load = () => dispatch('ask', { of: 'bots', fields: {} });
  const make = createElement('button', { type: 'button', className: 'primary', textContent: t('bots.new'), on: { click: () => openNewBot(dispatch) } });
  let begin = first ?? load;
  openAskedList({
    title: t('bots.title'), name: 'bots', nodes: [createElement('p', { className: 'faint small', textContent: t('bots.means') }), list], foot: [make],
    load: () => begin(),
    answered: (of, ok) => {
      begin = load;
      if (of !== 'bots') return void load();
      const bots = /** @type {Bot[]} */ (Array.isArray(ok.bots) ? ok.bots.filter((/** @type {any} */ one) => one?.user?.nick && Array.isArray(one.scopes)) : []);
      list.replaceChildren(...bots.map((bot) => botRow(bot, dispatch)));
      return bots.length ? '' : t('bots.none');
    },
    failed: () => (begin = load),
  }, dispatch);
}

/** @param {Bot} bot @param {Dispatch} dispatch */
function botRow({ user, scopes, rooms, left_ms: left, sessions }, dispatch) {
  const { nick } = user;
  const revoke = () => openQuestion({
    title: t('bots.revoke.title', { nick }), text: t('bots.revoke.text'), yes: t('bots.revoke'),
    act: () => openBots(dispatch, () => dispatch('ask', { of: 'bot_revoke', fields: { bot: user.id } })),
  });
  const time = left === undefined ? '' : left > 0 ? t('bots.left', { time: duration(left) }) : t('bots.expired');
  const words = [scopeWords(scopes), placesOf(rooms), time,
    t('bots.sessions', { count: sessions })].filter(Boolean).join(' · ');
  return createElement('li', {}, createElement('div', { className: 'login' },
    createElement('bdi', { textContent: nick }), createElement('span', { className: 'faint small', dir: 'auto', textContent: words })),
  createElement('button', { type: 'button', className: 'danger', textContent: t('bots.revoke'), aria: { label: t('bots.revoke.of', { nick }) }, on: { click: revoke } }));
}

/** What a bot may do. @param {string[]} scopes */
export const scopeWords = (scopes) => scopes.map((scope) => (SCOPES.includes(scope) ? t(`bots.scope.${scope}`) : scope)).join(', ');

/** Where a bot may be. @param {string[] | undefined} rooms */
function placesOf(rooms) {
  if (!rooms) return t('bots.everywhere');
  const known = rooms.flatMap((id) => drawnState()?.rooms.get(id)?.name ?? []);
  const others = rooms.length - known.length;
  return [...known.map(roomTitle), ...others ? [t('bots.others', { count: others })] : []].join(', ');
}

/** @param {Dispatch} dispatch */
function openNewBot(dispatch) {
  const state = /** @type {State} */ (drawnState());
  const nick = lineField('bot-nick', t('bots.nick'), { maxLength: 48, autofocus: true });
  const scopes = checks(t('bots.scopes'), scopesOf(state).map((scope) => ({ value: scope, words: t(`bots.scope.${scope}`), checked: scope === 'read' || scope === 'send' })));
  const own = [...state.rooms.values()].filter(({ info }) => info && info.kind !== 'direct');
  const rooms = checks(t('bots.rooms'), own.map(({ id, name }) => ({ value: id, words: roomTitle(name) })));
  rooms.field.append(createElement('p', { className: 'faint small', textContent: t('bots.rooms.means') }));
  const time = choiceField('bot-time', t('bots.time'), TIMES.map((ms) => [String(ms), ms ? duration(ms) : t('bots.untilRevoked')]), '0');
  const { form, draw } = roomForm({
    of: 'bot_new', nodes: [...nick.nodes, scopes.field, rooms.field, ...time.nodes], submit: t('bots.make'), cancel: true,
    read: () => {
      const wanted = nick.field.value.trim().replace(/^@/, '');
      const wrong = wanted ? nameProblem(wanted, NICK_MAX) : { key: 'bots.nick.empty', args: {} };
      if (wrong) return { problem: t(wrong.key, wrong.args), field: nick.field };
      const chosen = scopes.values();
      if (!chosen.length) return { problem: t('bots.scopes.empty'), field: scopes.first };
      if (chosen.includes('send') && !chosen.includes('read')) return { problem: t('bots.scopes.read'), field: scopes.first };
      const places = rooms.values();
      if (places.length > ROOMS_MAX) return { problem: t('bots.rooms.many', { count: ROOMS_MAX }), field: rooms.first };
      return { fields: { nick: wanted, scopes: chosen, rooms: places.length ? places : undefined, for_ms: Number(time.field.value) || undefined } };
    },
    done: ({ token }) => openToken(wantedNick(nick.field.value), String(token), dispatch),
  }, dispatch);
  openDialog({ title: t('bots.new.title'), name: 'room-form', body: [form], draw, closed: () => dispatch('answered') });
}

const wantedNick = (/** @type {string} */ typed) => typed.trim().replace(/^@/, '');

/** The scopes that the person holds. @param {State} state */
const scopesOf = (state) => SCOPES.slice(0, mayAskAboutOthers(state) ? 4 : isModerator(state.role) ? 3 : 2);

/** The token of a new bot: nobody gets it again. @param {string} nick @param {string} token @param {Dispatch} dispatch */
function openToken(nick, token, dispatch) {
  const copy = copier('bots.token.copy', () => token);
  copy.autofocus = true;
  openDialog({
    title: t('bots.token.title', { nick }), name: 'recovery', body: [
      createElement('p', { textContent: t('bots.token.text') }),
      createElement('output', { className: 'device-code secret', dir: 'ltr', aria: { label: t('bots.token') }, textContent: token }),
      createElement('div', { className: 'dialog-foot' }, copy, createElement('button', { type: 'submit', textContent: t('bots.token.done'), on: { click: () => {
        closeDialog();
        openBots(dispatch);
      } } })),
    ],
  });
}

/** A group of boxes to tick. @param {string} title @param {{value: string, words: string, checked?: boolean}[]} options */
function checks(title, options) {
  const inputs = options.map(({ value, checked = false }) => /** @type {HTMLInputElement} */ (createElement('input', { type: 'checkbox', value, checked })));
  const field = createElement('fieldset', { hidden: !options.length }, createElement('legend', { textContent: title }),
    createElement('div', { className: 'choices' }, ...options.map(({ words }, at) => createElement('label', { className: 'choice' }, inputs[at], createElement('bdi', { textContent: words })))));
  return { field, first: inputs[0], values: () => inputs.filter(({ checked }) => checked).map(({ value }) => value) };
}
