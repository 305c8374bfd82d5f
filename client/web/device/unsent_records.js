// Outgoing messages as plain records for the unsent store, and back.
//
// saved_state.js writes the changes between two states and reads the records when the page starts. A record
// that is damaged is left out.

import { isCid } from '../net/wire.js';

/** @typedef {import('../store/state.js').Room} Room */
/** @typedef {import('../store/state.js').Outgoing} Outgoing */

/**
 * An unsent message. A `failed` one waits for the person; all others are sent again. `room` is the id of the room, or
 * `#name` while that is all that is known.
 * @typedef {{cid: string, room: string, name: string, kind: 'text' | 'action', text: string, firstAt: number,
 *   tries: number, sender: string | null, failed: boolean, unknown: boolean,
 *   problem: import('../store/notice.js').Notice | null, order?: number, edits?: Outgoing['edits']}} UnsentRecord
 *
 * What has to be written: new records, changed ones, and the cids of those to delete.
 * @typedef {{put: UnsentRecord[], update: UnsentRecord[], gone: string[]}} UnsentChanges
 */

/**
 * The changes of the unsent messages from one state to the next.
 * @param {Map<string, Room>} before
 * @param {Map<string, Room>} after
 * @returns {UnsentChanges}
 */
export function unsentChanges(before, after) {
  /** @type {UnsentChanges} */
  const found = { put: [], update: [], gone: [] };
  if (before === after) return found;
  const rooms = [...new Set([...before.keys(), ...after.keys()])]
    .filter((id) => before.get(id)?.outgoing !== after.get(id)?.outgoing);
  const all = (/** @type {Map<string, Room>} */ state) => new Map(rooms.flatMap((id) => {
    const room = state.get(id);
    return room ? room.outgoing.map((one) => [one.cid, toRecord(room, one)]) : [];
  }));
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

/** The outgoing messages of records, which another window may have written. @param {any[]} records @returns {{id: string, name: string, one: Outgoing}[]} */
export function fromUnsentRecords(records) {
  return records.filter(isUnsentRecord).map((record) => ({ id: record.room, name: record.name, one: toOutgoing(record) }));
}

/** @param {Room} room @param {Outgoing} one @returns {UnsentRecord} */
function toRecord({ id, name }, { cid, kind, text, firstAt, tries, sender, state, unknown = false, problem = undefined, edits }) {
  const failed = state === 'failed';
  return { cid, room: id, name, kind, text, firstAt, tries, sender, failed, unknown, problem: failed ? problem ?? null : null, ...(edits && { edits }) };
}

/** @param {UnsentRecord} record @returns {Outgoing} */
function toOutgoing({ cid, kind, text, firstAt, tries, sender, failed, unknown, problem, edits }) {
  return {
    cid, kind, text, firstAt, tries, sender, retryAt: 0, state: failed ? 'failed' : 'waiting',
    ...(unknown && { unknown }), ...(problem && { problem }), ...(edits && { edits }),
  };
}

/** @param {any} one @returns {one is UnsentRecord} */
export function isUnsentRecord(one) {
  return one !== null && typeof one === 'object' && isCid(one.cid) && typeof one.room === 'string' && typeof one.name === 'string' &&
    typeof one.text === 'string' && ['text', 'action'].includes(one.kind) && isCount(one.firstAt) &&
    isCount(one.tries) && (one.sender === null || typeof one.sender === 'string') &&
    (one.problem === null || typeof one.problem?.key === 'string') && (one.edits === undefined || isCount(one.edits?.seq));
}

/** @param {any} value */
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
