// Announces new messages to screen readers, in a polite live region that is not visible.
//
// The list itself is silent, because messages that scroll into its window are not new. log.js updates this with each
// state. In a busy room a number is announced, since nobody can listen to two hundred messages a second.

import { plain } from '../text/markdown/plain.js';
import { t } from '../words/translate.js';
import { failureReason } from './message_element.js';
import { createElement } from './dom.js';
import { isReadable } from '../store/readable_messages.js';

/** @typedef {import('../store/state.js').Room} Room */
/** @typedef {import('../net/wire.js').Message} Message */

/** The shortest time between announcements: a screen reader starts again at each. */
const PAUSE_MS = 1_500;

/** How much of a long message is announced; the rest is in the list. */
const ANNOUNCED_MAX = 200;

export class Announcer {
  #region;
  #pause;
  /** @type {string | null} */
  #room = null;
  /** The newest seq that was announced, or was there when the room was opened. */
  #announcedSeq = 0;
  /** @type {Set<string>} */
  #failed = new Set();
  #count = 0;
  /** @type {Message | null} */
  #last = null;
  /** What the region tells of. @type {Message | null} */
  #told = null;
  /** @type {string[]} */
  #sentences = [];
  #waiting = false;

  /** @param {HTMLElement} element @param {{pause?: number}} [options] */
  constructor(element, { pause = PAUSE_MS } = {}) {
    this.#pause = pause;
    this.#region = createElement('div', { className: 'unseen', aria: { live: 'polite', atomic: 'true' } });
    element.append(this.#region);
  }

  /** Announces the outcome of an action at once: new messages can wait. @param {string} sentence */
  say(sentence) {
    this.#announce([sentence]);
  }

  /** Announces what is new in the selected room. @param {Room} room @param {Pick<import('../store/state.js').State, 'me' | 'keptAway'>} state */
  update(room, { me, keptAway }) {
    if (room.id !== this.#room || room.last === null || room.last < this.#announcedSeq) {
      this.#room = room.last === null ? null : room.id;
      this.#announcedSeq = room.last ?? 0;
      this.#count = 0;
      this.#last = null;
      if (this.#told) this.#announce([]);
      this.#failed = new Set(room.outgoing.filter(({ state }) => state === 'failed').map(({ cid }) => cid));
      return;
    }
    this.#forgetDeleted(room, { me, keptAway });
    for (let at = room.messages.length - 1; at >= 0 && room.messages[at].seq > this.#announcedSeq; at -= 1) {
      const message = room.messages[at];
      if (message.from.id === me?.id || keptAway.has(message.from.id) || !message.text) continue;
      this.#count += 1;
      if ((this.#last?.seq ?? 0) < message.seq) this.#last = message;
    }
    this.#announcedSeq = room.last;
    for (const one of room.outgoing) this.#noteFailure(one);
    if (this.#count || this.#sentences.length) this.#schedule();
  }

  /** Of what was deleted since, nothing is announced, and nothing stays in the document. @param {Room} room @param {Pick<import('../store/state.js').State, 'me' | 'keptAway'>} state */
  #forgetDeleted(room, { me, keptAway }) {
    if (this.#told && !isReadable(room, this.#told.seq)) this.#announce([]);
    const last = this.#last;
    if (!last || isReadable(room, last.seq)) return;
    this.#count -= 1;
    this.#last = this.#count ? room.messages.findLast(({ seq, text, from }) => seq < last.seq && text && from.id !== me?.id && !keptAway.has(from.id)) ?? null : null;
  }

  /** @param {import('../store/state.js').Outgoing} one */
  #noteFailure(one) {
    if (one.state !== 'failed') this.#failed.delete(one.cid);
    else if (!this.#failed.has(one.cid)) {
      this.#failed.add(one.cid);
      this.#sentences.push(t('log.announce.failed', { reason: failureReason(one) }));
    }
  }

  #schedule() {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#announceWaiting();
    setTimeout(() => {
      this.#waiting = false;
      if (this.#count || this.#sentences.length) this.#schedule();
    }, this.#pause);
  }

  #announceWaiting() {
    const sentences = this.#sentences.splice(0);
    const told = this.#last;
    if (told) sentences.push(this.#sentenceFor(told));
    this.#count = 0;
    this.#last = null;
    this.#announce(sentences, told);
  }

  /** @param {string[]} sentences @param {Message | null} [told] */
  #announce(sentences, told = null) {
    this.#told = told;
    this.#region.replaceChildren(...sentences.map((textContent) => createElement('p', { textContent, dir: 'auto' })));
  }

  /** @param {Message} message */
  #sentenceFor({ from, kind, text }) {
    const { nick } = from;
    if (this.#count > 1) return t('log.announce.many', { count: this.#count, nick });
    const said = plain(text);
    const short = said.length > ANNOUNCED_MAX ? `${[...said.slice(0, ANNOUNCED_MAX)].slice(0, -1).join('')}…` : said;
    return t(kind === 'action' ? 'log.announce.action' : 'log.announce.text', { nick, text: short });
  }
}
