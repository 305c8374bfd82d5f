// The wire format: commands as text, and text as events.
//
// It has no clock and no connection. The specification is protocol/README.md; tests/wire.test.js checks the
// examples in protocol/golden/.

/** The version of the protocol that this client speaks. */
export const VERSION = 1;

/**
 * A person and their nick. `presence`: unless they are online; `bot`: whether it is one.
 * @typedef {{id: string, nick: string, presence?: string, bot?: boolean}} User
 *
 * A message. `room`, as in all events, is the room's id. `deleted`: the seq of the entry that has deleted its text; `edited`:
 * that of the last entry that has replaced it.
 * @typedef {{type: 'message', room: string, seq: number, cid: string, from: User,
 *   kind?: string | null, text: string, at: number, deleted?: number | null, edited?: number | null, shadow?: boolean | null}} Message
 *
 * An entry of a room's log that deletes the texts of earlier messages, by their seqs.
 * @typedef {{type: 'deleted', room: string, seq: number, messages: number[]}} Deleted
 *
 * An entry that replaces the text of the message with the seq `message`; without a text, a later one has done so again.
 * @typedef {{type: 'edited', room: string, seq: number, message: number, text: string, shadow?: boolean | null}} Edited
 *
 * An entry of a room's log: a message, or something that has a seq like a message and is shown as nothing, such as what
 * is of a type that this version does not know.
 * @typedef {Message | Deleted | Edited | {type: string, room: string, seq: number}} Entry
 *
 * The number of people in a room, how many of them are away or do not want to be disturbed, and some of them.
 * @typedef {{version: number, count: number, away?: number, dnd?: number, sample: User[]}} Members
 *
 * A room as the server describes it. `kind`: `private` or `direct`, else it is public; `see`, `speak` and `moderate`: the
 * least role that may; `groups`: the names of the groups that may without it, by the right; `invite`: the least rank that
 * may invite; `slow_ms`: how long a person waits between two messages; `order`: its place among the others, 0 for none.
 * @typedef {{id: string, name: string, kind?: string, topic?: string, speak?: string, invite?: string, slow_ms?: number,
 *   archived?: boolean, see?: string, moderate?: string, groups?: Record<string, string[]>, order?: number}} RoomInfo
 *
 * Somebody whom the person keeps away. `distance`: `ignore` or `block`.
 * @typedef {{user: User, distance: string}} KeptAway
 *
 * A room of a person, and what they are there: `invited`, `member` or `moderator`; `by`: who brought them there.
 * @typedef {{room: RoomInfo, rank: string, people?: User[], by?: User}} OwnRoom
 *
 * A piece of a room's log: the answer to `join` and to `history`.
 * @typedef {{room: RoomInfo, first: number, head: number, events: Entry[], more: boolean,
 *   limited: boolean, reset: boolean, members?: Members}} Page
 *
 * The server's limits.
 * @typedef {{text_bytes: number, frame_bytes: number, page_events: number, rooms: number,
 *   sends_burst: number, sends_per_second: number, retry_ms: number, message_bytes?: number | null}} Limits
 *
 * An event from the server. Its `type` says which fields it has.
 * @typedef {{type: string, id?: number, [field: string]: any}} Event
 */

/** @typedef {(value: any) => boolean} Check */

/** @type {Check} */
const isString = (value) => typeof value === 'string';
/** @type {Check} */
const isBoolean = (value) => typeof value === 'boolean';
/** @type {Check} */
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
/** @type {(check: Check) => Check} */
const optional = (check) => (value) => value === undefined || value === null || check(value);
/** @type {(check: Check) => Check} */
const list = (check) => (value) => Array.isArray(value) && value.every(check);
/** @type {(fields: Record<string, Check>) => Check} */
const record = (fields) => (value) =>
  value !== null && typeof value === 'object' && !Array.isArray(value) &&
  Object.entries(fields).every(([name, check]) => check(value[name]));

const user = record({ id: isString, nick: isString, presence: optional(isString) });
const room = record({
  id: isUlid, name: isString, kind: optional(isString), topic: optional(isString), speak: optional(isString), invite: optional(isString),
  slow_ms: optional(isCount), archived: optional(isBoolean),
});
const own = record({ room, rank: isString, people: optional(list(user)), by: optional(user) });
const keptAway = record({ user, distance: isString });
const counts = { version: isCount, count: isCount, away: optional(isCount), dnd: optional(isCount) };
const members = record({ ...counts, sample: list(user) });
const message = record({
  room: isUlid, seq: isCount, cid: isCid, from: user,
  // A kind of a later version is shown as plain text.
  kind: optional(isString), text: isString, at: isCount, deleted: optional(isCount), edited: optional(isCount), shadow: optional(isBoolean),
});
/** Anything that has a seq in a room's log. @type {Check} */
const hasSeq = record({ type: isString, room: isUlid, seq: isCount });
/** The entries that this version knows. @type {Record<string, Check>} */
const ENTRIES = { message, deleted: record({ messages: list(isCount) }), edited: record({ message: isCount, text: isString, shadow: optional(isBoolean) }) };
/** @type {Check} */
const entry = (value) => hasSeq(value) &&
  (Object.hasOwn(ENTRIES, value.type) ? ENTRIES[value.type](value) : !Object.hasOwn(EVENTS, value.type));
/** Entries in the order of their seq, each once. @type {Check} */
const inOrder = (entries) => list(entry)(entries) &&
  entries.every((/** @type {Entry} */ { seq }, /** @type {number} */ at) => at === 0 || entries[at - 1].seq < seq);
const page = record({
  room, first: isCount, head: isCount, events: inOrder, more: isBoolean,
  limited: isBoolean, reset: isBoolean, members: optional(members),
});
const limits = record({
  text_bytes: isCount, frame_bytes: isCount, page_events: isCount, rooms: isCount,
  sends_burst: isCount, sends_per_second: isCount, retry_ms: isCount, message_bytes: optional(isCount),
});

/** @type {Record<string, Check>} */
const EVENTS = {
  ok: record({ id: isCount }),
  error: record({
    id: optional(isCount), code: isString, message: isString, retry_ms: optional(isCount), suggestion: optional(isString), reason: optional(isString),
  }),
  message,
  deleted: entry,
  edited: entry,
  typing: record({ room: isUlid, who: list(isString) }),
  behind: record({ room: isUlid, head: isCount }),
  removed: record({ room: isUlid, reason: isString }),
  added: own,
  room: record({ room, description: optional(isString) }),
  kept_away: keptAway,
  role: record({ role: isString }),
  members: record({
    room: isUlid, ...counts, joined: optional(list(user)), left: optional(list(isString)),
  }),
  bye: record({ code: isCount, reason: isString, reconnect: isBoolean, after_ms: optional(isCount) }),
};

const sent = record({ seq: isCount, at: isCount, dup: isBoolean, deleted: optional(isBoolean) });

/** The fields of the `ok` of each command. @type {Record<string, Check>} */
const BODIES = {
  hello: record({
    user, token: optional(isString), epoch: isString, heartbeat_ms: isCount, limits, notice: optional(isString),
    features: optional(list(isString)), role: optional(isString), login: optional(isCount),
  }),
  nick: record({ user, token: optional(isString) }),
  register: record({ user, token: isString, role: isString, login: isCount }),
  logins: record({ logins: list(record({ login: isCount, device: isString, address: isString, made: isCount, used: isCount })) }),
  link: record({ code: isString, expires_ms: isCount }),
  whoami: record({ user, since: isCount, connection: isCount, connected: isCount }),
  rooms: record({ rooms: list(record({ id: isUlid, name: isString, members: isCount })), more: isBoolean, after: optional(isString) }),
  join: page,
  history: page,
  send: sent,
  edit: sent,
  purge: record({ deleted: isCount }),
  members: record({ room, members }),
  presence: record({ presence: isString }),
  mine: record({ rooms: list(own), more: isBoolean }),
  kept_away: record({ people: list(keptAway) }),
  direct: own,
  make_room: own,
  accept: own,
  invite_link: record({ code: isString, expires_ms: isCount, uses: isCount }),
  people: record({ people: list(record({ user, rank: isString })), more: isBoolean }),
};

/**
 * Writes a command as the text of a frame. Fields that are `undefined` are left out.
 * @param {string} type
 * @param {number} id
 * @param {object} fields
 * @returns {string}
 */
export function encode(type, id, fields) {
  return JSON.stringify({ type, id, ...fields });
}

/**
 * Parses an event. One of a type that this version does not know is returned as it is.
 * @param {string} text
 * @returns {Event}
 * @throws {Error} when the frame is not an event, or an event of a known type lacks a field
 */
export function parse(text) {
  const event = JSON.parse(text);
  if (!record({ type: isString })(event)) throw new Error('the server sent a frame without a type');
  if (Object.hasOwn(EVENTS, event.type) && !EVENTS[event.type](event)) {
    throw new Error(`the server sent a "${event.type}" with a wrong or missing field`);
  }
  return event;
}

/** Whether an event is an entry of a room's log: a message, or of a type of a later version. @param {Event} event @returns {boolean} */
export function isEntry(event) {
  return entry(event);
}

/** Whether an entry is a message. @param {Entry} value @returns {value is Message} */
export function isMessage(value) {
  return value.type === 'message';
}

/** Whether an entry deletes the texts of messages. @param {Entry} value @returns {value is Deleted} */
export function isDeletion(value) {
  return value.type === 'deleted';
}

/** Whether an entry replaces the text of a message. @param {Entry} value @returns {value is Edited} */
export function isEdit(value) {
  return value.type === 'edited';
}

/**
 * Whether an `ok` has the fields that the answer to this command must have.
 * @param {string} type of the command
 * @param {Event} ok
 * @returns {boolean}
 */
export function isAnswerTo(type, ok) {
  return !Object.hasOwn(BODIES, type) || BODIES[type](ok);
}

/**
 * The kind of a message. A kind of a later version counts as text: the message has a seq, and without it there
 * would be a hole for ever.
 * @param {{kind?: string | null}} message
 * @returns {'text' | 'action'}
 */
export function kindOf({ kind }) {
  return kind === 'action' ? 'action' : 'text';
}

/** Whether a value that was stored on this device is a complete message. @param {any} value */
export function isCompleteMessage(value) {
  return message(value) && isMessage(value);
}

/** The types of entries that this version knows: a later one may know what this one skips. */
export const SHOWN_ENTRIES = 'message deleted edited';

/**
 * Whether a client reconnects after a close with this code. It does for codes that are not listed here, and
 * for a missing one (1005).
 * @param {number} code
 */
export function reconnectsAfter(code) {
  return ![1000, 1002, 1007, 1009].includes(code) && !(code >= 4500 && code <= 4999);
}

/**
 * Whether this is a cid: a UUID in lower case, or a ULID in upper case.
 * @param {any} cid
 * @returns {boolean}
 */
export function isCid(cid) {
  return isUlid(cid) || (isString(cid) &&
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(cid));
}

/** Whether this has the form of a ULID, as the ids of rooms have. @param {any} value @returns {boolean} */
function isUlid(value) {
  return isString(value) && /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(value);
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Makes a cid: a ULID of this time and 80 random bits.
 * @param {number} now Unix milliseconds
 * @param {Uint8Array} [random] 16 bytes, of which 5 bits each are used
 * @returns {string}
 */
export function newCid(now, random = crypto.getRandomValues(new Uint8Array(16))) {
  let time = '';
  for (let rest = now; time.length < 10; rest = Math.floor(rest / 32)) {
    time = CROCKFORD[rest % 32] + time;
  }
  return time + Array.from(random, (byte) => CROCKFORD[byte & 31]).join('');
}
