// The list of completions over the composer: nicks, emoji, rooms and commands. The caret stays in the field; the
// selected option is announced by aria-activedescendant, as screen readers expect it.

import { completableWord, completedText, matchingPeople, rankNames } from '../text/completion.js';
import { searchEmoji } from '../text/emoji.js';
import { COMMANDS } from '../text/slash_commands.js';
import { avatar } from './avatar.js';
import { insertText } from './text_field.js';
import { createElement, setAria, setText } from './dom.js';
import { t } from '../words/translate.js';

/**
 * One line of the list: `text` is inserted; before it stands `sign`, or the avatar of `user`.
 * @typedef {{text: string, sign: string, detail: string, user?: import('../net/wire.js').User}} Offer
 */

export class CompletionList {
  #field;
  #state;
  #takesCommands;
  /** @type {Offer[]} */
  #offers = [];
  /** @type {import('../text/completion.js').Word | null} */
  #word = null;
  #active = 0;
  #asked = 0;
  /** Where the word begins that Escape closed the list for: it stays closed until another word begins. */
  #closedAt = -1;
  #list = createElement('ul', { id: 'completions', role: 'listbox', tabIndex: 0, hidden: true });
  #status = createElement('p', { className: 'unseen', role: 'status' });

  /**
   * @param {HTMLTextAreaElement} field
   * @param {() => import('../store/state.js').State | null} state
   * @param {() => boolean} takesCommands whether a line may be a command
   */
  constructor(field, state, takesCommands) {
    this.#field = field;
    this.#state = state;
    this.#takesCommands = takesCommands;
    setAria(field, 'autocomplete', 'list');
    // A press must not take the caret out of the field.
    this.#list.addEventListener('pointerdown', (/** @type {Event} */ event) => event.preventDefault());
    this.#list.addEventListener('click', (/** @type {any} */ event) => {
      const at = [...this.#list.children].indexOf(event.target.closest('li'));
      if (at >= 0) this.#choose(at);
    });
    field.addEventListener('blur', () => this.close());
  }

  /** The elements for the composer's box. */
  get nodes() {
    return [this.#list, this.#status];
  }

  get open() {
    return this.#offers.length > 0;
  }

  /** Updates the list: the text or the caret has changed. */
  async update() {
    const { value, selectionStart, selectionEnd } = this.#field;
    const word = selectionStart === selectionEnd ? completableWord(value, selectionStart) : null;
    if (word?.from !== this.#closedAt) this.#closedAt = -1;
    const asked = ++this.#asked;
    if (!word || this.#closedAt >= 0 || (word.mark === '/' && !this.#takesCommands())) return this.#show(null, []);
    const offers = word.mark === ':' ? await this.#emoji(word.word) : this.#names(word);
    // More may have been typed while the list of emoji was loading.
    if (asked === this.#asked) this.#show(word, offers);
  }

  close() {
    this.#asked += 1;
    this.#closedAt = -1;
    this.#show(null, []);
  }

  /**
   * Handles a key, if the list is open and the key is for it.
   * @param {KeyboardEvent} event
   * @returns {boolean} whether it did
   */
  takesKey(event) {
    if (!this.open || event.ctrlKey || event.metaKey || event.altKey) return false;
    const count = this.#offers.length;
    if (event.key === 'ArrowDown') this.#activate((this.#active + 1) % count);
    else if (event.key === 'ArrowUp') this.#activate((this.#active - 1 + count) % count);
    else if (event.key === 'Escape') this.#dismiss();
    else if ((event.key === 'Tab' || event.key === 'Enter') && !event.shiftKey) return this.#accept(event.key);
    else return false;
    return true;
  }

  /** Enter on a word that is complete sends the text instead; after `/join`, a room needs no mark. @param {string} key */
  #accept(key) {
    const { value, selectionStart } = this.#field;
    const typed = value.slice(this.#word?.from, selectionStart);
    const { text } = this.#offers[this.#active];
    const full = key === 'Enter' && (typed === text || `${this.#word?.mark}${typed}` === text);
    if (full) this.close();
    else this.#choose(this.#active);
    return !full;
  }

  #dismiss() {
    const from = this.#word?.from ?? -1;
    this.close();
    this.#closedAt = from;
  }

  /** @param {import('../text/completion.js').Word} word @returns {Offer[]} */
  #names({ mark, word }) {
    const state = this.#state();
    if (!state) return [];
    if (mark === '@') {
      const room = state.rooms.get(state.selectedRoom ?? '');
      return matchingPeople(word, room, state.me?.nick).map((user) => ({ text: `@${user.nick}`, sign: '@', detail: '', user }));
    }
    if (mark === '/') {
      return rankNames(word, COMMANDS.filter((name) => name.startsWith(word)))
        .map((name) => ({ text: `/${name}`, sign: '/', detail: t(`command.${name}`) }));
    }
    const listed = state.listing?.rooms.map(({ name }) => name) ?? [];
    return rankNames(word, [...new Set([...[...state.rooms.values()].map(({ name }) => name), ...listed])])
      .map((name) => ({ text: `#${name}`, sign: '#', detail: '' }));
  }

  /** @param {string} word @returns {Promise<Offer[]>} */
  async #emoji(word) {
    try {
      const found = await searchEmoji(word, 8);
      return found.map(({ char, name }) => ({ text: char, sign: char, detail: `:${name}:` }));
    } catch {
      // Offline, and the list was never loaded: names can still be typed.
      return [];
    }
  }

  /** @param {import('../text/completion.js').Word | null} word @param {Offer[]} offers */
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
    const text = completedText(value, selectionStart, word, this.#offers[at].text);
    this.close();
    insertText(this.#field, text, word.from, selectionStart);
  }
}

/** @param {Offer} offer @param {number} at */
function option({ text, sign, detail, user }, at) {
  const emoji = sign === text;
  return createElement('li', { id: `completion-${at}`, role: 'option', aria: { selected: false } },
    user ? avatar(user) : createElement('span', { className: 'sign', textContent: sign, aria: { hidden: emoji ? null : true } }),
    createElement('bdi', { className: 'ellipsis', textContent: emoji ? detail : text.slice(1) }),
    detail && !emoji && createElement('span', { className: 'faint small ellipsis', textContent: detail }));
}
