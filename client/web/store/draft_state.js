// A draft of the next state: a copy that may be changed, and the effects so far.
//
// store.js makes one for each input; the other files of this folder change it. What an input does not touch
// stays the same object, so that the views see by comparing objects what has changed.

import { notice } from './notice.js';
import { isNamed, isRemoved } from './state.js';
import { encode, VERSION } from '../net/wire.js';

/** @typedef {import('./state.js').Room} Room */
/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').Request} Request */

/** Events in a page: twice what fills a tall screen. */
const PAGE_EVENTS = 50;

/** The first wait after a refusal without `retry_ms`; doubled at each further refusal, up to half a minute. */
const RETRY_MS = 1_000;

export class DraftState {
  /** @type {import('./state.js').Effect[]} */
  effects = [];
  #before;
  /** The rooms that are copies made for this draft. @type {WeakSet<Room>} */
  #copies = new WeakSet();

  /** @param {State} state @param {import('./state.js').Input} input */
  constructor(state, { now, random = 0.5 }) {
    this.#before = state;
    this.state = { ...state };
    this.now = now;
    this.random = random;
  }

  /** The map of rooms, as a copy that may be changed. @returns {Map<string, Room>} */
  mutableRooms() {
    const { state } = this;
    if (state.rooms === this.#before.rooms) state.rooms = new Map(state.rooms);
    return state.rooms;
  }

  /** The map of requests, as a copy that may be changed. @returns {Map<number, Request>} */
  mutableRequests() {
    const { state } = this;
    if (state.requests === this.#before.requests) state.requests = new Map(state.requests);
    return state.requests;
  }

  /** A room, as a copy that may be changed. @param {string | null} id @returns {Room | undefined} */
  mutableRoom(id) {
    const room = this.state.rooms.get(id ?? '');
    return !room || this.#copies.has(room) ? room : this.putRoom({ ...room });
  }

  /** @param {Room} room an object that may be changed @returns {Room} */
  putRoom(room) {
    this.#copies.add(room);
    this.mutableRooms().set(room.id, room);
    return room;
  }

  /**
   * Changes the `id` of a room: from its name to what the server says, or back to the name when the server has no such
   * room. A room that has this id already takes over what was written in this one, and joins again from its own
   * cursor.
   * @param {Room} room an object that may be changed
   * @param {string} id
   * @returns {boolean} whether no other room had the id
   */
  identifyRoom(room, id) {
    const { state } = this;
    const from = room.id;
    const known = this.mutableRoom(id);
    room.id = id;
    state.identified = { from, to: id };
    this.effects.push({ do: 'identified', from, to: id });
    if (state.previousRoom === from) state.previousRoom = id;
    if (state.selectedRoom === from) state.selectedRoom = id;
    if (known) {
      this.mutableRooms().delete(from);
      known.outgoing = [...known.outgoing, ...room.outgoing];
      if (room.target !== null) Object.assign(known, { target: room.target, anchor: room.target });
      this.joinRoom(known);
      return false;
    }
    state.rooms = new Map([...state.rooms.values()].map((other) => [other.id, other]));
    // A `leave` of this id is under way, and ends this membership too.
    if ([...state.requests.values()].some(({ type, fields }) => type === 'leave' && fields.room === id)) {
      room.joined = false;
      this.joinRoom(room);
    }
    return true;
  }

  /** @param {string} key @param {Record<string, string | number>} [args] */
  showNotice(key, args) {
    this.state.notice = notice(key, args);
  }

  /**
   * @param {string} type
   * @param {any} [fields]
   * @param {object} [secret] fields that are sent and not kept
   * @returns {number} the id of the request
   */
  sendCommand(type, fields = {}, secret = {}) {
    const id = this.state.nextId++;
    this.mutableRequests().set(id, { type, fields, at: this.now });
    this.state.sentAt = this.now;
    const text = encode(type, id, { ...fields, ...secret });
    this.effects.push(fields.cid ? { do: 'send', text, cid: fields.cid } : { do: 'send', text });
    return id;
  }

  /**
   * When to try again after a refusal: when the server says, else after a doubling wait with jitter.
   * @param {number | null | undefined} retryMs
   * @param {number} tries
   */
  retryTime(retryMs, tries) {
    const spread = (0.5 + this.random / 2) * RETRY_MS * 2 ** Math.min(tries, 5);
    return this.now + (retryMs ?? spread);
  }

  sendHello() {
    const { token, wantedNick, nick, loginCode, password, second, reset, device } = this.state;
    const known = token && password === null ? { token, nick: wantedNick ?? undefined } : { nick: wantedNick ?? nick ?? undefined };
    this.sendCommand('hello', { version: VERSION, ...(loginCode !== null ? { code: loginCode } : known), device },
      { password: password ?? undefined, second_factor: second ?? undefined, reset: reset ?? undefined });
  }

  /**
   * Joins a room, from the cursor if there is one. A cursor is of no use for a room that is only named.
   * @param {Room} room
   * @param {boolean} [newest] skip what lies between: it becomes a gap, which loads when the person comes to it
   */
  joinRoom(room, newest = false) {
    const cursor = room.last === null || newest || isNamed(room.id) ? {} : { epoch: room.epoch, after: room.last };
    room.live = false;
    room.rejoinAt = null;
    room.joinId = this.sendCommand('join', { room: room.id, ...cursor, limit: this.pageSize() });
  }

  /**
   * Joins a room unless it is joined, or about to be; one that the person was taken out of only if they ask for it.
   * @param {Room} room
   * @param {boolean} [asked]
   */
  ensureJoined(room, asked = false) {
    if (asked && isRemoved(room)) room.problem = null;
    if (this.state.phase === 'online' && !isRemoved(room) && !room.joined && !room.joinId && room.rejoinAt === null) this.joinRoom(room);
  }

  /** Joins a room again after a wait. @param {Room} room @param {number | null | undefined} retryMs */
  rejoinLater(room, retryMs) {
    room.refusals += 1;
    room.rejoinAt = this.retryTime(retryMs, room.refusals);
  }

  /** Requests a page of the public rooms. @param {string | undefined} query @param {string} [after] */
  requestRooms(query, after) {
    this.state.listingId = this.sendCommand('rooms', { query, after, limit: this.pageSize() });
  }

  pageSize() {
    return Math.min(PAGE_EVENTS, this.state.limits.page_events);
  }
}
