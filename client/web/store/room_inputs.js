// The inputs of the store that concern rooms and their messages. store.js has the others.

import { oldestSeq } from './loaded_history.js';
import { clearRefusal } from './notice.js';
import { OWN_INPUTS } from './own_rooms.js';
import { adoptOutgoing, canDiscard, retrySend, sendNext } from './send_retry.js';
import { findRoom, newRoom } from './state.js';
import { goToEnd, isReturning, removeRoom, selectRoom } from './selected_room.js';
import { markRead } from './unread.js';
import { newCid } from '../net/wire.js';
import { sendableText, textProblem } from '../text/message_length.js';

/** @typedef {import('./state.js').Room} Room */
/** @typedef {import('./draft_state.js').DraftState} DraftState */

/** @type {Record<string, (draft: DraftState, input: any) => void>} */
export const ROOM_INPUTS = {
  ...OWN_INPUTS,

  join(draft, { room, name }) {
    clearRefusal(draft.state, 'join');
    selectRoom(draft, room, null, name, true);
  },

  leave(draft, { room: named }) {
    const room = findRoom(draft.state.rooms, named);
    if (!room) return;
    if (room.info?.kind === 'direct' && room.people.length === 1) {
      draft.showNotice('leave.direct', { room: room.name });
      return;
    }
    if (room.outgoing.some(({ state }) => state !== 'sent')) {
      draft.showNotice('leave.unsent', { room: room.name });
      return;
    }
    // Before the first answer the id of the room may not be known: see the answer to `join`.
    if (room.joined) draft.sendCommand('leave', { room: room.id, forget: true });
    removeRoom(draft, room.id);
  },

  show(draft, { room, seq = null, name }) {
    selectRoom(draft, room, seq, name);
  },

  /** Selects the next room in a direction, or the next unread one; after the last comes the first. */
  step(draft, { by, unread = false }) {
    const rooms = [...draft.state.rooms.values()];
    const at = Math.max(rooms.findIndex(({ id }) => id === draft.state.selectedRoom), by < 0 ? 0 : -1);
    for (let far = 1; far <= rooms.length; far += 1) {
      const room = rooms[(at + by * far + rooms.length * far) % rooms.length];
      if (room && (room.unread || !unread)) return selectRoom(draft, room.id);
    }
  },

  say(draft, { room: id, text: typed, kind = 'text', cid = newCid(draft.now) }) {
    const text = sendableText(typed);
    const problem = textProblem(text, draft.state.limits.text_bytes);
    const room = draft.mutableRoom(id);
    if (!room) return;
    if (problem) {
      draft.showNotice(problem.key, problem.args);
      return;
    }
    room.outgoing = [...room.outgoing, {
      cid, kind, text, firstAt: draft.now, tries: 0, state: 'waiting', retryAt: 0, sender: null,
    }];
    // A person who writes has read the room, and looks at its end.
    room.divider = null;
    goToEnd(draft, room);
    draft.ensureJoined(room, true);
    sendNext(draft, room);
  },

  /** The person asks for another attempt, under the same cid. */
  retry(draft, { room: id, cid }) {
    const room = draft.mutableRoom(id);
    if (room) retrySend(draft, room, cid);
  },

  /** The person removes an outgoing message, unless it may be on its way. */
  discard(draft, { room: id, cid }) {
    const room = draft.mutableRoom(id);
    if (room) room.outgoing = room.outgoing.filter((one) => one.cid !== cid || !canDiscard(one));
  },

  /** The unsent messages on the device: another window, which may be gone, has written some of them. */
  found(draft, { unsent }) {
    const { state } = draft;
    if (state.phase !== 'online') return;
    const known = new Set([...state.rooms.values()].flatMap(({ outgoing }) => outgoing.map(({ cid }) => cid)));
    for (const { id, name, one } of unsent) {
      // A failed message stays in the window that showed it, and another person's message is not sent.
      if (known.has(one.cid) || one.state !== 'waiting' || (one.sender ?? state.me?.id) !== state.me?.id) continue;
      const room = draft.mutableRoom(findRoom(state.rooms, id)?.id ?? id) ?? draft.putRoom(newRoom(id, name));
      adoptOutgoing(room, one);
      draft.ensureJoined(room);
      sendNext(draft, room);
    }
  },

  /** Requests the messages before a seq: at the top, or in a gap. */
  older(draft, { room, before }) {
    requestHistory(draft, room, { before });
  },

  /** Requests the messages after a seq, in a gap. */
  newer(draft, { room, after }) {
    requestHistory(draft, room, { after });
  },

  /** The person goes to the newest messages. */
  latest(draft, { room: id }) {
    const room = draft.mutableRoom(id);
    if (room) goToEnd(draft, room);
  },

  /** The person reads at this seq: the messages around it stay loaded. */
  anchored(draft, { room: id, seq }) {
    const known = draft.state.rooms.get(id);
    // While the target of a link is loading, the view still stands at the end.
    if (!known || known.anchor === seq || (seq === null && known.target !== null)) return;
    const room = /** @type {Room} */ (draft.mutableRoom(id));
    // The person has scrolled since the reload: stay there.
    if (isReturning(draft.state, room)) room.target = null;
    if (seq === null) goToEnd(draft, room);
    else room.anchor = seq;
  },

  /** The target of a link is in view. */
  arrived(draft, { room: id }) {
    const room = draft.mutableRoom(id);
    if (!room) return;
    if (isReturning(draft.state, room)) draft.state.readingPosition = null;
    room.target = null;
  },

  /** The person saw the messages of a room up to this one. */
  seen(draft, { room: id, seq }) {
    const known = draft.state.rooms.get(id);
    const mark = Math.min(seq, known?.last ?? 0);
    if (known && mark > (known.read ?? 0)) markRead(/** @type {any} */ (draft.mutableRoom(id)), mark);
  },

  /** The person has read this far in another window, perhaps further than what is loaded here. */
  seenElsewhere(draft, { room: id, epoch, seq }) {
    const known = draft.state.rooms.get(id);
    if (known?.readEpoch === epoch && seq > (known?.read ?? 0)) markRead(/** @type {any} */ (draft.mutableRoom(id)), seq);
  },

  typing(draft, { room: id }) {
    const room = draft.state.rooms.get(id);
    const said = [...draft.state.requests.values()].some(({ type }) => type === 'typing');
    if (room?.live && !said) draft.sendCommand('typing', { room: id });
  },

  rooms(draft, { more = false, query }) {
    const { state } = draft;
    if (state.phase !== 'online') return;
    if (!more) draft.requestRooms(query?.trim() || undefined);
    else if (state.listing?.more) {
      // Asked again: as many empty pages again.
      state.listing = { ...state.listing, empty: 0 };
      draft.requestRooms(state.listing.query || undefined, state.listing.after);
    }
  },
};

/**
 * Requests a page of history: one at a time at the top, and one in the gaps.
 * @param {DraftState} draft
 * @param {string} id
 * @param {{before?: number, after?: number}} which
 */
function requestHistory(draft, id, which) {
  const known = draft.state.rooms.get(id);
  if (!known?.joined || known.askAt > draft.now) return;
  const isTop = which.before !== undefined && which.before <= oldestSeq(known);
  const under = isTop ? 'historyId' : 'fillId';
  const room = known[under] ? undefined : draft.mutableRoom(id);
  if (room) room[under] = draft.sendCommand('history', { room: id, ...which, limit: draft.pageSize() });
}
