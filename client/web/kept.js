// What is kept of rooms and of unsent messages on this device, as plain records, and back.
//
// visit.js writes the records when the state has changed, and reads them at the beginning of a
// visit. A record that cannot be right is left out: the server has everything but the unsent.

import { newRoom } from './room.js';
import { noteUnread } from './unread.js';
import { isCid, isMessage } from './wire.js';

/** @typedef {import('./room.js').Room} Room */
/** @typedef {import('./room.js').Outgoing} Outgoing */

/**
 * An unsent message. `failed` ones wait for the person; all others are tried again.
 * @typedef {{cid: string, room: string, kind: 'text' | 'action', text: string, firstAt: number,
 *   tries: number, sender: string | null, failed: boolean, unknown: boolean,
 *   problem: import('./notice.js').Notice | null, order?: number}} Unsent
 *
 * The end of a room: what a reload shows at once, and where it reads on.
 * @typedef {{name: string, epoch: string, last: number, first: number, count: number | null,
 *   messages: import('./wire.js').Message[]}} End
 *
 * What is to be written: unsent messages that are new, those that changed, those that are settled.
 * @typedef {{put: Unsent[], update: Unsent[], gone: string[]}} Changes
 */

/** So many messages of a room are kept on this device: some screens. */
export const END_MAX = 100;

/** @param {string} room @param {Outgoing} one @returns {Unsent} */
function unsent(room, { cid, kind, text, firstAt, tries, sender, state, unknown = false, problem = undefined }) {
  const failed = state === 'failed';
  return { cid, room, kind, text, firstAt, tries, sender, failed, unknown, problem: failed ? problem ?? null : null };
}

/**
 * What became of the unsent messages between two states.
 * @param {Map<string, Room>} before
 * @param {Map<string, Room>} after
 * @returns {Changes}
 */
export function changes(before, after) {
  /** @type {Changes} */
  const found = { put: [], update: [], gone: [] };
  if (before === after) return found;
  const names = [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name)?.outgoing !== after.get(name)?.outgoing);
  const all = (/** @type {Map<string, Room>} */ rooms) => new Map(names.flatMap((name) =>
    (rooms.get(name)?.outgoing ?? []).map((one) => [one.cid, unsent(name, one)])));
  const were = all(before);
  const are = all(after);
  for (const [cid, one] of are) {
    const was = were.get(cid);
    if (!was) found.put.push(one);
    else if (JSON.stringify(was) !== JSON.stringify(one)) found.update.push(one);
  }
  for (const cid of were.keys()) if (!are.has(cid)) found.gone.push(cid);
  return found;
}

/**
 * The names of the rooms. Another window may have joined and left others: only what this one did counts.
 * @param {any} kept @param {Map<string, Room>} before @param {Map<string, Room>} after
 */
export function namesOf(kept, before, after) {
  const names = isNames(kept) ? kept.filter((name) => after.has(name) || !before.has(name)) : [];
  return [...new Set([...names, ...[...after.keys()].filter((name) => !before.has(name))])];
}

/**
 * Up to where the person has read. Another window may have read further, and in other rooms: a mark
 * never moves back.
 * @param {any} kept @param {Map<string, Room>} before @param {Map<string, Room>} after
 */
export function readsOf(kept, before, after) {
  const reads = new Map(Object.entries(kept ?? {}));
  for (const name of before.keys()) if (!after.has(name)) reads.delete(name);
  for (const { name, read, readEpoch } of after.values()) {
    if (read === null || readEpoch === null) continue;
    const [epoch, seq] = readOf(kept, name);
    reads.set(name, [readEpoch, epoch === readEpoch ? Math.max(seq, read) : read]);
  }
  return Object.fromEntries(reads);
}

/** What was read of each room: its name, the epoch, the seq. @param {any} reads @returns {[string, string, number][]} */
export function marksIn(reads) {
  return Object.keys(reads ?? {}).flatMap((name) => {
    const [epoch, seq] = readOf(reads, name);
    return epoch === null ? [] : [[name, epoch, seq]];
  });
}

/** The end of a room, or `null` when nothing came of it yet. @param {Room} room @returns {End | null} */
export function endOf({ name, epoch, last, first, members, messages }) {
  if (epoch === null || last === null) return null;
  return { name, epoch, last, first, count: members?.count ?? null, messages: messages.slice(-END_MAX) };
}

/**
 * The rooms as they were left.
 * @param {object} kept
 * @param {any} kept.names of the rooms, in their order
 * @param {any[]} kept.ends
 * @param {any[]} kept.unsent in the order in which they were said
 * @param {any} kept.reads up to where the person has read: `{room: [epoch, seq]}`
 * @param {import('./wire.js').User | null} kept.me
 * @returns {Room[]}
 */
export function restore({ names, ends, unsent: waiting, reads, me }) {
  const whole = waiting.filter(isUnsent);
  const known = new Map(ends.filter(isEnd).map((end) => [end.name, end]));
  const rooms = new Map([...isNames(names) ? names : [], ...whole.map(({ room }) => room)].map((name) => [name, newRoom(name)]));
  for (const room of rooms.values()) {
    const end = known.get(room.name);
    if (end) {
      const { epoch, last, first, messages, count } = end;
      const members = count === null ? null : { version: 0, count, sample: [] };
      Object.assign(room, { epoch, last, first, messages, members });
    }
    const [epoch, seq] = readOf(reads, room.name);
    if (epoch !== null && (!end || end.epoch === epoch)) Object.assign(room, { read: seq, readEpoch: epoch });
    noteUnread(room, room.messages, me);
  }
  for (const one of whole) rooms.get(one.room)?.outgoing.push(outgoing(one));
  return [...rooms.values()];
}

/** What another window has written. @param {any[]} unsent @returns {{name: string, one: Outgoing}[]} */
export function found(unsent) {
  return unsent.filter(isUnsent).map((one) => ({ name: one.room, one: outgoing(one) }));
}

/** @param {Unsent} one @returns {Outgoing} */
function outgoing({ cid, kind, text, firstAt, tries, sender, failed, unknown, problem }) {
  return {
    cid, kind, text, firstAt, tries, sender, retryAt: 0, state: failed ? 'failed' : 'waiting',
    ...(unknown && { unknown }), ...(problem && { problem }),
  };
}

/** @param {any} reads @param {string} name @returns {[string, number] | [null, null]} */
function readOf(reads, name) {
  const read = reads !== null && typeof reads === 'object' && Object.hasOwn(reads, name) ? reads[name] : null;
  return Array.isArray(read) && typeof read[0] === 'string' && isSeq(read[1]) ? [read[0], read[1]] : [null, null];
}

/** @param {any} value */
const isSeq = (value) => Number.isSafeInteger(value) && value >= 0;

/** @param {any} value @returns {value is string[]} */
const isNames = (value) => Array.isArray(value) && value.every((name) => typeof name === 'string');

/** @param {any} one @returns {one is Unsent} */
function isUnsent(one) {
  return one !== null && typeof one === 'object' && isCid(one.cid) && typeof one.room === 'string' &&
    typeof one.text === 'string' && ['text', 'action'].includes(one.kind) && isSeq(one.firstAt) &&
    isSeq(one.tries) && (one.sender === null || typeof one.sender === 'string') &&
    (one.problem === null || typeof one.problem?.key === 'string');
}

/**
 * Whether this is the end of a room. One whose messages do not reach its cursor would hide a hole.
 * @param {any} end
 * @returns {end is End}
 */
function isEnd(end) {
  return end !== null && typeof end === 'object' && typeof end.name === 'string' && typeof end.epoch === 'string' &&
    isSeq(end.last) && isSeq(end.first) && (end.count === null || isSeq(end.count)) &&
    Array.isArray(end.messages) && end.messages.every(isMessage) &&
    (!end.messages.length || end.messages.at(-1).seq === end.last) &&
    end.messages.every((/** @type {any} */ { seq }, /** @type {number} */ at) => !at || seq > end.messages[at - 1].seq);
}
