// The dialog for browsing rooms: the public ones with the number of people in each, searched by the server. It also
// creates rooms. Enter moves to the first result, or to the Create button, so that nobody creates a room by searching.

import { closeDialog, openDialog } from './dialog.js';
import { openNewRoom } from './new_room_dialog.js';
import { insertText } from './text_field.js';
import { icon } from './icon.js';
import { createElement, setAria, setText } from './dom.js';
import { sameRoom } from '../text/fuzzy.js';
import { isName, nameProblem, ROOM_MAX } from '../text/names.js';
import { t } from '../words/translate.js';

/** How long after the last key the server is asked. */
const SEARCH_MS = 200;

/** @param {import('../store/state.js').State} state @param {import('../store/state.js').Dispatch} dispatch */
export function openBrowse(state, dispatch) {
  new Browse(state, dispatch);
}

class Browse {
  #dispatch;
  #timer = 0;
  /** The last query: answers to older ones are not shown. */
  #query = '';
  /** Whether the person has pressed Enter and waits for the result. */
  #isEntered = false;
  /** @type {any} */
  #drawn = null;
  #state;
  #field = createElement('input', {
    type: 'search', id: 'room-search', autocomplete: 'off', spellcheck: false, autocapitalize: 'none',
    maxLength: 96, dir: 'auto', autofocus: true,
  });
  #status = createElement('p', { className: 'faint small', role: 'status' });
  #list = createElement('ul', { className: 'found' });
  #more = createElement('button', { type: 'button', hidden: true });
  #create = createElement('button', { type: 'button', className: 'primary', hidden: true, on: { click: () => this.#join(this.#known(this.#name)) } });

  /** @param {import('../store/state.js').State} state @param {import('../store/state.js').Dispatch} dispatch */
  constructor(state, dispatch) {
    this.#dispatch = dispatch;
    this.#state = state;
    this.#field.placeholder = t('browse.placeholder');
    setText(this.#more, t('browse.more'));
    this.#more.addEventListener('click', () => dispatch('rooms', { more: true, query: this.#query }));
    this.#field.addEventListener('input', () => this.#typed());
    this.#list.addEventListener('click', (/** @type {any} */ event) => {
      const { room, name } = event.target.closest('button')?.dataset ?? {};
      if (room) this.#join({ id: room, name });
    });
    // More rooms load when the end of the list is near.
    this.#list.addEventListener('scroll', () => {
      const { scrollTop, clientHeight, scrollHeight } = this.#list;
      if (!this.#more.hidden && !this.#more.disabled && scrollTop + clientHeight > scrollHeight - 80) this.#more.click();
    }, { passive: true });
    const form = createElement('form', { on: { submit: (event) => this.#submit(event) } },
      createElement('label', { htmlFor: 'room-search', textContent: t('browse.label') }),
      createElement('div', { className: 'row' }, this.#field, this.#create));
    openDialog({
      title: t('browse.title'), name: 'browse', body: [form, this.#status, this.#list, this.#more, createElement('button', {
        type: 'button', className: 'new-room', textContent: t('newRoom.open'), on: { click: () => openNewRoom(this.#name, dispatch) },
      })],
      draw: (now) => this.draw(now), closed: () => clearTimeout(this.#timer),
    });
    dispatch('rooms', { query: '' });
    this.draw(state);
  }

  /** @param {import('../store/state.js').State} state */
  draw(state) {
    this.#state = state;
    const listing = /** @type {any} */ (state.listing);
    const key = [listing, state.rooms.size, state.phase, state.listingId];
    if (this.#drawn && key.every((value, at) => value === this.#drawn[at])) return;
    this.#drawn = key;
    const ready = listing && (listing.query ?? '') === this.#query;
    setText(this.#status, this.#statusWords(state, ready));
    if (!ready) return;
    const focused = /** @type {any} */ (document.activeElement)?.dataset?.room;
    this.#list.replaceChildren(...listing.rooms.map((/** @type {any} */ room) => line(room, state.rooms.has(room.id))));
    this.#more.hidden = !listing.more;
    if (focused) [...this.#list.querySelectorAll('button')].find((/** @type {any} */ { dataset }) => dataset.room === focused)?.focus();
    this.#updateCreate();
    this.#focusResult();
  }

  /** @param {import('../store/state.js').State} state @param {boolean} ready */
  #statusWords({ phase, listing, listingId }, ready) {
    if (!ready || (listingId && !listing?.rooms.length)) return phase === 'online' ? t('browse.searching') : t('browse.offline');
    if (listing?.rooms.length) return '';
    if (!this.#query) return t('browse.empty');
    const problem = nameProblem(this.#query, ROOM_MAX);
    return problem ? t(problem.key, problem.args) : t('browse.none');
  }

  get #name() {
    return this.#field.value.trim().replace(/^#/, '');
  }

  #typed() {
    // The problem was with another name.
    setAria(this.#field, 'invalid', null);
    this.#drawn = null;
    this.#isEntered = false;
    this.draw(this.#state);
    this.#updateCreate();
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#search(), SEARCH_MS);
  }

  #search() {
    clearTimeout(this.#timer);
    if (this.#name === this.#query) return;
    this.#query = this.#name;
    this.#dispatch('rooms', { query: this.#query });
  }

  /** After Enter, moves the focus to the first result, or to the Create button. */
  #focusResult() {
    const { listing, phase } = this.#state;
    const isKnown = this.#name === this.#query && (listing?.query ?? '') === this.#query;
    if (!this.#isEntered || (phase === 'online' && !isKnown)) return;
    this.#isEntered = false;
    (/** @type {HTMLElement | null} */ (isKnown && this.#list.querySelector('button')) || this.#create).focus();
  }

  /** Offers to create a room, unless one has this name. */
  #updateCreate() {
    const name = this.#name;
    const known = this.#known(name);
    this.#create.hidden = !isName(name);
    setText(this.#create, t(known ? 'browse.open' : 'browse.make', { room: `#${known?.name ?? name}` }));
  }

  /** @param {string} name @returns {{id: string, name: string} | undefined} */
  #known(name) {
    const { listing, rooms } = this.#state;
    const listed = listing?.rooms ?? [];
    return sameRoom(name, [...rooms.values(), ...listed], listing?.query === name ? listed : []);
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const name = this.#name;
    if (!name) return;
    const problem = nameProblem(name, ROOM_MAX);
    if (problem) return this.#refuse(problem);
    const known = this.#known(name);
    if (known) return this.#join(known);
    this.#isEntered = true;
    this.#search();
    this.#focusResult();
  }

  /** @param {import('../text/names.js').NameProblem} problem */
  #refuse({ key, args, suggestion }) {
    if (suggestion) insertText(this.#field, suggestion, 0, this.#field.value.length);
    setText(this.#status, t(key, args));
    if (!suggestion) setAria(this.#field, 'invalid', 'true');
  }

  /** @param {{id: string, name: string}} [known] otherwise the room with the typed name */
  #join(known) {
    closeDialog();
    this.#dispatch('join', known ? { room: known.id, name: known.name } : { room: `#${this.#name}` });
  }
}

/** @param {{id: string, name: string, members: number}} room @param {boolean} joined */
function line({ id, name, members }, joined) {
  return createElement('li', {}, createElement('button', { type: 'button', className: 'plain room-name', data: { room: id, name } },
    createElement('bdi', { className: 'ellipsis', textContent: name }),
    joined && createElement('span', { className: 'joined small' }, icon('check'), t('browse.joined')),
    createElement('span', { className: 'faint small', textContent: t('header.people', { count: members }) })));
}
