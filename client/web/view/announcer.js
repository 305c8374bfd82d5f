// Says new messages to those who listen instead of look: a polite live region outside of sight.
//
// The list itself is silent, since it is a window: what scrolls into it is not news. log.js tells of
// each state; a busy room is told as a number, so that nobody has to hear two hundred a second.

import { plain } from '../markdown.js';
import { t } from '../words.js';
import { howReason } from './message.js';
import { make } from './make.js';

/** @typedef {import('../room.js').Room} Room */
/** @typedef {import('../wire.js').Message} Message */

/** Between two announcements, at least: a screen reader begins anew at each. */
const PAUSE_MS = 1_500;

/** Of a long message so much is said; the rest is read in the list. */
const SAID_MAX = 200;

export class Announcer {
  #region;
  #pause;
  /** @type {string | null} */
  #room = null;
  /** The newest seq that was told of, or was there when the room was opened. */
  #told = 0;
  /** @type {Set<string>} */
  #failed = new Set();
  #count = 0;
  /** @type {Message | null} */
  #last = null;
  /** @type {string[]} */
  #sentences = [];
  #waiting = false;

  /** @param {HTMLElement} element @param {{pause?: number}} [options] */
  constructor(element, { pause = PAUSE_MS } = {}) {
    this.#pause = pause;
    this.#region = make('div', { className: 'unseen', aria: { live: 'polite', atomic: 'true' } });
    element.append(this.#region);
  }

  /** Answers what the person did, at once: news can wait. @param {string} sentence */
  say(sentence) {
    this.#tell([sentence]);
  }

  /** Tells what is new in the room that is shown. @param {Room} room @param {string | undefined} me the id of this person */
  hear(room, me) {
    if (room.name !== this.#room || room.last === null || room.last < this.#told) {
      this.#room = room.last === null ? null : room.name;
      this.#told = room.last ?? 0;
      this.#count = 0;
      this.#last = null;
      this.#failed = new Set(room.outgoing.filter(({ state }) => state === 'failed').map(({ cid }) => cid));
      return;
    }
    for (let at = room.messages.length - 1; at >= 0 && room.messages[at].seq > this.#told; at -= 1) {
      const message = room.messages[at];
      if (message.from.id === me) continue;
      this.#count += 1;
      if ((this.#last?.seq ?? 0) < message.seq) this.#last = message;
    }
    this.#told = room.last;
    for (const one of room.outgoing) this.#outcome(one);
    if (this.#count || this.#sentences.length) this.#soon();
  }

  /** @param {import('../room.js').Outgoing} one */
  #outcome(one) {
    if (one.state !== 'failed') this.#failed.delete(one.cid);
    else if (!this.#failed.has(one.cid)) {
      this.#failed.add(one.cid);
      this.#sentences.push(t('log.announce.failed', { reason: howReason(one) }));
    }
  }

  #soon() {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#speak();
    setTimeout(() => {
      this.#waiting = false;
      if (this.#count || this.#sentences.length) this.#soon();
    }, this.#pause);
  }

  #speak() {
    const sentences = this.#sentences.splice(0);
    if (this.#last) sentences.push(this.#news(this.#last));
    this.#count = 0;
    this.#last = null;
    this.#tell(sentences);
  }

  /** @param {string[]} sentences */
  #tell(sentences) {
    this.#region.replaceChildren(...sentences.map((textContent) => make('p', { textContent, dir: 'auto' })));
  }

  /** @param {Message} message */
  #news({ from, kind, text }) {
    const { nick } = from;
    if (this.#count > 1) return t('log.announce.many', { count: this.#count, nick });
    const said = plain(text);
    const short = said.length > SAID_MAX ? `${[...said.slice(0, SAID_MAX)].slice(0, -1).join('')}…` : said;
    return t(kind === 'action' ? 'log.announce.action' : 'log.announce.text', { nick, text: short });
  }
}
