// One room as this client knows it: its cursor, its messages, its members, and what waits to be
// sent. Plain values and functions; store.js feeds them and keeps the results.

/** @typedef {import('./wire.js').Message} Message */
/** @typedef {import('./wire.js').Members} Members */
/** @typedef {import('./wire.js').Page} Page */

/**
 * Something that this person says and that has not come back as a message yet.
 *
 * - `waiting`: to be sent when the room is joined and `retryAt` has passed;
 * - `flying`: sent, without answer;
 * - `sent`: on the server's disk; its message is on the way;
 * - `failed`: refused, or too old to be retried (`unknown`). The person decides.
 * @typedef {{cid: string, kind: 'text' | 'action', text: string, firstAt: number, tries: number,
 *   state: 'waiting' | 'flying' | 'sent' | 'failed', retryAt: number, seq?: number,
 *   unknown?: boolean, problem?: string}} Outgoing
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
 * @property {number} historyId the request for older messages that is under way, or 0
 * @property {Members | null} members
 * @property {number} membersId the request for the members that is under way, or 0
 * @property {Map<string, number>} typing nicks, and when to forget each
 * @property {Outgoing[]} outgoing in the order in which they were said
 * @property {number} unread messages that came while the person was elsewhere
 * @property {boolean} reading whether the person has scrolled up
 * @property {string | null} problem a sentence about why nothing comes, or null
 */

/** So many messages of a room are kept; older ones are loaded again when somebody scrolls up. */
export const MESSAGES_MAX = 1_000;

/** So many while the person reads older ones, which must not vanish under their eyes. */
export const READING_MAX = 5_000;

/** A nick is shown as typing for so long; clients repeat it every three seconds. */
export const TYPING_MS = 6_000;

/** @param {string} name @returns {Room} */
export function newRoom(name) {
  return {
    name, epoch: null, last: null, first: 1, messages: [], live: false, joined: false, joinId: 0,
    rejoinAt: null, historyId: 0, members: null, membersId: 0, typing: new Map(), outgoing: [],
    unread: 0, reading: false, problem: null,
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
 * Takes the answer to a join. The cursor moves to the end of the page; whether the room is live
 * is up to `more`.
 * @param {Room} room
 * @param {Page} page
 * @param {number | undefined} after what the join asked for
 * @param {string} epoch of the server's log
 */
export function takeJoin(room, page, after, epoch) {
  room.name = page.room.name;
  const here = page.reset ? [] : room.messages;
  room.messages = trimmed(room, merge(here, page.events));
  const fresh = page.reset || page.limited || after === undefined;
  room.last = page.events.at(-1)?.seq ?? (fresh ? page.head : after);
  room.epoch = epoch;
  room.first = page.first;
  room.joined = true;
  room.live = !page.more;
  room.problem = null;
  room.members = page.members ?? room.members;
  settle(room);
}

/**
 * Takes a page of history. It never moves the cursor.
 * @param {Room} room
 * @param {Page} page
 */
export function takeHistory(room, page) {
  room.first = page.first;
  // What lies above the cursor comes as messages; taking it here would make them look repeated.
  room.messages = merge(room.messages, page.events.filter(({ seq }) => seq <= (room.last ?? 0)));
}

/**
 * Takes a message that was said just now.
 * @param {Room} room
 * @param {Message} message
 * @returns {'taken' | 'repeated' | 'hole' | 'early'} `hole`: join again after the cursor; `early`: a
 *   page is under way, and brings it
 */
export function takeMessage(room, message) {
  if (!room.live || room.last === null) return 'early';
  if (message.seq <= room.last) return 'repeated';
  if (message.seq > room.last + 1) return 'hole';
  room.last = message.seq;
  room.messages = trimmed(room, [...room.messages, message]);
  room.typing = new Map([...room.typing].filter(([nick]) => nick !== message.from.nick));
  settle(room);
  return 'taken';
}

/** @param {Room} room @param {Message[]} messages */
function trimmed(room, messages) {
  const max = room.reading ? READING_MAX : MESSAGES_MAX;
  return messages.length > max ? messages.slice(messages.length - max) : messages;
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
 * Changes one outgoing message.
 * @param {Room} room
 * @param {string} cid
 * @param {Partial<Outgoing>} change
 */
export function amend(room, cid, change) {
  room.outgoing = room.outgoing.map((one) => (one.cid === cid ? { ...one, ...change } : one));
  settle(room);
}

/**
 * What to send next. One at a time: if a second flew while the first is refused for its rate, it
 * would overtake the first.
 * @param {Room} room
 * @param {number} now
 * @returns {Outgoing | undefined}
 */
export function nextToSend(room, now) {
  const open = room.outgoing.find(({ state }) => state === 'waiting' || state === 'flying');
  return room.joined && open?.state === 'waiting' && open.retryAt <= now ? open : undefined;
}

/**
 * The connection has gone: nothing is live, and what flew waits again, under the same cid.
 * @param {Room} room
 */
export function disconnect(room) {
  Object.assign(room, {
    live: false, joined: false, joinId: 0, historyId: 0, membersId: 0, rejoinAt: null, typing: new Map(),
  });
  room.outgoing = room.outgoing.map((one) =>
    one.state === 'flying' ? { ...one, state: 'waiting', retryAt: 0 } : one);
}

/**
 * Takes a `members` event.
 * @param {Room} room
 * @param {{version: number, count: number, joined?: import('./wire.js').User[] | null,
 *   left?: string[] | null}} event
 * @returns {boolean} whether a version is missing: ask again
 */
export function takeMembers(room, event) {
  const { members } = room;
  if (!members) return true;
  if (event.version <= members.version) return false;
  const missed = event.version !== members.version + 1;
  const gone = new Set([...(event.left ?? []), ...(event.joined ?? []).map(({ id }) => id)]);
  room.members = {
    version: event.version,
    count: event.count,
    sample: [...members.sample.filter(({ id }) => !gone.has(id)), ...(event.joined ?? [])],
  };
  return missed;
}
