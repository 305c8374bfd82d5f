// How the person is there: what they have chosen by hand, and whether nobody is at this device. Loaded later
// (device/presence_watch.js), and added to the tables of the store then.
//
// Do-not-disturb is the person's and holds on all devices; away is this device's. The server forgets both when nobody is
// connected for a minute, so they are said again after each hello. A page that is opened again begins as online.

import { ANSWERS, PUSHES } from './server_events.js';
import { INPUTS } from './store.js';

/** @typedef {import('./draft_state.js').DraftState} DraftState */
/** @typedef {import('./state.js').Attendance} Attendance */

/** What the person can choose. */
export const CHOICES = /** @type {const} */ (['online', 'away', 'dnd']);

/** @type {Attendance} */
const HERE = { chosen: 'online', isIdle: false };

/** @param {DraftState} draft @param {Partial<Attendance>} change */
function setAttendance({ state }, change) {
  state.attendance = { ...HERE, ...state.attendance, ...change };
}

/** Says it to the server. @param {DraftState} draft @param {boolean} [withDnd] */
function say(draft, withDnd = true) {
  const { phase, attendance } = draft.state;
  if (phase !== 'online' || !attendance) return;
  const { chosen, isIdle } = attendance;
  draft.sendCommand('presence', { away: chosen === 'away' || isIdle, dnd: withDnd ? chosen === 'dnd' : undefined });
}

/** The server says how the person is shown. Another device may have turned do-not-disturb on or off. @param {DraftState} draft @param {unknown} presence */
function heard(draft, presence) {
  const { state } = draft;
  if (state.me) state.me = { ...state.me, presence: typeof presence === 'string' ? presence : undefined };
  const isDnd = presence === 'dnd';
  if (isDnd !== (state.attendance?.chosen === 'dnd')) setAttendance(draft, { chosen: isDnd ? 'dnd' : 'online' });
}

/** @type {Record<string, (draft: DraftState, input: any) => void>} */
const inputs = {
  /** The person chooses, here or in another tab. */
  attend(draft, { as }) {
    if (!CHOICES.includes(as) || as === (draft.state.attendance?.chosen ?? 'online')) return;
    setAttendance(draft, { chosen: as });
    say(draft);
  },

  /** Nobody has moved or typed anything at this device for long, or somebody does again. */
  idle(draft, { isIdle }) {
    if (isIdle === (draft.state.attendance?.isIdle ?? false)) return;
    setAttendance(draft, { isIdle });
    // What the person has chosen, no key takes back.
    if (draft.state.attendance?.chosen !== 'away') say(draft, false);
  },
};

const greet = ANSWERS.hello;

/** Adds what is here to the tables of the store. */
export function addPresence() {
  Object.assign(INPUTS, inputs);
  Object.assign(ANSWERS, {
    presence: (/** @type {DraftState} */ draft, /** @type {any} */ ok) => heard(draft, ok.presence),

    hello(/** @type {DraftState} */ draft, /** @type {any} */ ok, /** @type {import('./state.js').Request} */ request) {
      greet(draft, ok, request);
      const { chosen, isIdle } = draft.state.attendance ?? HERE;
      if (chosen === 'online') heard(draft, ok.user.presence);
      if (chosen !== 'online' || isIdle) say(draft);
    },
  });
  Object.assign(PUSHES, { presence: (/** @type {DraftState} */ draft, /** @type {any} */ event) => heard(draft, event.presence) });
}
