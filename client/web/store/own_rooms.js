// What the server knows of a person, the same on every device: their rooms and whom they keep away. The answers to `mine`
// and `kept_away`, and the events that change them. What only this device remembers are the public rooms of a guest.
//
// server_events.js and refusals.js call it with a draft of the state.

import { notice } from './notice.js';
import { openLinkTarget, removeRoom, selectRoom } from './selected_room.js';
import { giveUpWaiting } from './send_retry.js';
import { isRemoved, newRoom, readerOf } from './state.js';
import { noteUnread } from './unread.js';

/** @typedef {import('./state.js').Room} Room */
/** @typedef {import('./draft_state.js').DraftState} DraftState */
/** @typedef {import('../net/wire.js').RoomInfo} RoomInfo */
/** @typedef {import('../net/wire.js').OwnRoom} OwnRoom */
/** @typedef {import('../net/wire.js').KeptAway} KeptAway */

/** The room in which a new person starts. */
export const LOBBY = '#lobby';

/** Asks for the person's rooms and whom they keep away, unless that is on its way. @param {DraftState} draft @param {string} [after] */
export function askMine(draft, after) {
  const { state } = draft;
  if ([...state.requests.values()].some(({ type }) => type === 'mine')) return;
  if (after === undefined) {
    state.ownIds = [];
    draft.sendCommand('kept_away');
  }
  draft.sendCommand('mine', { after });
}

/** Opens what the address asks for, or some room, the lobby if there is none, and joins the rooms. @param {DraftState} draft */
export function enterRooms(draft) {
  const { state } = draft;
  openLinkTarget(draft);
  // A link into a room leads there, and not into the lobby first.
  const isOnTheWay = state.offeredCode?.startsWith('room=') || [...state.requests.values()].some(({ type }) => type === 'accept');
  if (!isOnTheWay && !state.rooms.has(state.selectedRoom ?? '')) {
    selectRoom(draft, state.rooms.keys().next().value ?? LOBBY);
  }
  // The selected room is joined first.
  for (const id of [state.selectedRoom, ...state.rooms.keys()]) {
    const room = draft.mutableRoom(id);
    if (room) draft.ensureJoined(room);
  }
}

/** @type {Record<string, (draft: DraftState, ok: any, request: import('./state.js').Request) => void>} */
export const OWN_ANSWERS = {
  mine(draft, { rooms, more }) {
    const { state } = draft;
    // Nothing is unread on a device that has read nothing; on others, what came meanwhile is.
    const isUsed = [...state.rooms.values()].some(({ read }) => read !== null);
    for (const own of rooms) addRoom(draft, own, isUsed);
    if (more && rooms.length) return askMine(draft, rooms.at(-1).room.id);
    // The others were left on another device, or somebody took the person out of them.
    for (const { id, name, rank } of state.rooms.values()) {
      if (rank && !state.ownIds.includes(id)) loseRoom(draft, id, { ...notice('room.removed', { room: name, reason: '' }), code: 'removed' });
    }
    const invitations = state.invitations.filter(({ room }) => state.ownIds.includes(room.id));
    if (invitations.length < state.invitations.length) state.invitations = invitations;
    enterRooms(draft);
  },

  direct: openRoom,
  make_room: openRoom,
  accept: openRoom,

  kept_away(draft, { people }) {
    keepAway(draft, new Map(people.map((/** @type {KeptAway} */ one) => [one.user.id, one])));
  },

  /** The event goes to the other devices alone. */
  keep_away(draft, _, { fields }) {
    draft.sendCommand('kept_away');
    draft.showNotice(`away.done.${fields.distance}`);
  },
};

/** @type {Record<string, (draft: DraftState, event: any) => void>} */
export const OWN_PUSHES = {
  kept_away(draft, { user, distance }) {
    const others = new Map(draft.state.keptAway);
    others.delete(user.id);
    if (distance !== 'none') others.set(user.id, { user, distance });
    keepAway(draft, others);
  },

  added(draft, own) {
    const room = addRoom(draft, own, true);
    if (room) draft.ensureJoined(room);
  },

  room(draft, { room: info, description }) {
    const room = draft.mutableRoom(info.id);
    if (!room) return;
    room.description = description;
    describe(draft, room, info);
  },

  /** Somebody took the person out of a room, or they left it on another device. */
  removed(draft, { room: id, reason }) {
    const { state } = draft;
    dropInvitation(state, id);
    const room = state.rooms.get(id);
    // Left by a command that is on its way: what is here since has been joined after it.
    if (!room || [...state.requests.values()].some(({ type, fields }) => type === 'leave' && fields.room === id)) return;
    const problem = { ...notice('room.removed', { room: room.name, reason }), code: 'removed' };
    loseRoom(draft, id, problem);
    state.notice = problem;
  },
};

/** @type {Record<string, (draft: DraftState, input: any) => void>} */
export const OWN_INPUTS = {
  /** Sends a command of which no dialog waits for the answer. */
  request(draft, { of, fields }) {
    if (draft.state.phase === 'online') draft.sendCommand(of, fields);
    else draft.showNotice('ask.offline');
  },

  /** The person comes into a private room that they are invited to. */
  enter(draft, { room: id }) {
    const info = draft.state.invitations.find(({ room }) => room.id === id)?.room;
    if (info && !draft.state.rooms.has(id)) draft.putRoom({ ...newRoom(id, info.name), info });
    selectRoom(draft, id, null, undefined, true);
  },
};

/** The person is in a room now: what that changes besides its messages. @param {DraftState} draft @param {Room} room @param {RoomInfo} info @param {string} [description] */
export function entered(draft, room, info, description) {
  room.description = description;
  dropInvitation(draft.state, info.id);
  describe(draft, room, info);
  // The server remembers what somebody with an account joins, and all that is not public.
  if (draft.state.role !== null || info.kind) room.rank ??= 'member';
}

/** People of a direct room, which is called by them, may have another nick. @param {DraftState} draft @param {Room} room @param {import('../net/wire.js').User[]} joined */
export function renamePeople(draft, room, joined) {
  if (!room.info || !room.people.some(({ id, nick }) => joined.some((user) => user.id === id && user.nick !== nick))) return;
  room.people = room.people.map((one) => joined.find(({ id }) => id === one.id) ?? one);
  describe(draft, room, room.info);
}

/** What is unsent in a room that is gone stays there, and is not sent by itself. @param {DraftState} draft @param {string} id @param {import('./notice.js').Notice} problem */
function loseRoom(draft, id, problem) {
  const room = draft.mutableRoom(id);
  if (!room) return;
  Object.assign(room, {
    joined: false, live: false, joinId: 0, rejoinAt: null, historyId: 0, fillId: 0, membersId: 0, typing: new Map(),
  });
  giveUpWaiting(room, problem);
  if (room.outgoing.every(({ state }) => state === 'sent')) removeRoom(draft, id);
}

/** @param {DraftState} draft @param {OwnRoom} own */
function openRoom(draft, own) {
  const room = addRoom(draft, own, false);
  if (room) selectRoom(draft, room.id, null, undefined, true);
}

/**
 * The person has this room, or is asked into it.
 * @param {DraftState} draft
 * @param {OwnRoom} own
 * @param {boolean} isUnread whether the messages that a direct room has already are new to the person
 * @returns {Room | undefined} the room, unless they are only asked
 */
function addRoom(draft, { room: info, rank, people = [], by }, isUnread) {
  const { state } = draft;
  state.ownIds = [...state.ownIds, info.id];
  if (rank === 'invited') {
    const known = state.invitations.find(({ room }) => room.id === info.id);
    dropInvitation(state, info.id);
    state.invitations = [...state.invitations, { room: info, by: by ?? known?.by }];
    return undefined;
  }
  dropInvitation(state, info.id);
  // The server lets a connection into no more rooms.
  if (!state.rooms.has(info.id) && state.rooms.size >= state.limits.rooms) return undefined;
  const room = draft.mutableRoom(info.id) ?? draft.putRoom(newRoom(info.id, info.name));
  if (isRemoved(room)) room.problem = null;
  if (isUnread && info.kind === 'direct' && room.read === null) Object.assign(room, { read: 0, readEpoch: state.epoch });
  // The public rooms of a guest are in no answer to `mine`.
  const isKept = state.role !== null || info.kind || rank === 'moderator';
  Object.assign(room, { rank: isKept ? rank : null, people });
  describe(draft, room, info);
  return room;
}

/** @param {import('./state.js').State} state @param {string} id */
function dropInvitation(state, id) {
  if (state.invitations.some(({ room }) => room.id === id)) state.invitations = state.invitations.filter(({ room }) => room.id !== id);
}

/** What the server says of a room. A direct one has no name, and is called by the others in it. @param {DraftState} draft @param {Room} room @param {RoomInfo} info */
function describe(draft, room, info) {
  room.info = info;
  const others = room.people.map(({ nick }) => nick).join(', ');
  const name = info.kind !== 'direct' ? info.name : others ? `@${others}` : room.name;
  if (room.name === name) return;
  room.name = name;
  if (draft.state.selectedRoom === room.id) draft.effects.push({ do: 'link', room: name, seq: room.target });
}

/** What is loaded counts by what holds now. @param {DraftState} draft @param {Map<string, KeptAway>} keptAway */
function keepAway(draft, keptAway) {
  const { state } = draft;
  if (!keptAway.size && !state.keptAway.size) return;
  state.keptAway = keptAway;
  for (const { id, read, last } of state.rooms.values()) {
    const room = read !== last && draft.mutableRoom(id);
    if (room) noteUnread(room, room.messages, readerOf(state));
  }
}
