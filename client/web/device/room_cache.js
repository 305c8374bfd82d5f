// Rooms as they are stored on this device, under their ids: the newest messages of each, the list of their names, and
// the read marks.
//
// saved_state.js writes the records and reads them when the page starts: a reload shows them at once, and the
// room reads on from its cursor. A record that is damaged is left out, since the server has all of it.

import { fromUnsentRecords } from './unsent_records.js';
import { missingSpans } from '../store/loaded_history.js';
import { findRoom, isNamed, newRoom } from '../store/state.js';
import { noteUnread } from '../store/unread.js';
import { isCompleteMessage, SHOWN_ENTRIES } from '../net/wire.js';

/** @typedef {import('../store/state.js').Room} Room */

/**
 * The end of a room's log. It is of use only to a version of the page that knows the same types of entries (`shows`):
 * another one shows what this one skipped, or did not delete what this one deletes.
 * @typedef {{id: string, epoch: string, last: number, first: number, count: number | null,
 *   messages: import('../net/wire.js').Message[], skipped: import('../store/state.js').Span[], shows: string}} CachedRoom
 */

/** A room in the stored list. The last two are there if the server remembers that the person is in it. @typedef {[id: string, name: string, rank?: string, kind?: string]} Listed */

/** The most messages of a room that are cached: a few screens. */
export const CACHED_MESSAGES_MAX = 100;

/**
 * The list of rooms to store. Another window may have joined or left rooms: only the changes
 * of this window are applied.
 * @param {any} stored @param {Map<string, Room>} before @param {Map<string, Room>} after
 * @returns {Listed[]}
 */
export function mergedRooms(stored, before, after) {
  const listed = new Map(listedIn(stored).map((one) => [one[0], one]));
  const own = [...after.values()].filter(({ id }) => listed.has(id) || !before.has(id));
  return [...own.map(({ id, name, rank, info }) => /** @type {Listed} */ (rank ? [id, name, rank, info?.kind ?? (info?.see ? 'private' : '')] : [id, name])),
    ...[...listed.values()].filter(([id]) => !before.has(id) && !after.has(id))];
}

/** The record of a room, or `null` before its first page. @param {Room} room @returns {CachedRoom | null} */
export function toCachedRoom({ id, epoch, last, first, members, messages, skipped, stale }) {
  if (epoch === null || last === null || isNamed(id)) return null;
  const end = messages.filter(({ seq }) => seq > stale).slice(-CACHED_MESSAGES_MAX);
  const from = end[0]?.seq ?? last + 1;
  return {
    id, epoch, last, first, count: members?.count ?? null, messages: end,
    skipped: skipped.filter(([, to]) => to >= from - 1), shows: SHOWN_ENTRIES,
  };
}

/**
 * The rooms as they were when the page was closed.
 * @param {object} stored
 * @param {any} stored.listed the rooms, in their order
 * @param {any[]} stored.cached
 * @param {any[]} stored.unsent records in the order in which they were written
 * @param {any} stored.reads the read marks: `{id: [epoch, seq]}`
 * @param {import('../store/state.js').Reader | null} stored.me
 * @returns {Room[]}
 */
export function restoreRooms({ listed, cached, unsent, reads, me }) {
  const outgoing = fromUnsentRecords(unsent);
  const known = new Map(cached.filter(isCachedRoom).map((end) => [end.id, end]));
  /** @type {Map<string, Room>} */
  const rooms = new Map(listedIn(listed).map(([id, name, rank = null, kind]) =>
    [id, { ...newRoom(id, name), rank, info: kind ? { id, name, kind } : null }]));
  for (const { id, name, one } of outgoing) {
    const room = findRoom(rooms, id) ?? newRoom(id, name);
    room.outgoing.push(one);
    rooms.set(room.id, room);
  }
  for (const room of rooms.values()) {
    const end = known.get(room.id);
    if (end) {
      const { epoch, last, first, messages, count, skipped } = end;
      const members = count === null ? null : { version: 0, count, sample: [] };
      Object.assign(room, { epoch, last, first, messages, skipped, members });
    }
    const [epoch, seq] = readMark(reads, room.id);
    if (epoch !== null && (!end || end.epoch === epoch)) Object.assign(room, { read: seq, readEpoch: epoch });
    noteUnread(room, room.messages, me);
  }
  return [...rooms.values()];
}

/** @param {any} value */
const isSeq = (value) => Number.isSafeInteger(value) && value >= 0;

/** What is sound in a stored list. @param {any} listed @returns {Listed[]} */
function listedIn(listed) {
  const isListed = (/** @type {any} */ one) => Array.isArray(one) && one.length > 1 && one.every((part) => typeof part === 'string');
  return Array.isArray(listed) ? listed.filter(isListed) : [];
}

/**
 * The marks to store. Another window may have stored higher ones, and marks of other rooms.
 * @param {any} stored @param {Map<string, Room>} before @param {Map<string, Room>} after
 */
export function mergedReadMarks(stored, before, after) {
  const reads = new Map(Object.entries(stored ?? {}));
  for (const id of before.keys()) if (!after.has(id)) reads.delete(id);
  for (const { id, read, readEpoch } of after.values()) {
    if (read === null || readEpoch === null) continue;
    const [epoch, seq] = readMark(stored, id);
    reads.set(id, [readEpoch, epoch === readEpoch ? Math.max(seq, read) : read]);
  }
  return Object.fromEntries(reads);
}

/** The stored marks as a list of id, epoch and seq. @param {any} reads @returns {[string, string, number][]} */
export function readMarksIn(reads) {
  return Object.keys(reads ?? {}).flatMap((id) => {
    const [epoch, seq] = readMark(reads, id);
    return epoch === null ? [] : [[id, epoch, seq]];
  });
}

/** The stored mark of a room; nulls when there is none. @param {any} reads @param {string} id @returns {[string, number] | [null, null]} */
function readMark(reads, id) {
  const read = reads !== null && typeof reads === 'object' && Object.hasOwn(reads, id) ? reads[id] : null;
  return Array.isArray(read) && typeof read[0] === 'string' && Number.isSafeInteger(read[1]) && read[1] >= 0 ? [read[0], read[1]] : [null, null];
}

/**
 * Whether this is a sound record. One that does not reach its cursor would hide a hole, and so would one that
 * skips entries that this version shows.
 * @param {any} end
 * @returns {end is CachedRoom}
 */
function isCachedRoom(end) {
  return end !== null && typeof end === 'object' && typeof end.id === 'string' && typeof end.epoch === 'string' &&
    isSeq(end.last) && isSeq(end.first) && (end.count === null || isSeq(end.count)) &&
    Array.isArray(end.messages) && end.messages.every(isCompleteMessage) && end.shows === SHOWN_ENTRIES && isSkipped(end.skipped) &&
    (!end.messages.length || !missingSpans(end.skipped, end.messages.at(-1).seq + 1, end.last).length) &&
    end.messages.every((/** @type {any} */ { seq }, /** @type {number} */ at) => !at || seq > end.messages[at - 1].seq);
}

/** @param {any} spans */
function isSkipped(spans) {
  return Array.isArray(spans) && spans.every((span, at) =>
    Array.isArray(span) && span.length === 2 && span.every(isSeq) && span[0] <= span[1] && (!at || spans[at - 1][1] < span[0] - 1));
}
