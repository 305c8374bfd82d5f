// A server as small as its promises, and a person at a client of it, for histories by seed.
//
// The server keeps a log per room, and does what protocol/README.md lets a server do: pages of any
// size, answers late, lost, or in another order, refusals, `behind`, a restart, a restored backup. It
// checks what a client must not do. histories.test.js draws what happens next.

import assert from 'node:assert/strict';
import { unsentChanges } from '../device/unsent_records.js';
import { restoreRooms, toCachedRoom } from '../device/room_cache.js';
import { update } from '../store/store.js';
import { initialState, readerOf } from '../store/state.js';
import { newCid } from '../net/wire.js';
import { BO, idOf, LIMITS } from './client.js';

/** A small generator of numbers from 0 to 1 (mulberry32). @param {number} seed */
export function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Names are the same when their folds are, which only the server knows. @param {string} name */
export const fold = (name) => name.toLowerCase().replaceAll('\u043e', 'o');

const PAGE_MAX = 50;

/** Whoever is further behind gets `limited`. */
const LIMITED_AFTER = 400;

/**
 * @typedef {{id: string, name: string, first: number, log: any[]}} Log
 * @typedef {{queues: Map<string, any[]>, reads: any[], live: Map<string, boolean>,
 *   joined: Set<string>, user: any, out: any[]}} Connection
 */

export class Server {
  epoch = 'epoch 1';
  people = 1;
  /** The rooms by their ids. @type {Map<string, Log>} */
  rooms = new Map();
  /** How many rooms were made so far. */
  made = 0;
  /** The logs of all rooms by epoch and id, those that are gone included. @type {Map<string, Map<string, Log>>} */
  archive = new Map();
  /** What was committed, by its cid. @type {Map<string, {id: string, seq: number, sender: string}>} */
  cids = new Map();
  /** Whom the person keeps away. @type {Map<string, any>} */
  keptAway = new Map();
  /** @type {Connection | null} */
  connection = null;
  /** Whether it refuses, forgets, and does what is rare. */
  faulty = true;
  random;

  /** @param {() => number} random */
  constructor(random) {
    this.random = random;
    this.archive.set(this.epoch, new Map());
  }

  /** @param {number} chance */
  happens(chance) {
    return this.faulty && this.random() < chance;
  }

  connect() {
    this.connection = { queues: new Map(), reads: [], live: new Map(), joined: new Set(), user: null, out: [] };
  }

  /** The room of an id or of a name, if there is one. @param {string} named @returns {Log | undefined} */
  find(named) {
    const name = fold(named.replace(/^#/, ''));
    return this.rooms.get(named) ?? [...this.rooms.values()].find((room) => fold(room.name) === name);
  }

  /** The room of a name, which is made if need be. @param {string} named @returns {Log} */
  room(named) {
    const known = this.find(named);
    if (known) return known;
    const made = { id: idOf(`room ${this.made += 1}`), name: named.replace(/^#/, ''), first: 1, log: [] };
    this.rooms.set(made.id, made);
    this.archive.get(this.epoch)?.set(made.id, made);
    return made;
  }

  /** @param {any} event */
  tell(event) {
    this.connection?.out.push(event);
  }

  /** @param {any} command */
  hear(command) {
    const connection = /** @type {Connection} */ (this.connection);
    if (command.type === 'hello') {
      this.#greet(command, connection);
      return;
    }
    assert.ok(connection.user, `${command.type} before the ok of hello`);
    if (command.type === 'history') connection.reads.push(command);
    else if (command.type === 'kept_away') this.tell({ type: 'ok', id: command.id, people: [...this.keptAway.values()] });
    else if (command.type === 'mine') this.tell({ type: 'ok', id: command.id, rooms: [], more: false });
    else if (command.room === undefined) this.tell({ type: 'ok', id: command.id });
    else {
      const key = fold(this.find(command.room)?.name ?? command.room.replace(/^#/, ''));
      connection.queues.set(key, [...connection.queues.get(key) ?? [], command]);
    }
  }

  /** @param {any} hello @param {Connection} connection */
  #greet({ id, token }, connection) {
    assert.equal(connection.user, null, 'a second hello');
    if (token && this.happens(0.03)) {
      this.people += 1;
      this.tell({ type: 'error', id, code: 'bad_token', message: '' });
      return;
    }
    connection.user = { id: `person ${this.people}`, nick: 'ana' };
    this.tell({
      type: 'ok', id, user: connection.user, token: 'T', epoch: this.epoch, heartbeat_ms: 30_000,
      limits: { ...LIMITS, retry_ms: 1e9, rooms: 64 },
    });
  }

  /** Does the next command of a room. @param {string} key */
  work(key) {
    const connection = /** @type {Connection} */ (this.connection);
    const queue = /** @type {any[]} */ (connection.queues.get(key));
    const command = queue.shift();
    if (!queue.length) connection.queues.delete(key);
    const { id } = command;
    const refuse = (/** @type {string} */ code, /** @type {number | undefined} */ retry_ms = undefined) =>
      this.tell({ type: 'error', id, code, message: code, retry_ms });
    const found = this.find(command.room);
    if (!found && !command.room.startsWith('#')) {
      refuse(command.type === 'join' ? 'no_such_room' : 'not_joined');
      return;
    }
    const room = found ?? this.room(command.room);
    if (!['join', 'leave'].includes(command.type)) assert.ok(connection.joined.has(room.id), `${command.type} in a room that was not joined`);
    // Whatever the reason: a client that is told that it is in no room joins it again.
    const expelled = !['join', 'leave'].includes(command.type) && this.happens(0.01);
    if (expelled) connection.live.delete(room.id);
    const isMember = connection.live.has(room.id);
    switch (command.type) {
      case 'join':
        if (queue.some(({ type }) => type === 'join' || type === 'leave') && this.happens(0.7)) refuse('superseded');
        else if (this.happens(0.03)) refuse('busy', 500);
        else if (this.happens(0.03)) refuse('internal');
        else this.#join(command, room);
        return;
      case 'leave':
        // Who came and went twice before an answer leaves twice.
        connection.joined.delete(room.id);
        if (connection.live.delete(room.id)) this.tell({ type: 'ok', id });
        else refuse('not_joined');
        return;
      case 'send':
        this.#send(command, room, isMember, refuse);
        return;
      case 'edit':
        this.#edit(command, room, isMember, refuse);
        return;
      default:
        if (isMember) this.tell({ type: 'ok', id, room: { id: room.id, name: room.name }, members: MEMBERS });
        else refuse('not_joined');
    }
  }

  /** @param {any} command @param {Log} room */
  #join({ id, after, epoch, limit }, room) {
    const head = room.log.length;
    const reset = after !== undefined && (epoch !== this.epoch || after > head);
    const limited = after !== undefined && !reset && (after < room.first - 1 || head - after > LIMITED_AFTER);
    const isLatest = after === undefined || reset || limited;
    const size = this.#size(limit);
    const from = Math.max(isLatest ? head - size : after, room.first - 1);
    const events = this.happens(0.01) ? [] : room.log.slice(from, isLatest ? head : from + size);
    const more = events.length ? events.at(-1).seq < head : from < head;
    if (isLatest && more) return void this.tell({ type: 'error', id, code: 'busy', message: 'busy' });
    const { live, joined } = /** @type {Connection} */ (this.connection);
    live.set(room.id, !more);
    joined.add(room.id);
    this.tell({ type: 'ok', id, room: { id: room.id, name: room.name }, first: room.first, head, events, more, limited, reset, members: MEMBERS });
  }

  /** A page may be smaller than it was asked for. @param {number} limit */
  #size(limit) {
    const most = Math.min(limit, PAGE_MAX);
    return this.happens(0.3) ? 1 + Math.floor(this.random() * most) : most;
  }

  /**
   * @param {any} command @param {Log} room @param {boolean} isMember
   * @param {(code: string, retryMs?: number) => void} refuse
   */
  #send({ id, cid, text }, room, isMember, refuse) {
    const { user } = /** @type {Connection} */ (this.connection);
    const known = this.cids.get(cid);
    // A cid is its sender's alone: of somebody else it is a second message.
    if (known && known.sender === user.id) {
      assert.equal(known.id, room.id, 'a cid was used in another room');
      this.tell({ type: 'ok', id, seq: known.seq, at: 1, dup: true });
      return;
    }
    if (!isMember) refuse('not_joined');
    else if (this.happens(0.05)) refuse('rate_limited', 700);
    else if (this.happens(0.02)) refuse(this.random() < 0.5 ? 'bad_text' : 'muted');
    else if (this.happens(0.05)) {
      // The outcome is unknown.
      if (this.random() < 0.5) this.say(room.name, text, user, cid);
      refuse(this.random() < 0.7 ? 'storage_unavailable' : 'internal', 300);
    } else {
      this.tell({ type: 'ok', id, seq: room.log.length + 1, at: 1, dup: false });
      this.say(room.name, text, user, cid);
    }
  }

  /**
   * The text of an edit ends with the cid of the message that it is for: no other one may get it.
   * @param {any} command @param {Log} room @param {boolean} isMember
   * @param {(code: string, retryMs?: number) => void} refuse
   */
  #edit({ id, cid, seq, text }, room, isMember, refuse) {
    const { user } = /** @type {Connection} */ (this.connection);
    const known = this.cids.get(cid);
    if (known && known.sender === user.id) {
      this.tell({ type: 'ok', id, seq: known.seq, at: 1, dup: true });
      return;
    }
    const target = room.log[seq - 1];
    if (!isMember) refuse('not_joined');
    else if (this.happens(0.05)) refuse('rate_limited', 700);
    else if (this.happens(0.02)) refuse('muted');
    else if (target?.type !== 'message' || target.deleted) refuse('bad_command');
    else if (target.from.id !== user.id) refuse('forbidden');
    else {
      assert.ok(text.endsWith(target.cid), `an edit of another message: ${text}`);
      const isUnknown = this.happens(0.05);
      if (!isUnknown) this.tell({ type: 'ok', id, seq: room.log.length + 1, at: 1, dup: false });
      if (!isUnknown || this.random() < 0.5) this.amend(room, seq, text, user, cid);
      if (isUnknown) refuse('storage_unavailable', 300);
    }
  }

  /** Somebody replaces the text of a message. @param {Log} room @param {number} seq @param {string} text @param {any} [from] @param {string} [cid] */
  amend(room, seq, text, from = BO, cid = newCid(1)) {
    const entry = { type: 'edited', room: room.id, seq: room.log.length + 1, cid, from, message: seq, text, at: 1 };
    room.log.forEach((one, at) => {
      if (one.message === seq) room.log[at] = { ...one, text: '' };
    });
    const said = room.log[seq - 1];
    room.log[seq - 1] = { ...said, text, edited: entry.seq, versions: [...said.versions ?? [{ seq: 0, text: said.text }], { seq: entry.seq, text }] };
    room.log.push(entry);
    this.cids.set(cid, { id: room.id, seq: entry.seq, sender: from.id });
    if (!this.connection?.live.get(room.id) || this.happens(0.02)) return;
    this.tell(entry);
  }

  /** Answers a history request, with what is in the log now. @param {number} at */
  read(at) {
    const connection = /** @type {Connection} */ (this.connection);
    const [{ id, room: named, before, after, around, limit }] = connection.reads.splice(at, 1);
    if (this.happens(0.05)) {
      this.tell({ type: 'error', id, code: 'rate_limited', message: '', retry_ms: 50 });
      return;
    }
    const room = this.find(named);
    if (!room) {
      this.tell({ type: 'error', id, code: 'not_joined', message: '' });
      return;
    }
    const { log, first } = room;
    const size = this.#size(limit);
    const middle = around === undefined ? undefined : around - 1 - (size >> 1);
    const from = Math.max(after ?? middle ?? before - 1 - size, first - 1);
    const to = before === undefined ? from + size : before - 1;
    const events = log.slice(from, Math.max(to, from));
    this.tell({
      type: 'ok', id, room: { id: room.id, name: room.name }, first, head: log.length, events, limited: false, reset: false,
      more: before === undefined ? from + events.length < log.length : from > first - 1,
    });
  }

  /** Somebody says something. @param {string} name @param {string} text @param {any} [from] @param {string} [cid] */
  say(name, text, from = BO, cid = newCid(1)) {
    const room = this.room(name);
    const message = { type: 'message', room: room.id, seq: room.log.length + 1, cid, from, text, at: 1 };
    room.log.push(message);
    this.cids.set(cid, { id: room.id, seq: message.seq, sender: from.id });
    if (!this.connection?.live.get(room.id) || this.happens(0.02)) return;
    this.tell(message);
    if (this.happens(0.02)) this.tell(message);
  }

  /** Something of a later version of the protocol happens, which the client does not know. @param {string} name */
  grow(name) {
    const room = this.room(name);
    const entry = { type: 'pin', room: room.id, seq: room.log.length + 1 };
    room.log.push(entry);
    if (this.connection?.live.get(room.id) && !this.happens(0.02)) this.tell(entry);
  }

  /**
   * Somebody deletes the texts of messages. A page of history that was read before may come after it.
   * @param {string} name
   */
  erase(name) {
    const room = this.room(name);
    const seqs = room.log.slice(-60).flatMap(({ seq, type, text }) => (type === 'message' && text && this.random() < 0.2 ? [seq] : []));
    if (!seqs.length) return;
    const entry = { type: 'deleted', room: room.id, seq: room.log.length + 1, messages: seqs, at: 1 };
    for (const seq of seqs) room.log[seq - 1] = { ...room.log[seq - 1], text: '', deleted: entry.seq };
    room.log.forEach((one, at) => {
      if (seqs.includes(one.message)) room.log[at] = { ...one, text: '' };
    });
    room.log.push(entry);
    if (this.connection?.live.get(room.id) && !this.happens(0.02)) this.tell(entry);
    const out = this.connection?.out ?? [];
    const late = out.findIndex(({ type, events, members }) => type === 'ok' && events && !members);
    if (late >= 0) out.push(...out.splice(late, 1));
  }

  /** A slow reader gets `behind`. @param {string} name */
  fallBehind(name) {
    const room = this.room(name);
    if (!this.connection?.live.get(room.id)) return;
    this.connection.live.set(room.id, false);
    this.tell({ type: 'behind', room: room.id, head: room.log.length });
  }

  /** The person keeps somebody away, or no more, on another device. @param {any} user */
  keepAway(user) {
    const distance = this.keptAway.delete(user.id) ? 'none' : 'ignore';
    if (distance !== 'none') this.keptAway.set(user.id, { user, distance });
    if (this.connection?.user) this.tell({ type: 'kept_away', user, distance });
  }

  /** The person is taken out of a room. What they have sent there already is refused. @param {string} name */
  kick(name) {
    const room = this.find(name);
    if (room && this.connection?.live.delete(room.id)) this.tell({ type: 'removed', room: room.id, reason: 'off topic' });
  }

  /** A room is removed: under its name there is another one next time. @param {string} name @param {(cid: string) => void} lost */
  remove(name, lost) {
    const room = this.find(name);
    if (!room) return;
    this.rooms.delete(room.id);
    this.connection?.live.delete(room.id);
    this.connection?.joined.delete(room.id);
    this.#lose(room.log, lost);
  }

  /** @param {any[]} entries @param {(cid: string) => void} lost */
  #lose(entries, lost) {
    for (const { cid } of entries) {
      if (cid === undefined) continue;
      this.cids.delete(cid);
      lost(cid);
    }
  }

  /**
   * A backup is restored: the ends of the logs are lost, rooms that are younger too, and another epoch begins.
   * @param {(cid: string) => void} lost
   */
  restore(lost) {
    this.epoch = `epoch ${this.archive.size + 1}`;
    for (const { name } of [...this.rooms.values()]) if (this.random() < 0.2) this.remove(name, lost);
    this.rooms = new Map([...this.rooms].map(([key, { id, name, first, log }]) => {
      const end = Math.max(first - 1, log.length - Math.floor(this.random() * 30));
      this.#lose(log.slice(end), lost);
      return [key, { id, name, first, log: log.slice(0, end).map((one) => asItWas(one, end)) }];
    }));
    this.archive.set(this.epoch, new Map(this.rooms));
  }
}

/** A message before the edits that are lost with the end of its log. @param {any} one @param {number} end */
function asItWas(one, end) {
  const versions = one.versions?.filter((/** @type {any} */ { seq }) => seq <= end);
  if (!versions || versions.length === one.versions.length) return one;
  const { seq, text } = versions.at(-1);
  return { ...one, versions, text: one.text && text, edited: seq || undefined };
}

const MEMBERS = { version: 1, count: 1, sample: [BO] };

/** A person at a client, and the line to the server. */
export class Person {
  now = 1_000;
  /** Sends wait for the unsent store; everything else leaves at once. @type {any[]} */
  waiting = [];
  /** @type {any[]} */
  line = [];
  commands = 0;
  server;

  /** @param {Server} server */
  constructor(server) {
    this.server = server;
    this.state = initialState();
    this.play('start', { nick: 'ana' });
  }

  /** @param {string} type @param {any} [fields] */
  play(type, fields = {}) {
    const { state, effects } = update(this.state, { type, now: this.now, random: this.server.random(), ...fields });
    this.state = state;
    for (const effect of effects) {
      if (effect.do === 'close') this.hangUp();
      if (effect.do !== 'send') continue;
      this.commands += 1;
      (effect.cid ? this.waiting : this.line).push(JSON.parse(effect.text));
    }
  }

  /** The connection goes, with all that is on the way. */
  hangUp() {
    if (!this.server.connection) return;
    this.server.connection = null;
    this.waiting = [];
    this.line = [];
    this.play('closed', { again: true, inMs: 1, code: 1006 });
  }

  dial() {
    if (this.server.connection) return;
    this.server.connect();
    this.play('opened');
  }

  /** The page is loaded again, with what is stored on the device. */
  reload() {
    this.hangUp();
    const { rooms, token, selectedRoom: shown, me, keptAway } = this.state;
    const all = [...rooms.values()];
    const records = JSON.parse(JSON.stringify({
      listed: all.map(({ id, name }) => [id, name]), cached: all.flatMap((room) => toCachedRoom(room) ?? []),
      unsent: unsentChanges(new Map(), rooms).put,
      reads: Object.fromEntries(all.filter(({ read, readEpoch }) => read !== null && readEpoch !== null)
        .map(({ id, read, readEpoch }) => [id, [readEpoch, read]])),
    }));
    const restored = restoreRooms({ ...records, me: readerOf(this.state) });
    this.state = initialState({ token, nick: 'ana', me, keptAway, selectedRoom: shown, rooms: restored });
    this.play('start');
  }
}
