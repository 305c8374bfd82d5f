// A client under test, and what a server says to it. A server is a few lines here: what it says is
// written out.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { missingSpans, oldestSeq } from '../store/loaded_history.js';
import { update } from '../store/store.js';
import { initialState, newRoom } from '../store/state.js';

export const EPOCH = '01K9ZRZZZZ0000000000000001';
export const ANA = { id: '01K9ZS00000000000000000001', nick: 'ana' };
export const BO = { id: '01K9ZS00000000000000000002', nick: 'bo' };

/** The id of the lobby, as in protocol/golden. */
export const LOBBY = '01K9ZS0000R00M000000000001';
/** The id that the servers of these tests give to a room of this name. @param {string} name */
export const idOf = (name) => (name === 'lobby' ? LOBBY
  : `01K9ZS0000R00M${String(parseInt(name.replace(/[^a-z0-9]/gi, ''), 36) % 1e12).padStart(12, '0')}`);
/** Another spelling of the lobby, with a Cyrillic letter: only the server knows that it is the same name. */
export const OTHER_LOBBY = '#l\u043ebby';
/** Rooms of which nothing but id and name is known. @param {...string} names */
export const rooms = (...names) => names.map((name) => newRoom(idOf(name), name));

/** The examples in a file of protocol/golden. @param {string} name */
export const golden = (name) => JSON.parse(readFileSync(new URL(`../../../protocol/golden/${name}.json`, import.meta.url), 'utf8'));
/** The entry that deletes messages. @param {number} seq @param {...number} messages */
export const deleted = (seq, ...messages) => ({ type: 'deleted', room: LOBBY, seq, from: BO, messages, at: seq });
/** The texts in the lobby. @param {Client} client */
export const texts = (client) => client.lobby.messages.map(({ text }) => text);

export const LIMITS = {
  text_bytes: 100, frame_bytes: 1000, page_events: 100, rooms: 5, sends_burst: 5, sends_per_second: 1,
  retry_ms: 10_000,
};

/** A client under test: plays inputs, and keeps what it sent. */
export class Client {
  now = 1_000;
  /** @type {any[]} */
  sent = [];
  /** @type {any[]} */
  effects = [];

  constructor(stored = {}) {
    this.state = initialState(stored);
  }

  /** @param {string} type @param {any} [fields] */
  play(type, fields = {}) {
    const before = structuredClone(this.state);
    const { state, effects } = update(this.state, { type, now: this.now, ...fields });
    assert.deepEqual(this.state, before, `${type} changed the state that it was given`);
    this.state = state;
    this.effects = effects;
    for (const effect of effects) if (effect.do === 'send') this.sent.push(JSON.parse(effect.text));
    return this;
  }

  /** @param {any} event */
  hear(event) {
    return this.play('frame', { event });
  }

  /** Answers the latest command of this type. @param {string} type @param {any} body */
  answer(type, body = {}) {
    return this.hear({ type: 'ok', id: this.asked(type).id, ...body });
  }

  /** @param {string} type @param {string} code @param {any} [more] */
  refuse(type, code, more = {}) {
    return this.hear({ type: 'error', id: this.asked(type).id, code, message: `because of ${code}`, ...more });
  }

  /** @param {string} type */
  asked(type) {
    const found = this.sent.findLast((command) => command.type === type);
    assert.ok(found, `no ${type} was sent`);
    return found;
  }

  /** @param {string} type */
  count(type) {
    return this.sent.filter((command) => command.type === type).length;
  }

  greet(more = {}) {
    this.play('opened').answer('hello', {
      user: ANA, token: 'T1', epoch: EPOCH, heartbeat_ms: 30_000, limits: LIMITS, ...more,
    });
    if (this.state.phase !== 'online') return this;
    const { effects } = this;
    this.answer('kept_away', { people: [] });
    const known = [...this.state.rooms.values()].filter(({ rank }) => rank !== null);
    this.mine(known.map(({ id, name, info, rank, people }) => ({ room: info ?? { id, name }, rank, people })));
    this.effects = [...effects, ...this.effects];
    return this;
  }

  /** Answers with the rooms that the server knows of. @param {any[]} rooms @param {boolean} [more] */
  mine(rooms = [], more = false) {
    return this.answer('mine', { rooms, more });
  }

  get lobby() {
    const room = this.state.rooms.get(LOBBY);
    assert.ok(room, 'no lobby');
    return room;
  }

  seqs() {
    return this.lobby.messages.map(({ seq }) => seq);
  }
}

/** @param {number} seq @param {any} [more] */
export const message = (seq, more = {}) => ({
  type: 'message', room: LOBBY, seq, cid: `01K9ZS6Q3V8Y4N2B7C5D${String(seq).padStart(6, '0')}`, from: BO,
  text: `text ${seq}`, at: seq, ...more,
});

/** @param {number} from @param {number} to @param {any} [more] */
export const page = (from, to, more = {}) => ({
  room: { id: LOBBY, name: 'lobby' }, first: 1, head: to,
  events: Array.from({ length: to - from + 1 }, (_, at) => message(from + at)),
  more: false, limited: false, reset: false, members: { version: 1, count: 2, sample: [ANA, BO] }, ...more,
});

/** A client that is live in the lobby, with messages 1 to 3. */
export const live = () => new Client().play('start', { nick: 'ana' }).greet().answer('join', page(1, 3));

/**
 * A client that was reading message 2 when its connection was lost, and has come back to this page, which is far ahead:
 * what it reads has come again.
 * @param {any} ahead
 */
export function jumped(ahead) {
  const client = live().play('anchored', { room: LOBBY, seq: 2 }).play('closed', { again: true, inMs: 5 }).greet().answer('join', ahead);
  return client.answer('history', page(1, 3, { head: ahead.head }));
}

/** Whether the server has entries before the first loaded one. @param {import('../store/state.js').Room} room */
export function hasOlder(room) {
  return room.last !== null && oldestSeq(room) > room.first;
}

/**
 * The gaps between the loaded entries.
 * @param {{messages: import('../net/wire.js').Message[], skipped: import('../store/state.js').Span[], last: number | null}} room
 * @returns {{from: number, to: number}[]} the missing seqs, both inclusive
 */
export function gaps({ messages, skipped, last }) {
  const found = [];
  for (const [at, { seq }] of messages.entries()) {
    found.push(...missingSpans(skipped, seq + 1, (messages[at + 1]?.seq ?? (last ?? 0) + 1) - 1));
  }
  return found;
}
