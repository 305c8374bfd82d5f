// The state of the store, and one turn of it: a copy that may be changed, and the effects so far.
//
// store.js begins a turn for each input; store.js, shown.js, answers.js and refusals.js work on it.
// What a turn does not touch stays the same object, so that the views see at once what has changed.

import { notice } from './notice.js';
import { amend, newRoom, nextToSend } from './room.js';
import { encode, VERSION } from './wire.js';

/** @typedef {import('./room.js').Room} Room */
/** @typedef {import('./wire.js').Event} Event */
/** @typedef {import('./notice.js').Notice} Notice */
/** @typedef {import('./place.js').Place} Place */

/**
 * - `naming`: the person is asked for a nick; nothing is connected;
 * - `connecting`, `online`;
 * - `away`: the connection was lost, and comes back at `returnAt`;
 * - `stopped`: it does not come back by itself.
 * @typedef {'naming' | 'connecting' | 'online' | 'away' | 'stopped'} Phase
 *
 * @typedef {{theme: 'system' | 'light' | 'dark', language: 'auto' | 'en' | 'de',
 *   notify: 'off' | 'mentions' | 'all', sound: boolean}} Settings
 *
 * @typedef {object} State
 * @property {Phase} phase
 * @property {string | null} wish the nick that the person asks for
 * @property {string | null} nick what they were called last
 * @property {string | null} token
 * @property {import('./wire.js').User | null} me who they are, or were at the last visit
 * @property {string | null} epoch
 * @property {number} heartbeatMs
 * @property {import('./wire.js').Limits} limits
 * @property {number} nextId
 * @property {Map<number, Request>} requests without an answer yet
 * @property {Map<string, Room>} rooms in the order in which they were joined
 * @property {string | null} shown the room that the person looks at
 * @property {string | null} before the room that they looked at before it
 * @property {Place | null} place what the address asks for, until it is shown
 * @property {boolean} attentive whether the page is in sight and has the focus
 * @property {Settings} settings
 * @property {{from: string, to: string} | null} respelled the room that got the server's spelling last
 * @property {{rooms: {name: string, members: number}[], more: boolean, query: string, after?: string,
 *   empty: number} | null} listing `after`: where the next page begins; `empty`: so many had no rooms, in a row
 * @property {number} listingId the request whose answer counts, or 0
 * @property {Notice | null} notice something to tell the person
 * @property {number} sentAt when something was last sent
 * @property {number} returnAt
 * @property {boolean} told whether the server said when to come back
 * @property {Notice | null} reason why the connection ended
 *
 * @typedef {{type: string, fields: any, at: number, room?: string}} Request
 *
 * - `send` with a `cid`: not before the outbox has it;
 * - `notify`: somebody said something while the person was elsewhere;
 * - `place`: what the address bar shall say;
 * - `forget`: all that outlives a visit, but for the settings;
 * - `signedOut`: the person is gone from this window, before it is drawn anew.
 * @typedef {{do: 'open'} | {do: 'send', text: string, cid?: string} | {do: 'greeted'} |
 *   {do: 'farewell', again: boolean, afterMs?: number | null} |
 *   {do: 'close', again: boolean, afterMs?: number} | {do: 'place', room: string | null, seq: number | null} |
 *   {do: 'notify', room: string, message: import('./wire.js').Message, mention: boolean} |
 *   {do: 'forget'} | {do: 'signedOut'}} Effect
 *
 * @typedef {{type: string, now: number, random?: number, [field: string]: any}} Input
 *
 * What outlives a visit.
 * @typedef {{token?: string | null, nick?: string | null, me?: import('./wire.js').User | null,
 *   rooms?: (string | Room)[], shown?: string | null, place?: Place | null,
 *   settings?: Partial<Settings>, limits?: import('./wire.js').Limits | null}} Kept
 */

/** Events in a page: what fills a tall screen twice. */
const PAGE = 50;

/** After a refusal without `retry_ms`, so long; doubled at each further one, up to half a minute. */
const RETRY_MS = 1_000;

/** Before the first hello tells, what the specification gives. */
const HEARTBEAT_MS = 30_000;

/** @type {Settings} */
const SETTINGS = { theme: 'system', language: 'auto', notify: 'off', sound: false };

/**
 * The state at the beginning of a visit.
 * @param {Kept} [kept] from the last visit
 * @returns {State}
 */
export function initial(kept = {}) {
  const rooms = (kept.rooms ?? []).map((room) => (typeof room === 'string' ? newRoom(room) : room));
  return {
    phase: 'naming', wish: null, nick: kept.nick ?? null, token: kept.token ?? null,
    me: kept.me ?? null, epoch: null, heartbeatMs: HEARTBEAT_MS,
    limits: kept.limits ?? {
      text_bytes: 4_096, frame_bytes: 16_384, page_events: 100, rooms: 50, sends_burst: 10,
      sends_per_second: 1, retry_ms: 3_600_000,
    },
    nextId: 1, requests: new Map(), rooms: new Map(rooms.map((room) => [room.name, room])),
    shown: rooms.find(({ name }) => name === kept.shown)?.name ?? rooms[0]?.name ?? null,
    before: null, place: kept.place ?? null, attentive: true, settings: { ...SETTINGS, ...kept.settings },
    respelled: null, listing: null, listingId: 0, notice: null, sentAt: 0, returnAt: 0, told: false, reason: null,
  };
}

/** One input being worked on: a copy of the state that may be changed, and the effects so far. */
export class Turn {
  /** @type {Effect[]} */
  effects = [];
  #before;
  /** Rooms that were copied in this turn. @type {WeakSet<Room>} */
  #fresh = new WeakSet();

  /** @param {State} state @param {Input} input */
  constructor(state, { now, random = 0.5 }) {
    this.#before = state;
    this.state = { ...state };
    this.now = now;
    this.random = random;
  }

  /** The rooms, to be changed. @returns {Map<string, Room>} */
  rooms() {
    const { state } = this;
    if (state.rooms === this.#before.rooms) state.rooms = new Map(state.rooms);
    return state.rooms;
  }

  /** The requests, to be changed. @returns {Map<number, Request>} */
  requests() {
    const { state } = this;
    if (state.requests === this.#before.requests) state.requests = new Map(state.requests);
    return state.requests;
  }

  /** A copy of a room that may be changed. @param {string | null} name @returns {Room | undefined} */
  room(name) {
    const room = this.state.rooms.get(name ?? '');
    return !room || this.#fresh.has(room) ? room : this.put({ ...room });
  }

  /** @param {Room} room that may be changed in this turn @returns {Room} */
  put(room) {
    this.#fresh.add(room);
    this.rooms().set(room.name, room);
    return room;
  }

  /** @param {string} key @param {Record<string, string | number>} [args] */
  tell(key, args) {
    this.state.notice = notice(key, args);
  }

  /** @param {string} type @param {any} [fields] @returns {number} its id */
  command(type, fields = {}) {
    const id = this.state.nextId++;
    this.requests().set(id, { type, fields, at: this.now, room: fields.room });
    this.state.sentAt = this.now;
    const text = encode(type, id, fields);
    this.effects.push(type === 'send' ? { do: 'send', text, cid: fields.cid } : { do: 'send', text });
    return id;
  }

  /** @param {number | null | undefined} retryMs @param {number} tries */
  after(retryMs, tries) {
    const spread = (0.5 + this.random / 2) * RETRY_MS * 2 ** Math.min(tries, 5);
    return this.now + (retryMs ?? spread);
  }

  hello() {
    const { token, wish, nick } = this.state;
    const fields = token ? { token, nick: wish ?? undefined } : { nick: wish ?? nick ?? undefined };
    this.command('hello', { version: VERSION, ...fields });
  }

  /**
   * Joins a room, from the cursor if there is one.
   * @param {Room} room
   * @param {boolean} [newest] leave out what lies between: a gap, to be loaded when somebody looks
   */
  join(room, newest = false) {
    const cursor = room.last === null || newest ? {} : { epoch: room.epoch, after: room.last };
    room.live = false;
    room.rejoinAt = null;
    room.joinId = this.command('join', { room: room.name, ...cursor, limit: this.page() });
  }

  /** Asks for a page of the public rooms. @param {string | undefined} query @param {string} [after] */
  list(query, after) {
    this.state.listingId = this.command('rooms', { query, after, limit: this.page() });
  }

  /** Joins a room that is not joined, nor about to be: it is new, or was refused. @param {Room} room */
  seek(room) {
    if (this.state.phase === 'online' && !room.joined && !room.joinId && room.rejoinAt === null) this.join(room);
  }

  /** Joins a room again, not at once. @param {Room} room @param {number | null | undefined} retryMs */
  rejoin(room, retryMs) {
    room.refusals += 1;
    room.rejoinAt = this.after(retryMs, room.refusals);
  }

  page() {
    return Math.min(PAGE, this.state.limits.page_events);
  }

  /** Sends what is due. @param {Room} room */
  flush(room) {
    const { state, now } = this;
    if (state.phase !== 'online' || !room.outgoing.length) return;
    this.expire(room);
    const next = nextToSend(room, now);
    if (!next) return;
    // What another person tried never comes here: see `disown`.
    amend(room, next.cid, { state: 'flying', tries: next.tries + 1, sender: state.me?.id ?? null });
    const kind = next.kind === 'action' ? next.kind : undefined;
    this.command('send', { room: room.name, cid: next.cid, kind, text: next.text });
  }

  /**
   * Gives up what is too old to be retried: a little before the server may forget the cid, since
   * then a retry could say it twice.
   * @param {Room} room
   */
  expire(room) {
    for (const one of room.outgoing) {
      if (!isExpired(one, this)) continue;
      amend(room, one.cid, one.tries > 0
        ? { state: 'failed', unknown: true, problem: notice('outgoing.unknown') }
        : { state: 'failed', problem: notice('outgoing.expired') });
    }
  }
}

/**
 * @param {import('./room.js').Outgoing} one
 * @param {{state: State, now: number}} turn
 */
export function isExpired(one, { state, now }) {
  return one.state === 'waiting' && now - one.firstAt > state.limits.retry_ms * 0.9;
}
