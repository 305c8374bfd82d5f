// The state of the store: rooms, and everything beside them; and the inputs and effects of `update` in store.js. Plain
// values, which the other files of this folder change.

import { foldName } from '../text/names.js';

/** @typedef {import('../net/wire.js').Message} Message */
/** @typedef {import('../net/wire.js').Members} Members */
/** @typedef {import('./notice.js').Notice} Notice */

/**
 * A range of seqs, both ends inclusive. A list of spans is in order, and no span touches the next one.
 * @typedef {[from: number, to: number]} Span
 */

/**
 * A message of this person that has not come back from the server yet, or a new text of one: `edits` is that message, by its
 * seq in this room and the log of this epoch: elsewhere it is another one.
 *
 * - `waiting`: to be sent when the room is joined and `retryAt` has passed;
 * - `flying`: sent, not answered;
 * - `sent`: on the server's disk; the message is on its way back;
 * - `failed`: refused, or not retried because it may have been sent (`unknown`). The person decides.
 *
 * `sender` is the person who tried it first: if another person retried it, it would be a second message.
 * `problem` is the reason why it is not sent yet, or never will be.
 * @typedef {{cid: string, kind: 'text' | 'action', text: string, firstAt: number, tries: number,
 *   state: 'waiting' | 'flying' | 'sent' | 'failed', retryAt: number, sender: string | null,
 *   seq?: number, unknown?: boolean, problem?: Notice, edits?: {seq: number, room: string, epoch: string | null}}} Outgoing
 */

/**
 * @typedef {object} Room
 * @property {string} id the room's id; `#name` until the server has said it, which commands accept as well
 * @property {string} name as the server spells it, or as the person did until then
 * @property {string | null} epoch of `last`
 * @property {number | null} last the cursor: the last seq that was received; `null` before the first page
 * @property {number} first the first seq that the server's log still has
 * @property {Message[]} messages in the order of their seq; a jump is a gap, unless it is in `skipped`
 * @property {Span[]} skipped seqs of entries that are shown as nothing
 * @property {(import('../net/wire.js').Deleted | import('../net/wire.js').Edited)[]} changes edits and deletions that came while a page of history is under way
 * @property {number} stale messages up to this seq are from before a jump of the cursor, and may have been deleted since:
 *   they are read again, or dropped; 0 for none
 * @property {boolean} live whether new messages are pushed
 * @property {boolean} joined whether this connection is in the room, live or still reading pages
 * @property {number} joinId the request whose answer counts; 0 when none is under way
 * @property {number | null} rejoinAt when to join again after a refusal
 * @property {number} refusals how often joining failed in a row
 * @property {number} historyId the request for messages older than all that are loaded, or 0
 * @property {number} fillId the request that fills a gap or looks for the target, or 0; its range is in
 *   the state's `requests`
 * @property {number} askAt no history is requested before this time, because the server said so
 * @property {Members | null} members
 * @property {number} membersId the request for the members that is under way, or 0
 * @property {Map<string, number>} typing nicks, and when to forget each
 * @property {Outgoing[]} outgoing in the order in which they were written
 * @property {number | null} read the read mark: the last seq that the person has seen; `null` in a new room
 * @property {string | null} readEpoch of `read`
 * @property {number} unread messages of others between `read` and the head
 * @property {number} mentions how many of those mention this person, among the loaded ones
 * @property {number[]} mine seqs above `read` of messages that are never unread: the person's own, and those of people whom
 *   they keep away
 * @property {number[]} mentioned seqs above `read` of messages that mention this person
 * @property {number | null} divider the first unread seq when the person came; until they leave or write
 * @property {number | null} target the seq to bring into view, until it is in view
 * @property {number | null} anchor the seq that the person reads; `null` at the end
 * @property {Notice | null} problem why no messages come, or null
 * @property {import('../net/wire.js').RoomInfo | null} info what the server last said of the room
 * @property {string} [description] what the room is for, at length
 * @property {string | null} rank what the person is there, if the server remembers that they are
 * @property {import('../net/wire.js').User[]} people the others in a direct room
 */

/**
 * The person whom messages may mention; `words`: also by the nick without an `@`; `away`: whose messages are folded and
 * count for nothing.
 * @typedef {import('../net/wire.js').User & {words?: boolean, away?: State['keptAway']}} Reader
 */

/**
 * - `naming`: the person is asked for a nick; nothing is connected;
 * - `connecting`, `online`;
 * - `away`: the connection was lost, and comes back at `reconnectAt`;
 * - `stopped`: the client does not reconnect by itself.
 * @typedef {'naming' | 'connecting' | 'online' | 'away' | 'stopped'} Phase
 *
 * @typedef {{theme: 'system' | 'light' | 'dark', language: 'auto' | 'en' | 'de',
 *   notify: 'off' | 'mentions' | 'all', sound: boolean, words: boolean}} Settings `words`: the nick without an
 *   `@` is a mention too
 *
 * A room, or one message of it, as a link names it: `room` is `#name`.
 * @typedef {{room: string, seq: number | null}} LinkTarget
 *
 * The message that the person was reading, in one room of one log, and how far below the top of the view it was, in px.
 * @typedef {{room: string, epoch: string, seq: number, at: number}} ReadingPosition
 *
 * What a dialog asked the server: the command `of` with this `id` on its way, or its `ok`, or why there is none.
 * @typedef {{of: string, id?: number, ok?: any, problem?: Notice}} Answer
 *
 * The code that another device needs, and until when it is valid; or why the server gave none.
 * @typedef {{code?: string, until?: number, problem?: Notice}} DeviceLink
 *
 * The open reports that are counted; `more`: there are others.
 * @typedef {{count: number, more: boolean}} OpenReports
 *
 * The raid switch. `until`: by this device's clock; `null`: until somebody turns it off.
 * @typedef {{on: boolean, until: number | null, by: string, reason: string, automatic: boolean}} Raid
 *
 * What those who keep the peace have to look at. `open`: by the id of a room, `''` for all that the person may know of;
 * `newest`: the number of the last report that came as an event.
 * @typedef {{open: Map<string, OpenReports>, newest: number, raid: Raid | null}} Duties
 *
 * How the person is there: what they have chosen, and whether nobody has been at this device for long.
 * @typedef {{chosen: 'online' | 'away' | 'dnd', isIdle: boolean}} Attendance
 *
 * What somebody says about themselves, as it was `at` a time; texts that they do not say are empty. `until`: when the
 * status ends, `null` for never.
 * @typedef {{at: number, name: string, pronouns: string, colour: string, status: string, until: number | null}} Profile
 *
 * @typedef {object} State
 * @property {Phase} phase
 * @property {string | null} wantedNick the nick that the person asks for
 * @property {string | null} nick the last nick of the person
 * @property {string | null} loginCode the code of another device, for the next hello
 * @property {string | null} offeredCode what a link has brought, until the person has decided: a code of another device, or
 *   `invite=` or `reset=` with a secret
 * @property {DeviceLink | null} deviceLink what another device needs to become the same person
 * @property {string | null} token `cookie`: the real one is in a cookie, where no script reads it
 * @property {string | null} password of the account `wantedNick`, until its hello is answered; stored nowhere
 * @property {string | null} second the code of an app or a recovery code beside it; stored nowhere
 * @property {string | null} reset the secret of a link with which `password` becomes the new one; stored nowhere
 * @property {number | null} login the number of this login, if the token is that of one; the last one after its end
 * @property {string | null} role what the person may do on the whole server; `null` for a guest
 * @property {string | undefined} device what this client calls itself in the list of logins
 * @property {Answer | null} answer
 * @property {string[]} ownIds the rooms that the server has named as the person's since they were last asked for
 * @property {{room: import('../net/wire.js').RoomInfo, by?: import('../net/wire.js').User}[]} invitations into private rooms
 * @property {Duties | null} duties `null` until duties.js is loaded
 * @property {Attendance | null} attendance `null` until presence.js is loaded, and until there is something to say
 * @property {{known: Map<string, Profile>, askAt: number} | null} profiles by the ids of people; `askAt`: nothing is asked
 *   before this time
 * @property {string[]} [groups] that the person is in, once they are asked for
 * @property {Map<string, import('../net/wire.js').KeptAway>} keptAway whom the person keeps away, by their ids
 * @property {import('../net/wire.js').User | null} me who the person is, or was before the page was closed
 * @property {string | null} epoch
 * @property {number} heartbeatMs
 * @property {import('../net/wire.js').Limits} limits
 * @property {number} nextId
 * @property {Map<number, Request>} requests that are not answered yet
 * @property {Map<string, Room>} rooms by their `id`, in the order in which they were joined
 * @property {string | null} selectedRoom the `id` of the room that is shown
 * @property {string | null} previousRoom the room that was shown before it
 * @property {LinkTarget | null} linkTarget what the address bar asks for, until it is shown
 * @property {ReadingPosition | null} readingPosition where this tab was before a reload, until the log is there again
 * @property {boolean} attentive whether the page is visible and has the focus
 * @property {Settings} settings
 * @property {{from: string, to: string} | null} identified the last room whose `id` has changed
 * @property {{rooms: {id: string, name: string, members: number}[], more: boolean, query: string, after?: string,
 *   empty: number} | null} listing `after`: where the next page begins; `empty`: how many pages in a row had no rooms
 * @property {number} listingId the request whose answer counts, or 0
 * @property {Notice | null} notice something to show to the person
 * @property {number} sentAt when a command was last sent
 * @property {number} heardAt when an event was last received
 * @property {number} probeId the ping that checks whether the connection is alive, or 0
 * @property {number} reconnectAt
 * @property {boolean} serverSetsReconnect whether the server said when to reconnect
 * @property {Notice | null} reason why the connection ended
 *
 * @typedef {{type: string, fields: any, at: number}} Request
 *
 * - `send` with a `cid`: not before the unsent store has it;
 * - `notify`: a message came while the person was not looking;
 * - `link`: the name of the room that the address bar shall show, and the message;
 * - `identified`: the `id` of a room has changed;
 * - `forget`: delete everything that is stored on the device, except the settings, before the new state is stored;
 * - `signedOut`: the person is gone from this window, before it is drawn again.
 * @typedef {{do: 'open'} | {do: 'send', text: string, cid?: string} | {do: 'greeted'} |
 *   {do: 'farewell', again: boolean, afterMs?: number | null} |
 *   {do: 'close', again: boolean, afterMs?: number} | {do: 'link', room: string | null, seq: number | null} |
 *   {do: 'identified', from: string, to: string} |
 *   {do: 'notify', room: string, name: string, message: import('../net/wire.js').Message, mention: boolean} |
 *   {do: 'forget'} | {do: 'signedOut'}} Effect
 *
 * @typedef {{type: string, now: number, random?: number, [field: string]: any}} Input
 *
 * Gives the store an input.
 * @typedef {(type: string, fields?: any) => void} Dispatch
 *
 * The part of the state that is stored on the device.
 * @typedef {{token?: string | null, nick?: string | null, me?: import('../net/wire.js').User | null,
 *   rooms?: Room[], selectedRoom?: string | null, linkTarget?: LinkTarget | null,
 *   readingPosition?: ReadingPosition | null, settings?: Partial<Settings>,
 *   limits?: import('../net/wire.js').Limits | null, login?: number | null, device?: string,
 *   keptAway?: State['keptAway']}} StoredState
 */

/** The specification's heartbeat, until hello brings the server's own. */
const HEARTBEAT_MS = 30_000;

/** @type {Settings} */
const SETTINGS = { theme: 'system', language: 'auto', notify: 'off', sound: false, words: false };

/**
 * The state when the page is opened.
 * @param {StoredState} [stored]
 * @returns {State}
 */
export function initialState(stored = {}) {
  const rooms = stored.rooms ?? [];
  const position = stored.readingPosition ?? null;
  // Of a room that is not cached, the answer to its join says which log it has. A name may be another room's by now.
  const read = position && rooms.find(({ id, epoch }) =>
    id === position.room && !isNamed(id) && (epoch ?? position.epoch) === position.epoch);
  if (read) Object.assign(read, { target: position.seq, anchor: position.seq });
  return {
    phase: 'naming', wantedNick: null, nick: stored.nick ?? null, token: stored.token ?? null, loginCode: null,
    password: null, second: null, reset: null, login: stored.login ?? null, role: null, device: stored.device, answer: null, ownIds: [], invitations: [], keptAway: stored.keptAway ?? new Map(), duties: null, attendance: null, profiles: null, offeredCode: null, deviceLink: null, me: stored.me ?? null, epoch: null, heartbeatMs: HEARTBEAT_MS,
    limits: stored.limits ?? {
      text_bytes: 4_096, frame_bytes: 16_384, page_events: 100, rooms: 50, sends_burst: 10,
      sends_per_second: 1, retry_ms: 3_600_000,
    },
    nextId: 1, requests: new Map(), rooms: new Map(rooms.map((room) => [room.id, room])),
    selectedRoom: rooms.find(({ id }) => id === stored.selectedRoom)?.id ?? rooms[0]?.id ?? null,
    previousRoom: null, linkTarget: stored.linkTarget ?? null, readingPosition: read ? position : null,
    attentive: true, settings: { ...SETTINGS, ...stored.settings }, identified: null, listing: null, listingId: 0,
    notice: null, sentAt: 0, heardAt: 0, probeId: 0, reconnectAt: 0, serverSetsReconnect: false, reason: null,
  };
}

/** @param {string} id @param {string} [name] @returns {Room} */
export function newRoom(id, name = id.slice(1)) {
  return {
    id, name, epoch: null, last: null, first: 1, messages: [], skipped: [], changes: [], stale: 0, live: false, joined: false,
    joinId: 0, rejoinAt: null, refusals: 0, historyId: 0, fillId: 0, askAt: 0, members: null, membersId: 0,
    typing: new Map(), outgoing: [], read: null, readEpoch: null, unread: 0, mentions: 0, mine: [],
    mentioned: [], divider: null, target: null, anchor: null, problem: null, info: null, rank: null, people: [],
  };
}

/**
 * A room by its `id`, or by `#name` in any spelling of `foldName`. Names that differ in more may still be the same to
 * the server, whose answer to a join says so.
 * @param {Map<string, Room>} rooms
 * @param {string} room
 */
export function findRoom(rooms, room) {
  const known = rooms.get(room);
  if (known || !isNamed(room)) return known;
  const name = foldName(room.slice(1));
  return [...rooms.values()].find((other) => foldName(other.name) === name);
}

/** Whether a room's `id` is its name, because the server has not said the id. @param {string} id */
export function isNamed(id) {
  return id.startsWith('#');
}

/** Whether the person has yet to prove who they are; what the device has of the one before is not shown. @param {State} state */
export function isUnknown({ token, me, login, password }) {
  return !token && (!me || login !== null || password !== null);
}

/** Whether the server does not let the person in. @param {State} state */
export function isBanned({ phase, reason }) {
  return phase === 'stopped' && (reason?.code === 'banned' || reason?.code === '4502');
}

/** Whether somebody took the person out of a room, which stays for what is unsent in it. @param {Room} room */
export function isRemoved({ problem }) {
  return problem?.code === 'removed';
}

/** How somebody is there. A presence of a later version counts as online. @param {{presence?: string} | null} user */
export function presenceOf(user) {
  return ['away', 'dnd', 'offline'].find((one) => one === user?.presence) ?? 'online';
}

/** The person whom messages may mention. @param {Pick<State, 'me' | 'settings' | 'keptAway'>} state @returns {Reader | null} */
export function readerOf({ me, settings, keptAway }) {
  return me && { ...me, words: settings.words, away: keptAway };
}
