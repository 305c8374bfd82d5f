// What the server says, turned into what this client knows: pushes and answers.
//
// store.js feeds it with events; it works on a turn of the store, and hands refusals on to
// refusals.js.

import { ending, notice } from './notice.js';
import { LOBBY, refused } from './refusals.js';
import { amend, isLoaded, takeHistory, takeJoin, takeMembers, takeMessage, TYPING_MS } from './room.js';
import { enter, miss, pursue, show } from './shown.js';
import { divide, see } from './unread.js';
import { isAnswerTo } from './wire.js';

/** @typedef {import('./room.js').Room} Room */
/** @typedef {import('./turn.js').Turn} Turn */
/** @typedef {import('./turn.js').Request} Request */
/** @typedef {import('./wire.js').Event} Event */

/**
 * Whoever is further behind does not read it all: the newest page comes at once, and what lies
 * before it is a gap that loads when somebody looks. Four pages are read in a blink.
 */
const BEHIND_MAX = 200;

/** After so many pages without a room in them, the person is asked whether to search on. */
const EMPTY_PAGES_MAX = 20;

/** No server asks for life more often; one that seems to would be called silent before it can answer. */
const HEARTBEAT_MS_MIN = 1_000;

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
    const { state } = turn;
    const room = turn.room(event.room);
    if (!room) return;
    const hadUnread = room.unread > 0;
    const verdict = takeMessage(room, event, state.me);
    if (verdict === 'hole') turn.join(room);
    if (verdict === 'taken') {
      const isMine = event.from.id === state.me?.id;
      const inView = state.attentive && state.shown === room.name && room.anchor === null && room.target === null;
      if (!hadUnread && (isMine || inView)) see(room, event.seq);
      if (!isMine && !state.attentive) {
        turn.effects.push({ do: 'notify', room: room.name, message: event, mention: room.mentioned.includes(event.seq) });
      }
    }
    turn.flush(room);
  },

  typing(turn, event) {
    const room = turn.room(event.room);
    if (!room) return;
    const others = event.who.filter((/** @type {string} */ nick) => nick !== turn.state.me?.nick);
    if (!others.length) return;
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
    if (room && !room.joinId) turn.join(room, event.head - (room.last ?? 0) > BEHIND_MAX);
  },

  /** The server closes, and says when to come back. */
  bye({ state, effects }, { code, reason, reconnect, after_ms }) {
    state.reason = ending(code, reason);
    effects.push({ do: 'farewell', again: reconnect, afterMs: after_ms });
  },
};

/** @param {Turn} turn @param {Event} event */
function answered(turn, event) {
  const id = /** @type {number} */ (event.id);
  const request = turn.state.requests.get(id);
  if (!request) return;
  turn.requests().delete(id);
  if (isAnswerTo(request.type, event)) {
    ANSWERS[request.type]?.(turn, event, request);
    return;
  }
  turn.state.reason = notice('reason.unreadable', { type: request.type });
  turn.effects.push({ do: 'close', again: true });
}

/** @type {Record<string, (turn: Turn, ok: any, request: Request) => void>} */
const ANSWERS = {
  hello(turn, ok) {
    const { state } = turn;
    Object.assign(state, {
      phase: 'online', me: ok.user, nick: ok.user.nick, wish: null, token: ok.token, epoch: ok.epoch,
      heartbeatMs: Math.max(ok.heartbeat_ms, HEARTBEAT_MS_MIN), limits: ok.limits, reason: null,
    });
    if (ok.notice) state.notice = { ...notice('nick.other', { nick: ok.user.nick }), text: ok.notice };
    turn.effects.push({ do: 'greeted' });
    for (const room of state.rooms.values()) disown(turn, room);
    enter(turn);
    if (!state.rooms.size) show(turn, LOBBY);
    // What the person looks at comes first.
    for (const name of [state.shown, ...state.rooms.keys()]) {
      const room = turn.room(name);
      if (room) turn.seek(room);
    }
  },

  nick({ state }, ok) {
    Object.assign(state, { me: ok.user, nick: ok.user.nick, token: ok.token });
  },

  rooms(turn, ok, { fields }) {
    const { state } = turn;
    if (state.listingId !== ok.id) return; // another search began since
    state.listingId = 0;
    const before = fields.after === undefined ? null : state.listing;
    const rooms = [...before?.rooms ?? [], ...ok.rooms];
    const empty = ok.rooms.length ? 0 : (before?.empty ?? 0) + 1;
    const after = ok.after ?? ok.rooms.at(-1)?.name;
    state.listing = { rooms, more: ok.more && after !== undefined, query: fields.query ?? '', after, empty };
    // The server looks at so many names at once: among those of a page, there may be none that fits.
    if (state.listing.more && empty && empty < EMPTY_PAGES_MAX) turn.list(fields.query, after);
  },

  join(turn, ok, { fields }) {
    const { state } = turn;
    const room = turn.room(fields.room);
    if (!room) {
      abandon(turn, ok.room.name);
      return;
    }
    if (room.joinId !== ok.id) return; // joined again since: void
    room.joinId = 0;
    const before = room.last ?? 0;
    if (ok.reset && room.last !== null) turn.tell('room.restored', { room: ok.room.name });
    takeJoin(room, ok, fields.after, /** @type {string} */ (state.epoch), state.me);
    if (room.name !== fields.room) respell(turn, fields.room, room);
    if (state.rooms.get(room.name) !== room) return;
    if (state.shown === room.name && room.divider === null) divide(room);
    // A page that leads no further is asked for again, but not in a circle.
    const stuck = ok.more && (room.last ?? 0) <= before;
    if (!stuck) room.refusals = 0;
    if (stuck) turn.rejoin(room, null);
    else if (ok.more) turn.join(room, ok.head - (room.last ?? 0) > BEHIND_MAX);
    pursue(turn, room);
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
    const under = room?.historyId === ok.id ? 'historyId' : 'fillId';
    if (!room || room[under] !== ok.id) return;
    room[under] = 0;
    takeHistory(room, ok, turn.state.me);
    if (room.target !== null && room.target === fields.around && !isLoaded(room, room.target)) miss(turn, room);
    pursue(turn, room);
  },

  members(turn, ok, { fields }) {
    const room = turn.room(fields.room);
    if (!room || room.membersId !== ok.id) return;
    room.membersId = 0;
    if (ok.members.version >= (room.members?.version ?? 0)) room.members = ok.members;
  },
};

/**
 * A room was left before the server had answered. Under another spelling it may be one that the
 * person is in: that one reads on from its own cursor.
 * @param {Turn} turn
 * @param {string} name as the server spells it
 */
function abandon(turn, name) {
  const room = turn.room(name);
  if (room) turn.join(room);
  else turn.command('leave', { room: name });
}

/**
 * Somebody else than before was greeted. What the other one tried may have been said, and said by
 * this one it would be a second message; what was never tried is still to be said.
 * @param {Turn} turn
 * @param {Room} known
 */
function disown(turn, known) {
  const id = turn.state.me?.id;
  const isForeign = (/** @type {import('./room.js').Outgoing} */ one) =>
    one.sender !== null && one.sender !== id && one.state !== 'sent' && !one.unknown;
  if (!known.outgoing.some(isForeign)) return;
  const room = /** @type {Room} */ (turn.room(known.name));
  room.outgoing = room.outgoing.map((one) => (isForeign(one)
    ? { ...one, state: 'failed', unknown: true, problem: notice('outgoing.unknown') } : one));
}

/**
 * The server spells the room in another way than the person did: it goes under the server's name.
 * @param {Turn} turn
 * @param {string} given
 * @param {Room} room
 */
function respell(turn, given, room) {
  const { state } = turn;
  const known = turn.room(room.name);
  state.respelled = { from: given, to: room.name };
  if (state.before === given) state.before = room.name;
  if (state.shown === given) {
    state.shown = room.name;
    turn.effects.push({ do: 'place', room: room.name, seq: room.target });
  }
  if (!known) {
    state.rooms = new Map([...state.rooms].map(([name, other]) => [name === given ? room.name : name, other]));
    // Under this name the person has just left: what is on the way ends this membership too.
    const leaves = [...state.requests.values()].some(({ type, fields }) => type === 'leave' && fields.room === room.name);
    if (leaves) {
      room.joined = false;
      turn.join(room);
    }
    return;
  }
  // It was here already. The server now begins at the page just read; the older cursor reads on.
  turn.rooms().delete(given);
  known.outgoing = [...known.outgoing, ...room.outgoing];
  if (room.target !== null) Object.assign(known, { target: room.target, anchor: room.target });
  turn.join(known);
}
