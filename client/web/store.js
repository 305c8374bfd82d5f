// The store: what this client knows, and what follows from each thing that happens.
//
// `update(state, input)` returns a new state and effects; it touches nothing, has no clock and no
// connection, so that tests can play any history through it. main.js feeds it with what the person
// does and what the socket hears, and carries the effects out.

import {
  amend, disconnect, newRoom, nextToSend, takeHistory, takeJoin, takeMembers, takeMessage, TYPING_MS,
} from './room.js';
import { encode, isAnswerTo, newCid, problemOf, VERSION } from './wire.js';

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

/** Where a new person begins. */
const LOBBY = 'lobby';
/** Events in a page: what fills a tall screen twice. */
const PAGE = 50;
/** After a refusal without `retry_ms`, so long; doubled at each further one, up to half a minute. */
const RETRY_MS = 1_000;
/** The person types: say so at most this often. */
const TYPING_EVERY_MS = 3_000;
/** Before the first hello tells, what the specification gives. */
const HEARTBEAT_MS = 30_000;

/** Refusals that pass: the same send is tried again under its cid. */
const PASSING = new Set(['rate_limited', 'busy', 'storage_unavailable', 'draining', 'internal', 'not_joined']);

/**
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

/**
 * @param {State} state
 * @param {Input} input
 * @returns {{state: State, effects: Effect[]}}
 */
export function update(state, input) {
  const turn = new Turn(state, input);
  INPUTS[input.type](turn, input);
  return { state: turn.state, effects: turn.effects };
}

/** One input being worked on: a copy of the state that may be changed, and the effects so far. */
class Turn {
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

/** What happens. @type {Record<string, (turn: Turn, input: any) => void>} */
const INPUTS = {
  /** The person picks a nick, or comes back with a token. */
  start({ state, effects }, { nick }) {
    Object.assign(state, { wish: nick ?? null, phase: 'connecting', notice: null, reason: null });
    effects.push({ do: 'open' });
  },

  opened(turn) {
    turn.state.phase = 'connecting';
    turn.hello();
  },

  frame(turn, { event }) {
    if (event.type === 'ok') answered(turn, event);
    else if (event.type === 'error') refused(turn, event);
    else PUSHES[event.type]?.(turn, event);
  },

  closed({ state, now }, { again, inMs }) {
    state.requests = new Map();
    for (const [name, room] of state.rooms) {
      const copy = { ...room };
      disconnect(copy);
      state.rooms.set(name, copy);
    }
    if (state.phase === 'naming') return;
    state.phase = again ? 'away' : 'stopped';
    state.returnAt = now + inMs;
  },

  tick(turn) {
    const { state, now } = turn;
    for (const name of state.rooms.keys()) tickRoom(turn, name);
    if (state.phase === 'online' && now - state.sentAt >= state.heartbeatMs) turn.command('ping');
    const oldest = state.requests.values().next().value;
    if (oldest && now - oldest.at >= 2 * state.heartbeatMs) {
      state.reason = 'The server did not answer.';
      turn.effects.push({ do: 'close', again: true });
    }
  },

  join(turn, { room: name }) {
    const { state } = turn;
    if (!state.rooms.has(name)) {
      const room = newRoom(name);
      state.rooms.set(name, room);
      if (state.phase === 'online') turn.join(room);
    }
    INPUTS.show(turn, { room: name });
  },

  leave(turn, { room: name }) {
    const room = turn.state.rooms.get(name);
    if (!room) return;
    if (turn.state.phase === 'online' && (room.joined || room.joinId)) turn.command('leave', { room: name });
    turn.drop(name);
  },

  show(turn, { room: name }) {
    const room = turn.room(name);
    if (!room) return;
    turn.state.shown = name;
    room.unread = 0;
  },

  say(turn, { room: name, text, kind = 'text', cid = newCid(turn.now) }) {
    const problem = problemOf(text, turn.state.limits.text_bytes);
    const room = turn.room(name);
    if (!room) return;
    if (problem) {
      turn.state.notice = problem.message;
      return;
    }
    const one = { cid, kind, text, firstAt: turn.now, tries: 0, state: 'waiting', retryAt: 0 };
    room.outgoing = [...room.outgoing, /** @type {any} */ (one)];
    turn.flush(room);
  },

  /** The person asks for another attempt, under the same cid. */
  retry(turn, { room: name, cid }) {
    const room = turn.room(name);
    const one = room?.outgoing.find((other) => other.cid === cid);
    if (!room || one?.state !== 'failed' || one.unknown) return;
    amend(room, cid, { state: 'waiting', retryAt: 0, problem: undefined });
    turn.flush(room);
  },

  discard(turn, { room: name, cid }) {
    const room = turn.room(name);
    if (room) room.outgoing = room.outgoing.filter((one) => one.cid !== cid);
  },

  /** Asks for the messages before a seq: at the top, or in a gap. */
  older(turn, { room: name, before }) {
    const room = turn.room(name);
    if (!room?.joined || room.historyId) return;
    room.historyId = turn.command('history', { room: name, before, limit: turn.page() });
  },

  typing(turn, { room: name }) {
    const room = turn.state.rooms.get(name);
    const said = [...turn.state.requests.values()].some(({ type }) => type === 'typing');
    if (room?.live && !said) turn.command('typing', { room: name });
  },

  rooms(turn, { more = false }) {
    const { state } = turn;
    if (state.phase !== 'online') return;
    const after = more ? state.listing?.rooms.at(-1)?.name : undefined;
    turn.command('rooms', { after, limit: turn.page() });
  },

  rename(turn, { nick }) {
    if (turn.state.phase === 'online') turn.command('nick', { nick });
  },

  /** The person reads older messages, or is back at the newest. */
  scrolled(turn, { room: name, up }) {
    const room = turn.room(name);
    if (room) room.reading = up;
  },

  notice({ state }, { text = null }) {
    state.notice = text;
  },

  /** `bye` says that the server closes, and when to come back. */
  bye({ state, effects }, { reason, reconnect, after_ms }) {
    state.reason = reason;
    effects.push({ do: 'farewell', again: reconnect, afterMs: after_ms });
  },
};

/** @param {Turn} turn @param {string} name */
function tickRoom(turn, name) {
  const { state, now } = turn;
  const room = turn.room(name);
  if (!room) return;
  for (const one of room.outgoing) {
    // A little before the server may forget the cid: then a retry could say it twice.
    if (one.state === 'waiting' && now - one.firstAt > state.limits.retry_ms * 0.9) {
      amend(room, one.cid, {
        state: 'failed', unknown: one.tries > 0,
        problem: one.tries > 0
          ? 'It is unknown whether this was sent. Look for it above before you say it again.'
          : 'This could not be sent for too long.',
      });
    }
  }
  if ([...room.typing.values()].some((until) => until <= now)) {
    room.typing = new Map([...room.typing].filter(([, until]) => until > now));
  }
  if (state.phase !== 'online') return;
  if (room.rejoinAt !== null && room.rejoinAt <= now) turn.join(room);
  turn.flush(room);
}

/** @type {Record<string, (turn: Turn, event: any) => void>} */
const PUSHES = {
  message(turn, event) {
    const room = turn.room(event.room);
    if (!room) return;
    const verdict = takeMessage(room, event);
    if (verdict === 'hole') turn.join(room);
    const mine = event.from.id === turn.state.me?.id;
    if (verdict === 'taken' && !mine && turn.state.shown !== room.name) room.unread += 1;
    turn.flush(room);
  },

  typing(turn, event) {
    const room = turn.room(event.room);
    if (!room) return;
    const others = event.who.filter((/** @type {string} */ nick) => nick !== turn.state.me?.nick);
    const until = turn.now + TYPING_MS;
    room.typing = new Map([...room.typing, ...others.map((/** @type {string} */ nick) => [nick, until])]);
  },

  members(turn, event) {
    const room = turn.room(event.room);
    if (room && takeMembers(room, event) && room.live && !room.membersId) {
      room.membersId = turn.command('members', { room: room.name });
    }
  },

  behind(turn, event) {
    const room = turn.room(event.room);
    // A join that is under way was answered after this, or will be: it reads from the same cursor.
    if (room && !room.joinId) turn.join(room);
  },

  bye: INPUTS.bye,
};

/** @param {Turn} turn @param {Event} event */
function answered(turn, event) {
  const id = /** @type {number} */ (event.id);
  const request = turn.state.requests.get(id);
  if (!request) return;
  turn.state.requests.delete(id);
  if (isAnswerTo(request.type, event)) {
    ANSWERS[request.type]?.(turn, event, request);
    return;
  }
  turn.state.reason = `The server's answer to "${request.type}" could not be read.`;
  turn.effects.push({ do: 'close', again: true });
}

/** @type {Record<string, (turn: Turn, ok: any, request: Request) => void>} */
const ANSWERS = {
  hello(turn, ok) {
    const { state } = turn;
    Object.assign(state, {
      phase: 'online', me: ok.user, nick: ok.user.nick, wish: null, token: ok.token, epoch: ok.epoch,
      heartbeatMs: ok.heartbeat_ms, limits: ok.limits, notice: ok.notice ?? state.notice, reason: null,
    });
    turn.effects.push({ do: 'greeted' });
    if (!state.rooms.size) INPUTS.join(turn, { room: LOBBY });
    else for (const name of state.rooms.keys()) turn.join(/** @type {Room} */ (turn.room(name)));
  },

  nick({ state }, ok) {
    Object.assign(state, { me: ok.user, nick: ok.user.nick, token: ok.token });
  },

  rooms({ state }, ok, { fields }) {
    const before = fields.after === undefined ? [] : state.listing?.rooms ?? [];
    state.listing = { rooms: [...before, ...ok.rooms], more: ok.more };
  },

  join(turn, ok, { fields }) {
    const room = turn.room(fields.room);
    if (!room || room.joinId !== ok.id) return; // left, or joined again since: void
    room.joinId = 0;
    if (ok.reset && room.last !== null) {
      turn.state.notice = `The server was restored from a backup: ${ok.room.name} starts afresh here.`;
    }
    takeJoin(room, ok, fields.after, /** @type {string} */ (turn.state.epoch));
    if (room.name !== fields.room) respell(turn, fields.room, room);
    if (turn.state.rooms.get(room.name) !== room) return;
    if (ok.more && ok.events.length) turn.join(room);
    else if (ok.more) room.rejoinAt = turn.after(null, 0);
    turn.flush(room);
  },

  leave() {},

  send(turn, ok, { fields }) {
    const room = turn.room(fields.room);
    if (!room) return;
    amend(room, fields.cid, { state: 'sent', seq: ok.seq });
    turn.flush(room);
  },

  history(turn, ok, { fields }) {
    const room = turn.room(fields.room);
    if (!room || room.historyId !== ok.id) return;
    room.historyId = 0;
    takeHistory(room, ok);
  },

  members(turn, ok, { fields }) {
    const room = turn.room(fields.room);
    if (!room || room.membersId !== ok.id) return;
    room.membersId = 0;
    if (ok.members.version >= (room.members?.version ?? 0)) room.members = ok.members;
  },
};

/**
 * The server spells the room in another way than the person did: it goes under the server's name.
 * @param {Turn} turn
 * @param {string} given
 * @param {Room} room
 */
function respell(turn, given, room) {
  const { state } = turn;
  const known = turn.room(room.name);
  if (state.shown === given) state.shown = room.name;
  if (!known) {
    state.rooms = new Map([...state.rooms].map(([name, other]) => [name === given ? room.name : name, other]));
    return;
  }
  // It was here already. The server now begins at the page just read; the older cursor reads on.
  state.rooms.delete(given);
  known.outgoing = [...known.outgoing, ...room.outgoing];
  turn.join(known);
}

/** @param {Turn} turn @param {Event} event */
function refused(turn, event) {
  const { state } = turn;
  const request = event.id === undefined || event.id === null ? undefined : state.requests.get(event.id);
  if (!request) {
    state.notice = event.message;
    return;
  }
  state.requests.delete(/** @type {number} */ (event.id));
  (REFUSALS[request.type] ?? REFUSALS.other)(turn, event, request);
}

/** @type {Record<string, (turn: Turn, error: any, request: Request) => void>} */
const REFUSALS = {
  hello(turn, error) {
    const { state, effects } = turn;
    if (error.code === 'bad_token') {
      state.token = null;
      turn.hello();
    } else if (error.code === 'nick_taken' || error.code === 'bad_nick') {
      Object.assign(state, { phase: 'naming', notice: error.message });
      effects.push({ do: 'close', again: false });
    } else if (PASSING.has(error.code)) {
      state.reason = error.message;
      effects.push({ do: 'close', again: true, afterMs: error.retry_ms });
    } else {
      state.reason = error.message;
      effects.push({ do: 'close', again: false });
    }
  },

  join(turn, error, { fields }) {
    const room = turn.room(fields.room);
    if (!room || room.joinId !== error.id) return;
    room.joinId = 0;
    if (PASSING.has(error.code)) {
      room.problem = error.message;
      room.rejoinAt = turn.after(error.retry_ms, 1);
      return;
    }
    turn.state.notice = `${fields.room}: ${error.message}`;
    turn.drop(fields.room);
  },

  send(turn, error, { fields }) {
    const room = turn.room(fields.room);
    const one = room?.outgoing.find(({ cid }) => cid === fields.cid);
    if (!room || !one) return;
    if (PASSING.has(error.code)) {
      amend(room, one.cid, {
        state: 'waiting', retryAt: turn.after(error.retry_ms, one.tries), problem: error.message,
      });
    } else {
      amend(room, one.cid, { state: 'failed', problem: error.message });
    }
    if (error.code === 'not_joined' && !room.joinId) {
      room.joined = false;
      turn.join(room);
    }
    turn.flush(room);
  },

  history(turn, error, { fields }) {
    const room = turn.room(fields.room);
    if (room?.historyId === error.id) room.historyId = 0;
    turn.state.notice = error.message;
  },

  members(turn, error, { fields }) {
    const room = turn.room(fields.room);
    if (room?.membersId === error.id) room.membersId = 0;
  },

  /** Ephemeral: nobody misses it. */
  typing() {},

  /** Left already. */
  leave() {},

  other({ state }, error) {
    state.notice = error.message;
  },
};

/**
 * What a line that was typed asks for.
 * @param {string} line
 * @returns {{type: string, [field: string]: any}}
 */
export function readLine(line) {
  const [, word, rest = ''] = /^\/([a-z]+)(?:\s+([\s\S]*))?$/.exec(line.trimEnd()) ?? [];
  const name = rest.trim().replace(/^#/, '');
  switch (word) {
    case undefined:
      return { type: 'say', text: line.replace(/^\/\//, '/').trimEnd() };
    case 'me':
      return rest ? { type: 'say', kind: 'action', text: rest } : { type: 'notice', text: 'Write what you do: /me waves' };
    case 'join':
      return name ? { type: 'join', room: name } : { type: 'notice', text: 'Write which room: /join kitchen' };
    case 'leave':
      return { type: 'leave', room: name || undefined };
    case 'nick':
      return name ? { type: 'rename', nick: name } : { type: 'notice', text: 'Write the new nick: /nick ana' };
    default:
      return {
        type: 'notice',
        text: `There is no command /${word}. There are /me, /join, /leave and /nick; // begins a text with a slash.`,
      };
  }
}

export { TYPING_EVERY_MS };
