// The server's refusals of commands, applied to the state.

import { dropStale } from './loaded_history.js';
import { closeNotice, refusal } from './notice.js';
import { enterRooms, LOBBY } from './own_rooms.js';
import { disconnectRoom } from './room_updates.js';
import { dropTarget, isReturning, removeRoom, seekTarget, selectRoom } from './selected_room.js';
import { giveUpWaiting, resentAfterRestore, sendRefused, TEMPORARY_REFUSALS } from './send_retry.js';
import { isNamed, isRemoved } from './state.js';

/** @typedef {import('./draft_state.js').DraftState} DraftState */
/** @typedef {import('./state.js').Request} Request */
/** @typedef {import('../net/wire.js').Event} Event */

/** Refusals of a hello after which the person decides who they want to be. */
const NAMING_REFUSALS = new Set(['nick_taken', 'bad_nick', 'account_needed', 'wrong_password', 'raid']);

/** Refusals of a hello with a password that do not concern the password: the page tries again, or ends. */
const HELLO_PASSES = new Set(['busy', 'draining', 'internal', 'storage_unavailable', 'banned', 'unsupported_version']);

/** Commands that the page offers to who may do them: what forbids them is the person whom they are about. */
const PERSONAL = ['direct', 'invite'];

/** What is forgotten once a hello is answered. */
export const NO_SECRETS = { password: null, second: null, reset: null };

/** This login has ended: back to the first page. What the device has stays for the same person. @param {import('./state.js').State} state */
export function logOut(state) {
  Object.assign(state, { ...NO_SECRETS, phase: 'naming', token: null, answer: null, reason: null, notice: closeNotice(4501) });
}

/** Applies the refusal of a command. @param {DraftState} draft @param {Event} event */
export function applyRefusal(draft, event) {
  const { state } = draft;
  const request = event.id === undefined || event.id === null ? undefined : state.requests.get(event.id);
  if (!request) {
    state.notice = refusal(/** @type {any} */ (event));
    return;
  }
  draft.mutableRequests().delete(/** @type {number} */ (event.id));
  if (event.code === 'not_joined') rejoinLost(draft, request.fields.room);
  (REFUSALS[request.type] ?? REFUSALS.other)(draft, event, request);
}

/** The session is not in a room in which the client believes it is. @param {DraftState} draft @param {string} id */
function rejoinLost(draft, id) {
  const room = draft.mutableRoom(id);
  if (!room || room.joinId || isRemoved(room)) return;
  Object.assign(room, { joined: false, live: false });
  draft.ensureJoined(room);
}

/** @type {Record<string, (draft: DraftState, error: any, request: Request) => void>} */
export const REFUSALS = {
  hello(draft, error, { fields }) {
    const { state, effects } = draft;
    const withPassword = state.password !== null;
    if ((state.loginCode ?? state.reset) !== null && state.token) {
      // The person stays who they were here, and sees why.
      Object.assign(state, { ...NO_SECRETS, loginCode: null, notice: refusal(error) });
      draft.sendHello();
    } else if (error.code === 'bad_code') {
      Object.assign(state, { phase: 'naming', loginCode: null, offeredCode: null, notice: refusal(error) });
      effects.push({ do: 'close', again: false });
    } else if (error.code === 'bad_token' && state.token && fields.token !== state.token) {
      // Another window has got a new token meanwhile, perhaps in a cookie, which the next connection brings.
      effects.push({ do: 'close', again: true, afterMs: 0 }, { do: 'open' });
    } else if (error.code === 'bad_token' && (state.login !== null || state.token === 'cookie')) {
      logOut(state);
      effects.push({ do: 'close', again: false });
    } else if (error.code === 'bad_token' && state.token) {
      state.token = null;
      draft.sendHello();
    } else if (NAMING_REFUSALS.has(error.code) || (withPassword && !HELLO_PASSES.has(error.code))) {
      Object.assign(state, { ...NO_SECRETS, phase: 'naming', notice: nickRefusal(error, state.wantedNick) });
      effects.push({ do: 'close', again: false });
    } else if (TEMPORARY_REFUSALS.has(error.code)) {
      state.reason = refusal(error);
      effects.push({ do: 'close', again: true, afterMs: error.retry_ms });
    } else {
      state.reason = refusal(error);
      effects.push({ do: 'close', again: false });
    }
  },

  join(draft, error, { fields }) {
    const { state } = draft;
    const room = draft.mutableRoom(fields.room);
    if (!room || room.joinId !== error.id) return;
    room.joinId = 0;
    // The person joined or left the room under another spelling: wait for the outcome.
    if (error.code === 'superseded') {
      draft.rejoinLater(room, null);
      return;
    }
    // A room that not everybody sees has no namesake: joining by its name would make one, for everybody to see.
    if (error.code === 'no_such_room' && !isNamed(room.id) && !room.info?.kind && !room.info?.see) {
      joinByName(draft, room);
      return;
    }
    const problem = refusal(error);
    if (TEMPORARY_REFUSALS.has(error.code)) {
      room.problem = problem;
      draft.rejoinLater(room, error.retry_ms);
      return;
    }
    // When the lobby stands in for another room, the notice says why that room did not open.
    const isLobby = `#${room.name}` === LOBBY;
    if (!isLobby || !state.notice) state.notice = { ...refusal(error, room.name), of: 'join' };
    if (room.outgoing.some(({ state: how }) => how !== 'sent')) {
      // What the person wrote stays visible until the person has dealt with it.
      giveUpWaiting(room, problem);
      return;
    }
    removeRoom(draft, room.id);
    if (state.rooms.size || isLobby) return;
    selectRoom(draft, LOBBY);
  },

  /** The rooms are those that this device remembers. */
  mine: enterRooms,

  /** Somebody who is in no room because of the link is in the lobby then. */
  accept(draft, error, request) {
    enterRooms(draft);
    REFUSALS.other(draft, error, request);
  },

  send(draft, error, { fields }) {
    sendRefused(draft, error, fields);
  },

  edit: (draft, error, request) => REFUSALS.send(draft, error, request),

  history(draft, error, { fields }) {
    const room = draft.mutableRoom(fields.room);
    const under = room?.historyId === error.id ? 'historyId' : 'fillId';
    if (!room || room[under] !== error.id) return;
    room[under] = 0;
    if (TEMPORARY_REFUSALS.has(error.code)) {
      // The view asks again while the person looks there, but not before the server allows it.
      room.askAt = draft.retryTime(error.retry_ms, 1);
      return;
    }
    draft.state.notice = refusal(error, room.name);
    if (room.target === fields.around) Object.assign(room, { target: null, anchor: null });
    if (fields.around !== undefined) dropStale(room);
    seekTarget(draft, room);
  },

  members(draft, error, { fields }) {
    const room = draft.mutableRoom(fields.room);
    if (room && room.membersId === error.id) room.membersId = 0;
  },

  nick({ state }, error, { fields }) {
    state.notice = { ...nickRefusal(error, fields.nick), of: 'nick' };
  },

  link({ state }, error) {
    state.deviceLink = { problem: refusal(error) };
  },

  rooms({ state }, error) {
    if (state.listingId === error.id) state.listingId = 0;
    state.notice = refusal(error);
  },

  /** Typing is shown for seconds: nothing to do. */
  typing() {},

  /** A server that keeps no such list. */
  kept_away() {},

  /** The room is left on this side already. */
  leave() {},

  other({ state }, error, { type }) {
    const { answer } = state;
    const problem = refusal(error, undefined, PERSONAL.includes(type));
    if (answer?.id === error.id) state.answer = { of: type, problem };
    else state.notice = problem;
  },
};

/**
 * The server has no room of this id: it began with an empty log, or the room was removed. Under the name there may
 * be another room, or the join makes one; applyJoin then drops the messages of this one.
 * @param {DraftState} draft
 * @param {import('./state.js').Room} room
 */
function joinByName(draft, room) {
  disconnectRoom(room);
  if (isReturning(draft.state, room)) dropTarget(draft, room);
  room.outgoing = resentAfterRestore(room.outgoing, draft.state.me?.id);
  if (draft.identifyRoom(room, `#${room.name}`)) draft.joinRoom(room);
}

/** The notice of a refused nick. @param {any} error @param {string | null} nick */
function nickRefusal(error, nick) {
  return refusal(error, error.code === 'bad_nick' && nick !== null ? nick : undefined);
}
