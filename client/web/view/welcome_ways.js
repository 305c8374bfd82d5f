// The other ways in, besides a nick alone: with an account, or with the code of another device. The welcome page shows
// one of them instead of its field.

import { parseCode } from '../device/location_hash.js';
import { nameProblem, NICK_MAX } from '../text/names.js';
import { createElement, setText } from './dom.js';
import { roomWay } from './room_link.js';
import { t } from '../words/translate.js';

/** The least characters of a password. */
const PASSWORD_MIN = 8;

/**
 * @typedef {object} Way
 * @property {string} name
 * @property {any[]} nodes
 * @property {any[]} fields the focus goes to the first empty one
 * @property {string} enter the key of the button's words
 * @property {() => string} rules what to know about the fields
 * @property {() => void} [askSecond] the account asks for the code of an app
 * @property {() => {wish?: Record<string, string>, problem?: string, field?: any}} read
 * @property {() => void} updateWords
 */

/** The nick and the password of an account. @param {string} nick @returns {Way} */
export function loginWay(nick) {
  const name = createElement('input', {
    id: 'login-nick', name: 'username', value: nick, required: true, maxLength: 48, autocomplete: 'username', autocapitalize: 'none',
    spellcheck: false, enterKeyHint: 'next', dir: 'auto',
  });
  const password = createElement('input', {
    id: 'login-password', name: 'password', type: 'password', required: true, maxLength: 1024, autocomplete: 'current-password', enterKeyHint: 'go',
  });
  const second = secondField('login-second');
  const labels = [name, password].map(({ id }) => createElement('label', { htmlFor: id }));
  const fields = [name, password];
  const providers = createElement('div', { className: 'small', hidden: true });
  addProviders(providers);
  return {
    name: 'login', nodes: [labels[0], name, labels[1], password, ...second.nodes, providers], fields, enter: 'welcome.login.enter', rules: () => t('welcome.login.forgot'),
    read: () => {
      const wish = { nick: name.value.trim().replace(/^@/, ''), password: password.value, second: second.field.value };
      if (!wish.nick) return { problem: t('welcome.empty'), field: name };
      return wish.password ? { wish } : { problem: t('welcome.login.empty'), field: password };
    },
    askSecond: () => second.show(fields),
    updateWords: () => {
      setText(labels[0], t('welcome.login.nick'));
      setText(labels[1], t('welcome.login.password'));
      second.updateWords();
    },
  };
}

/** Links to where people log in elsewhere, if this server knows such a place. @param {any} place */
async function addProviders(place) {
  const answer = await fetch(new URL('oidc', document.baseURI)).then((response) => response.json(), () => null).catch(() => null);
  const names = Array.isArray(answer?.providers) ? answer.providers.filter((/** @type {any} */ name) => typeof name === 'string') : [];
  place.replaceChildren(...names.map((/** @type {string} */ name) => createElement('p', {}, createElement('a', {
    href: String(new URL(`oidc/${encodeURIComponent(name)}/start`, document.baseURI)), textContent: t('welcome.provider', { name }),
  }))));
  place.hidden = names.length === 0;
}

/** The form for what a link has brought; for the code of another device also without a link. @param {string | null} offered @returns {Way} */
export function codeWay(offered) {
  if (offered?.startsWith('reset=')) return resetWay(offered.slice('reset='.length));
  if (offered?.startsWith('invite=')) return inviteWay();
  if (offered?.startsWith('room=')) return roomWay(offered.slice('room='.length));
  const field = createElement('input', {
    id: 'code', value: offered ?? '', required: true, maxLength: 400, autocomplete: 'one-time-code', autocapitalize: 'characters',
    spellcheck: false, enterKeyHint: 'go', dir: 'ltr',
  });
  const label = createElement('label', { htmlFor: field.id });
  return {
    name: 'code', nodes: [label, field], fields: [field], enter: 'welcome.code.enter',
    rules: () => t(offered === null ? 'welcome.code.where' : 'welcome.code.linked'),
    read: () => {
      const code = parseCode(field.value);
      return code === null ? { problem: t('welcome.code.bad'), field } : { wish: { code } };
    },
    updateWords: () => setText(label, t('welcome.code')),
  };
}

/** A new password for the account of a link. It is a login in all else. @param {string} reset the secret @returns {Way} */
function resetWay(reset) {
  const password = createElement('input', {
    id: 'reset-password', name: 'password', type: 'password', required: true, maxLength: 1024, autocomplete: 'new-password', enterKeyHint: 'go',
  });
  const label = createElement('label', { htmlFor: password.id });
  const second = secondField('reset-second');
  const fields = [password];
  return {
    name: 'login', nodes: [label, password, ...second.nodes], fields, enter: 'reset.enter', rules: () => `${t('reset.rules')} ${t('ask.rules')}`,
    read: () => {
      if (!password.value) return { problem: t('ask.empty'), field: password };
      return [...password.value].length < PASSWORD_MIN ? { problem: t('ask.short'), field: password }
        : { wish: { reset, password: password.value, second: second.field.value } };
    },
    askSecond: () => second.show(fields),
    updateWords: () => {
      setText(label, t('password.new'));
      second.updateWords();
    },
  };
}

/** Somebody who was invited first chooses a nick; the account follows (view/device_dialog.js). @returns {Way} */
function inviteWay() {
  const field = createElement('input', {
    id: 'invited-nick', name: 'nick', required: true, maxLength: 48, autocomplete: 'nickname', autocapitalize: 'none', spellcheck: false,
    enterKeyHint: 'next', dir: 'auto',
  });
  const label = createElement('label', { htmlFor: field.id });
  return {
    name: 'invite', nodes: [label, field], fields: [field], enter: 'welcome.enter', rules: () => `${t('invite.rules')} ${t('welcome.rules')}`,
    read: () => {
      const nick = field.value.trim();
      const problem = nick ? nameProblem(nick, NICK_MAX) : { key: 'welcome.empty', args: {} };
      return problem ? { problem: t(problem.key, problem.args), field } : { wish: { nick } };
    },
    updateWords: () => setText(label, t('welcome.label')),
  };
}

/** The field for the code of an app, hidden until the account asks for one. @param {string} id */
function secondField(id) {
  const field = createElement('input', {
    id, name: 'second', maxLength: 40, autocomplete: 'one-time-code', autocapitalize: 'characters', spellcheck: false,
    enterKeyHint: 'go', dir: 'ltr', hidden: true,
  });
  const label = createElement('label', { htmlFor: id, hidden: true });
  return {
    field, nodes: [label, field],
    show: (/** @type {any[]} */ fields) => {
      if (!field.hidden) return;
      field.hidden = label.hidden = false;
      fields.push(field);
      field.focus();
    },
    updateWords: () => setText(label, t('welcome.login.second')),
  };
}
