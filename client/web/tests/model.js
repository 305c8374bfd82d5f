// A server as small as its promises, and a person at a client of it, for histories by seed.
//
// The server keeps a log per room, and does what protocol/README.md lets a server do: pages of any
// size, answers late, lost, or in another order, refusals, `behind`, a restart, a restored backup. It
// checks what a client must not do. histories.test.js draws what happens next.

import assert from 'node:assert/strict';
import { changes, endOf, restore } from '../kept.js';
import { update } from '../store.js';
import { initial } from '../turn.js';
import { newCid } from '../wire.js';
import { BO, LIMITS } from './client.js';

/** A small generator of numbers from 0 to 1 (mulberry32). @param {number} seed */
export function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Names are the same when their folds are. @param {string} name */
export const fold = (name) => name.toLowerCase();

const PAGE_MAX = 50;

/** Whoever is further behind gets `limited`. */
const LIMITED_AFTER = 400;

/**
 * @typedef {{name: string, first: number, log: any[]}} Log
 * @typedef {{queues: Map<string, any[]>, reads: any[], live: Map<string, boolean>,
 *   joined: Set<string>, user: any, out: any[]}} Connection
 */

export class Server {
  epoch = 'epoch 1';
  people = 1;
  /** @type {Map<string, Log>} */
  rooms = new Map();
  /** Logs of earlier epochs. @type {Map<string, Map<string, Log>>} */
  archive = new Map();
  /** What was committed, by its cid. @type {Map<string, {fold: string, seq: number}>} */
  cids = new Map();
  /** @type {Connection | null} */
  connection = null;
  /** Whether it refuses, forgets, and does what is rare. */
  faulty = true;
  random;

  /** @param {() => number} random */
  constructor(random) {
    this.random = random;
    this.archive.set(this.epoch, this.rooms);
  }

  /** @param {number} chance */
  happens(chance) {
    return this.faulty && this.random() < chance;
  }

  connect() {
    this.connection = { queues: new Map(), reads: [], live: new Map(), joined: new Set(), user: null, out: [] };
  }

  /** @param {string} name */
  room(name) {
    const known = this.rooms.get(fold(name));
    if (known) return known;
    const made = { name, first: 1, log: [] };
    this.rooms.set(fold(name), made);
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
    else if (command.room === undefined) this.tell({ type: 'ok', id: command.id });
    else {
      const key = fold(command.room);
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
    if (!['join', 'leave'].includes(command.type)) assert.ok(connection.joined.has(key), `${command.type} in a room that was not joined`);
    const refuse = (/** @type {string} */ code, /** @type {number | undefined} */ retry_ms = undefined) =>
      this.tell({ type: 'error', id, code, message: code, retry_ms });
    const room = this.room(command.room);
    // Whatever the reason: a client that is told that it is in no room joins it again.
    const expelled = !['join', 'leave'].includes(command.type) && this.happens(0.01);
    if (expelled) connection.live.delete(key);
    const isMember = connection.live.has(key);
    switch (command.type) {
      case 'join':
        if (queue.some(({ type }) => type === 'join' || type === 'leave') && this.happens(0.7)) refuse('superseded');
        else if (this.happens(0.03)) refuse('busy', 500);
        else if (this.happens(0.03)) refuse('internal');
        else this.#join(command, room, key);
        return;
      case 'leave':
        // Who came and went twice before an answer leaves twice.
        connection.joined.delete(key);
        if (connection.live.delete(key)) this.tell({ type: 'ok', id });
        else refuse('not_joined');
        return;
      case 'send':
        this.#send(command, room, key, isMember, refuse);
        return;
      default:
        if (isMember) this.tell({ type: 'ok', id, room: { name: room.name }, members: MEMBERS });
        else refuse('not_joined');
    }
  }

  /** @param {any} command @param {Log} room @param {string} key */
  #join({ id, after, epoch, limit }, room, key) {
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
    live.set(key, !more);
    joined.add(key);
    this.tell({ type: 'ok', id, room: { name: room.name }, first: room.first, head, events, more, limited, reset, members: MEMBERS });
  }

  /** A page may be smaller than it was asked for. @param {number} limit */
  #size(limit) {
    const most = Math.min(limit, PAGE_MAX);
    return this.happens(0.3) ? 1 + Math.floor(this.random() * most) : most;
  }

  /**
   * @param {any} command @param {Log} room @param {string} key @param {boolean} isMember
   * @param {(code: string, retryMs?: number) => void} refuse
   */
  #send({ id, cid, text }, room, key, isMember, refuse) {
    const { user } = /** @type {Connection} */ (this.connection);
    const known = this.cids.get(cid);
    if (known) {
      assert.equal(known.fold, key, 'a cid was used in another room');
      this.tell({ type: 'ok', id, seq: known.seq, at: known.seq, dup: true });
      return;
    }
    if (!isMember) refuse('not_joined');
    else if (this.happens(0.05)) refuse('rate_limited', 700);
    else if (this.happens(0.02)) refuse('bad_text');
    else if (this.happens(0.05)) {
      // The outcome is unknown.
      if (this.random() < 0.5) this.say(room.name, text, user, cid);
      refuse(this.random() < 0.7 ? 'storage_unavailable' : 'internal', 300);
    } else {
      this.tell({ type: 'ok', id, seq: room.log.length + 1, at: 1, dup: false });
      this.say(room.name, text, user, cid);
    }
  }

  /** Answers a history request, with what is in the log now. @param {number} at */
  read(at) {
    const connection = /** @type {Connection} */ (this.connection);
    const [{ id, room: name, before, after, around, limit }] = connection.reads.splice(at, 1);
    if (this.happens(0.05)) {
      this.tell({ type: 'error', id, code: 'rate_limited', message: '', retry_ms: 50 });
      return;
    }
    const room = this.room(name);
    const { log, first } = room;
    const size = this.#size(limit);
    const middle = around === undefined ? undefined : around - 1 - (size >> 1);
    const from = Math.max(after ?? middle ?? before - 1 - size, first - 1);
    const to = before === undefined ? from + size : before - 1;
    const events = log.slice(from, Math.max(to, from));
    this.tell({
      type: 'ok', id, room: { name: room.name }, first, head: log.length, events, limited: false, reset: false,
      more: before === undefined ? from + events.length < log.length : from > first - 1,
    });
  }

  /** Somebody says something. @param {string} name @param {string} text @param {any} [from] @param {string} [cid] */
  say(name, text, from = BO, cid = newCid(1)) {
    const room = this.room(name);
    const message = { type: 'message', room: room.name, seq: room.log.length + 1, cid, from, text, at: 1 };
    room.log.push(message);
    this.cids.set(cid, { fold: fold(name), seq: message.seq });
    if (!this.connection?.live.get(fold(name)) || this.happens(0.02)) return;
    this.tell(message);
    if (this.happens(0.02)) this.tell(message);
  }

  /** A slow reader is told that it is behind. @param {string} key */
  fallBehind(key) {
    if (!this.connection?.live.get(key)) return;
    this.connection.live.set(key, false);
    const room = this.room(key);
    this.tell({ type: 'behind', room: room.name, head: room.log.length });
  }

  /**
   * A backup is restored: the ends of the logs are lost, and another epoch begins.
   * @param {(cid: string) => void} lost
   */
  restore(lost) {
    this.epoch = `epoch ${this.archive.size + 1}`;
    this.rooms = new Map([...this.rooms].map(([key, { name, first, log }]) => {
      const end = Math.max(first - 1, log.length - Math.floor(this.random() * 30));
      for (const { cid } of log.slice(end)) {
        this.cids.delete(cid);
        lost(cid);
      }
      return [key, { name, first, log: log.slice(0, end) }];
    }));
    this.archive.set(this.epoch, this.rooms);
  }
}

const MEMBERS = { version: 1, count: 1, sample: [BO] };

/** A person at a client, and the line to the server. */
export class Person {
  now = 1_000;
  /** Sends wait for the outbox; all else leaves at once. @type {any[]} */
  waiting = [];
  /** @type {any[]} */
  line = [];
  commands = 0;
  server;

  /** @param {Server} server */
  constructor(server) {
    this.server = server;
    this.state = initial();
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

  /** The page is loaded anew, with what was kept on the device. */
  reload() {
    this.hangUp();
    const { rooms, me, token, shown } = this.state;
    const all = [...rooms.values()];
    const records = JSON.parse(JSON.stringify({
      names: [...rooms.keys()], ends: all.flatMap((room) => endOf(room) ?? []),
      unsent: changes(new Map(), rooms).put, me,
      reads: Object.fromEntries(all.filter(({ read, readEpoch }) => read !== null && readEpoch !== null)
        .map(({ name, read, readEpoch }) => [name, [readEpoch, read]])),
    }));
    this.state = initial({ token, nick: 'ana', me, shown, rooms: restore(records) });
    this.play('start');
  }
}
