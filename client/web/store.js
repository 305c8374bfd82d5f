// The store: what this client knows, and what follows from each thing that happens.
//
// `update(state, input)` returns a new state and effects; it touches nothing, has no clock and no
// connection, so that tests can play any history through it. main.js feeds it with what the person
// does and what the socket hears, and carries the effects out.

import { heard } from './answers.js';
import { amend, disconnect, newRoom } from './room.js';
import { Turn } from './turn.js';
import { newCid, problemOf } from './wire.js';

/** @typedef {import('./turn.js').State} State */
/** @typedef {import('./turn.js').Input} Input */
/** @typedef {import('./turn.js').Effect} Effect */

/**
 * Gives the store an input.
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
  start({ state, effects }, { nick }) {
    Object.assign(state, { wish: nick ?? null, phase: 'connecting', notice: null, reason: null });
    effects.push({ do: 'open' });
  },

  opened(turn) {
    turn.state.phase = 'connecting';
    turn.hello();
  },

  frame(turn, { event }) {
    heard(turn, event);
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
