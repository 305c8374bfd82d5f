// One room as this client knows it: its cursor, its messages, its members, and what waits to be
// sent. Plain values and functions; store.js feeds them and keeps the results.

import { noteUnread, seeAll } from './unread.js';

/** @typedef {import('./wire.js').Message} Message */
/** @typedef {import('./wire.js').Members} Members */
/** @typedef {import('./wire.js').Page} Page */
/** @typedef {import('./wire.js').User} User */
/** @typedef {import('./notice.js').Notice} Notice */

/**
 * Something that this person says and that has not come back as a message yet.
 *
 * - `waiting`: to be sent when the room is joined and `retryAt` has passed;
 * - `flying`: sent, without answer;
 * - `sent`: on the server's disk; its message is on the way;
 * - `failed`: refused, or not to be retried because it may have been sent (`unknown`). The person
 *   decides.
 *
 * `sender` is who tried it first: a retry of somebody else would be a second message. `problem` is
 * why it was not sent yet, or why it will not be.
 * @typedef {{cid: string, kind: 'text' | 'action', text: string, firstAt: number, tries: number,
 *   state: 'waiting' | 'flying' | 'sent' | 'failed', retryAt: number, sender: string | null,
 *   seq?: number, unknown?: boolean, problem?: Notice}} Outgoing
 */

/**
 * @typedef {object} Room
 * @property {string} name as the server spells it
 * @property {string | null} epoch of `last`
 * @property {number | null} last the cursor: the last seq that came; `null` before the first page
 * @property {number} first the first seq that the server's log still has
 * @property {Message[]} messages in the order of their seq; a jump in it is a gap
 * @property {boolean} live whether messages come as they are said
 * @property {boolean} joined whether this connection is in the room, live or reading
 * @property {number} joinId the request whose answer counts; 0 when none is under way
 * @property {number | null} rejoinAt when to join again after a refusal
 * @property {number} refusals how often joining failed in a row
 * @property {number} historyId the request for messages older than all that are here, or 0
 * @property {number} fillId the request that fills a gap, or looks for the target, or 0; what it asks
 *   for is in the state's `requests`
 * @property {number} askAt no history is asked for before that: the server said so
 * @property {Members | null} members
 * @property {number} membersId the request for the members that is under way, or 0
 * @property {Map<string, number>} typing nicks, and when to forget each
 * @property {Outgoing[]} outgoing in the order in which they were said
 * @property {number | null} read the last seq that the person has seen; `null` in a new room
 * @property {string | null} readEpoch of `read`
 * @property {number} unread how many of others lie between `read` and the head
 * @property {number} mentions how many of those name this person, as far as they were loaded
 * @property {number[]} mine seqs above `read` that are this person's own
 * @property {number[]} mentioned seqs above `read` that name this person
 * @property {number | null} divider the first unread seq when the person came; until they go or send
 * @property {number | null} target the seq to bring into view, until it is there
 * @property {number | null} anchor the seq that the person looks at; `null` at the end
 * @property {Notice | null} problem why nothing comes, or null
 */

/** So many messages of a room are kept; others are loaded again when somebody looks for them. */
export const MESSAGES_MAX = 1_000;

/** So many of the newest stay while the person reads elsewhere: the way back is at once. */
const NEWEST_KEPT = 200;

/** So many stay on either side of what the person reads. */
const AROUND_KEPT = (MESSAGES_MAX - NEWEST_KEPT) / 2;

/** A nick is shown as typing for so long; clients repeat it every three seconds. */
export const TYPING_MS = 6_000;

/** @param {string} name @returns {Room} */
export function newRoom(name) {
  return {
    name, epoch: null, last: null, first: 1, messages: [], live: false, joined: false, joinId: 0,
    rejoinAt: null, refusals: 0, historyId: 0, fillId: 0, askAt: 0, members: null, membersId: 0,
    typing: new Map(), outgoing: [], read: null, readEpoch: null, unread: 0, mentions: 0, mine: [],
    mentioned: [], divider: null, target: null, anchor: null, problem: null,
  };
}

/**
 * Puts a page into what is there. Both are in order; what is in both is taken once.
 * @param {Message[]} messages
 * @param {Message[]} page
 * @returns {Message[]}
 */
export function merge(messages, page) {
  if (!page.length) return messages;
  const first = page[0].seq;
  const last = page[page.length - 1].seq;
  return [
    ...messages.filter((message) => message.seq < first),
    ...page,
    ...messages.filter((message) => message.seq > last),
  ];
}

/**
 * Where messages are missing between those that are there.
 * @param {Message[]} messages
 * @returns {{from: number, to: number}[]} the missing seqs, both inclusive
 */
export function gaps(messages) {
  const found = [];
  for (let at = 1; at < messages.length; at += 1) {
    const from = messages[at - 1].seq + 1;
    const to = messages[at].seq - 1;
    if (from <= to) found.push({ from, to });
  }
  return found;
}

/** Whether the server has messages before the first one here. @param {Room} room */
export function hasOlder(room) {
  return room.messages.length > 0 && room.messages[0].seq > room.first;
}

/**
 * Where a message is, or where it would be.
 * @param {Message[]} messages
 * @param {number} seq
 * @returns {number} of the first that is not before it
 */
export function placeOf(messages, seq) {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messages[middle].seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {Room} room @param {number} seq */
export function isLoaded(room, seq) {
  return room.messages[placeOf(room.messages, seq)]?.seq === seq;
}

/**
 * Takes the answer to a join. The cursor moves to the end of the page; whether the room is live
 * is up to `more`.
 * @param {Room} room
 * @param {Page} page
 * @param {number | undefined} after what the join asked for
 * @param {string} epoch of the server's log
 * @param {User | null} me
 */
export function takeJoin(room, page, after, epoch, me) {
  const fresh = page.reset || page.limited || after === undefined;
  if (page.reset) Object.assign(room, { messages: [], target: null, anchor: null, outgoing: unsaid(room.outgoing) });
  Object.assign(room, {
    name: page.room.name,
    last: page.events.at(-1)?.seq ?? (fresh ? page.head : after),
    epoch, first: page.first, joined: true, live: !page.more, problem: null,
    members: page.members ?? room.members,
  });
  room.messages = trimmed(room, merge(room.messages, page.events));
  // In a room that is new to this person nothing is unread, and in another log all marks are void.
  if (page.reset || room.read === null || room.readEpoch !== epoch) seeAll(room);
  room.readEpoch = epoch;
  noteUnread(room, page.events, me);
  settle(room);
}

/**
 * Takes a page of history. It never moves the cursor.
 * @param {Room} room
 * @param {Page} page
 * @param {User | null} me
 */
export function takeHistory(room, page, me) {
  room.first = Math.max(room.first, page.first);
  // What lies above the cursor comes as messages; taking it here would make them look repeated.
  const events = page.events.filter(({ seq }) => seq <= (room.last ?? 0));
  room.messages = trimmed(room, merge(room.messages, events), events[0]?.seq);
  noteUnread(room, events, me);
  settle(room);
}

/**
 * Takes a message that was said just now.
 * @param {Room} room
 * @param {Message} message
 * @param {User | null} me
 * @returns {'taken' | 'repeated' | 'hole' | 'early'} `hole`: join again after the cursor; `early`: a
 *   page is under way, and brings it
 */
export function takeMessage(room, message, me) {
  if (!room.live || room.last === null) return 'early';
  if (message.seq <= room.last) return 'repeated';
  if (message.seq > room.last + 1) return 'hole';
  room.last = message.seq;
  room.messages = trimmed(room, [...room.messages, message]);
  if (room.typing.has(message.from.nick)) {
    room.typing = new Map([...room.typing].filter(([nick]) => nick !== message.from.nick));
  }
  noteUnread(room, [message], me);
  settle(room);
  return 'taken';
}

/**
 * Keeps the memory of a room bounded: the newest messages stay, and those round what the person
 * reads. What is cut out between them is a gap like any other; it is loaded when they come to it.
 * @param {Room} room
 * @param {Message[]} messages
 * @param {number} [seq] what was just asked for, if the person has not been seen there yet
 */
function trimmed(room, messages, seq) {
  const above = messages.length - MESSAGES_MAX;
  if (above <= 0) return messages;
  const looksAt = room.target ?? room.anchor ?? seq;
  const from = looksAt === undefined ? above : Math.max(0, placeOf(messages, looksAt) - AROUND_KEPT);
  if (from >= above) return messages.slice(above);
  return [...messages.slice(from, from + 2 * AROUND_KEPT), ...messages.slice(-NEWEST_KEPT)];
}

/**
 * Drops what has come back as a message. A `sent` one below the cursor is in the log, even when its
 * message lies in a gap.
 * @param {Room} room
 */
function settle(room) {
  if (!room.outgoing.length) return;
  const there = new Set(room.messages.map((message) => message.cid));
  room.outgoing = room.outgoing.filter((one) =>
    !there.has(one.cid) && !(one.state === 'sent' && (one.seq ?? 0) <= (room.last ?? 0)));
}

/**
 * In a log that was restored from a backup, what was on the disk of the other may be missing. It is
 * said again under its cid: where it is there, nothing happens.
 * @param {Outgoing[]} outgoing
 * @returns {Outgoing[]}
 */
function unsaid(outgoing) {
  return outgoing.map((one) => (one.state === 'sent' ? { ...one, state: 'waiting', retryAt: 0, seq: undefined } : one));
}

/**
 * Changes one outgoing message.
 * @param {Room} room
 * @param {string} cid
 * @param {Partial<Outgoing>} change
 */
export function amend(room, cid, change) {
  room.outgoing = room.outgoing.map((one) => (one.cid === cid ? { ...one, ...change } : one));
  settle(room);
}

/** Takes what another window of this person has not sent. @param {Room} room @param {Outgoing} one */
export function adopt(room, one) {
  room.outgoing = [...room.outgoing, one];
  settle(room);
}

/** Whether it can be taken back: nobody has it, or the server has refused it. @param {Outgoing} one */
export function canDiscard({ state, tries }) {
  return state === 'failed' || (state === 'waiting' && tries === 0);
}

/**
 * What to send next. One at a time: if a second flew while the first is refused for its rate, it
 * would overtake the first.
 * @param {Room} room
 * @param {number} now
 * @returns {Outgoing | undefined}
 */
export function nextToSend(room, now) {
  if (!room.joined || room.outgoing.some(({ state }) => state === 'flying')) return undefined;
  const next = room.outgoing.find(({ state }) => state === 'waiting');
  return next && next.retryAt <= now ? next : undefined;
}

/**
 * The connection has gone: nothing is live, and what flew waits again, under the same cid.
 * @param {Room} room
 */
export function disconnect(room) {
  Object.assign(room, {
    live: false, joined: false, joinId: 0, historyId: 0, fillId: 0, askAt: 0, membersId: 0,
    rejoinAt: null, refusals: 0, typing: new Map(),
  });
  room.outgoing = room.outgoing.map((one) =>
    one.state === 'flying' ? { ...one, state: 'waiting', retryAt: 0 } : one);
}

/**
 * Takes a `members` event.
 * @param {Room} room
 * @param {{version: number, count: number, joined?: import('./wire.js').User[] | null,
 *   left?: string[] | null}} event
 * @returns {boolean} whether it leaves open who is there: ask again
 */
export function takeMembers(room, event) {
  const { members } = room;
  if (!members) return true;
  if (event.version <= members.version) return false;
  const gone = new Set([...(event.left ?? []), ...(event.joined ?? []).map(({ id }) => id)]);
  room.members = {
    version: event.version,
    count: event.count,
    sample: [...members.sample.filter(({ id }) => !gone.has(id)), ...(event.joined ?? [])],
  };
  if (event.version !== members.version + 1) return true;
  // A large room tells no names. When it has shrunk to the size of the sample, that would pass for all
  // of them, and some have left.
  const named = event.joined !== undefined || event.left !== undefined;
  const wereAll = named && members.sample.length >= members.count;
  return !wereAll && room.members.sample.length >= event.count;
}
