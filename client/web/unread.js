// What a person has not seen of a room: the mark up to which they have, what lies above it, and
// where the dividing line stands.
//
// store.js and answers.js feed it; it changes the room that it is given, which is theirs. The number
// of unread messages follows from the mark and the head alone, so that it is right even for those
// that were never loaded. Only who said them and whom they name has to be seen to be known.

import { mentions } from './mention.js';

/** @typedef {import('./room.js').Room} Room */

/** So many seqs are remembered above the mark; in a crowd, nobody reads a thousand mentions. */
export const NOTED_MAX = 1_000;

/**
 * Notes which messages above the mark are this person's own, and which name them. Taking a message
 * twice changes nothing, so pages may overlap.
 * @param {Room} room
 * @param {import('./wire.js').Message[]} events in the order of their seq
 * @param {import('./wire.js').User | null} me
 */
export function noteUnread(room, events, me) {
  const { read } = room;
  if (me && read !== null && (events.at(-1)?.seq ?? 0) > read) {
    const above = events.filter(({ seq }) => seq > read);
    room.mine = joined(room.mine, above.filter(({ from }) => from.id === me.id));
    room.mentioned = joined(room.mentioned, above.filter(({ from, text }) =>
      from.id !== me.id && mentions(text, me.nick)));
  }
  count(room);
}

/**
 * The person has seen the messages up to this one. The mark never moves back.
 * @param {Room} room
 * @param {number} seq
 */
export function see(room, seq) {
  const read = Math.max(room.read ?? 0, seq);
  room.read = read;
  room.mine = room.mine.filter((one) => one > read);
  room.mentioned = room.mentioned.filter((one) => one > read);
  count(room);
}

/**
 * All of a room counts as seen: it was never seen before, or it began anew.
 * @param {Room} room
 */
export function seeAll(room) {
  Object.assign(room, { read: room.last, mine: [], mentioned: [], unread: 0, mentions: 0, divider: null });
}

/** Draws the line above the first unread message, if there is one. @param {Room} room */
export function divide(room) {
  room.divider = null;
  if (!room.unread) return;
  const mine = new Set(room.mine);
  let seq = Math.max(room.read ?? 0, room.first - 1) + 1;
  while (mine.has(seq)) seq += 1;
  room.divider = seq;
}

/** @param {Room} room */
function count(room) {
  // What the server no longer keeps cannot be read any more.
  const from = Math.max(room.read ?? 0, room.first - 1);
  const last = room.read === null ? 0 : room.last ?? 0;
  const within = (/** @type {number} */ seq) => seq > from && seq <= last;
  room.unread = Math.max(0, last - from - room.mine.filter(within).length);
  room.mentions = room.mentioned.filter(within).length;
}

/**
 * @param {number[]} seqs
 * @param {import('./wire.js').Message[]} messages
 */
function joined(seqs, messages) {
  if (!messages.length) return seqs;
  const all = new Set([...seqs, ...messages.map(({ seq }) => seq)]);
  return [...all].sort((one, other) => one - other).slice(-NOTED_MAX);
}
