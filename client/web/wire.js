// The wire: commands to text, text to events, and the rules that both sides follow.
//
// main.js feeds it with what the store wants to say and with what the socket hears. It knows no
// clock and no connection. The specification is protocol/README.md; the examples in
// protocol/golden/ are checked by tests/wire.test.js.

/** The version of the protocol that this client speaks. */
export const VERSION = 1;

/**
 * A person, and what they are called.
 * @typedef {{id: string, nick: string}} User
 *
 * Something that was said.
 * @typedef {{type: 'message', room: string, seq: number, cid: string, from: User,
 *   kind?: string | null, text: string, at: number}} Message
 *
 * How many are in a room, and some of them.
 * @typedef {{version: number, count: number, sample: User[]}} Members
 *
 * A piece of a room's log: the answer to `join` and to `history`.
 * @typedef {{room: {name: string}, first: number, head: number, events: Message[], more: boolean,
 *   limited: boolean, reset: boolean, members?: Members}} Page
 *
 * What the server allows.
 * @typedef {{text_bytes: number, frame_bytes: number, page_events: number, rooms: number,
 *   sends_burst: number, sends_per_second: number, retry_ms: number}} Limits
 *
 * A frame from the server. `type` tells which fields are there.
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

const user = record({ id: isString, nick: isString });
const room = record({ name: isString });
const members = record({ version: isCount, count: isCount, sample: list(user) });
const message = record({
  room: isString, seq: isCount, cid: isCid, from: user,
  // A kind of a later version is shown as plain text rather than lost.
  kind: optional(isString), text: isString, at: isCount,
});
/** In the order of their seq, none twice. @type {Check} */
const inOrder = (messages) => list(message)(messages) &&
  messages.every((/** @type {Message} */ { seq }, /** @type {number} */ at) => at === 0 || messages[at - 1].seq < seq);
const page = record({
  room, first: isCount, head: isCount, events: inOrder, more: isBoolean,
  limited: isBoolean, reset: isBoolean, members: optional(members),
});
const limits = record({
  text_bytes: isCount, frame_bytes: isCount, page_events: isCount, rooms: isCount,
  sends_burst: isCount, sends_per_second: isCount, retry_ms: isCount,
});

/** @type {Record<string, Check>} */
const EVENTS = {
  ok: record({ id: isCount }),
  error: record({ id: optional(isCount), code: isString, message: isString, retry_ms: optional(isCount) }),
  message,
  typing: record({ room: isString, who: list(isString) }),
  behind: record({ room: isString, head: isCount }),
  members: record({
    room: isString, version: isCount, count: isCount, joined: optional(list(user)),
    left: optional(list(isString)),
  }),
  bye: record({ code: isCount, reason: isString, reconnect: isBoolean, after_ms: optional(isCount) }),
};

/** What the `ok` of each command holds. @type {Record<string, Check>} */
const BODIES = {
  hello: record({
    user, token: isString, epoch: isString, heartbeat_ms: isCount, limits, notice: optional(isString),
  }),
  nick: record({ user, token: isString }),
  rooms: record({ rooms: list(record({ name: isString, members: isCount })), more: isBoolean, after: optional(isString) }),
  join: page,
  history: page,
  send: record({ seq: isCount, at: isCount, dup: isBoolean }),
  members: record({ room, members }),
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
 * Reads an event. One of a type that this version does not know comes back as it is.
 * @param {string} text
 * @returns {Event}
 * @throws {Error} when the frame is no event, or one of a known type lacks a field.
 */
export function parse(text) {
  const event = JSON.parse(text);
  if (!record({ type: isString })(event)) throw new Error('the server sent a frame without a type');
  if (Object.hasOwn(EVENTS, event.type) && !EVENTS[event.type](event)) {
    throw new Error(`the server sent a "${event.type}" with a wrong or missing field`);
  }
  return event;
}

/**
 * Whether an `ok` holds what the `ok` of this command must hold.
 * @param {string} type of the command
 * @param {Event} ok
 * @returns {boolean}
 */
export function isAnswerTo(type, ok) {
  return !Object.hasOwn(BODIES, type) || BODIES[type](ok);
}

/**
 * How a message is meant. A kind of a later version is read as text: the message has its place in
 * the room, and a client that lost it would see a hole there for ever.
 * @param {{kind?: string | null}} message
 * @returns {'text' | 'action'}
 */
export function kindOf({ kind }) {
  return kind === 'action' ? 'action' : 'text';
}

/** Whether this is a whole message: for what was kept on this device. @param {any} value */
export function isMessage(value) {
  return message(value) && value.type === 'message';
}

/**
 * Whether a client that was closed with this code connects again. Codes that are not listed come
 * back, and so does a missing one (1005).
 * @param {number} code
 */
export function comesBack(code) {
  return ![1000, 1002, 1007, 1009].includes(code) && !(code >= 4500 && code <= 4999);
}

/**
 * Whether this is a cid: a UUIDv7 in lower case, or a ULID in upper case.
 * @param {any} cid
 * @returns {boolean}
 */
export function isCid(cid) {
  return isString(cid) && (/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(cid) ||
    /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(cid));
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

/**
 * What is wrong with a text, or `null`. The server judges again.
 * @param {string} text
 * @param {number} bytesMax `limits.text_bytes`
 * @returns {null | {code: 'bad_text' | 'text_too_long', key: string, args?: Record<string, number>}}
 *   `key` and `args` make a notice
 */
export function problemOf(text, bytesMax) {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > bytesMax) return { code: 'text_too_long', key: 'say.tooLong', args: { count: bytes - bytesMax } };
  const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.exec(text);
  if (control) return { code: 'bad_text', key: 'say.control', args: { place: control.index + 1 } };
  return text.trim() ? null : { code: 'bad_text', key: 'say.empty' };
}

/**
 * Whether this may be the name of a room; with another length, a nick. The server judges by finer rules.
 * @param {string} word
 * @param {number} [most] characters
 */
export function isName(word, most = 48) {
  return [...word].length <= most && /[\p{L}\p{N}]/u.test(word) && /^[\p{L}\p{M}\p{N}_.-]+$/u.test(word);
}
