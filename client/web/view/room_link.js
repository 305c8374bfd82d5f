// A link into a room (`#room=CODE`): what it leads to, and one button that comes in. A new person chooses a nick with it;
// somebody who is in the room already is just there.

import { closeDialog, openDialog } from './dialog.js';
import { createElement, setText } from './dom.js';
import { nameProblem, NICK_MAX } from '../text/names.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */
/** @typedef {{name: string, topic: string, kind: string, members: number, guests: boolean}} Facts */

/** The code with which somebody has pressed the button on the first page. */
let agreed = '';

/** What a link leads to; `null`: nothing, or the server does not say. @param {string} code @returns {Promise<Facts | null>} */
async function factsOf(code) {
  try {
    const response = await fetch(new URL(`invites/${encodeURIComponent(code)}`, document.baseURI));
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** Shows what a link leads to. @param {HTMLElement} place @param {Facts | null} facts */
function showFacts(place, facts) {
  if (!facts) {
    place.replaceChildren(createElement('p', { className: 'problem', textContent: t('roomLink.bad') }));
    return;
  }
  const { name, topic, kind, members } = facts;
  const about = t(kind === 'private' ? 'roomLink.private' : 'roomLink.public');
  place.replaceChildren(createElement('p', {}, createElement('strong', { className: 'room-name', dir: 'auto' }, createElement('bdi', { textContent: name }))),
    topic && createElement('p', { dir: 'auto', textContent: topic }),
    createElement('p', { className: 'faint small', textContent: `${about} ${t('roomLink.here', { count: members })}` }));
}

/** The form on the first page: a way in, as those in welcome_ways.js. @param {string} code */
export function roomWay(code) {
  const facts = createElement('div', { className: 'facts', role: 'status' });
  const field = createElement('input', {
    id: 'guest-nick', name: 'nick', required: true, maxLength: 48, autocomplete: 'nickname', autocapitalize: 'none', spellcheck: false,
    enterKeyHint: 'go', dir: 'auto',
  });
  const label = createElement('label', { htmlFor: field.id });
  let isForGuests = true;
  factsOf(code).then((found) => {
    showFacts(facts, found);
    isForGuests = found?.guests !== false;
    field.hidden = label.hidden = !isForGuests;
  });
  return {
    name: 'room', nodes: [facts, label, field], fields: [field], enter: 'roomLink.enter', rules: () => t(isForGuests ? 'welcome.rules' : 'error.account_needed'),
    read: () => {
      if (!isForGuests) return { problem: t('error.account_needed'), field };
      const nick = field.value.trim();
      const problem = nick ? nameProblem(nick, NICK_MAX) : { key: 'welcome.empty', args: {} };
      if (problem) return { problem: t(problem.key, problem.args), field };
      agreed = code;
      return { wish: { nick } };
    },
    updateWords: () => setText(label, t('welcome.label')),
  };
}

/** Somebody who is here follows a link into a room. @param {State} state @param {string} code @param {Dispatch} dispatch */
export async function openRoomLink(state, code, dispatch) {
  const enter = () => dispatch('request', { of: 'accept', fields: { code } });
  dispatch('offered', { code: null });
  if (agreed === code) {
    agreed = '';
    enter();
    return;
  }
  const found = await factsOf(code);
  const isThere = [...state.rooms.values()].some(({ name, info }) => found && name === found.name && (info?.kind ?? 'public') === found.kind);
  if (isThere || !found) {
    // What is wrong with a link, the answer of the server says.
    enter();
    return;
  }
  const place = createElement('div', { className: 'facts' });
  showFacts(place, found);
  openDialog({ title: t('roomLink.title'), name: 'ask', body: [place, createElement('div', { className: 'dialog-foot' },
    createElement('button', { type: 'button', textContent: t('dialog.cancel'), on: { click: closeDialog } }),
    createElement('button', { type: 'button', className: 'primary', autofocus: true, textContent: t('roomLink.enter'), on: { click: () => {
      closeDialog();
      enter();
    } } }))] });
}
