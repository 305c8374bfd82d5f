// What people say about themselves, as far as the page has asked for it. Nothing brings it by itself, so it is asked for
// when somebody is shown, and kept for some minutes. Loaded later (view/person_look.js), and added to the tables of the
// store then.

import { REFUSALS } from './refusals.js';
import { ANSWERS } from './server_events.js';
import { INPUTS } from './store.js';

/** @typedef {import('./draft_state.js').DraftState} DraftState */
/** @typedef {import('./state.js').Profile} Profile */

/** How long what was asked for counts as new. */
const FRESH_MS = 300_000;

/** The shortest time between two requests that nobody has asked for. */
const PAUSE_MS = 2_000;

/** The most people whom one request names. */
const ASKED_MAX = 20;

/** The most profiles that are kept: what is shown in a few rooms. */
const KNOWN_MAX = 500;

/** @type {Record<string, (draft: DraftState, input: any) => void>} */
const inputs = {
  /** People are shown whom the page knows nothing new of. */
  wantProfiles(draft, { people }) {
    const { state, now } = draft;
    const wanted = wantedProfiles(state, people, now);
    if (!wanted.length) return;
    state.profiles = { known: state.profiles?.known ?? new Map(), askAt: now + PAUSE_MS };
    draft.sendCommand('profiles', { people: wanted });
  },
};

/**
 * Whom to ask about now: nobody while that is under way, or while the person looks elsewhere.
 * @param {import('./state.js').State} state
 * @param {string[]} people
 * @param {number} now
 */
export function wantedProfiles({ phase, attentive, profiles, requests }, people, now) {
  if (phase !== 'online' || !attentive || (profiles?.askAt ?? 0) > now || [...requests.values()].some(({ type }) => type === 'profiles')) return [];
  return people.filter((id) => now - (profiles?.known.get(id)?.at ?? -Infinity) >= FRESH_MS).slice(0, ASKED_MAX);
}

/** @param {DraftState} draft @param {any[]} profiles */
function learn({ state, now }, profiles) {
  const known = new Map(state.profiles?.known);
  for (const said of profiles) {
    const id = said?.user?.id;
    if (typeof id !== 'string') continue;
    known.delete(id);
    known.set(id, profileOf(said, now));
  }
  for (const id of known.keys()) {
    if (known.size <= KNOWN_MAX) break;
    known.delete(id);
  }
  state.profiles = { askAt: state.profiles?.askAt ?? 0, known };
}

/** What is sound in a profile. @param {any} said @param {number} now @returns {Profile} */
export function profileOf({ display_name: name, colour, pronouns, status }, now) {
  const text = (/** @type {unknown} */ value) => (typeof value === 'string' ? value : '');
  return {
    at: now, name: text(name), pronouns: text(pronouns), colour: /^#[0-9a-f]{6}$/.test(text(colour)) ? colour : '',
    status: text(status?.text), until: Number.isFinite(status?.left_ms) ? now + status.left_ms : null,
  };
}

/** The status of a profile, unless it has ended. @param {Profile | undefined} profile @param {number} now */
export function statusOf(profile, now) {
  return profile && (profile.until === null || profile.until > now) ? profile.status : '';
}

/** What somebody says about themselves, as far as it is known. @param {import('./state.js').State} state @param {string} id */
export const profileIn = ({ profiles }, id) => profiles?.known.get(id);

/** Adds what is here to the tables of the store. */
export function addProfiles() {
  Object.assign(INPUTS, inputs);
  Object.assign(ANSWERS, {
    profiles: (/** @type {DraftState} */ draft, /** @type {any} */ ok) => learn(draft, Array.isArray(ok.profiles) ? ok.profiles : []),
    set_profile: (/** @type {DraftState} */ draft, /** @type {any} */ ok) => learn(draft, [ok]),
    clear_profile(/** @type {DraftState} */ draft, /** @type {any} */ _, /** @type {import('./state.js').Request} */ { fields }) {
      learn(draft, [{ user: { id: fields.person } }]);
    },
  });
  // What the page asks by itself is refused in silence: a dialog says what it was refused.
  Object.assign(REFUSALS, {
    profiles(/** @type {DraftState} */ draft, /** @type {any} */ error, /** @type {import('./state.js').Request} */ request) {
      if (draft.state.answer?.id === error.id) REFUSALS.other(draft, error, request);
      else draft.state.profiles = { known: draft.state.profiles?.known ?? new Map(), askAt: draft.now + FRESH_MS };
    },
  });
}
