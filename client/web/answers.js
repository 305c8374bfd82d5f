// What the server says, turned into what this client knows: pushes, answers, refusals.
//
// store.js feeds it with events; it works on a turn of the store.

import { amend, newRoom, takeHistory, takeJoin, takeMembers, takeMessage, TYPING_MS } from './room.js';
import { isAnswerTo } from './wire.js';

/** @typedef {import('./room.js').Room} Room */
/** @typedef {import('./turn.js').Turn} Turn */
/** @typedef {import('./turn.js').Request} Request */
/** @typedef {import('./wire.js').Event} Event */

/** Where a new person begins. */
const LOBBY = 'lobby';

/** Refusals that pass: the same send is tried again under its cid. */
const PASSING = new Set(['rate_limited', 'busy', 'storage_unavailable', 'draining', 'internal', 'not_joined']);

/** So many attempts at a send that meets a defect of the server. */
const DEFECT_TRIES_MAX = 3;

/**
 * Takes an event. One of a type that this version does not know changes nothing.
 * @param {Turn} turn
 * @param {Event} event
 */
export function heard(turn, event) {
  if (event.type === 'ok') answered(turn, event);
  else if (event.type === 'error') refused(turn, event);
  else if (Object.hasOwn(PUSHES, event.type)) PUSHES[event.type](turn, event);
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
    // Another window of this person may have changed the nick.
    const { state } = turn;
    const me = event.joined?.find((/** @type {any} */ { id }) => id === state.me?.id);
    if (me) Object.assign(state, { me, nick: me.nick });
    if (room && takeMembers(room, event) && room.live && !room.membersId) {
      room.membersId = turn.command('members', { room: room.name });
    }
  },

  behind(turn, event) {
    const room = turn.room(event.room);
    // A join that is under way was answered after this, or will be: it reads from the same cursor.
    if (room && !room.joinId) turn.join(room);
  },

  /** The server closes, and says when to come back. */
  bye({ state, effects }, { reason, reconnect, after_ms }) {
    state.reason = reason;
    effects.push({ do: 'farewell', again: reconnect, afterMs: after_ms });
  },
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
    if (!state.rooms.size) {
      state.rooms.set(LOBBY, newRoom(LOBBY));
      state.shown = LOBBY;
    }
    for (const name of state.rooms.keys()) turn.join(/** @type {Room} */ (turn.room(name)));
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
    // A defect seldom passes: after a few attempts the person decides, still under the same cid.
    const hopeless = error.code === 'internal' && one.tries >= DEFECT_TRIES_MAX;
    if (PASSING.has(error.code) && !hopeless) {
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
