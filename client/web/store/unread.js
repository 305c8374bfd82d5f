// What a person has not seen of a room: the read mark, how many messages lie above it, which of those mention the
// person, and the unread divider, which is the line above the first unread message. It is placed when the room is opened
// or looked at again, and goes when the person leaves the room or writes in it.
//
// The functions change the room that they are given. The number of unread messages follows from the read
// mark and the head alone, so that it is right even for messages that were never loaded. Only their authors,
// their mentions, and entries that are not shown have to be loaded to be known.

import { countInSpans, isSkipped } from './loaded_history.js';
import { mentions } from '../text/markdown.js';

/** @typedef {import('./state.js').Room} Room */

/** @typedef {import('./state.js').Reader} Reader */

/** The most seqs that are remembered above the read mark: nobody reads a thousand mentions. */
export const NOTED_MAX = 1_000;

/**
 * Notes which messages above the read mark are never unread, and which mention the person. Of a message that was noted
 * before, what holds now counts: pages may overlap, and the person may keep somebody away or no more.
 * @param {Room} room
 * @param {import('../net/wire.js').Message[]} events of the same message the last one counts
 * @param {Reader | null} me
 */
export function noteUnread(room, events, me) {
  const { read } = room;
  const above = events.filter(({ seq }) => read !== null && seq > read);
  if (me && above.length) {
    const isQuiet = (/** @type {import('../net/wire.js').Message} */ { from }) => from.id === me.id || me.away?.has(from.id);
    room.mine = noted(room.mine, above, isQuiet);
    room.mentioned = noted(room.mentioned, above, (one) => !isQuiet(one) && mentions(one.text, me.nick, me.words));
  }
  countUnread(room);
}

/**
 * Moves the read mark: the person has seen the messages up to this one. The mark never moves back.
 * @param {Room} room
 * @param {number} seq
 */
export function markRead(room, seq) {
  const read = Math.max(room.read ?? 0, seq);
  room.read = read;
  room.mine = room.mine.filter((one) => one > read);
  room.mentioned = room.mentioned.filter((one) => one > read);
  countUnread(room);
}

/** Everything in a room counts as read: the room is new to the person, or its log started again. @param {Room} room */
export function markAllRead(room) {
  Object.assign(room, { read: room.last, mine: [], mentioned: [], unread: 0, mentions: 0, divider: null });
}

/** Places the divider above the first unread message, if there is one. @param {Room} room */
export function placeUnreadDivider(room) {
  room.divider = null;
  if (!room.unread) return;
  const mine = new Set(room.mine);
  let seq = Math.max(room.read ?? 0, room.first - 1) + 1;
  while (mine.has(seq) || isSkipped(room, seq)) seq += 1;
  room.divider = seq;
}

/** The seq above which the divider is drawn; Infinity while its place is not loaded. @param {Room} room */
export function unreadDividerSeq({ divider, messages, first }) {
  if (divider === null || divider === undefined || !messages.length) return Infinity;
  const isLoaded = messages[0].seq <= divider || messages[0].seq <= first;
  return isLoaded ? divider : Infinity;
}

/** @param {Room} room */
function countUnread(room) {
  // What the server no longer has cannot be read.
  const from = Math.max(room.read ?? 0, room.first - 1);
  const last = room.read === null ? 0 : room.last ?? 0;
  const isWithin = (/** @type {number} */ seq) => seq > from && seq <= last;
  room.unread = Math.max(0, last - from - room.mine.filter(isWithin).length - countInSpans(room.skipped, from + 1, last));
  room.mentions = room.mentioned.filter(isWithin).length;
}

/**
 * @param {number[]} seqs
 * @param {import('../net/wire.js').Message[]} messages
 * @param {(message: import('../net/wire.js').Message) => boolean | undefined} counts
 */
function noted(seqs, messages, counts) {
  const all = new Set(seqs);
  for (const message of messages) {
    if (counts(message)) all.add(message.seq);
    else all.delete(message.seq);
  }
  return [...all].sort((one, other) => one - other).slice(-NOTED_MAX);
}
