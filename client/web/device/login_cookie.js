// The token of a login goes into a cookie that no script reads, and out of it when the login ends. This file posts it to
// the server once; from then on the page knows it only as the word `cookie` (docs/decisions/0019).
//
// Without HTTPS there is no such cookie, except on this machine: the token stays in local storage then.

import { getItem, getJson, setItem, setJson } from './local_storage.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */

/** The login that the person has left without a connection: it ends when there is one. */
const LEFT = 'left';

/**
 * Does what has become due by a change of the state.
 * @param {State} before
 * @param {State} after
 * @param {Dispatch} dispatch
 */
export async function keepLogin(before, after, dispatch) {
  const { token, login, phase } = after;
  if (token && login !== null && phase === 'online') await move(token, dispatch);
  if (token) return;
  if (before.token === 'cookie') {
    if (before.login !== null) await leave(before.login);
  } else if (before.token && getItem('token') === 'cookie') {
    // Another tab has posted the token that was refused here. If it has not stored that yet, it will tell.
    dispatch('token', { token: 'cookie' });
  }
}

/** Posts a token. What scripts have seen is void afterwards. @param {string} token @param {Dispatch} dispatch */
async function move(token, dispatch) {
  const status = navigator.cookieEnabled ? await ask('POST', { token }) : 0;
  // Gone: another tab with the same token was first.
  const isThere = status === 204 || (status === 410 && getItem('token') === 'cookie');
  if (isThere) dispatch('token', { token: 'cookie' });
  else if (status !== 410) setItem('token', token);
}

/** Ends a login, unless the server has ended it, and clears its cookie. @param {number} login */
async function leave(login) {
  setJson(LEFT, login);
  if (await ask('DELETE', { login })) setJson(LEFT, null);
}

/**
 * One request after the other, over all tabs: the answer that clears a cookie must not come after one that sets the next.
 * @param {'POST' | 'DELETE'} method
 * @param {object} body
 * @returns {Promise<number>} the status; 0 without an answer
 */
async function ask(method, body) {
  const headers = { 'content-type': 'application/json' };
  const url = new URL('login-cookie', document.baseURI);
  // The page may be closed meanwhile.
  const send = () => fetch(url, { method, headers, body: JSON.stringify(body), keepalive: true }).then(({ status }) => status, () => 0);
  // Pages without HTTPS have no locks, and no cookies.
  return navigator.locks ? navigator.locks.request('throng login', send) : send();
}

/** What could not be done when the person left. */
function leaveNow() {
  const login = getJson(LEFT);
  if (Number.isSafeInteger(login)) void leave(login);
}

if (typeof document !== 'undefined') {
  leaveNow();
  addEventListener('online', leaveNow);
}
