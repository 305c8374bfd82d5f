// The list of completions over the composer: nicks, emoji, rooms and commands. The caret stays in
// the field; the list is told of by aria-activedescendant, as a screen reader expects it.

import { completed, people, ranked, wordAt } from '../complete.js';
import { search } from '../emoji.js';
import { disc } from './disc.js';
import { make, setAria, setText } from './make.js';
import { t } from '../words.js';

/** The commands that line.js reads, and what each wants after it. */
const COMMANDS = ['me', 'join', 'leave', 'nick'];

/**
 * One line of the list: `text` is what is put in, `sign` stands before it, or the disc of `user`.
 * @typedef {{text: string, sign: string, detail: string, user?: import('../wire.js').User}} Offer
 */

export class Completion {
  #field;
  #state;
  /** @type {Offer[]} */
  #offers = [];
  /** @type {import('../complete.js').Word | null} */
  #word = null;
  #active = 0;
  #asked = 0;
  /** What Escape closed: it stays closed until another word begins. */
  #closedAt = -1;
  #list = make('ul', { id: 'completions', role: 'listbox', tabIndex: 0, hidden: true });
  #status = make('p', { className: 'unseen', role: 'status' });

  /**
   * @param {HTMLTextAreaElement} field
   * @param {() => import('../turn.js').State | null} state
   */
  constructor(field, state) {
    this.#field = field;
    this.#state = state;
    setAria(field, 'autocomplete', 'list');
    // A press must not take the caret out of the field.
    this.#list.addEventListener('pointerdown', (/** @type {Event} */ event) => event.preventDefault());
    this.#list.addEventListener('click', (/** @type {any} */ event) => {
      const at = [...this.#list.children].indexOf(event.target.closest('li'));
      if (at >= 0) this.#choose(at);
    });
    field.addEventListener('blur', () => this.close());
  }

  /** What goes into the composer's box. */
  get nodes() {
    return [this.#list, this.#status];
  }

  get open() {
    return this.#offers.length > 0;
  }

  /** The text or the caret has changed. */
  async look() {
    const { value, selectionStart, selectionEnd } = this.#field;
    const word = selectionStart === selectionEnd ? wordAt(value, selectionStart) : null;
    if (word?.from !== this.#closedAt) this.#closedAt = -1;
    const asked = ++this.#asked;
    if (!word || this.#closedAt >= 0) return this.#show(null, []);
    const offers = word.mark === ':' ? await this.#emoji(word.word) : this.#names(word);
    // The list of emoji is loaded once; meanwhile more may have been typed.
    if (asked === this.#asked) this.#show(word, offers);
  }

  close() {
    this.#asked += 1;
    this.#show(null, []);
  }

  /**
   * Takes a key, if the list is open and the key is for it.
   * @param {KeyboardEvent} event
   * @returns {boolean}
   */
  key(event) {
    if (!this.open || event.ctrlKey || event.metaKey || event.altKey) return false;
    const count = this.#offers.length;
    if (event.key === 'ArrowDown') this.#activate((this.#active + 1) % count);
    else if (event.key === 'ArrowUp') this.#activate((this.#active - 1 + count) % count);
    else if (event.key === 'Escape') this.#dismiss();
    else if ((event.key === 'Tab' || event.key === 'Enter') && !event.shiftKey) return this.#take(event.key);
    else return false;
    return true;
  }

  /** Enter on what is typed in full already sends it; after `/join`, a room needs no mark. @param {string} key */
  #take(key) {
    const { value, selectionStart } = this.#field;
    const typed = value.slice(this.#word?.from, selectionStart);
    const { text } = this.#offers[this.#active];
    const full = key === 'Enter' && (typed === text || `${this.#word?.mark}${typed}` === text);
    if (full) this.close();
    else this.#choose(this.#active);
    return !full;
  }

  #dismiss() {
    this.#closedAt = this.#word?.from ?? -1;
    this.close();
  }

  /** @param {import('../complete.js').Word} word @returns {Offer[]} */
  #names({ mark, word }) {
    const state = this.#state();
    if (!state) return [];
    if (mark === '@') {
      const room = state.rooms.get(state.shown ?? '');
      return people(word, room, state.me?.nick).map((user) => ({ text: `@${user.nick}`, sign: '@', detail: '', user }));
    }
    if (mark === '/') {
      return ranked(word, COMMANDS.filter((name) => name.startsWith(word)))
        .map((name) => ({ text: `/${name}`, sign: '/', detail: t(`command.${name}`) }));
    }
    const listed = state.listing?.rooms.map(({ name }) => name) ?? [];
    return ranked(word, [...new Set([...state.rooms.keys(), ...listed])])
      .map((name) => ({ text: `#${name}`, sign: '#', detail: '' }));
  }

  /** @param {string} word @returns {Promise<Offer[]>} */
  async #emoji(word) {
    try {
      const found = await search(word, 8);
      return found.map(({ char, name }) => ({ text: char, sign: char, detail: `:${name}:` }));
    } catch {
      // Offline before the list was ever loaded: names can still be typed.
      return [];
    }
  }

  /** @param {import('../complete.js').Word | null} word @param {Offer[]} offers */
  #show(word, offers) {
    const wasOpen = this.open;
    this.#word = word;
    this.#offers = offers;
    this.#active = 0;
    if (!offers.length) {
      if (!wasOpen) return;
      this.#list.hidden = true;
      this.#list.replaceChildren();
      setAria(this.#field, 'activedescendant', null);
      setAria(this.#field, 'controls', null);
      setText(this.#status, '');
      return;
    }
    this.#list.replaceChildren(...offers.map((offer, at) => option(offer, at)));
    setAria(this.#list, 'label', t('completion.label'));
    this.#list.hidden = false;
    setAria(this.#field, 'controls', 'completions');
    setText(this.#status, t('completion.count', { count: offers.length }));
    this.#activate(0);
  }

  /** @param {number} at */
  #activate(at) {
    setAria(this.#list.children[this.#active], 'selected', false);
    this.#active = at;
    const active = this.#list.children[at];
    setAria(active, 'selected', true);
    setAria(this.#field, 'activedescendant', active.id);
    active.scrollIntoView({ block: 'nearest' });
  }

  /** @param {number} at */
  #choose(at) {
    const word = this.#word;
    if (!word) return;
    const { value, selectionStart } = this.#field;
    const { text, caret } = completed(value, selectionStart, word, this.#offers[at].text);
    this.#field.value = text;
    this.#field.setSelectionRange(caret, caret);
    this.close();
    this.#field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
}

/** @param {Offer} offer @param {number} at */
function option({ text, sign, detail, user }, at) {
  const emoji = sign === text;
  return make('li', { id: `completion-${at}`, role: 'option', aria: { selected: false } },
    user ? disc(user) : make('span', { className: 'sign', textContent: sign, aria: { hidden: emoji ? null : true } }),
    make('bdi', { className: 'ellipsis', textContent: emoji ? detail : text.slice(1) }),
    detail && !emoji && make('span', { className: 'faint small ellipsis', textContent: detail }));
}
