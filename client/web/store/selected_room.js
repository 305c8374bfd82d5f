// The selected room, which is the one that is shown, and the message in it that a link leads to.
//
// The inputs of the store and the answers call it with a draft of the state.

import { dropStale, isLoaded, isSkipped } from './loaded_history.js';
import { findRoom, newRoom } from './state.js';
import { placeUnreadDivider } from './unread.js';

/** @typedef {import('./state.js').Room} Room */
/** @typedef {import('./draft_state.js').DraftState} DraftState */

/**
 * Selects a room, and joins it if need be; with a seq, at that message. Before there is a nick, the room is
 * only noted.
 * @param {DraftState} draft
 * @param {string} id of the room, or `#name`
 * @param {number | null} [seq]
 * @param {string} [name] of a room that may be unknown here, if it is not in `id`
 * @param {boolean} [asked] the person asks to join it
 */
export function selectRoom(draft, id, seq = null, name = undefined, asked = false) {
  const { state } = draft;
  if (state.phase === 'naming') {
    state.linkTarget = { room: name === undefined ? id : `#${name}`, seq };
    return;
  }
  const room = draft.mutableRoom(findRoom(state.rooms, id)?.id ?? null) ?? draft.putRoom(newRoom(id, name));
  draft.ensureJoined(room, asked);
  setSelectedRoom(draft, room.id, seq);
  if (seq === null) return;
  state.readingPosition = null;
  Object.assign(room, { target: seq, anchor: seq });
  seekTarget(draft, room);
}

/**
 * The person looks at the end of a room: nothing else in it has to be kept, and the address names no message
 * any more.
 * @param {DraftState} draft
 * @param {Room} room
 */
export function goToEnd(draft, room) {
  if (room.anchor === null && room.target === null) return;
  Object.assign(room, { anchor: null, target: null });
  if (draft.state.selectedRoom === room.id) draft.effects.push({ do: 'link', room: room.name, seq: null });
}

/** Selects what the address bar asks for, once. @param {DraftState} draft */
export function openLinkTarget(draft) {
  const { linkTarget } = draft.state;
  draft.state.linkTarget = null;
  if (linkTarget) selectRoom(draft, linkTarget.room, linkTarget.seq);
}

/**
 * Requests the message that a link leads to, unless it is loaded; and what the person reads, if it is stale.
 * @param {DraftState} draft
 * @param {Room} room
 */
export function seekTarget(draft, room) {
  const { target, last, stale } = room;
  const mayAsk = draft.state.phase === 'online' && room.joined && room.askAt <= draft.now;
  const reads = target ?? room.anchor ?? Infinity;
  const ask = (/** @type {number} */ around) => {
    room.fillId = draft.sendCommand('history', { room: room.id, around, limit: draft.pageSize() });
  };
  if (reads > stale) dropStale(room);
  else if (mayAsk && !room.fillId) ask(reads);
  if (target === null || last === null || room.fillId || isLoaded(room, target)) return;
  if (isSkipped(room, target)) {
    dropTarget(draft, room);
    return;
  }
  if (!mayAsk) return;
  if (target > last && !room.live) return; // the pages on the way may bring it
  if (target < room.first || target > last) {
    dropTarget(draft, room);
    return;
  }
  ask(target);
}

/**
 * The message that a link leads to does not exist. Of a position from before a reload nothing is said: the
 * person did not ask for it.
 * @param {DraftState} draft
 * @param {Room} room
 */
export function dropTarget(draft, room) {
  if (!isReturning(draft.state, room)) draft.showNotice('link.missing', { room: room.name, seq: String(room.target) });
  Object.assign(room, { target: null, anchor: null });
}

/**
 * Whether the target of a room is the message that was read before the page was loaded again.
 * @param {import('./state.js').State} state
 * @param {Room} room
 */
export function isReturning({ readingPosition }, { id, target }) {
  return target !== null && readingPosition !== null && readingPosition.room === id && readingPosition.seq === target;
}

/** Removes a room. If it is the selected one, the person is back in the previous one. @param {DraftState} draft @param {string} id */
export function removeRoom(draft, id) {
  draft.mutableRooms().delete(id);
  const { selectedRoom, previousRoom, rooms } = draft.state;
  if (selectedRoom !== id) return;
  setSelectedRoom(draft, previousRoom !== null && rooms.has(previousRoom) ? previousRoom : rooms.keys().next().value ?? null);
}

/** @param {DraftState} draft @param {string | null} id @param {number | null} [seq] */
function setSelectedRoom(draft, id, seq = null) {
  const { state } = draft;
  if (state.selectedRoom !== id) {
    const left = draft.mutableRoom(state.selectedRoom);
    if (left) Object.assign(left, { divider: null, target: null });
    Object.assign(state, { previousRoom: state.selectedRoom, selectedRoom: id });
    const room = draft.mutableRoom(id);
    if (room) placeUnreadDivider(room);
  }
  draft.effects.push({ do: 'link', room: state.rooms.get(id ?? '')?.name ?? null, seq });
}
