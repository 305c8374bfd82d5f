// What outlives a visit: who the person is, their rooms and settings, up to where they have read,
// what is unsent, and the end of each room.
//
// main.js asks for it at the beginning, and tells of each change of the state. What is unsent is
// written at once, the rest behind, with a pause: a room may get hundreds of messages a second.

import { changes, endOf, found, marksIn, namesOf, readsOf, restore } from './kept.js';
import { open } from './outbox.js';
import { readPlace } from './place.js';
import * as shelf from './shelf.js';

/** @typedef {import('./turn.js').State} State */

/** What came in so long is lost from this device by a crash; the server has it. */
const PAUSE_MS = 2_000;

const THEMES = ['system', 'light', 'dark'];
const LANGUAGES = ['auto', 'en', 'de'];
const NOTIFY = ['off', 'mentions', 'all'];

export class Visit {
  #outbox;
  #timer = 0;
  /** @type {State['rooms']} */
  #kept = new Map();
  /** @type {State['rooms']} */
  #rooms = new Map();
  /** What was read out of the outbox: if it is there no more, it is settled. @type {Set<string>} */
  #found = new Set();

  /** @param {import('./outbox.js').Outbox} outbox */
  constructor(outbox) {
    this.#outbox = outbox;
  }

  static async open() {
    return new Visit(await open());
  }

  /** Whether what is unsent outlives a reload. */
  get durable() {
    return this.#outbox.durable;
  }

  /** What the last visit left. @returns {Promise<import('./turn.js').Kept>} */
  async recall() {
    const me = person(shelf.load('me'));
    const [unsent, ends] = await Promise.all([this.#outbox.all(), this.#outbox.rooms()]);
    const rooms = restore({ names: shelf.load('rooms'), ends, unsent, reads: shelf.load('reads'), me });
    this.#kept = this.#rooms = new Map(rooms.map((room) => [room.name, room]));
    return {
      token: shelf.get('token'), nick: shelf.get('nick'), me, rooms, shown: shelf.get('shown'),
      place: readPlace(location.hash), settings: settings(shelf.load('settings')), limits: limits(shelf.load('limits')),
    };
  }

  /**
   * Keeps what has changed.
   * @param {State} before
   * @param {State} after
   * @returns {boolean} whether something is unsent now that was not there before
   */
  keep(before, after) {
    // One that was refused stays until there is another: other windows take its end for a sign-out.
    if (after.token && after.token !== before.token) shelf.set('token', after.token);
    if (after.nick !== before.nick) shelf.set('nick', after.nick);
    if (after.shown !== before.shown) shelf.set('shown', after.shown);
    if (after.me !== before.me) shelf.save('me', after.me);
    if (after.limits !== before.limits) shelf.save('limits', after.limits);
    if (after.settings !== before.settings) shelf.save('settings', after.settings);
    if (after.rooms === before.rooms) return false;
    if ([...after.rooms.keys()].join('/') !== [...before.rooms.keys()].join('/')) {
      const names = namesOf(shelf.load('rooms'), before.rooms, after.rooms);
      shelf.save('rooms', names.length ? names : null);
    }
    const { put, update, gone } = changes(before.rooms, after.rooms);
    const isFound = (/** @type {import('./kept.js').Unsent} */ { cid }) => this.#found.has(cid);
    this.#outbox.write({ put: put.filter((one) => !isFound(one)), update: [...update, ...put.filter(isFound)], gone });
    this.#rooms = after.rooms;
    this.#timer ||= window.setTimeout(() => this.keepNow(), PAUSE_MS);
    return put.length > 0;
  }

  /** Writes what waits: the pause is over, or the page may be gone in a moment. */
  keepNow() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const before = this.#kept;
    const rooms = this.#rooms;
    if (before === rooms) return;
    this.#kept = rooms;
    const changed = [...rooms.values()].filter((room) => {
      const was = before.get(room.name);
      return was?.messages !== room.messages || was?.last !== room.last || was?.members?.count !== room.members?.count;
    });
    this.#outbox.keepRooms(changed.flatMap((room) => endOf(room) ?? []), [...before.keys()].filter((name) => !rooms.has(name)));
    const reads = readsOf(shelf.load('reads'), before, rooms);
    shelf.save('reads', Object.keys(reads).length ? reads : null);
  }

  /**
   * Hears how far another window has read.
   * @param {(room: string, epoch: string, seq: number) => void} seen
   */
  watchReads(seen) {
    // What the other one wrote, not what is there: this window may have written over it meanwhile.
    shelf.watch('reads', (value) => marksIn(shelf.parsed(value)).forEach((mark) => seen(...mark)));
  }

  /** What is unsent now, also by other windows. */
  async unsent() {
    const unsent = found(await this.#outbox.all());
    this.#found = new Set(unsent.map(({ one }) => one.cid));
    return unsent;
  }

  /** When all that is unsent has been written. */
  written() {
    return this.#outbox.written();
  }

  /** Takes everything away but the settings. */
  forget() {
    this.#kept = this.#rooms = new Map();
    shelf.forget();
    return this.#outbox.clear();
  }
}

/** @param {any} value @returns {import('./wire.js').User | null} */
function person(value) {
  return typeof value?.id === 'string' && typeof value?.nick === 'string' ? { id: value.id, nick: value.nick } : null;
}

/** Settings of another version may have other words. @param {any} value */
function settings(value) {
  /** @type {any} */
  const known = {};
  if (THEMES.includes(value?.theme)) known.theme = value.theme;
  if (LANGUAGES.includes(value?.language)) known.language = value.language;
  if (NOTIFY.includes(value?.notify)) known.notify = value.notify;
  if (typeof value?.sound === 'boolean') known.sound = value.sound;
  return known;
}

/** @param {any} value @returns {import('./wire.js').Limits | null} */
function limits(value) {
  const names = ['text_bytes', 'frame_bytes', 'page_events', 'rooms', 'sends_burst', 'sends_per_second', 'retry_ms'];
  return names.every((name) => Number.isSafeInteger(value?.[name]) && value[name] > 0) ? value : null;
}
