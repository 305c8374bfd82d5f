// What a page has kept on its device, and what the server has in its log: what a test of the outbox
// compares.

import { eventually } from './patience.js';

/** @typedef {import('./person.js').Person} Person */

/**
 * What a store of the page's database holds.
 * @param {Person} person
 * @param {'outgoing' | 'rooms'} store
 * @returns {Promise<any[]>}
 */
function all({ page }, store) {
  return page.evaluate((name) => new Promise((resolve, reject) => {
    const opened = indexedDB.open('throng');
    opened.onerror = () => reject(opened.error);
    opened.onsuccess = () => {
      const database = opened.result;
      const asked = database.transaction(name).objectStore(name).getAll();
      asked.onsuccess = () => {
        database.close();
        resolve(asked.result);
      };
    };
  }), store);
}

/** The unsent messages that are kept, in the order in which they were said. @param {Person} person */
export async function unsentOf(person) {
  return (await all(person, 'outgoing')).sort((one, other) => one.order - other.order);
}

/**
 * Waits until so many unsent messages are in the browser's database, and gives them.
 * @param {Person} person
 * @param {number} count
 */
export function seeUnsent(person, count) {
  return eventually(`${count} unsent messages are kept`, () => unsentOf(person), (kept) => kept.length === count);
}

/** Waits until a room is kept up to a message. @param {Person} person @param {string} room @param {string} text */
export function seeEnd(person, room, text) {
  const kept = async () => {
    const listed = new Map(await person.page.evaluate(() => JSON.parse(localStorage.getItem('throng.rooms') ?? '[]')));
    return (await all(person, 'rooms')).filter(({ id }) => listed.get(id) === room);
  };
  return eventually(`${room} is kept up to ${JSON.stringify(text)}`, kept,
    (ends) => ends.some(({ messages }) => messages.at(-1)?.text === text));
}

/** Waits until the page opens without a network. @param {Person} person */
export async function seeInstalled({ page }) {
  await page.waitForFunction(async () => {
    await navigator.serviceWorker.ready;
    return navigator.serviceWorker.controller !== null && Boolean(await caches.match(new URL('./', document.baseURI).href));
  });
}

/**
 * What the server has of a room.
 * @param {import('./flood.js').Flood} somebody who is in it
 * @param {string} [room]
 * @returns {Promise<{text: string, cid: string, seq: number, from: {nick: string}}[]>}
 */
export async function logOf(somebody, room = 'lobby') {
  return (await somebody.ask('history', { room, limit: 100 })).events;
}
