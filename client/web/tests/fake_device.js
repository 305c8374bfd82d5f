// What a browser stores, for tests: its local storage and its database. Both outlive a page.

/**
 * A local storage.
 * @param {Map<string, string>} [values]
 * @param {{room: number}} [limit] how many characters it takes at most
 */
export function fakeStorage(values = new Map(), limit = { room: Infinity }) {
  return {
    getItem: (/** @type {string} */ key) => values.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {any} */ value) => {
      const others = [...values].filter(([other]) => other !== key).flat();
      if ([...others, key, String(value)].join('').length > limit.room) throw new DOMException('full', 'QuotaExceededError');
      values.set(key, String(value));
    },
    removeItem: (/** @type {string} */ key) => void values.delete(key),
    // Chromium has the keys in the order of the alphabet.
    key: (/** @type {number} */ at) => [...values.keys()].sort()[at] ?? null,
    get length() {
      return values.size;
    },
  };
}

/**
 * A database, as far as unsent_store.js uses it. Each page opens it again.
 *
 * `mode`: of `lost`, a transaction that writes and begins now never ends, as when the page is closed meanwhile; of `full`,
 * it is aborted.
 */
export class FakeDatabase {
  /** @type {'works' | 'lost' | 'full'} */
  mode = 'works';
  /** @type {Map<string, Map<string, any>>} */
  stores = new Map();

  /** `indexedDB.open` */
  open() {
    const connection = {
      createObjectStore: (/** @type {string} */ name) => void this.stores.set(name, new Map()),
      transaction: (/** @type {any} */ _, mode = 'readonly') => this.#transaction(connection, mode === 'readonly'),
      /** The last transaction: they run one after the other. @type {Promise<unknown>} */
      last: Promise.resolve(),
    };
    const request = requested(() => connection);
    queueMicrotask(() => {
      request.result = connection;
      if (!this.stores.size) request.onupgradeneeded?.({ oldVersion: 0 });
      request.run();
    });
    return request;
  }

  deleteDatabase() {}

  /** What a store holds. @param {string} name */
  all(name) {
    return [...this.stores.get(name)?.values() ?? []];
  }

  /** @param {any} connection @param {boolean} readonly */
  #transaction(connection, readonly) {
    const mode = readonly ? 'works' : this.mode;
    /** @type {any[]} */
    const requests = [];
    const add = (/** @type {() => any} */ act) => requests[requests.push(requested(act)) - 1];
    const objectStore = (/** @type {string} */ name) => {
      const values = /** @type {Map<string, any>} */ (this.stores.get(name));
      const copy = (/** @type {any} */ value) => (value === undefined ? value : structuredClone(value));
      return {
        get: (/** @type {string} */ key) => add(() => copy(values.get(key))),
        getAll: () => add(() => copy([...values.values()])),
        put: (/** @type {any} */ value) => {
          const stored = copy(value);
          return add(() => void values.set(stored.cid ?? stored.id, stored));
        },
        delete: (/** @type {string} */ key) => add(() => void values.delete(key)),
        clear: () => add(() => values.clear()),
      };
    };
    const transaction = { objectStore, commit() {}, error: new DOMException('full', 'QuotaExceededError') };
    connection.last = connection.last.then(() => {
      if (mode === 'lost') return new Promise(() => {});
      if (mode === 'full') return /** @type {any} */ (transaction).onabort();
      for (const request of requests) request.run();
      return /** @type {any} */ (transaction).oncomplete?.();
    });
    return transaction;
  }
}

/** A request of a database. @param {() => any} act */
function requested(act) {
  return {
    /** @type {any} */
    result: undefined,
    /** @type {((event: any) => void) | undefined} */
    onupgradeneeded: undefined,
    /** @type {(() => void) | undefined} */
    onsuccess: undefined,
    run() {
      this.result = act();
      this.onsuccess?.();
    },
  };
}
