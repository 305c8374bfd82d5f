// The data that a page has stored on its device, and the server's log: tests of unsent messages compare the
// two.

import { eventually } from './patience.js';

/** @typedef {import('./person.js').Person} Person */

/**
 * The content of a store in the page's database.
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

/** The stored unsent messages, in the order in which they were written. @param {Person} person */
export async function unsentOf(person) {
  return (await all(person, 'outgoing')).sort((one, other) => one.order - other.order);
}

/**
 * Waits until this number of unsent messages is in the browser's database, and returns them.
 * @param {Person} person
 * @param {number} count
 */
export function seeUnsent(person, count) {
  return eventually(`${count} unsent messages are kept`, () => unsentOf(person), (kept) => kept.length === count);
}

/** Waits until a room is stored up to a message. @param {Person} person @param {string} room @param {string} text */
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
 * The server's log of a room.
 * @param {import('./flood.js').Flood} somebody who is in it
 * @param {string} [room]
 * @returns {Promise<{text: string, cid: string, seq: number, from: {nick: string}}[]>}
 */
export async function logOf(somebody, room = 'lobby') {
  return (await somebody.ask('history', { room, limit: 100 })).events;
}
