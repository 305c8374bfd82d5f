// The state of the store, and one turn of it: a copy that may be changed, and the effects so far.
//
// store.js begins a turn for each input; store.js and answers.js work on it.

import { amend, newRoom, nextToSend } from './room.js';
import { encode, VERSION } from './wire.js';

/** @typedef {import('./room.js').Room} Room */
/** @typedef {import('./wire.js').Event} Event */

/**
 * - `naming`: the person is asked for a nick; nothing is connected;
 * - `connecting`, `online`;
 * - `away`: the connection was lost, and comes back at `returnAt`;
 * - `stopped`: it does not come back by itself.
 * @typedef {'naming' | 'connecting' | 'online' | 'away' | 'stopped'} Phase
 *
 * @typedef {object} State
 * @property {Phase} phase
 * @property {string | null} wish the nick that the person asks for
 * @property {string | null} nick what they were called last
 * @property {string | null} token
 * @property {import('./wire.js').User | null} me
 * @property {string | null} epoch
 * @property {number} heartbeatMs
 * @property {import('./wire.js').Limits} limits
 * @property {number} nextId
 * @property {Map<number, Request>} requests without an answer yet
 * @property {Map<string, Room>} rooms in the order in which they were joined
 * @property {string | null} shown the room that the person looks at
 * @property {{rooms: {name: string, members: number}[], more: boolean} | null} listing
 * @property {string | null} notice a sentence for the person
 * @property {number} sentAt when something was last sent
 * @property {number} returnAt
 * @property {string | null} reason why the connection ended
 *
 * @typedef {{type: string, fields: any, at: number, room?: string}} Request
 *
 * @typedef {{do: 'open'} | {do: 'send', text: string} | {do: 'greeted'} |
 *   {do: 'farewell', again: boolean, afterMs?: number | null} |
 *   {do: 'close', again: boolean, afterMs?: number}} Effect
 *
 * @typedef {{type: string, now: number, random?: number, [field: string]: any}} Input
 */

/** Events in a page: what fills a tall screen twice. */
const PAGE = 50;

/** After a refusal without `retry_ms`, so long; doubled at each further one, up to half a minute. */
const RETRY_MS = 1_000;

/** Before the first hello tells, what the specification gives. */
const HEARTBEAT_MS = 30_000;

/**
 * The state at the beginning of a visit.
 * @param {{token?: string | null, nick?: string | null, rooms?: string[]}} [kept] from the last visit
 * @returns {State}
 */
export function initial(kept = {}) {
  const rooms = kept.rooms ?? [];
  return {
    phase: 'naming', wish: null, nick: kept.nick ?? null, token: kept.token ?? null, me: null,
    epoch: null, heartbeatMs: HEARTBEAT_MS,
    limits: {
      text_bytes: 4_096, frame_bytes: 16_384, page_events: 100, rooms: 50, sends_burst: 10,
      sends_per_second: 1, retry_ms: 3_600_000,
    },
    nextId: 1, requests: new Map(), rooms: new Map(rooms.map((name) => [name, newRoom(name)])),
    shown: rooms[0] ?? null, listing: null, notice: null, sentAt: 0, returnAt: 0, reason: null,
  };
}

/** One input being worked on: a copy of the state that may be changed, and the effects so far. */
export class Turn {
  /** @type {Effect[]} */
  effects = [];

  /** @param {State} state @param {Input} input */
  constructor(state, { now, random = 0.5 }) {
    this.state = { ...state, requests: new Map(state.requests), rooms: new Map(state.rooms) };
    this.now = now;
    this.random = random;
  }

  /** A copy of a room that may be changed. @param {string} name @returns {Room | undefined} */
  room(name) {
    const room = this.state.rooms.get(name);
    if (!room) return undefined;
    const copy = { ...room };
    this.state.rooms.set(name, copy);
    return copy;
  }

  /** @param {string} type @param {any} [fields] @returns {number} its id */
  command(type, fields = {}) {
    const id = this.state.nextId++;
    this.state.requests.set(id, { type, fields, at: this.now, room: fields.room });
    this.state.sentAt = this.now;
    this.effects.push({ do: 'send', text: encode(type, id, fields) });
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

  /** Joins a room, from the cursor if there is one. @param {Room} room */
  join(room) {
    const cursor = room.last === null ? {} : { epoch: room.epoch, after: room.last };
    room.live = false;
    room.rejoinAt = null;
    room.joinId = this.command('join', { room: room.name, ...cursor, limit: this.page() });
  }

  page() {
    return Math.min(PAGE, this.state.limits.page_events);
  }

  /** Sends what is due. @param {Room} room */
  flush(room) {
    const next = this.state.phase === 'online' && nextToSend(room, this.now);
    if (!next) return;
    amend(room, next.cid, { state: 'flying', tries: next.tries + 1 });
    const kind = next.kind === 'action' ? next.kind : undefined;
    this.command('send', { room: room.name, cid: next.cid, kind, text: next.text });
  }

  /** @param {string} name */
  drop(name) {
    const { state } = this;
    state.rooms.delete(name);
    if (state.shown === name) state.shown = state.rooms.keys().next().value ?? null;
  }
}
