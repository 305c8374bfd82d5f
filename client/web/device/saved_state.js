// The part of the state that outlives a reload: who the person is, rooms and settings, read marks, unsent
// messages, and the newest messages of each room.
//
// app/main.js loads it at the start and passes each change of the state. Unsent messages are written at once,
// the rest after a pause, because a room may get hundreds of messages a second.

import { loadIdentity, saveIdentity } from './identity_storage.js';
import * as localStore from './local_storage.js';
import { parseHash } from './location_hash.js';
import { mergedReadMarks, mergedRooms, readMarksIn, restoreRooms, toCachedRoom } from './room_cache.js';
import { fromUnsentRecords, unsentChanges } from './unsent_records.js';
import { openUnsentStore } from './unsent_store.js';
import { findRoom, readerOf } from '../store/state.js';

/** @typedef {import('../store/state.js').State} State */

/** A crash loses at most what came within this time, and the server has that. */
const PAUSE_MS = 2_000;

export class SavedState {
  #store;
  #timer = 0;
  /** The rooms as they were last written. @type {State['rooms']} */
  #writtenRooms = new Map();
  /** @type {State['rooms']} */
  #rooms = new Map();
  /** Cids of the records that were read from the store: a record that is gone since was settled by another window. @type {Set<string>} */
  #readCids = new Set();

  /** @param {import('./unsent_store.js').UnsentStore} store */
  constructor(store) {
    this.#store = store;
  }

  static async open() {
    return new SavedState(await openUnsentStore());
  }

  /** Whether unsent messages outlive a reload. */
  get durable() {
    return this.#store.durable;
  }

  /** Reads what was saved. @returns {Promise<import('../store/state.js').StoredState>} */
  async load() {
    // Names are what an older version of the page stored.
    if (typeof localStore.getJson('rooms')?.[0] === 'string') await (await import('./storage_upgrade.js')).upgradeStorage(this.#store);
    const identity = loadIdentity();
    const me = readerOf(/** @type {any} */ (identity));
    const [unsent, cached] = await Promise.all([this.#store.readUnsent(), this.#store.readRooms()]);
    const rooms = restoreRooms({ listed: localStore.getJson('rooms'), cached, unsent, reads: localStore.getJson('reads'), me });
    this.#writtenRooms = this.#rooms = new Map(rooms.map((room) => [room.id, room]));
    const position = localStore.loadReadingPosition();
    const target = parseHash(location.hash);
    // An address that was changed by hand before the reload counts for more than the position.
    const isThere = target === null || findRoom(this.#rooms, target.room)?.id === position?.room;
    return {
      ...identity, rooms, readingPosition: isThere ? position : null,
      linkTarget: position && target && isThere ? { ...target, seq: null } : target,
    };
  }

  /**
   * Saves what has changed.
   * @param {State} before
   * @param {State} after
   * @returns {boolean} whether a message is unsent that was not there before
   */
  save(before, after) {
    saveIdentity(before, after);
    if (after.rooms === before.rooms) return false;
    if (namesOf(after) !== namesOf(before)) {
      const listed = mergedRooms(localStore.getJson('rooms'), before.rooms, after.rooms);
      localStore.setJson('rooms', listed.length ? listed : null);
    }
    const { put, update, gone } = unsentChanges(before.rooms, after.rooms);
    const wasRead = (/** @type {import('./unsent_records.js').UnsentRecord} */ { cid }) => this.#readCids.has(cid);
    this.#store.writeUnsent({ put: put.filter((one) => !wasRead(one)), update: [...update, ...put.filter(wasRead)], gone });
    this.#rooms = after.rooms;
    this.#timer ||= window.setTimeout(() => this.flush(), PAUSE_MS);
    return put.length > 0;
  }

  /** Writes what is waiting for the pause to end: the page may be closed at any moment. */
  flush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const before = this.#writtenRooms;
    const rooms = this.#rooms;
    if (before === rooms) return;
    this.#writtenRooms = rooms;
    const changed = [...rooms.values()].filter((room) => {
      const was = before.get(room.id);
      return was?.messages !== room.messages || was?.skipped !== room.skipped || was?.last !== room.last || was?.members?.count !== room.members?.count;
    });
    this.#store.writeRooms(changed.flatMap((room) => toCachedRoom(room) ?? []), [...before.keys()].filter((id) => !rooms.has(id)));
    const reads = mergedReadMarks(localStore.getJson('reads'), before, rooms);
    localStore.setJson('reads', Object.keys(reads).length ? reads : null);
  }

  /**
   * Calls back when another window has moved a read mark.
   * @param {(room: string, epoch: string, seq: number) => void} moved
   */
  watchReadMarks(moved) {
    // The value in the event, not the stored one, which this window may have overwritten meanwhile.
    localStore.watchItem('reads', (value) => readMarksIn(localStore.parseJson(value)).forEach((mark) => moved(...mark)));
  }

  /** The messages that are unsent now, including those of other windows. */
  async readUnsent() {
    const unsent = fromUnsentRecords(await this.#store.readUnsent());
    this.#readCids = new Set(unsent.map(({ one }) => one.cid));
    return unsent;
  }

  /** Resolves when all unsent messages are written. */
  whenWritten() {
    return this.#store.whenWritten();
  }

  /** Deletes everything but the settings. */
  clear() {
    localStore.saveReadingPosition(null);
    this.#writtenRooms = this.#rooms = new Map();
    localStore.clearAllButSettings();
    return this.#store.clear();
  }
}

/** What the stored list of rooms has. @param {State} state */
const namesOf = ({ rooms }) => [...rooms.values()].map(({ id, name, rank, info }) => id + name + rank + info?.kind + info?.see).join('/');
