// What those who keep the peace have to look at: open reports, and the raid switch. Loaded later (view/duty_buttons.js),
// and added to the tables of the store then.

import { REFUSALS } from './refusals.js';
import { ANSWERS, PUSHES } from './server_events.js';
import { INPUTS } from './store.js';

/** @typedef {import('./draft_state.js').DraftState} DraftState */
/** @typedef {import('../net/wire.js').User} User */

/** @typedef {import('./state.js').Duties} Duties */
/** @typedef {import('./state.js').OpenReports} OpenReports */

/**
 * A report, as the server says it.
 * @typedef {{number: number, at: number, by: User, reason: string, room: string, seq: number, from: User, text: string,
 *   outcome?: {by_name: string, words: string}}} Report
 */

/** @type {Duties} */
const NONE = { open: new Map(), newest: 0, raid: null };

/** @param {DraftState} draft @param {Partial<Duties>} change */
function setDuties({ state }, change) {
  state.duties = { ...NONE, ...state.duties, ...change };
}

/** @type {Record<string, (draft: DraftState, input: any) => void>} */
const inputs = {
  /** Counts the open reports of a room, or of all rooms that the person may know of. */
  countReports(draft, { room }) {
    if (draft.state.phase === 'online') draft.sendCommand('reports', { room });
  },

  askRaid(draft) {
    if (draft.state.phase === 'online') draft.sendCommand('raid');
  },
};

/** @type {Record<string, (draft: DraftState, ok: any, request: import('./state.js').Request) => void>} */
const answers = {
  reports(draft, ok, { fields: { room = '', before, settled } }) {
    if (before !== undefined || settled) return;
    setOpen(draft, room, { count: reportsIn(ok).length, more: ok.more === true });
  },

  raid(draft, ok) {
    const { on, left_ms: left, by_name: by = '', reason = '', automatic } = ok;
    const until = Number.isFinite(left) ? draft.now + left : null;
    setDuties(draft, { raid: { on: on === true, until, by: String(by), reason: String(reason), automatic: automatic === true } });
  },
};

/** @type {Record<string, (draft: DraftState, event: any) => void>} */
const pushes = {
  reported(draft, { number, room }) {
    if (!Number.isSafeInteger(number) || typeof room !== 'string') return;
    setDuties(draft, { newest: number });
    for (const place of ['', room]) {
      const known = draft.state.duties?.open.get(place);
      if (known && !known.more) setOpen(draft, place, { ...known, count: known.count + 1 });
    }
  },
};

/** @param {DraftState} draft @param {string} place @param {OpenReports} open */
function setOpen(draft, place, open) {
  setDuties(draft, { open: new Map([...draft.state.duties?.open ?? [], [place, open]]) });
}

/** What the page asks by itself is refused in silence: a dialog says what it was refused. @type {(typeof REFUSALS)['other']} */
const quietly = (draft, error, request) => {
  if (draft.state.answer?.id === error.id) REFUSALS.other(draft, error, request);
};

/** Adds what is here to the tables of the store. */
export function addDuties() {
  Object.assign(INPUTS, inputs);
  Object.assign(ANSWERS, answers);
  Object.assign(PUSHES, pushes);
  Object.assign(REFUSALS, { reports: quietly, raid: quietly });
}

/** The reports of a page that are whole, the newest first. @param {any} ok @returns {Report[]} */
export function reportsIn({ reports }) {
  const isUser = (/** @type {any} */ user) => typeof user?.id === 'string' && typeof user.nick === 'string';
  return Array.isArray(reports) ? reports.filter((one) => Number.isSafeInteger(one?.number) && Number.isFinite(one.at) &&
    Number.isSafeInteger(one.seq) && isUser(one.by) && isUser(one.from) && [one.room, one.text, one.reason].every((text) => typeof text === 'string')) : [];
}

/**
 * A list of reports, the newest first, after a page of it has come: in its range the page says what there is, since others
 * settle too.
 * @param {Report[]} known
 * @param {any} page
 * @param {number} [before] what the page was asked for
 */
export function mergeReports(known, page, before = Infinity) {
  const fresh = reportsIn(page);
  const end = page.more ? fresh.at(-1)?.number ?? before : 0;
  return [...known.filter(({ number }) => number >= before), ...fresh, ...known.filter(({ number }) => number < end)];
}

/** The open reports of a place: a room, or `''` for all. @param {import('./state.js').State} state @param {string | null} place @returns {OpenReports} */
export function openReportsIn({ duties }, place) {
  return (place !== null && duties?.open.get(place)) || { count: 0, more: false };
}

/** Whether the raid switch is on, as far as the page knows. @param {import('./state.js').State} state @param {number} now */
export function isRaid({ duties }, now) {
  const raid = duties?.raid;
  return Boolean(raid?.on && (raid.until === null || raid.until > now));
}
