// The other ways in, besides a nick alone: with an account, or with the code of another device. The welcome page shows
// one of them instead of its field.

import { parseCode } from '../device/location_hash.js';
import { createElement, setText } from './dom.js';
import { t } from '../words/translate.js';

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
  const second = createElement('input', {
    id: 'login-second', name: 'second', maxLength: 40, autocomplete: 'one-time-code', autocapitalize: 'characters', spellcheck: false,
    enterKeyHint: 'go', dir: 'ltr', hidden: true,
  });
  const labels = [name, password, second].map(({ id }) => createElement('label', { htmlFor: id }));
  labels[2].hidden = true;
  const fields = [name, password];
  return {
    name: 'login', nodes: [labels[0], name, labels[1], password, labels[2], second], fields, enter: 'welcome.login.enter', rules: () => t('welcome.login.forgot'),
    read: () => {
      const wish = { nick: name.value.trim().replace(/^@/, ''), password: password.value, second: second.value };
      if (!wish.nick) return { problem: t('welcome.empty'), field: name };
      return wish.password ? { wish } : { problem: t('welcome.login.empty'), field: password };
    },
    askSecond: () => {
      if (!second.hidden) return;
      second.hidden = labels[2].hidden = false;
      fields.push(second);
      second.focus();
    },
    updateWords: () => {
      setText(labels[0], t('welcome.login.nick'));
      setText(labels[1], t('welcome.login.password'));
      setText(labels[2], t('welcome.login.second'));
    },
  };
}

/** The code of another device. @param {string | null} offered the code of a link @returns {Way} */
export function codeWay(offered) {
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
