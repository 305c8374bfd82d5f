// The shelf: small things that outlive a visit, in the browser's local storage. Without storage
// (private windows, a full disk) a visit goes on, and the next one begins anew.
//
// main.js keeps who the person is and where they have read; the composer keeps drafts, and the
// emoji picker what was used last. Everything here was written by this device, but perhaps by
// another version: whoever reads it checks it.

const PREFIX = 'throng.';

/** @param {string} key @returns {string | null} */
export function get(key) {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string | null} value `null` takes it away */
export function set(key, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    // The visit goes on; the next one will miss it.
  }
}

/** What was kept as JSON, or `null`. @param {string} key @returns {any} */
export function load(key) {
  return parsed(get(key));
}

/** @param {string | null} value as it was kept @returns {any} */
export function parsed(value) {
  try {
    return JSON.parse(value ?? 'null');
  } catch {
    return null;
  }
}

/** @param {string} key @param {any} value */
export function save(key, value) {
  set(key, value === null ? null : JSON.stringify(value));
}

/** What the person had begun to write in a room. @param {string} room @returns {string} */
export function draft(room) {
  return get(`draft.${room}`) ?? '';
}

/** @param {string} room @param {string} text */
export function keepDraft(room, text) {
  set(`draft.${room}`, text || null);
}

/** Takes everything away but the settings: the person signs out. */
export function forget() {
  try {
    const keys = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? '');
    for (const key of keys) {
      if (key.startsWith(PREFIX) && key !== `${PREFIX}settings`) localStorage.removeItem(key);
    }
  } catch {
    // Nothing was kept.
  }
}

/**
 * Hears of changes that another window of this browser made.
 * @param {string} key
 * @param {(value: string | null) => void} changed
 */
export function watch(key, changed) {
  addEventListener('storage', (event) => {
    // A key of `null` means that all was cleared.
    if (event.key === PREFIX + key || event.key === null) changed(event.newValue);
  });
}
