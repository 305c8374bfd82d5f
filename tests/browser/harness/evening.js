// A planned games night, by ana, bo and cy: the content of the pictures.

import { randomBytes } from 'node:crypto';
import { newCid } from '../../../client/web/net/wire.js';
import { Flood } from './flood.js';

/** ana's rooms, in the order in which she joins them. */
export const ROOMS = ['games-night', 'kitchen', 'rules', 'wall-of-fame'];

/** The messages in games-night before ana writes. A text that begins with /me is an action. @type {[string, string][]} */
export const PLAN = [
  ['bo', 'The hall is ours from **18:00**. Doors at seven, first round at half past.'],
  ['bo', 'Tables for sixty. I counted twice.'],
  ['cy', 'Wonderful. I bring the big timer and the bell 🔔'],
  ['cy', 'What is still open:\n\n- somebody at the door until eight\n- a lamp for table 9, it was *very* dark last time'],
  ['bo', 'The lamp is somewhere in the attic, I will look tonight.'],
  ['cy', '/me writes “lamp, table 9” on the back of the hand'],
];

/** ana's answer. */
export const ANSWER = 'I take the door. Then I see everybody come in, which is the best part anyway.';

/** The messages after that. @type {[string, string][]} */
export const MORE = [
  ['bo', '> I take the door.\n\nThank you! @ana, can you print the pairings as well? The script is short:'],
  ['bo', '```js\n// Round one: neighbours never meet twice.\nconst pairs = shuffle(guests).slice(0, 60);\nfor (const [one, other] of tables(pairs, 2)) {\n  print(`${one} plays ${other}`);\n}\n```'],
  ['cy', 'Please in large letters. Last time half of us read table 6 as table 8.'],
];

/** The messages in the other rooms meanwhile. @type {[string, string, string][]} */
const ELSEWHERE = [
  ['bo', 'kitchen', 'Twelve litres of soup, is that enough?'],
  ['cy', 'kitchen', 'For sixty people? Make it fifteen. And bread, much bread.'],
  ['bo', 'kitchen', 'Fifteen it is.'],
  ['cy', 'rules', 'A draw counts half for both. @ana, you wrote the sheet, is that still so?'],
];

/** A person who writes in all rooms. @typedef {{ask: Flood['ask'], say: (text: string, room?: string) => Promise<any>}} Guest */

/**
 * bo and cy, in all rooms.
 * @param {import('./server.js').Server} server
 * @returns {Promise<Record<string, Guest>>}
 */
export async function guests(server) {
  return Object.fromEntries(await Promise.all(['bo', 'cy'].map(async (nick) => [nick, await guest(server, nick)])));
}

/** @param {import('./server.js').Server} server @param {string} nick @returns {Promise<Guest>} */
export async function guest(server, nick) {
  const flood = await Flood.join(server, nick);
  for (const room of [...ROOMS, 'bring-and-swap']) await flood.ask('join', { room, limit: 0 });
  return {
    ask: (type, fields) => flood.ask(type, fields),
    say: (text, room = 'games-night') => {
      const action = text.startsWith('/me ');
      const cid = newCid(Date.now(), randomBytes(16));
      return flood.ask('send', { room, cid, text: action ? text.slice(4) : text, ...(action && { kind: 'action' }) });
    },
  };
}

/** Sends one message after another. @param {Record<string, Guest>} guests @param {[string, string, string?][]} lines */
export async function tell(guests, lines) {
  for (const [nick, text, room] of lines) await guests[nick].say(text, room);
}

/** Sends messages to the rooms that ana does not look at. @param {Record<string, Guest>} guests */
export async function elsewhere(guests) {
  await tell(guests, ELSEWHERE.map(([nick, room, text]) => [nick, text, room]));
}

/** Hard cases: long words and names, and right-to-left texts. @type {[string, string][]} */
export const HARD = [
  ['bo', 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2)],
  ['bo', 'https://example.org/a/very/long/path/that/goes/on/and/on/and/on/without/a/single/space/until/the/end/of/the/line.html?and=more'],
  ['cy', 'שלום לכולם! ניפגש ב־18:00 ליד הדלת של games-night.'],
  ['cy', 'مرحبا @ana، هل تستطيعين طباعة القائمة؟'],
  ['bo', '今晚七点见，别忘了带上灯。日本語も大丈夫です。'],
  ['cy', '🎲🎲'],
  ['bo', '`inline code that is long enough to reach the end of the line and to go on in the one below it, as paths do`'],
];
