// Whom the person keeps away, the same on every device: the server's answer, and the event from another one. What those
// people say is folded in the log and counts for nothing (unread.js).

import { readerOf } from './state.js';
import { noteUnread } from './unread.js';

/** @typedef {import('./draft_state.js').DraftState} DraftState */
/** @typedef {import('../net/wire.js').KeptAway} KeptAway */

/** @type {Record<string, (draft: DraftState, ok: any, request: import('./state.js').Request) => void>} */
export const KEPT_AWAY_ANSWERS = {
  kept_away(draft, { people }) {
    keepAway(draft, new Map(people.map((/** @type {KeptAway} */ one) => [one.user.id, one])));
  },

  /** The event goes to the other devices alone. */
  keep_away(draft, _, { fields }) {
    askKeptAway(draft);
    draft.showNotice(`away.done.${fields.distance}`);
  },
};

/** @type {Record<string, (draft: DraftState, event: any) => void>} */
export const KEPT_AWAY_PUSHES = {
  kept_away(draft, { user, distance }) {
    const others = new Map(draft.state.keptAway);
    others.delete(user.id);
    if (distance !== 'none') others.set(user.id, { user, distance });
    keepAway(draft, others);
  },
};

/** @param {DraftState} draft */
export function askKeptAway(draft) {
  draft.sendCommand('kept_away');
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
