// The store: what this client knows, and what follows from each thing that happens.
//
// `update(state, input)` returns a new state and effects; it touches nothing, has no clock and no
// connection, so that tests can play any history through it. main.js feeds it with what the person
// does and what the socket hears, and carries the effects out.

import { heard } from './answers.js';
import { CLOSE_CODES, ending, notice } from './notice.js';
import { adopt, amend, canDiscard, disconnect, newRoom } from './room.js';
import { drop, enter, lookAtEnd, pursue, show } from './shown.js';
import { initial, isExpired, Turn } from './turn.js';
import { divide, see } from './unread.js';
import { newCid, problemOf } from './wire.js';

/** @typedef {import('./turn.js').State} State */
/** @typedef {import('./turn.js').Input} Input */
/** @typedef {import('./turn.js').Effect} Effect */

/**
 * Gives the store an input. What it does not change stays the same object.
 * @param {State} state
 * @param {Input} input
 * @returns {{state: State, effects: Effect[]}}
 */
export function update(state, input) {
  const turn = new Turn(state, input);
  INPUTS[input.type](turn, input);
  return { state: turn.state, effects: turn.effects };
}

/** What happens. @type {Record<string, (turn: Turn, input: any) => void>} */
const INPUTS = {
  /** The person picks a nick, or comes back with a token. */
  start(turn, { nick }) {
    Object.assign(turn.state, { wish: nick ?? null, phase: 'connecting', notice: null, reason: null });
    // Whoever comes back sees at once what was kept of it, before there is a connection.
    if (turn.state.token) enter(turn);
    const { shown } = turn.state;
    if (shown && !turn.effects.length) turn.effects.push({ do: 'place', room: shown, seq: null });
    turn.effects.push({ do: 'open' });
  },

  opened(turn) {
    turn.state.phase = 'connecting';
    turn.hello();
  },

  frame(turn, { event }) {
    heard(turn, event);
  },

  closed(turn, { again, inMs, code, told = false }) {
    const { state, now } = turn;
    state.requests = new Map();
    state.listingId = 0;
    for (const name of state.rooms.keys()) disconnect(/** @type {any} */ (turn.room(name)));
    if (state.phase === 'naming') return;
    state.phase = again ? 'away' : 'stopped';
    // A network that just went has no words of its own, nor has what this page closed itself.
    if (code && (!again || (code !== 1000 && CLOSE_CODES.includes(code)))) state.reason ??= ending(code);
    Object.assign(state, { returnAt: now + inMs, told });
  },

  /** The person does not want to wait for the next attempt. */
  again({ state, effects }) {
    if (state.phase !== 'away' && state.phase !== 'stopped') return;
    Object.assign(state, { phase: 'connecting', reason: null });
    effects.push({ do: 'open' });
  },

  /** The network is back. A server that said when to come back has spread its clients: it is obeyed. */
  online(turn) {
    if (turn.state.phase === 'away' && !turn.state.told) INPUTS.again(turn, {});
  },

  tick(turn) {
    const { state, now } = turn;
    for (const name of state.rooms.keys()) tickRoom(turn, name);
    if (state.phase === 'online' && now - state.sentAt >= state.heartbeatMs) turn.command('ping');
    const oldest = state.requests.values().next().value;
    if (oldest && now - oldest.at >= 2 * state.heartbeatMs) {
      state.reason = notice('reason.silent');
      turn.effects.push({ do: 'close', again: true });
    }
  },

  join(turn, { room }) {
    tryAgain(turn, 'join');
    show(turn, room);
  },

  leave(turn, { room: name }) {
    const room = turn.state.rooms.get(name);
    if (!room) return;
    if (room.outgoing.some(({ state }) => state !== 'sent')) {
      turn.tell('leave.unsent', { room: name });
      return;
    }
    // Before the first answer the server's name of the room is not known: see the answer to `join`.
    if (room.joined) turn.command('leave', { room: name });
    drop(turn, name);
  },

  show(turn, { room, seq = null }) {
    show(turn, room, seq);
  },

  /** To the next room in a direction, or the next with something unread; past the end it begins anew. */
  step(turn, { by, unread = false }) {
    const rooms = [...turn.state.rooms.values()];
    const at = Math.max(rooms.findIndex(({ name }) => name === turn.state.shown), by < 0 ? 0 : -1);
    for (let far = 1; far <= rooms.length; far += 1) {
      const room = rooms[(at + by * far + rooms.length * far) % rooms.length];
      if (room && (room.unread || !unread)) return show(turn, room.name);
    }
  },

  say(turn, { room: name, text: typed, kind = 'text', cid = newCid(turn.now) }) {
    // Half a character is none, and no server takes it.
    const text = typed.replace(/\r\n?/g, '\n').replace(/\p{Surrogate}/gu, '\ufffd');
    const problem = problemOf(text, turn.state.limits.text_bytes);
    const room = turn.room(name);
    if (!room) return;
    if (problem) {
      turn.tell(problem.key, problem.args);
      return;
    }
    room.outgoing = [...room.outgoing, {
      cid, kind, text, firstAt: turn.now, tries: 0, state: 'waiting', retryAt: 0, sender: null,
    }];
    // Who answers has read, and looks at what they say.
    room.divider = null;
    lookAtEnd(turn, room);
    turn.seek(room);
    turn.flush(room);
  },

  /** The person asks for another attempt, under the same cid. */
  retry(turn, { room: name, cid }) {
    const room = turn.room(name);
    const one = room?.outgoing.find((other) => other.cid === cid);
    if (!room || one?.state !== 'failed' || one.unknown) return;
    // The time counts from the first attempt; before that, none can be said twice.
    const firstAt = one.tries ? one.firstAt : turn.now;
    amend(room, cid, { state: 'waiting', retryAt: 0, firstAt, problem: undefined });
    turn.seek(room);
    turn.flush(room);
  },

  /** The person takes back what they said, if it cannot be on its way. */
  discard(turn, { room: name, cid }) {
    const room = turn.room(name);
    if (room) room.outgoing = room.outgoing.filter((one) => one.cid !== cid || !canDiscard(one));
  },

  /** What the outbox holds: another window, which may be gone, wrote it meanwhile. */
  found(turn, { unsent }) {
    const { state } = turn;
    if (state.phase !== 'online') return;
    const known = new Set([...state.rooms.values()].flatMap(({ outgoing }) => outgoing.map(({ cid }) => cid)));
    for (const { name, one } of unsent) {
      // What failed waits for the person where they saw it, and what somebody else tried is not sent.
      if (known.has(one.cid) || one.state !== 'waiting' || (one.sender ?? state.me?.id) !== state.me?.id) continue;
      const room = turn.room(name) ?? turn.put(newRoom(name));
      adopt(room, one);
      turn.seek(room);
      turn.flush(room);
    }
  },

  /** Asks for the messages before a seq: at the top, or in a gap. */
  older(turn, { room, before }) {
    ask(turn, room, { before });
  },

  /** Asks for the messages after a seq, in a gap. */
  newer(turn, { room, after }) {
    ask(turn, room, { after });
  },

  /** The person goes to the newest messages. */
  latest(turn, { room: name }) {
    const room = turn.room(name);
    if (room) lookAtEnd(turn, room);
  },

  /** Where the person looks: what lies round it is kept. */
  anchored(turn, { room: name, seq }) {
    const known = turn.state.rooms.get(name);
    // On the way to the target of a link, the view still stands at the end.
    if (!known || known.anchor === seq || (seq === null && known.target !== null)) return;
    const room = /** @type {import('./room.js').Room} */ (turn.room(name));
    if (seq === null) lookAtEnd(turn, room);
    else room.anchor = seq;
  },

  /** The target of a link is in view. */
  arrived(turn, { room: name }) {
    const room = turn.room(name);
    if (room) room.target = null;
  },

  /** The person saw the messages of a room up to this one. */
  seen(turn, { room: name, seq }) {
    const known = turn.state.rooms.get(name);
    const mark = Math.min(seq, known?.last ?? 0);
    if (known && mark > (known.read ?? 0)) see(/** @type {any} */ (turn.room(name)), mark);
  },

  /** Another window of this person tells how far they have read: perhaps further than what came here. */
  seenElsewhere(turn, { room: name, epoch, seq }) {
    const known = turn.state.rooms.get(name);
    if (known?.readEpoch === epoch && seq > (known?.read ?? 0)) see(/** @type {any} */ (turn.room(name)), seq);
  },

  attention(turn, { visible }) {
    const { state } = turn;
    if (state.attentive === visible) return;
    state.attentive = visible;
    const room = visible ? turn.room(state.shown) : undefined;
    if (room?.unread) divide(room);
  },

  settings({ state }, { change }) {
    state.settings = { ...state.settings, ...change };
  },

  typing(turn, { room: name }) {
    const room = turn.state.rooms.get(name);
    const said = [...turn.state.requests.values()].some(({ type }) => type === 'typing');
    if (room?.live && !said) turn.command('typing', { room: name });
  },

  rooms(turn, { more = false, query }) {
    const { state } = turn;
    if (state.phase !== 'online') return;
    if (!more) turn.list(query?.trim() || undefined);
    else if (state.listing?.more) {
      // Asked for anew: as many empty pages again.
      state.listing = { ...state.listing, empty: 0 };
      turn.list(state.listing.query || undefined, state.listing.after);
    }
  },

  rename(turn, { nick }) {
    tryAgain(turn, 'nick');
    if (turn.state.phase === 'online') turn.command('nick', { nick });
    else turn.tell('rename.offline');
  },

  /** The person leaves this device: nothing of them stays. */
  signOut(turn) {
    turn.effects.push({ do: 'forget' });
    INPUTS.token(turn, { token: null });
  },

  /** Another window got a new token, or signed out. */
  token(turn, { token }) {
    const { state } = turn;
    if (token) {
      state.token = token;
      return;
    }
    const { settings, limits, attentive, nextId } = state;
    turn.state = { ...initial({ settings, limits }), attentive, nextId };
    turn.effects.push({ do: 'signedOut' }, { do: 'close', again: false }, { do: 'place', room: null, seq: null });
  },

  /** Tells the person something, or takes it away. */
  notice({ state }, { key, args }) {
    state.notice = key ? notice(key, args) : null;
  },
};

/** The person tries it once more: what was said of the last attempt is past. @param {Turn} turn @param {string} what */
function tryAgain({ state }, what) {
  if (state.notice?.of === what) state.notice = null;
}

/**
 * Asks for a page of history, one at a time at the top and one in the gaps.
 * @param {Turn} turn
 * @param {string} name
 * @param {{before?: number, after?: number}} which
 */
function ask(turn, name, which) {
  const known = turn.state.rooms.get(name);
  if (!known?.joined || known.askAt > turn.now) return;
  const isTop = which.before !== undefined && which.before <= (known.messages[0]?.seq ?? Infinity);
  const under = isTop ? 'historyId' : 'fillId';
  const room = known[under] ? undefined : turn.room(name);
  if (room) room[under] = turn.command('history', { room: name, ...which, limit: turn.page() });
}

/**
 * What time brings. A room in which nothing is due is left as it is.
 * @param {Turn} turn
 * @param {string} name
 */
function tickRoom(turn, name) {
  const { state, now } = turn;
  const known = /** @type {import('./room.js').Room} */ (state.rooms.get(name));
  const rejoins = known.rejoinAt !== null && known.rejoinAt <= now;
  const forgets = [...known.typing.values()].some((until) => until <= now);
  const sends = known.outgoing.some((one) => one.state === 'waiting' && one.retryAt <= now || isExpired(one, turn));
  if (!rejoins && !forgets && !sends && known.target === null) return;
  const room = /** @type {import('./room.js').Room} */ (turn.room(name));
  turn.expire(room);
  if (forgets) room.typing = new Map([...room.typing].filter(([, until]) => until > now));
  if (state.phase !== 'online') return;
  if (rejoins) turn.join(room);
  pursue(turn, room);
  turn.flush(room);
}
