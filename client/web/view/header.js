// The head of a room: its name, how many are in it, and what can be done with it.

import { number } from './number.js';
import { icon } from './icon.js';
import { make, setAria, setText } from './make.js';
import { menuOf } from './menu.js';
import { writePlace } from '../place.js';
import { t } from '../words.js';

/**
 * @typedef {object} Acts what the header asks app.js for
 * @property {import('./app.js').Play} play
 * @property {() => void} people
 * @property {() => void} switcher
 */

export class Header {
  #acts;
  #drawn = '';
  /** @type {string | null} */
  #room = null;
  #name = make('bdi', { className: 'ellipsis' });
  #title = make('h1', { id: 'name' }, this.#name);
  #count = make('span', { className: 'count' });
  #people = make('button', { type: 'button', className: 'plain people', aria: { haspopup: 'dialog' } }, icon('people'), this.#count);
  #search = make('button', { type: 'button', className: 'plain square', aria: { haspopup: 'dialog' } }, icon('search'));
  #more = make('button', { type: 'button', className: 'plain square' }, icon('more'));

  /** @param {HTMLElement} element @param {Acts} acts */
  constructor(element, acts) {
    this.#acts = acts;
    this.#people.addEventListener('click', acts.people);
    this.#search.addEventListener('click', acts.switcher);
    menuOf(this.#more, () => [
      { words: t('header.copyLink'), icon: 'link', act: () => this.#copy() },
      { words: t('header.leave'), icon: 'leave', danger: true, act: () => acts.play('leave', { room: this.#room }) },
    ]);
    element.append(this.#title, this.#people, this.#search, this.#more);
    this.words();
  }

  words() {
    this.#drawn = '';
    setAria(this.#search, 'label', t('header.switch'));
    this.#search.title = t('header.switchKeys');
    setAria(this.#more, 'label', t('header.more'));
    this.#more.title = t('header.more');
  }

  /** @param {import('../turn.js').State} state */
  draw({ rooms, shown }) {
    const room = rooms.get(shown ?? '');
    const count = room?.members?.count;
    const key = `${room?.name} ${count}`;
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#room = room?.name ?? null;
    setText(this.#name, room?.name ?? t('header.none'));
    this.#title.title = room?.name ?? '';
    this.#title.classList.toggle('room-name', Boolean(room));
    this.#more.hidden = !room;
    this.#people.hidden = count === undefined;
    setText(this.#count, number(count ?? 0));
    setAria(this.#people, 'label', t('header.people', { count: count ?? 0 }));
    this.#people.title = t('header.people', { count: count ?? 0 });
  }

  async #copy() {
    const address = new URL(writePlace(this.#room ?? ''), document.baseURI).href;
    try {
      await navigator.clipboard.writeText(address);
      this.#acts.play('notice', { key: 'header.copied' });
    } catch {
      // No permission, or no secure context: the address can still be read and copied by hand.
      this.#acts.play('notice', { key: 'header.copyByHand', args: { address } });
    }
  }
}
