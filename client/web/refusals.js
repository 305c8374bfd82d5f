// What the server refuses, and what follows from it.
//
// answers.js hands refusals on; this works on a turn of the store.

import { refusal } from './notice.js';
import { amend } from './room.js';
import { drop, pursue, show } from './shown.js';

/** @typedef {import('./turn.js').Turn} Turn */
/** @typedef {import('./turn.js').Request} Request */
/** @typedef {import('./wire.js').Event} Event */

/** Refusals that pass: the same is tried again, a send under its cid. */
const PASSING = new Set(['rate_limited', 'busy', 'storage_unavailable', 'draining', 'internal', 'not_joined']);

/** So many attempts at a send that meets a defect of the server. */
const DEFECT_TRIES_MAX = 3;

/** Where a new person begins. */
export const LOBBY = 'lobby';

/** @param {Turn} turn @param {Event} event */
export function refused(turn, event) {
  const { state } = turn;
  const request = event.id === undefined || event.id === null ? undefined : state.requests.get(event.id);
  if (!request) {
    state.notice = refusal(/** @type {any} */ (event));
    return;
  }
  turn.requests().delete(/** @type {number} */ (event.id));
  if (event.code === 'not_joined') expelled(turn, request.fields.room);
  (REFUSALS[request.type] ?? REFUSALS.other)(turn, event, request);
}

/** The server has this session not in a room in which it believes to be. @param {Turn} turn @param {string} name */
function expelled(turn, name) {
  const room = turn.room(name);
  if (!room || room.joinId) return;
  Object.assign(room, { joined: false, live: false });
  turn.seek(room);
}

/** @type {Record<string, (turn: Turn, error: any, request: Request) => void>} */
const REFUSALS = {
  hello(turn, error) {
    const { state, effects } = turn;
    if (error.code === 'bad_token' && state.token) {
      state.token = null;
      turn.hello();
    } else if (error.code === 'nick_taken' || error.code === 'bad_nick') {
      Object.assign(state, { phase: 'naming', notice: refusal(error) });
      effects.push({ do: 'close', again: false });
    } else if (PASSING.has(error.code)) {
      state.reason = refusal(error);
      effects.push({ do: 'close', again: true, afterMs: error.retry_ms });
    } else {
      state.reason = refusal(error);
      effects.push({ do: 'close', again: false });
    }
  },

  join(turn, error, { fields }) {
    const { state } = turn;
    const room = turn.room(fields.room);
    if (!room || room.joinId !== error.id) return;
    room.joinId = 0;
    // Under another spelling the person came or went: what that led to is known after a while.
    if (error.code === 'superseded') {
      turn.rejoin(room, null);
      return;
    }
    const problem = refusal(error);
    if (PASSING.has(error.code)) {
      room.problem = problem;
      turn.rejoin(room, error.retry_ms);
      return;
    }
    // The lobby that came in place of another room: why that one is not here says more.
    if (fields.room !== LOBBY || !state.notice) state.notice = { ...refusal(error, fields.room), of: 'join' };
    if (room.outgoing.some(({ state: how }) => how !== 'sent')) {
      // What the person wrote stays in sight until they have done something about it.
      room.outgoing = room.outgoing.map((one) => (one.state === 'waiting' ? { ...one, state: 'failed', problem } : one));
      room.problem = problem;
      return;
    }
    drop(turn, fields.room);
    if (state.rooms.size || fields.room === LOBBY) return;
    show(turn, LOBBY);
  },

  send(turn, error, { fields }) {
    const room = turn.room(fields.room);
    const one = room?.outgoing.find(({ cid }) => cid === fields.cid);
    if (!room || !one) return;
    const problem = refusal(error);
    // A defect seldom passes: after a few attempts the person decides, still under the same cid.
    const hopeless = error.code === 'internal' && one.tries >= DEFECT_TRIES_MAX;
    if (PASSING.has(error.code) && !hopeless) {
      amend(room, one.cid, { state: 'waiting', retryAt: turn.after(error.retry_ms, one.tries), problem });
    } else {
      amend(room, one.cid, { state: 'failed', problem });
    }
    turn.flush(room);
  },

  history(turn, error, { fields }) {
    const room = turn.room(fields.room);
    const under = room?.historyId === error.id ? 'historyId' : 'fillId';
    if (!room || room[under] !== error.id) return;
    room[under] = 0;
    if (PASSING.has(error.code)) {
      // The view asks again as long as somebody looks there; not before the server allows it.
      room.askAt = turn.after(error.retry_ms, 1);
      return;
    }
    turn.state.notice = refusal(error, fields.room);
    if (room.target === fields.around) Object.assign(room, { target: null, anchor: null });
    pursue(turn, room);
  },

  members(turn, error, { fields }) {
    const room = turn.room(fields.room);
    if (room && room.membersId === error.id) room.membersId = 0;
  },

  nick({ state }, error) {
    state.notice = { ...refusal(error), of: 'nick' };
  },

  rooms({ state }, error) {
    if (state.listingId === error.id) state.listingId = 0;
    state.notice = refusal(error);
  },

  /** Ephemeral: nobody misses it. */
  typing() {},

  /** Left already. */
  leave() {},

  other({ state }, error) {
    state.notice = refusal(error);
  },
};
