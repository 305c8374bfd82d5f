// What an older version of the page stored under the names of rooms, stored again as this version does: under `#name`,
// until the server says the ids. saved_state.js loads it when there is such a thing.

import { getItem, getJson, moveDraft, setItem, setJson } from './local_storage.js';

/**
 * Unsent messages, read marks, the selected room, drafts; and last the list of rooms, by which an upgrade that was
 * interrupted begins again.
 * @param {import('./unsent_store.js').UnsentStore} store
 */
export async function upgradeStorage(store) {
  const records = /** @type {any[]} */ (await store.readUnsent()).filter(({ name }) => name === undefined);
  store.writeUnsent({ put: [], update: records.map((one) => ({ ...one, room: `#${one.room}`, name: one.room })), gone: [] });
  await store.whenWritten();
  const names = /** @type {any[]} */ (getJson('rooms')).filter((name) => typeof name === 'string');
  const marks = Object.entries(getJson('reads') ?? {}).map(([room, mark]) => [room.replace(/^#*/, '#'), mark]);
  const shown = getItem('shown') ?? names[0];
  setJson('reads', Object.fromEntries(marks));
  setItem('shown', shown.replace(/^#*/, '#'));
  for (const name of names) moveDraft(name, `#${name}`);
  setJson('rooms', names.map((name) => [`#${name}`, name]));
}
