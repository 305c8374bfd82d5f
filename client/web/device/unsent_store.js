// The unsent messages on this device, in IndexedDB, and beside them the cached rooms (room_cache.js).
//
// saved_state.js reads and writes it. Windows share one database and need not know of each other: each takes
// over the unsent messages that it finds, since the window that wrote them may be gone. A message that two
// windows send has one cid, so the server accepts it once; and a record that one window has deleted is not
// written again by another.
//
// A page that is closed or loaded again may lose what it has just written: Chromium sometimes drops a transaction that
// began in `pagehide`. So a message is in local storage as well until the database has it, and the next page, or another
// window, takes it over from there.

import { copyUnsent, unsentCopies } from './local_storage.js';
import { isUnsentRecord } from './unsent_records.js';

/** @typedef {import('./unsent_records.js').UnsentRecord} UnsentRecord */
/** @typedef {import('./unsent_records.js').UnsentChanges} UnsentChanges */
/** @typedef {import('./room_cache.js').CachedRoom} CachedRoom */

const NAME = 'throng';
/** Before version 2, rooms were cached under their names. */
const VERSION = 2;

/** How long to wait for the database: the chat must start. */
const OPEN_MS_MAX = 3_000;

/** How long a send waits for its record: a slow disk delays a send, but a dead one does not stop it. */
const WRITE_MS_MAX = 1_000;

/**
 * @typedef {object} UnsentStore
 * @property {boolean} durable whether records outlive a reload
 * @property {() => Promise<UnsentRecord[]>} readUnsent in the order in which they were written
 * @property {() => Promise<CachedRoom[]>} readRooms
 * @property {(changes: UnsentChanges) => void} writeUnsent
 * @property {(rooms: CachedRoom[], gone: string[]) => void} writeRooms
 * @property {() => Promise<void>} whenWritten resolves when every write so far is done
 * @property {() => Promise<void>} clear
 */

/** Opens the store; without a database, one that keeps nothing. @returns {Promise<UnsentStore>} */
export async function openUnsentStore() {
  try {
    return new DatabaseStore(await within(OPEN_MS_MAX, connect()));
  } catch {
    return new EmptyStore();
  }
}

/** @returns {Promise<IDBDatabase>} */
function connect() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = ({ oldVersion }) => {
    const { result } = request;
    if (oldVersion) result.deleteObjectStore('rooms');
    else result.createObjectStore('outgoing', { keyPath: 'cid' });
    result.createObjectStore('rooms', { keyPath: 'id' });
  };
  return result(request);
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @template T @param {number} ms @param {Promise<T>} promise @returns {Promise<T>} */
function within(ms, promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** @implements {UnsentStore} */
class DatabaseStore {
  durable = true;
  #database;
  /** The last write under way. @type {Promise<unknown>} */
  #writing = Promise.resolve();
  #order = 0;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
    // A newer version of this page must not wait for this one to upgrade the database.
    database.onversionchange = () => database.close();
    database.onclose = () => {
      this.durable = false;
    };
  }

  /** @returns {Promise<UnsentRecord[]>} */
  async readUnsent() {
    // A copy is newer than what the database has.
    const copies = unsentCopies().filter(isUnsentRecord);
    this.writeUnsent({ put: copies, update: [], gone: [] });
    const known = new Map([...await this.#read('outgoing'), ...copies].map((one) => [one.cid, one]));
    const found = [...known.values()].sort((one, other) => (one.order ?? 0) - (other.order ?? 0));
    this.#order = Math.max(this.#order, Number(found.at(-1)?.order) || 0);
    return found;
  }

  /** @returns {Promise<CachedRoom[]>} */
  readRooms() {
    return this.#read('rooms');
  }

  /** @param {UnsentChanges} changes */
  writeUnsent({ put, update, gone }) {
    if (!put.length && !update.length && !gone.length) return;
    const records = put.map((one) => ({ ...one, order: one.order ?? this.#nextOrder(one) }));
    const removeCopies = copyUnsent({ put: records, update, gone });
    this.#transact(['outgoing'], (transaction) => {
      const store = transaction.objectStore('outgoing');
      for (const one of records) store.put(one);
      for (const one of update) {
        const known = store.get(one.cid);
        known.onsuccess = () => {
          // Another window may have deleted it meanwhile.
          if (known.result) store.put({ ...known.result, ...one });
        };
      }
      for (const cid of gone) store.delete(cid);
      return !update.length;
    }).then(removeCopies, () => {});
  }

  /** Ordered within a window by a counter, and between windows by the clock. @param {UnsentRecord} record */
  #nextOrder({ firstAt }) {
    this.#order = Math.max(this.#order + 1, firstAt);
    return this.#order;
  }

  /** @param {CachedRoom[]} rooms @param {string[]} gone */
  writeRooms(rooms, gone) {
    if (!rooms.length && !gone.length) return;
    this.#transact(['rooms'], (transaction) => {
      const store = transaction.objectStore('rooms');
      for (const room of rooms) store.put(room);
      for (const id of gone) store.delete(id);
      return true;
    });
  }

  /** Resolves when every write so far is done, or after a second. */
  async whenWritten() {
    await within(WRITE_MS_MAX, this.#writing).catch(() => {});
  }

  async clear() {
    // The alerts of the tabs belong to this person too.
    indexedDB.deleteDatabase('throng calls');
    this.#transact(['outgoing', 'rooms'], (transaction) => {
      transaction.objectStore('outgoing').clear();
      transaction.objectStore('rooms').clear();
      return true;
    });
    await this.whenWritten();
  }

  /** @param {string} name @returns {Promise<any[]>} */
  async #read(name) {
    try {
      return await within(OPEN_MS_MAX, result(this.#database.transaction(name).objectStore(name).getAll()));
    } catch {
      // It does not answer, or was deleted since it was opened.
      this.durable = false;
      return [];
    }
  }

  /**
   * Transactions over one store run one after the other, in the order in which they were begun.
   * @param {string[]} stores
   * @param {(transaction: IDBTransaction) => boolean} change makes its requests, and
   *   returns whether there will be no more: then they are carried out even if the page is closed at once
   * @returns {Promise<unknown>} rejects if the database has nothing of it
   */
  #transact(stores, change) {
    const done = new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(stores, 'readwrite');
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
      if (change(transaction)) transaction.commit();
    });
    const before = this.#writing;
    this.#writing = done.catch((error) => {
      // A full disk, or a deleted database: the page goes on in memory.
      if (this.durable) console.warn('throng: this browser keeps nothing', error);
      this.durable = false;
    }).then(() => before);
    return done;
  }
}

/** Without a database nothing is stored: unsent messages are in the state alone. @implements {UnsentStore} */
class EmptyStore {
  durable = false;
  async readUnsent() {
    return [];
  }
  async readRooms() {
    return [];
  }
  writeUnsent() {}
  writeRooms() {}
  async whenWritten() {}
  async clear() {}
}
