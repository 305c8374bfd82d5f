// The outgoing messages and edits of a room, which are not in its log yet: sending them, sending them again, and when to
// give up.
//
// One message and one edit of a room are on their way at a time, in the order in which they were written; what is edited
// is in the log already, so neither waits for the other. A retry keeps the cid, by which the server recognises what it has
// already.

import { notice, refusal } from './notice.js';
import { isRemoved } from './state.js';

/** @typedef {import('./state.js').Room} Room */
/** @typedef {import('./state.js').Outgoing} Outgoing */
/** @typedef {import('./draft_state.js').DraftState} DraftState */

/** Refusals that pass: the command is tried again later, a send under the same cid. */
export const TEMPORARY_REFUSALS = new Set(['rate_limited', 'busy', 'storage_unavailable', 'draining', 'internal', 'not_joined']);

/** How often a send is tried that meets a defect of the server. */
const DEFECT_TRIES_MAX = 3;

/** Retrying ends a little before the server may forget the cid: a later retry could send the message twice. */
const RETRY_PART = 0.9;

/** Why a text takes the place of none. */
export const EDIT_GONE = notice('edit.gone');

/** Sends the next message and the next edit of a room, if they are due. @param {DraftState} draft @param {Room} room */
export function sendNext(draft, room) {
  const { state, now } = draft;
  if (state.phase !== 'online' || !room.outgoing.length) return;
  if (isRemoved(room)) giveUpWaiting(room, /** @type {import('./notice.js').Notice} */ (room.problem));
  failExpired(draft, room);
  for (const isEdit of [false, true]) {
    const next = nextOutgoing(room, now, isEdit);
    if (!next) continue;
    const { cid, text, kind, edits } = next;
    // What another person tried never comes here: see `disown` in server_events.js.
    updateOutgoing(room, cid, { state: 'flying', tries: next.tries + 1, sender: state.me?.id ?? null });
    draft.sendCommand(edits ? 'edit' : 'send', { room: room.id, seq: edits?.seq, cid, kind: !edits && kind === 'action' ? kind : undefined, text });
  }
}

/**
 * The message or the edit to send next. One at a time: a second one would overtake the first if the server refused the
 * first for its rate.
 * @param {Room} room
 * @param {number} now
 * @param {boolean} isEdit
 * @returns {Outgoing | undefined}
 */
function nextOutgoing(room, now, isEdit) {
  const lane = room.outgoing.filter(({ edits }) => Boolean(edits) === isEdit);
  if (!room.joined || lane.some(({ state }) => state === 'flying')) return undefined;
  const next = lane.find(({ state }) => state === 'waiting');
  return next && next.retryAt <= now ? next : undefined;
}

/**
 * The person asks for another attempt, under the same cid.
 * @param {DraftState} draft
 * @param {Room} room
 * @param {string} cid
 */
export function retrySend(draft, room, cid) {
  const one = room.outgoing.find((other) => other.cid === cid);
  if (one?.state !== 'failed' || one.unknown) return;
  // The time limit counts from the first attempt: before it, the message cannot be sent twice.
  const firstAt = one.tries ? one.firstAt : draft.now;
  updateOutgoing(room, cid, { state: 'waiting', retryAt: 0, firstAt, problem: undefined });
  draft.ensureJoined(room, true);
  sendNext(draft, room);
}

/**
 * The server refused a send: it waits for the next attempt, or fails.
 * @param {DraftState} draft
 * @param {any} error
 * @param {{room: string, cid: string}} fields of the send
 */
export function sendRefused(draft, error, fields) {
  const room = draft.mutableRoom(fields.room);
  const one = room?.outgoing.find(({ cid }) => cid === fields.cid);
  if (!room || !one) return;
  const removed = isRemoved(room) && error.code === 'not_joined';
  // Only a message that is not there, or not any more, makes a command of this page a bad one.
  const problem = (removed && room.problem) || (one.edits && error.code === 'bad_command' ? EDIT_GONE : refusal(error, undefined, room.info?.kind === 'direct'));
  // A defect seldom passes: after a few attempts the person decides, still under the same cid.
  const isHopeless = error.code === 'internal' && one.tries >= DEFECT_TRIES_MAX;
  if (TEMPORARY_REFUSALS.has(error.code) && !isHopeless && !removed) {
    updateOutgoing(room, one.cid, { state: 'waiting', retryAt: draft.retryTime(error.retry_ms, one.tries), problem });
  } else if (one.edits && room.outgoing.some((other) => other !== one && other.edits?.seq === one.edits?.seq)) {
    // The person has written another text since.
    room.outgoing = room.outgoing.filter((other) => other !== one);
  } else {
    updateOutgoing(room, one.cid, { state: 'failed', problem });
  }
  sendNext(draft, room);
}

/**
 * Gives up what is too old to be retried, and edits of messages of another log, where the seq may be somebody else's.
 * @param {DraftState} draft
 * @param {Room} room
 */
export function failExpired(draft, room) {
  for (const one of room.outgoing) {
    const isVoid = one.state === 'waiting' && one.edits && room.joined && (one.edits.epoch !== room.epoch || one.edits.room !== room.id);
    if (isVoid) updateOutgoing(room, one.cid, { state: 'failed', problem: EDIT_GONE });
    else if (isExpired(one, draft)) updateOutgoing(room, one.cid, givenUp(one, notice('outgoing.expired')));
  }
}

/**
 * @param {Outgoing} one
 * @param {Pick<DraftState, 'state' | 'now'>} draft
 */
export function isExpired(one, { state, now }) {
  return one.state === 'waiting' && now - one.firstAt > state.limits.retry_ms * RETRY_PART;
}

/** The connection is lost: what was on its way waits again, under the same cid. @param {Outgoing[]} outgoing */
export function waitingAfterLoss(outgoing) {
  return outgoing.map((/** @returns {Outgoing} */ (one) => (one.state === 'flying' ? { ...one, state: 'waiting', retryAt: 0 } : one)));
}

/** Adds an unsent message that another window of this person has written. @param {Room} room @param {Outgoing} one */
export function adoptOutgoing(room, one) {
  room.outgoing = [...room.outgoing, one];
  dropConfirmed(room);
}

/**
 * Changes one outgoing message.
 * @param {Room} room
 * @param {string} cid
 * @param {Partial<Outgoing>} change
 */
export function updateOutgoing(room, cid, change) {
  room.outgoing = room.outgoing.map((one) => (one.cid === cid ? { ...one, ...change } : one));
  dropConfirmed(room);
}

/**
 * Drops the outgoing messages that have come back from the server. A `sent` one at or below the cursor is in
 * the log, even when its message lies in a gap.
 * @param {Room} room
 */
export function dropConfirmed(room) {
  if (!room.outgoing.length) return;
  const loaded = new Set(room.messages.map((message) => message.cid));
  room.outgoing = room.outgoing.filter((one) =>
    !loaded.has(one.cid) && !(one.state === 'sent' && (one.seq ?? 0) <= (room.last ?? 0)));
}

/**
 * The log was restored from a backup, so messages that the server had acknowledged may be missing from it.
 * They are sent again under their cids, which does nothing where the log still has them; but by another person each
 * would be a second message.
 * @param {Outgoing[]} outgoing
 * @param {string | undefined} me the id of this person
 * @returns {Outgoing[]}
 */
export function resentAfterRestore(outgoing, me) {
  return outgoing.map((/** @returns {Outgoing} */ (one) => {
    if (one.state !== 'sent') return one;
    return one.sender === me ? { ...one, state: 'waiting', retryAt: 0, seq: undefined } : ofUnknownOutcome(one);
  }));
}

/** A message that nobody may send again, since it may be in the log. @param {Outgoing} one @returns {Outgoing} */
export function ofUnknownOutcome(one) {
  return { ...one, state: 'failed', unknown: true, problem: notice('outgoing.unknown') };
}

/**
 * A waiting message that is not sent again by itself. One that was tried may be in the log.
 * @param {Outgoing} one
 * @param {import('./notice.js').Notice} problem why it is not sent
 * @returns {Outgoing}
 */
function givenUp(one, problem) {
  return one.tries > 0 ? ofUnknownOutcome(one) : { ...one, state: 'failed', problem };
}

/** Gives up what waits in a room. @param {Room} room @param {import('./notice.js').Notice} problem why it is not sent */
export function giveUpWaiting(room, problem) {
  Object.assign(room, { problem, outgoing: room.outgoing.map((one) => (one.state === 'waiting' ? givenUp(one, problem) : one)) });
}

/** Whether the person may take it back: it was never sent, or the server has refused it. @param {Outgoing} one */
export function canDiscard({ state, tries }) {
  return state === 'failed' || (state === 'waiting' && tries === 0);
}
