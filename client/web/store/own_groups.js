// The groups that the person is in: by them they may do what a room leaves to groups. Loaded later (view/own_groups.js), and
// added to the tables of the store then.

import { REFUSALS } from './refusals.js';
import { ANSWERS } from './server_events.js';
import { INPUTS } from './store.js';

/** Adds what is here to the tables of the store. */
export function addOwnGroups() {
  Object.assign(INPUTS, { askGroups });
  Object.assign(ANSWERS, { groups });
  const { other } = REFUSALS;
  // What the page asks by itself is refused in silence: a dialog says what it was refused.
  REFUSALS.groups = (draft, error, request) => {
    if (draft.state.answer?.id === error.id) other(draft, error, request);
  };
}

/** @param {import('./draft_state.js').DraftState} draft */
function askGroups(draft) {
  if (draft.state.phase === 'online') draft.sendCommand('groups');
}

/** A person is in at most 50 groups, which are in one answer. @param {import('./draft_state.js').DraftState} draft @param {any} ok @param {import('./state.js').Request} request */
function groups({ state }, ok, { fields }) {
  if (!fields.all && Array.isArray(ok.groups)) state.groups = groupsIn(ok).map(({ name }) => name);
}

/** The groups of an answer that are whole. @param {any} ok @returns {{name: string, members?: number}[]} */
export const groupsIn = ({ groups: found }) => (Array.isArray(found) ? found.filter((one) => typeof one?.name === 'string') : []);
