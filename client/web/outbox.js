// The outbox: unsent messages and the ends of rooms, on this device, in IndexedDB.
//
// visit.js writes and reads it. Windows share one database, and need not know of each other: each
// takes over what it finds, since another may be gone. A message that two send has one cid, so the
// server takes it once, and what one window has settled and deleted the other does not bring back.

/** @typedef {import('./kept.js').Unsent} Unsent */
/** @typedef {import('./kept.js').End} End */
/** @typedef {import('./kept.js').Changes} Changes */

const NAME = 'throng';
const VERSION = 1;

/** A browser that does not open its database by then does without: a chat must begin. */
const OPEN_MS_MAX = 3_000;

/** A send waits so long for its record. A slow disk delays it; a dead one does not stop it. */
const WRITE_MS_MAX = 1_000;

/**
 * @typedef {object} Outbox
 * @property {boolean} durable whether what is written outlives a reload
 * @property {() => Promise<Unsent[]>} all in the order in which they were said
 * @property {() => Promise<End[]>} rooms
 * @property {(changes: Changes) => void} write
 * @property {(ends: End[], gone: string[]) => void} keepRooms
 * @property {() => Promise<void>} written when all that was to be written so far is
 * @property {() => Promise<void>} clear
 */

/** Opens the outbox; without a database, one that ends with the visit. @returns {Promise<Outbox>} */
export async function open() {
  try {
    return new Stored(await within(OPEN_MS_MAX, connect()));
  } catch {
    return new Passing();
  }
}

/** @returns {Promise<IDBDatabase>} */
function connect() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('outgoing', { keyPath: 'cid' });
    request.result.createObjectStore('rooms', { keyPath: 'name' });
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

/** @implements {Outbox} */
class Stored {
  durable = true;
  #database;
  /** The last write under way. @type {Promise<unknown>} */
  #writing = Promise.resolve();
  #order = 0;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
    // A newer version of this page wants to change the database: it must not wait for this one.
    database.onversionchange = () => database.close();
    database.onclose = () => {
      this.durable = false;
    };
  }

  /** @returns {Promise<Unsent[]>} */
  async all() {
    const found = await this.#read('outgoing');
    found.sort((/** @type {any} */ one, /** @type {any} */ other) => (one.order ?? 0) - (other.order ?? 0));
    this.#order = Math.max(this.#order, Number(found.at(-1)?.order) || 0);
    return found;
  }

  /** @returns {Promise<End[]>} */
  rooms() {
    return this.#read('rooms');
  }

  /** @param {Changes} changes */
  write({ put, update, gone }) {
    if (!put.length && !update.length && !gone.length) return;
    this.#transact(['outgoing'], (transaction) => {
      const store = transaction.objectStore('outgoing');
      for (const one of put) {
        // In this window one after the other; between windows by their clock.
        this.#order = Math.max(this.#order + 1, one.firstAt);
        store.put({ ...one, order: this.#order });
      }
      for (const one of update) {
        const known = store.get(one.cid);
        known.onsuccess = () => {
          // Another window may have settled and deleted it meanwhile.
          if (known.result) store.put({ ...known.result, ...one });
        };
      }
      for (const cid of gone) store.delete(cid);
      return !update.length;
    });
  }

  /** @param {End[]} ends @param {string[]} gone */
  keepRooms(ends, gone) {
    if (!ends.length && !gone.length) return;
    this.#transact(['rooms'], (transaction) => {
      const store = transaction.objectStore('rooms');
      for (const end of ends) store.put(end);
      for (const name of gone) store.delete(name);
      return true;
    });
  }

  /** Everything that was begun is written then, or a second has passed. */
  async written() {
    await within(WRITE_MS_MAX, this.#writing).catch(() => {});
  }

  async clear() {
    this.#transact(['outgoing', 'rooms'], (transaction) => {
      transaction.objectStore('outgoing').clear();
      transaction.objectStore('rooms').clear();
      return true;
    });
    await this.written();
  }

  /** @param {string} name @returns {Promise<any[]>} */
  async #read(name) {
    try {
      return await within(OPEN_MS_MAX, result(this.#database.transaction(name).objectStore(name).getAll()));
    } catch {
      // It does not answer, or was taken away since it was opened.
      this.durable = false;
      return [];
    }
  }

  /**
   * Transactions over one store run one after the other, in the order in which they were begun.
   * @param {string[]} stores
   * @param {(transaction: IDBTransaction) => boolean} change asks for all that is to be done, and
   *   tells whether that was all: then it is done even when this page is gone in a moment
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
      // A full disk, or a database that was taken away: the visit goes on in memory.
      if (this.durable) console.warn('throng: this browser keeps nothing', error);
      this.durable = false;
    }).then(() => before);
  }
}

/** Without a database nothing is written; what is unsent is in the state of the store. @implements {Outbox} */
class Passing {
  durable = false;
  async all() {
    return [];
  }
  async rooms() {
    return [];
  }
  write() {}
  keepRooms() {}
  async written() {}
  async clear() {}
}
