// Which room is shown, and the message in it that a link leads to.
//
// store.js, answers.js and refusals.js call it; it works on a turn of the store.

import { isLoaded, newRoom } from './room.js';
import { divide } from './unread.js';

/** @typedef {import('./room.js').Room} Room */
/** @typedef {import('./turn.js').Turn} Turn */

/**
 * Opens a room, and joins it if need be; with a seq, at that message. Before there is a nick, it is
 * a wish.
 * @param {Turn} turn
 * @param {string} name
 * @param {number | null} [seq]
 */
export function show(turn, name, seq = null) {
  const { state } = turn;
  if (state.phase === 'naming') {
    state.place = { room: name, seq };
    return;
  }
  const room = turn.room(name) ?? turn.put(newRoom(name));
  turn.seek(room);
  turnTo(turn, name, seq);
  if (seq === null) return;
  Object.assign(room, { target: seq, anchor: seq });
  pursue(turn, room);
}

/**
 * The person looks at the end of a room: nothing else in it has to be kept, and the address names no
 * message any more.
 * @param {Turn} turn
 * @param {Room} room
 */
export function lookAtEnd(turn, room) {
  if (room.anchor === null && room.target === null) return;
  Object.assign(room, { anchor: null, target: null });
  if (turn.state.shown === room.name) turn.effects.push({ do: 'place', room: room.name, seq: null });
}

/** Goes to the place that the address asks for, once. @param {Turn} turn */
export function enter(turn) {
  const { place } = turn.state;
  turn.state.place = null;
  if (place) show(turn, place.room, place.seq);
}

/**
 * Looks for the message that a link leads to: in what is here, else in the server's log.
 * @param {Turn} turn
 * @param {Room} room
 */
export function pursue(turn, room) {
  const { target, last } = room;
  if (target === null || last === null || room.fillId || isLoaded(room, target)) return;
  if (turn.state.phase !== 'online' || !room.joined || room.askAt > turn.now) return;
  if (target > last && !room.live) return; // the pages on the way may bring it
  if (target < room.first || target > last) {
    miss(turn, room);
    return;
  }
  room.fillId = turn.command('history', { room: room.name, around: target, limit: turn.page() });
}

/** The message that a link leads to is not there. @param {Turn} turn @param {Room} room */
export function miss(turn, room) {
  turn.tell('link.missing', { room: room.name, seq: String(room.target) });
  Object.assign(room, { target: null, anchor: null });
}

/** Takes a room off the list. Who looks at it is back where they came from. @param {Turn} turn @param {string} name */
export function drop(turn, name) {
  turn.rooms().delete(name);
  const { shown, before, rooms } = turn.state;
  if (shown === name) turnTo(turn, before !== null && rooms.has(before) ? before : rooms.keys().next().value ?? null);
}

/** @param {Turn} turn @param {string | null} name @param {number | null} [seq] */
function turnTo(turn, name, seq = null) {
  const { state } = turn;
  if (state.shown !== name) {
    const left = turn.room(state.shown);
    if (left) Object.assign(left, { divider: null, target: null });
    Object.assign(state, { before: state.shown, shown: name });
    const room = turn.room(name);
    if (room) divide(room);
  }
  turn.effects.push({ do: 'place', room: name, seq });
}
