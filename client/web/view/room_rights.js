// What the person may do in a room, as far as the page knows it: the server judges. The page offers nothing that would
// be refused.

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Room} Room */

/** The roles from the least to the most; a guest has none. */
const ROLES = ['guest', 'member', 'moderator', 'administrator', 'owner'];

/** @param {string | null | undefined} role */
const height = (role) => ROLES.indexOf(role ?? 'guest');

/** What the person is on the whole server. @typedef {Pick<State, 'role' | 'groups'>} Standing */

/** @param {string[] | undefined} own @param {string[] | undefined} named */
const isIn = (own, named) => Boolean(named?.some((name) => own?.includes(name)));

/** Whether the person decides what is above the moderators of a room. @param {Standing} state */
export const isAdministrator = ({ role }) => height(role) >= height('administrator');

/** Whether the person names, narrows and deletes the room. @param {Standing} state @param {Room} room */
export function keepsRoom({ role, groups }, { info, rank }) {
  if (info?.kind === 'direct' || !info) return false;
  if (rank === 'moderator') return true;
  const least = isIn(groups, info.groups?.moderate) ? 'moderator' : info.moderate ?? 'moderator';
  return height(role) >= height(least) && (!info.kind || rank === 'member');
}

/** Whether the person asks others in. @param {Standing} state @param {Room} room */
export function mayInvite(state, room) {
  if (!room.info || room.info.kind === 'direct') return false;
  return room.info.invite !== 'moderator' || isIn(state.groups, room.info.groups?.invite) || keepsRoom(state, room);
}

/** Whether the person leaves the room for good. The direct room of two people stays theirs. @param {Room} room */
export const mayLeave = ({ info, people }) => info?.kind !== 'direct' || people.length > 1;

/** Why the person may not write in a room: a key of the words, or null. @param {Standing} state @param {Room} room */
export function silenceIn({ role, groups }, { info, rank }) {
  if (info?.archived) return 'writing.archived';
  if (!info?.speak || height(role) >= height(info.speak) || rank === 'moderator') return null;
  if (isIn(groups, info.groups?.speak)) return null;
  if (info.groups?.speak?.length) return 'writing.groups';
  if (info.speak === 'administrator' || info.speak === 'owner') return 'writing.administrators';
  return info.speak === 'member' ? 'writing.members' : 'writing.moderators';
}

/**
 * How many milliseconds the person waits in slow mode until the next message.
 * @param {State} state @param {Room} room @param {number} now
 */
export function slowWait(state, room, now) {
  const slow = room.info?.slow_ms ?? 0;
  if (!slow || keepsRoom(state, room)) return 0;
  // What the server said counts for more than the clocks, which may differ.
  const asked = room.outgoing.find(({ state: how, problem, edits }) => how === 'waiting' && !edits && problem?.code === 'rate_limited');
  const last = room.messages.findLast(({ from }) => from.id === state.me?.id);
  const until = asked ? asked.retryAt : last ? last.at + slow : 0;
  return Math.min(Math.max(0, until - now), slow);
}
