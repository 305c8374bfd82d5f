// Who the person is, in local storage: token, nick, settings, and what hello last said of the limits.
//
// saved_state.js reads it when the page starts and writes what has changed. Another version of the page may
// have written it, so every value is checked.

import * as localStore from './local_storage.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Settings} Settings */

const THEMES = ['system', 'light', 'dark'];
const LANGUAGES = ['auto', 'en', 'de'];
const NOTIFY = ['off', 'mentions', 'all'];

/** @returns {Pick<import('../store/state.js').StoredState, 'token' | 'nick' | 'me' | 'limits' | 'selectedRoom' | 'login' | 'device' | 'keptAway'> & {settings: Partial<Settings>}} */
export function loadIdentity() {
  const { getItem, getJson } = localStore;
  return {
    token: getItem('token'), nick: getItem('nick'), me: checkedUser(getJson('me')), limits: checkedLimits(getJson('limits')),
    selectedRoom: getItem('shown'), settings: checkedSettings(getJson('settings')), login: checkedLogin(getJson('login')),
    keptAway: checkedAway(getJson('away')),
    device: typeof navigator === 'undefined' ? undefined : deviceName(navigator.userAgent),
  };
}

/** Writes what has changed. @param {State} before @param {State} after */
export function saveIdentity(before, after) {
  const { setItem, setJson } = localStore;
  // A token that was refused stays until there is another one: other windows take its removal for a sign-out.
  // The token of a login goes into a cookie instead (login_cookie.js).
  if (after.token && after.token !== before.token && (after.login === null || after.token === 'cookie')) setItem('token', after.token);
  if (after.nick !== before.nick) setItem('nick', after.nick);
  if (after.selectedRoom !== before.selectedRoom) setItem('shown', after.selectedRoom);
  if (after.me !== before.me) setJson('me', after.me);
  if (after.keptAway !== before.keptAway) setJson('away', after.keptAway.size ? [...after.keptAway.values()] : null);
  if (after.login !== before.login) setJson('login', after.login);
  if (after.limits !== before.limits) setJson('limits', after.limits);
  if (after.settings !== before.settings) localStore.setChangedFields('settings', before.settings, after.settings);
}

/** Calls back when another window changes the settings. @param {(change: Partial<Settings>) => void} changed */
export function watchSettings(changed) {
  localStore.watchItem('settings', (value) => changed(checkedSettings(localStore.parseJson(value))));
}

/** @param {any} value @returns {import('../net/wire.js').User | null} */
function checkedUser(value) {
  return typeof value?.id === 'string' && typeof value?.nick === 'string' ? { id: value.id, nick: value.nick } : null;
}

/** Whom the person keeps away: until the server says it again, nothing of them flashes up. @param {any} value */
function checkedAway(value) {
  const people = Array.isArray(value) ? value.filter((one) => checkedUser(one?.user)) : [];
  return new Map(people.map((one) => [one.user.id, one]));
}

/** The number of a login. @param {any} value @returns {number | null} */
function checkedLogin(value) {
  return Number.isSafeInteger(value) ? value : null;
}

/** What browsers call themselves and each other; the first that is found counts. */
const BROWSERS = { Edg: 'Edge', OPR: 'Opera', Firefox: '', FxiOS: 'Firefox', CriOS: 'Chrome', Chrome: '', Safari: '' };
const SYSTEMS = { Android: '', iPhone: '', iPad: '', Windows: '', CrOS: 'ChromeOS', 'Mac OS': 'macOS', Linux: '' };

/** A short text for the list of logins, such as "Firefox on Linux". @param {string} agent */
export function deviceName(agent) {
  const [browser, system] = [BROWSERS, SYSTEMS].map((names) => Object.entries(names).find(([mark]) => agent.includes(mark)))
    .map((found) => found && (found[1] || found[0]));
  return [browser, system].filter(Boolean).join(' on ') || undefined;
}

/** Settings of another version may have other values. @param {any} value */
function checkedSettings(value) {
  /** @type {any} */
  const known = {};
  if (THEMES.includes(value?.theme)) known.theme = value.theme;
  if (LANGUAGES.includes(value?.language)) known.language = value.language;
  if (NOTIFY.includes(value?.notify)) known.notify = value.notify;
  for (const name of ['sound', 'words']) if (typeof value?.[name] === 'boolean') known[name] = value[name];
  return known;
}

/** @param {any} value @returns {import('../net/wire.js').Limits | null} */
function checkedLimits(value) {
  const names = ['text_bytes', 'frame_bytes', 'page_events', 'rooms', 'sends_burst', 'sends_per_second', 'retry_ms'];
  return names.every((name) => Number.isSafeInteger(value?.[name]) && value[name] > 0) ? value : null;
}
