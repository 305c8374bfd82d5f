// What the server says about a room, applied to it: pages, new entries, members, the end of the connection.
//
// server_events.js calls it with a room that may be changed. Only pages of `join` and new
// entries move the cursor.

import { addMessages, addSkipped } from './loaded_history.js';
import { dropConfirmed, resentAfterRestore, waitingAfterLoss } from './send_retry.js';
import { markAllRead, noteUnread } from './unread.js';
import { isEdit, isMessage } from '../net/wire.js';

/** @typedef {import('../net/wire.js').Entry} Entry */
/** @typedef {import('../net/wire.js').Page} Page */
/** @typedef {import('./state.js').Room} Room */
/** @typedef {import('./state.js').Reader} Reader */

/**
 * Applies the answer to a join. The cursor moves to the end of the page; the room is live when the page was
 * the last one.
 * @param {Room} room
 * @param {Page} page
 * @param {number | undefined} after the cursor that the join asked for
 * @param {string} epoch of the server's log
 * @param {Reader | null} me
 */
export function applyJoin(room, page, after, epoch, me) {
  // A cursor of another id is of a room that is gone.
  const isReset = page.reset || (room.last !== null && room.id !== page.room.id);
  const isFresh = isReset || page.limited || after === undefined;
  if (isReset) {
    Object.assign(room, { messages: [], skipped: [], changes: [], stale: 0, target: null, anchor: null, outgoing: resentAfterRestore(room.outgoing, me?.id) });
  } else if (isFresh && (page.events[0]?.seq ?? page.head + 1) > (room.last ?? Infinity) + 1) {
    // What is jumped over may delete texts of what is loaded, and of the pages that are under way.
    Object.assign(room, { stale: room.last, historyId: 0, fillId: 0 });
  }
  Object.assign(room, {
    last: page.events.at(-1)?.seq ?? (isFresh ? page.head : after),
    epoch, first: page.first, joined: true, live: !page.more, problem: null,
    members: page.members ?? room.members,
  });
  addEntries(room, page.events);
  // In a room that is new to this person nothing is unread, and in another log all marks are void.
  if (isReset || room.read === null || room.readEpoch !== epoch) markAllRead(room);
  room.readEpoch = epoch;
  noteEntries(room, page.events, me);
  dropConfirmed(room);
}

/**
 * Applies a page of history. It never moves the cursor.
 * @param {Room} room
 * @param {Page} page
 * @param {Reader | null} me
 */
export function applyHistory(room, page, me) {
  room.first = Math.max(room.first, page.first);
  // Entries above the cursor are still to be pushed: added here, they would then look repeated.
  const events = page.events.filter(({ seq }) => seq <= (room.last ?? 0));
  addEntries(room, events, events[0]?.seq);
  noteEntries(room, events, me);
  dropConfirmed(room);
}

/**
 * Adds entries: messages, and those that are shown as nothing.
 * @param {Room} room
 * @param {Entry[]} entries in the order of their seq
 * @param {number} [around] the seq that the page was asked for
 */
function addEntries(room, entries, around) {
  addMessages(room, entries, around);
  addSkipped(room, entries.filter((entry) => !isMessage(entry)));
}

/**
 * Applies an entry that the server has just pushed. One of a type that this version does not know has its
 * seq like any other.
 * @param {Room} room
 * @param {Entry} entry
 * @param {Reader | null} me
 * @returns {'applied' | 'repeated' | 'hole' | 'early'} `hole`: join again from the cursor; `early`: a page
 *   that is under way will bring the entry
 */
export function applyEntry(room, entry, me) {
  if (!room.live || room.last === null) return 'early';
  if (entry.seq <= room.last) return 'repeated';
  if (entry.seq > room.last + 1) return 'hole';
  room.last = entry.seq;
  addEntries(room, [entry]);
  if (isMessage(entry) && room.typing.has(entry.from.nick)) {
    room.typing = new Map([...room.typing].filter(([nick]) => nick !== entry.from.nick));
  }
  noteEntries(room, [entry], me);
  dropConfirmed(room);
  return 'applied';
}

/**
 * Notes what of the entries is unread. Of a message that is loaded its newest text counts, also of one that an entry edits.
 * @param {Room} room
 * @param {Entry[]} entries
 * @param {Reader | null} me
 */
function noteEntries(room, entries, me) {
  const seqs = new Set(entries.map((entry) => (isEdit(entry) ? entry.message : entry.seq)));
  noteUnread(room, [...entries.filter(isMessage), ...room.messages.filter(({ seq }) => seqs.has(seq))], me);
}

/** The connection is lost: nothing is live, and what was on its way waits again. @param {Room} room */
export function disconnectRoom(room) {
  Object.assign(room, {
    live: false, joined: false, joinId: 0, historyId: 0, fillId: 0, askAt: 0, membersId: 0,
    rejoinAt: null, refusals: 0, typing: new Map(), outgoing: waitingAfterLoss(room.outgoing),
  });
}

/**
 * Applies a `members` event.
 * @param {Room} room
 * @param {{version: number, count: number, away?: number, dnd?: number, joined?: import('../net/wire.js').User[] | null,
 *   left?: string[] | null}} event
 * @returns {boolean} whether the members have to be requested again
 */
export function applyMembers(room, event) {
  const { members } = room;
  if (!members) return true;
  if (event.version <= members.version) return false;
  const gone = new Set([...(event.left ?? []), ...(event.joined ?? []).map(({ id }) => id)]);
  room.members = {
    version: event.version,
    count: event.count, away: event.away, dnd: event.dnd,
    sample: [...members.sample.filter(({ id }) => !gone.has(id)), ...(event.joined ?? [])],
  };
  if (event.version !== members.version + 1) return true;
  // The events of a large room carry no names. When the room has shrunk to the size of the sample, the sample
  // would pass for all of its members, though some of them have left.
  const hasNames = event.joined !== undefined || event.left !== undefined;
  const wasComplete = hasNames && members.sample.length >= members.count;
  return !wasComplete && room.members.sample.length >= event.count;
}
