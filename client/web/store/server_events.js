// What the server sends, applied to the state: pushes, and the answers to commands. Refusals are in refusals.js.

import { dropStale, isLoaded } from './loaded_history.js';
import { closeNotice, notice } from './notice.js';
import { askMine, entered, enterRooms, OWN_ANSWERS, OWN_PUSHES, renamePeople } from './own_rooms.js';
import { applyRefusal, NO_SECRETS } from './refusals.js';
import { applyEntry, applyHistory, applyJoin, applyMembers } from './room_updates.js';
import { dropTarget, isReturning, seekTarget } from './selected_room.js';
import { ofUnknownOutcome, sendNext, updateOutgoing } from './send_retry.js';
import { initialState, readerOf } from './state.js';
import { markRead, placeUnreadDivider } from './unread.js';
import { isAnswerTo, isEntry, isMessage } from '../net/wire.js';

/** @typedef {import('./state.js').Room} Room */
/** @typedef {import('./state.js').Request} Request */
/** @typedef {import('./draft_state.js').DraftState} DraftState */
/** @typedef {import('../net/wire.js').Event} Event */

/**
 * Further behind than this, a client takes the newest page at once and leaves a gap before it, which loads when
 * the person comes to it. Four pages load in a moment.
 */
const BEHIND_MAX = 200;

/** After this many pages without a room, the person decides whether to search on. */
const EMPTY_PAGES_MAX = 20;

/** The shortest heartbeat: with a shorter one, a server would count as silent before it can answer. */
const HEARTBEAT_MS_MIN = 1_000;

/** How long a nick is shown as typing; clients repeat the event every three seconds. */
const TYPING_MS = 6_000;

/**
 * Applies an event. One of a type that this version does not know changes nothing, unless it is an entry of a
 * room's log.
 * @param {DraftState} draft
 * @param {Event} event
 */
export function applyEvent(draft, event) {
  if (event.type === 'ok') applyAnswer(draft, event);
  else if (event.type === 'error') applyRefusal(draft, event);
  else if (isEntry(event)) applyPushedEntry(draft, /** @type {any} */ (event));
  else if (Object.hasOwn(PUSHES, event.type)) PUSHES[event.type](draft, event);
}

/** @param {DraftState} draft @param {import('../net/wire.js').Entry} entry */
function applyPushedEntry(draft, entry) {
  const { state } = draft;
  const room = draft.mutableRoom(entry.room);
  if (!room) return;
  const hadUnread = room.unread > 0;
  const outcome = applyEntry(room, entry, readerOf(state));
  if (outcome === 'hole') draft.joinRoom(room);
  if (outcome === 'applied') {
    const isQuiet = isMessage(entry) && (entry.from.id === state.me?.id || state.keptAway.has(entry.from.id));
    const isInView = state.attentive && state.selectedRoom === room.id && room.anchor === null && room.target === null;
    if (!hadUnread && (isQuiet || isInView || !isMessage(entry))) markRead(room, entry.seq);
    if (isMessage(entry) && !isQuiet && !state.attentive) {
      draft.effects.push({ do: 'notify', room: room.id, name: room.name, message: entry, mention: room.mentioned.includes(entry.seq) });
    }
  }
  sendNext(draft, room);
}

/** @type {Record<string, (draft: DraftState, event: any) => void>} */
export const PUSHES = {
  ...OWN_PUSHES,

  typing(draft, event) {
    const room = draft.mutableRoom(event.room);
    if (!room) return;
    const others = event.who.filter((/** @type {string} */ nick) => nick !== draft.state.me?.nick);
    if (!others.length) return;
    const until = draft.now + TYPING_MS;
    room.typing = new Map([...room.typing, ...others.map((/** @type {string} */ nick) => [nick, until])]);
  },

  members(draft, event) {
    const room = draft.mutableRoom(event.room);
    // Another window of this person may have changed the nick.
    const { state } = draft;
    const me = event.joined?.find((/** @type {any} */ { id }) => id === state.me?.id);
    if (me) Object.assign(state, { me, nick: me.nick });
    if (room && event.joined) renamePeople(draft, room, event.joined);
    if (room && applyMembers(room, event) && room.live && !room.membersId) {
      room.membersId = draft.sendCommand('members', { room: room.id });
    }
  },

  behind(draft, event) {
    // What this device did not keep up with may have been an event about the rooms, too.
    askMine(draft);
    const room = draft.mutableRoom(event.room);
    // While a join is under way its answer comes later than this event, and starts at the same cursor.
    if (room && !room.joinId) draft.joinRoom(room, event.head - (room.last ?? 0) > BEHIND_MAX);
  },

  /** Somebody gave the person another role. */
  role({ state }, { role }) {
    state.role = role;
  },

  /** The server closes the connection, and says when to come back. */
  bye({ state, effects }, { code, reason, reconnect, after_ms }) {
    state.reason = closeNotice(code, reason);
    effects.push({ do: 'farewell', again: reconnect, afterMs: after_ms });
  },
};

/** Applies the answer to a command. @param {DraftState} draft @param {Event} event */
function applyAnswer(draft, event) {
  const id = /** @type {number} */ (event.id);
  const request = draft.state.requests.get(id);
  if (!request) return;
  draft.mutableRequests().delete(id);
  if (draft.state.answer?.id === id) draft.state.answer = { of: request.type, ok: event };
  if (isAnswerTo(request.type, event)) {
    ANSWERS[request.type]?.(draft, event, request);
    return;
  }
  draft.state.reason = notice('reason.unreadable', { type: request.type });
  draft.effects.push({ do: 'close', again: true });
}

/** @type {Record<string, (draft: DraftState, ok: any, request: Request) => void>} */
export const ANSWERS = {
  ...OWN_ANSWERS,

  hello(draft, ok) {
    const { state } = draft;
    const { loginCode, reset } = state;
    if ((loginCode ?? reset) !== null) state.offeredCode = null;
    const replaces = state.login !== null || ((loginCode ?? reset) !== null && state.token);
    if (replaces && state.me && state.me.id !== ok.user.id) becomeOther(draft);
    Object.assign(state, {
      phase: 'online', me: ok.user, nick: ok.user.nick, wantedNick: null, loginCode: null, token: ok.token, epoch: ok.epoch,
      heartbeatMs: Math.max(ok.heartbeat_ms, HEARTBEAT_MS_MIN), limits: ok.limits, reason: null,
      ...NO_SECRETS, role: ok.role ?? null, login: ok.login ?? null,
    });
    if (ok.notice) state.notice = { ...notice('nick.other', { nick: ok.user.nick }), text: ok.notice };
    draft.effects.push({ do: 'greeted' });
    for (const room of state.rooms.values()) disown(draft, room);
    // Somebody with an account may have left a room on another device: joining it would bring it back.
    if (state.role === null) enterRooms(draft);
    askMine(draft);
  },

  nick({ state }, ok) {
    Object.assign(state, { me: ok.user, nick: ok.user.nick, token: ok.token ?? state.token });
  },

  register({ state }, { user, token, role, login }) {
    Object.assign(state, { me: user, token, role, login });
  },

  logout(draft, ok, { fields }) {
    if (fields.login === undefined && !fields.others) signOut(draft);
  },

  unregister(draft) {
    signOut(draft);
    draft.showNotice('account.deleted');
  },

  claim(draft) {
    draft.state.role = 'owner';
    draft.showNotice('claim.done');
  },

  link({ state, now }, ok) {
    state.deviceLink = { code: ok.code, until: now + ok.expires_ms };
  },

  rooms(draft, ok, { fields }) {
    const { state } = draft;
    if (state.listingId !== ok.id) return; // a newer search is under way
    state.listingId = 0;
    const before = fields.after === undefined ? null : state.listing;
    const rooms = [...before?.rooms ?? [], ...ok.rooms];
    const empty = ok.rooms.length ? 0 : (before?.empty ?? 0) + 1;
    const after = ok.after ?? ok.rooms.at(-1)?.name;
    state.listing = { rooms, more: ok.more && after !== undefined, query: fields.query ?? '', after, empty };
    // The server looks at a limited number of names at once, so a page may have no match.
    if (state.listing.more && empty && empty < EMPTY_PAGES_MAX) draft.requestRooms(fields.query, after);
  },

  join(draft, ok, { fields }) {
    const { state } = draft;
    const room = draft.mutableRoom(fields.room);
    if (!room) {
      leaveUnwanted(draft, ok.room.id);
      return;
    }
    if (room.joinId !== ok.id) {
      // Void: joined again since. Or this was asked for before the room was left, and came in under another spelling: the
      // server goes by what it did last.
      if (!room.joinId) draft.joinRoom(room);
      return;
    }
    room.joinId = 0;
    const { id } = ok.room;
    const before = room.last ?? 0;
    // The server forgets a room in which nothing was ever said: nobody misses that one.
    if (room.last && room.id !== id) draft.showNotice('room.replaced', { room: ok.room.name });
    else if (room.last !== null && ok.reset) draft.showNotice('room.restored', { room: room.name });
    applyJoin(room, ok, fields.after, /** @type {string} */ (state.epoch), readerOf(state));
    const isKnown = room.id !== id && !draft.identifyRoom(room, id);
    entered(draft, /** @type {Room} */ (draft.mutableRoom(id)), ok.room, ok.description);
    if (isKnown && state.selectedRoom === id) draft.effects.push({ do: 'link', room: ok.room.name, seq: room.target });
    if (isKnown) return;
    if (state.selectedRoom === id && room.divider === null) placeUnreadDivider(room);
    // A page that does not move the cursor is requested again, after a wait.
    const stuck = ok.more && (room.last ?? 0) <= before;
    if (!stuck) room.refusals = 0;
    if (stuck) draft.rejoinLater(room, null);
    else if (ok.more) draft.joinRoom(room, ok.head - (room.last ?? 0) > BEHIND_MAX);
    if (isReturning(state, room) && state.readingPosition?.epoch !== state.epoch) dropTarget(draft, room);
    seekTarget(draft, room);
    sendNext(draft, room);
  },

  leave() {},

  send(draft, ok, { fields }) {
    const room = draft.mutableRoom(fields.room);
    if (!room) return;
    updateOutgoing(room, fields.cid, { state: 'sent', seq: ok.seq });
    if (ok.deleted) room.outgoing = room.outgoing.filter(({ cid }) => cid !== fields.cid);
    sendNext(draft, room);
  },

  edit: (draft, ok, request) => ANSWERS.send(draft, ok, request),

  history(draft, ok, { fields }) {
    const room = draft.mutableRoom(fields.room);
    const under = room?.historyId === ok.id ? 'historyId' : 'fillId';
    if (!room || room[under] !== ok.id) return;
    room[under] = 0;
    if (fields.around !== undefined) dropStale(room);
    applyHistory(room, ok, readerOf(draft.state));
    if (room.target !== null && room.target === fields.around && !isLoaded(room, room.target)) dropTarget(draft, room);
    seekTarget(draft, room);
  },

  members(draft, ok, { fields }) {
    const room = draft.mutableRoom(fields.room);
    if (!room || room.membersId !== ok.id) return;
    room.membersId = 0;
    if (ok.members.version >= (room.members?.version ?? 0)) room.members = ok.members;
  },
};

/**
 * The answer to the join of a room that was left meanwhile. It may be a room that the person is in under another
 * spelling, which then joins again from its own cursor.
 * @param {DraftState} draft
 * @param {string} id
 */
function leaveUnwanted(draft, id) {
  const room = draft.mutableRoom(id);
  if (room) draft.joinRoom(room);
  else draft.sendCommand('leave', { room: id, forget: true });
}

/** The person has signed out: nothing of them stays on this device. @param {DraftState} draft */
export function signOut(draft) {
  draft.effects.push({ do: 'forget' });
  resetPerson(draft);
}

/** The person is gone from this window. @param {DraftState} draft */
export function resetPerson(draft) {
  const { settings, limits, device, attentive, nextId } = draft.state;
  draft.state = { ...initialState({ settings, limits, device }), attentive, nextId };
  draft.effects.push({ do: 'signedOut' }, { do: 'close', again: false }, { do: 'link', room: null, seq: null });
}

/**
 * The person has become the one of another device: nothing of the person who was here before stays.
 * @param {DraftState} draft
 */
function becomeOther(draft) {
  const { state } = draft;
  const { linkTarget, settings, limits, device, attentive, nextId, requests, sentAt, heardAt } = state;
  Object.assign(state, initialState({ linkTarget, settings, limits, device }), { attentive, nextId, requests, sentAt, heardAt });
  draft.effects.push({ do: 'forget' }, { do: 'signedOut' });
}

/**
 * The person who was greeted is not the one who was here before. What the other person tried to send may be in
 * the log, and sent by this person it would be a second message. What was never tried is still to be sent.
 * @param {DraftState} draft
 * @param {Room} known
 */
function disown(draft, known) {
  const id = draft.state.me?.id;
  const isForeign = (/** @type {import('./state.js').Outgoing} */ one) =>
    one.sender !== null && one.sender !== id && one.state !== 'sent' && !one.unknown;
  if (!known.outgoing.some(isForeign)) return;
  const room = /** @type {Room} */ (draft.mutableRoom(known.id));
  room.outgoing = room.outgoing.map((one) => (isForeign(one) ? ofUnknownOutcome(one) : one));
}
