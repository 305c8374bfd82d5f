// What the tabs of one person agree on: whether the person looks at one of them, and which tab alerts.
//
// A tab that the person looks at holds a lock, which the browser releases when the tab is gone for whatever
// reason. A lock needs no timer, and hidden pages have no reliable ones. Pages without HTTPS have no locks: there
// a timestamp in local storage is renewed instead.

import * as localStore from './local_storage.js';

/** The lock that a tab holds while the person looks at it. */
const ATTENTION_LOCK = 'throng looks';

/** How often the timestamp is renewed. One that is three times as old does not count. */
const RENEW_MS = 1_000;

/** The database of past alerts: only one tab at a time is in a transaction. unsent_store.js deletes it when the person signs out. */
const ALERTS = 'throng calls';

/** How many alerts are remembered. All tabs get the same message within a moment. */
const ALERTS_MAX = 64;

/** How long to wait for the database: two alerts are better than none. */
const ANSWER_MS_MAX = 2_000;

/**
 * Lets the other tabs know that the person looks at this one.
 * @returns {() => void} ends it
 */
export function holdAttention() {
  if (navigator.locks) {
    /** @type {() => void} */
    let release = () => {};
    const gone = new Promise((resolve) => { release = () => resolve(undefined); });
    navigator.locks.request(ATTENTION_LOCK, { mode: 'shared' }, () => gone).catch(() => {});
    return release;
  }
  const id = Math.random();
  const write = () => localStore.setJson('looks', { id, at: Date.now() });
  write();
  const renewing = setInterval(write, RENEW_MS);
  return () => {
    clearInterval(renewing);
    if (localStore.getJson('looks')?.id === id) localStore.setJson('looks', null);
  };
}

/** Whether the person looks at any tab. @returns {Promise<boolean>} */
export async function isAnyTabAttended() {
  if (!navigator.locks) return Math.abs(Date.now() - (localStore.getJson('looks')?.at ?? 0)) < 3 * RENEW_MS;
  const locks = await navigator.locks.query().catch(() => null);
  return Boolean(locks?.held?.some(({ name }) => name === ATTENTION_LOCK));
}

/**
 * Whether this tab is the one that alerts: the first one that asks.
 * @param {string} key of the alert
 * @returns {Promise<boolean>}
 */
export function claimAlert(key) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ANSWER_MS_MAX);
    const settle = (/** @type {boolean} */ mine) => {
      clearTimeout(timer);
      resolve(mine);
    };
    try {
      const opening = indexedDB.open(ALERTS, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('calls');
      opening.onerror = () => settle(true);
      opening.onsuccess = () => claimIn(opening.result, key, settle);
    } catch {
      settle(true);
    }
  });
}

/** @param {IDBDatabase} database @param {string} key @param {(mine: boolean) => void} settle */
function claimIn(database, key, settle) {
  const transaction = database.transaction('calls', 'readwrite');
  const store = transaction.objectStore('calls');
  const request = store.get('last');
  let mine = true;
  request.onsuccess = () => {
    const last = /** @type {string[]} */ (request.result ?? []);
    mine = !last.includes(key);
    if (mine) store.put([...last, key].slice(-ALERTS_MAX), 'last');
  };
  transaction.oncomplete = transaction.onabort = () => {
    // An open database cannot be deleted when the person signs out.
    database.close();
    settle(mine);
  };
}
