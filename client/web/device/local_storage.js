// Small values that outlive a reload, in the browser's local storage; and the reading position of this tab, in its
// session storage. Without storage (private windows, a full disk) the page works, and starts from nothing the next time.
//
// Everything here was written by this device, but perhaps by another version of this page: callers check
// what they read.

const PREFIX = 'throng.';

/** The keys of the copies of unsent messages begin with it. */
const UNSENT = 'unsent.';

/** The key of the reading position: other tabs read elsewhere, so it is in the session storage. */
const READING_KEY = 'throng.reading';

/** @param {string} key @returns {string | null} */
export function getItem(key) {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {string | null} value `null` removes the key
 * @returns {boolean} whether the browser stored it
 */
export function setItem(key, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
    return true;
  } catch {
    // The page goes on without; the next start will miss the value.
    return false;
  }
}

/** A value that was stored as JSON, or `null`. @param {string} key @returns {any} */
export function getJson(key) {
  return parseJson(getItem(key));
}

/** @param {string | null} value as it was stored @returns {any} */
export function parseJson(value) {
  try {
    return JSON.parse(value ?? 'null');
  } catch {
    return null;
  }
}

/** @param {string} key @param {any} value */
export function setJson(key, value) {
  setItem(key, value === null ? null : JSON.stringify(value));
}

/**
 * Stores the fields of a record that have changed. Another window may have changed other fields.
 * @param {string} key
 * @param {Record<string, any>} before
 * @param {Record<string, any>} after
 */
export function setChangedFields(key, before, after) {
  const changed = Object.entries(after).filter(([name, value]) => value !== before[name]);
  setJson(key, { ...getJson(key), ...Object.fromEntries(changed) });
}

/** The draft of a room, by its `id`: what the person has typed and not sent. @param {string} room @returns {string} */
export function getDraft(room) {
  return getItem(`draft.${room}`) ?? '';
}

/** @param {string} room @param {string} text @returns {boolean} whether the browser stored it */
export function setDraft(room, text) {
  return setItem(`draft.${room}`, text || null);
}

/** The `id` of a room has changed: its draft goes below what the other id has already. @param {string} from @param {string} to */
export function moveDraft(from, to) {
  const texts = [...new Set([getDraft(to), getDraft(from)])].filter(Boolean);
  if (getDraft(from) && setDraft(to, texts.join('\n'))) setDraft(from, '');
}

/**
 * Calls back when another window of this browser writes or deletes a draft.
 * @param {(room: string | null) => void} changed `null`: all drafts were deleted
 */
export function watchDrafts(changed) {
  addEventListener('storage', ({ key }) => {
    if (key === null) changed(null);
    else if (key.startsWith(`${PREFIX}draft.`)) changed(key.slice(`${PREFIX}draft.`.length));
  });
}

/**
 * Copies unsent messages that the database is about to write; each under a separate key, so that two windows do not
 * overwrite each other's. Without a copy, as with a full storage, a message is as safe as the database makes it.
 * @param {import('./unsent_records.js').UnsentChanges} changes
 * @returns {() => void} removes the copies, unless they have changed since
 */
export function copyUnsent({ put, update, gone }) {
  const copies = new Map(put.map((one) => [UNSENT + one.cid, JSON.stringify(one)]));
  for (const one of update) {
    const copy = getJson(UNSENT + one.cid);
    if (copy) copies.set(UNSENT + one.cid, JSON.stringify({ ...copy, ...one }));
  }
  for (const [key, text] of copies) setItem(key, text);
  for (const cid of gone) setItem(UNSENT + cid, null);
  return () => copies.forEach((text, key) => getItem(key) === text && setItem(key, null));
}

/** The copies of unsent messages that the database may not have, in no order. @returns {any[]} */
export function unsentCopies() {
  return keys().filter((key) => key.startsWith(UNSENT)).map(getJson);
}

/** Deletes everything but the settings: the person signs out. */
export function clearAllButSettings() {
  for (const key of keys()) if (key !== 'settings') setItem(key, null);
}

/** The keys of all that is stored. */
function keys() {
  try {
    const all = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? '');
    return all.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  } catch {
    return [];
  }
}

/**
 * Calls back when another window of this browser changes a value.
 * @param {string} key
 * @param {(value: string | null) => void} changed
 */
export function watchItem(key, changed) {
  addEventListener('storage', (event) => {
    // A key of `null` means that everything was cleared.
    if (event.key === PREFIX + key || event.key === null) changed(event.newValue);
  });
}

/** Stores where this tab reads, so that a reload leads back there. @param {import('../store/state.js').ReadingPosition | null} position */
export function saveReadingPosition(position) {
  try {
    if (position) sessionStorage.setItem(READING_KEY, JSON.stringify(position));
    else sessionStorage.removeItem(READING_KEY);
  } catch {
    // The room opens at its end then.
  }
}

/** Where this tab was when the page was reloaded; `null` for a new visit, which may come by a link. @returns {import('../store/state.js').ReadingPosition | null} */
export function loadReadingPosition() {
  const [load] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
  if (!load || load.type === 'navigate') return null;
  try {
    const value = JSON.parse(sessionStorage.getItem(READING_KEY) ?? 'null');
    const isSound = typeof value?.room === 'string' && typeof value.epoch === 'string' && Number.isSafeInteger(value.seq) && Number.isFinite(value.at);
    return isSound ? value : null;
  } catch {
    return null;
  }
}
