// The store: what this client knows, and what follows from each thing that happens.
//
// `update(state, input)` returns a new state and effects. It changes nothing else and has no clock and no
// connection, so that tests can play any history through it. app/main.js feeds it with what the person does
// and what the socket receives, and carries out the effects.

import { DraftState } from './draft_state.js';
import { clearRefusal, CLOSE_CODES, closeNotice, notice } from './notice.js';
import { ROOM_INPUTS } from './room_inputs.js';
import { disconnectRoom } from './room_updates.js';
import { openLinkTarget, seekTarget } from './selected_room.js';
import { failExpired, isExpired, sendNext } from './send_retry.js';
import { logOut } from './refusals.js';
import { applyEvent, resetPerson, signOut } from './server_events.js';
import { placeUnreadDivider } from './unread.js';

/** @typedef {import('./state.js').Room} Room */
/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').Input} Input */
/** @typedef {import('./state.js').Effect} Effect */

/** A connection that does not answer within this time after the device slept counts as dead. */
const PROBE_MS = 5_000;

/**
 * Gives the store an input. What it does not change stays the same object.
 * @param {State} state
 * @param {Input} input
 * @returns {{state: State, effects: Effect[]}}
 */
export function update(state, input) {
  const draft = new DraftState(state, input);
  INPUTS[input.type](draft, input);
  return { state: draft.state, effects: draft.effects };
}

/** What each input does. @type {Record<string, (draft: DraftState, input: any) => void>} */
export const INPUTS = {
  ...ROOM_INPUTS,

  /** The person picks a nick, logs in, has the code of another device, or comes back with a token. */
  start(draft, { nick, code, password = null, second, reset = null }) {
    Object.assign(draft.state, { wantedNick: nick ?? null, loginCode: code ?? null, password, second: second || null, reset, phase: 'connecting', notice: null, reason: null });
    // A person who comes back sees at once what the device has stored, before there is a connection.
    if (draft.state.token && !code) openLinkTarget(draft);
    const room = draft.state.rooms.get(draft.state.selectedRoom ?? '');
    if (room && !draft.effects.length) draft.effects.push({ do: 'link', room: room.name, seq: null });
    draft.effects.push({ do: 'open' });
  },

  opened(draft) {
    draft.state.phase = 'connecting';
    draft.sendHello();
  },

  frame(draft, { event }) {
    draft.state.heardAt = draft.now;
    applyEvent(draft, event);
  },

  closed(draft, { again, inMs, code, told = false }) {
    const { state, now } = draft;
    if (state.answer?.id) state.answer = { of: state.answer.of, problem: notice('ask.offline') };
    state.requests = new Map();
    state.listingId = state.probeId = 0;
    if (state.deviceLink && !state.deviceLink.code) state.deviceLink = { problem: notice('device.offline') };
    for (const id of state.rooms.keys()) disconnectRoom(/** @type {any} */ (draft.mutableRoom(id)));
    if (state.phase === 'naming') return;
    state.phase = again ? 'away' : 'stopped';
    // A lost network gives no reason, and neither does an end that this page chose.
    if (code && (!again || (code !== 1000 && CLOSE_CODES.includes(code)))) state.reason ??= closeNotice(code);
    Object.assign(state, { reconnectAt: now + inMs, serverSetsReconnect: told });
    if (!again && state.reason?.code === '4501') logOut(state);
  },

  /** The person does not want to wait for the next attempt to reconnect. */
  again({ state, effects }) {
    if (state.phase !== 'away' && state.phase !== 'stopped') return;
    Object.assign(state, { phase: 'connecting', reason: null });
    effects.push({ do: 'open' });
  },

  /**
   * The network is back, or the person. A person who looks at the page does not wait for the next attempt,
   * unless the server said when to reconnect, which spreads its clients. After a sleep of the device the
   * connection may be dead without notice, so it is probed.
   */
  returned(draft) {
    if (draft.state.phase === 'away' && !draft.state.serverSetsReconnect) INPUTS.again(draft, {});
    probe(draft, draft.state.heartbeatMs);
  },

  tick(draft) {
    const { state, now } = draft;
    for (const id of state.rooms.keys()) tickRoom(draft, id);
    // A page that was running would have heard an answer within twice the heartbeat: this one slept.
    probe(draft, 2 * state.heartbeatMs);
    if (state.phase === 'online' && now - state.sentAt >= state.heartbeatMs) draft.sendCommand('ping');
    const oldest = state.requests.values().next().value;
    const probed = state.requests.get(state.probeId);
    if ((oldest && now - oldest.at >= 2 * state.heartbeatMs) || (probed && now - probed.at >= PROBE_MS)) {
      state.reason = notice('reason.silent');
      draft.effects.push({ do: 'close', again: true });
    }
  },

  attention(draft, { visible }) {
    const { state } = draft;
    if (state.attentive === visible) return;
    state.attentive = visible;
    if (visible) INPUTS.returned(draft, {});
    const room = visible ? draft.mutableRoom(state.selectedRoom) : undefined;
    if (room?.unread) placeUnreadDivider(room);
  },

  settings({ state }, { change }) {
    state.settings = { ...state.settings, ...change };
  },

  rename(draft, { nick }) {
    clearRefusal(draft.state, 'nick');
    if (draft.state.phase === 'online') draft.sendCommand('nick', { nick });
    else draft.showNotice('rename.offline');
  },

  /** A link brought the code of another device, or the person has decided about it. */
  offered({ state }, { code }) {
    state.offeredCode = code;
  },

  /**
   * A person who is here already wants to become the person of another device, or of a link for a new password. Until
   * the server accepts it, they stay who they are.
   */
  become(draft, wish) {
    if (draft.state.phase === 'naming') {
      INPUTS.start(draft, wish);
      return;
    }
    const { code = null, reset = null, password = null, second } = wish;
    Object.assign(draft.state, { loginCode: code, reset, password, second: second || null, offeredCode: null, notice: null, reason: null });
    draft.effects.push({ do: 'close', again: true, afterMs: 0 }, { do: 'open' });
  },

  /** The person wants a code for another device. */
  askCode(draft) {
    const { state } = draft;
    state.deviceLink = {};
    if (state.phase === 'online') draft.sendCommand('link');
    else state.deviceLink = { problem: notice('device.offline') };
  },

  /** A dialog asks the server something. `secret`: the fields that are kept nowhere. */
  ask(draft, { of, fields, secret }) {
    const { state } = draft;
    state.answer = state.phase === 'online' ? { of, id: draft.sendCommand(of, fields, secret) } : { of, problem: notice('ask.offline') };
  },

  /** The dialog has dealt with the answer, or was closed. */
  answered({ state }) {
    state.answer = null;
  },

  /** The person wants to own the server. */
  claim(draft, { secret }) {
    if (draft.state.phase === 'online') draft.sendCommand('claim', {}, { secret });
    else draft.showNotice('ask.offline');
  },

  /** The person signs out. A login ends on the server first, if it can be reached. */
  signOut(draft) {
    if (draft.state.phase === 'online' && draft.state.login !== null) draft.sendCommand('logout');
    else signOut(draft);
  },

  /** Another window got a new token, or signed out. */
  token(draft, { token }) {
    const { state } = draft;
    if (token) {
      state.token = token;
      // Signed in in another window means signed in here as well.
      if (state.phase === 'naming') INPUTS.start(draft, {});
      return;
    }
    resetPerson(draft);
  },

  /** Shows a notice to the person, or removes it. */
  notice({ state }, { key, args }) {
    state.notice = key ? notice(key, args) : null;
  },
};

/** Checks whether a connection is alive that has been silent for this long. @param {DraftState} draft @param {number} silentMs */
function probe(draft, silentMs) {
  const { state, now } = draft;
  if (state.phase !== 'online' || state.requests.has(state.probeId) || now - state.heardAt < silentMs) return;
  state.probeId = draft.sendCommand('ping');
}

/**
 * Does what is due in a room. A room in which nothing is due stays the same object.
 * @param {DraftState} draft
 * @param {string} id
 */
function tickRoom(draft, id) {
  const { state, now } = draft;
  const known = /** @type {Room} */ (state.rooms.get(id));
  const rejoins = known.rejoinAt !== null && known.rejoinAt <= now;
  const forgets = [...known.typing.values()].some((until) => until <= now);
  const sends = known.outgoing.some((one) => one.state === 'waiting' && one.retryAt <= now || isExpired(one, draft));
  if (!rejoins && !forgets && !sends && known.target === null && !known.stale) return;
  const room = /** @type {Room} */ (draft.mutableRoom(id));
  failExpired(draft, room);
  if (forgets) room.typing = new Map([...room.typing].filter(([, until]) => until > now));
  if (state.phase !== 'online') return;
  if (rejoins) draft.joinRoom(room);
  seekTarget(draft, room);
  sendNext(draft, room);
}
