// Finding rooms: the public ones with how many are in each, searched by the server, and making one.

import { closeDialog, openDialog } from './dialog.js';
import { icon } from './icon.js';
import { make, setAria, setText } from './make.js';
import { isName } from '../wire.js';
import { t } from '../words.js';

/** So long after the last key the server is asked. */
const ASK_MS = 200;

/** @param {import('../turn.js').State} state @param {import('./app.js').Play} play */
export function openBrowse(state, play) {
  new Browse(state, play);
}

class Browse {
  #play;
  #timer = 0;
  /** What was asked for last: an older answer is not shown for it. */
  #query = '';
  /** @type {any} */
  #drawn = null;
  #state;
  #field = make('input', {
    type: 'search', id: 'room-search', autocomplete: 'off', spellcheck: false, autocapitalize: 'none',
    maxLength: 96, dir: 'auto', autofocus: true,
  });
  #status = make('p', { className: 'faint small', role: 'status' });
  #list = make('ul', { className: 'found' });
  #more = make('button', { type: 'button', hidden: true });
  #make = make('button', { type: 'submit', hidden: true });

  /** @param {import('../turn.js').State} state @param {import('./app.js').Play} play */
  constructor(state, play) {
    this.#play = play;
    this.#state = state;
    this.#field.placeholder = t('browse.placeholder');
    setText(this.#more, t('browse.more'));
    this.#more.addEventListener('click', () => play('rooms', { more: true, query: this.#query }));
    this.#field.addEventListener('input', () => this.#typed());
    this.#list.addEventListener('click', (/** @type {any} */ event) => {
      const { room } = event.target.closest('button')?.dataset ?? {};
      if (room) this.#join(room);
    });
    // More comes by itself when the end of the list is near.
    this.#list.addEventListener('scroll', () => {
      const { scrollTop, clientHeight, scrollHeight } = this.#list;
      if (!this.#more.hidden && !this.#more.disabled && scrollTop + clientHeight > scrollHeight - 80) this.#more.click();
    }, { passive: true });
    const form = make('form', { on: { submit: (event) => this.#submit(event) } },
      make('label', { htmlFor: 'room-search', textContent: t('browse.label') }),
      make('div', { className: 'row' }, this.#field, this.#make));
    openDialog({
      title: t('browse.title'), name: 'browse', body: [form, this.#status, this.#list, this.#more],
      draw: (now) => this.draw(now), closed: () => clearTimeout(this.#timer),
    });
    play('rooms', { query: '' });
    this.draw(state);
  }

  /** @param {import('../turn.js').State} state */
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
    this.#list.replaceChildren(...listing.rooms.map((/** @type {any} */ room) => line(room, state.rooms.has(room.name))));
    this.#more.hidden = !listing.more;
    if (focused) [...this.#list.querySelectorAll('button')].find((/** @type {any} */ { dataset }) => dataset.room === focused)?.focus();
    this.#offer();
  }

  /** @param {import('../turn.js').State} state @param {boolean} ready */
  #statusWords({ phase, listing, listingId }, ready) {
    if (!ready || (listingId && !listing?.rooms.length)) return phase === 'online' ? t('browse.searching') : t('browse.offline');
    if (listing?.rooms.length) return '';
    if (!this.#query) return t('browse.empty');
    return t(isName(this.#query) ? 'browse.none' : 'browse.badName');
  }

  get #name() {
    return this.#field.value.trim().replace(/^#/, '');
  }

  #typed() {
    // What was said of another name is past.
    setAria(this.#field, 'invalid', null);
    this.#drawn = null;
    this.draw(this.#state);
    this.#offer();
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      if (this.#name === this.#query) return;
      this.#query = this.#name;
      this.#play('rooms', { query: this.#query });
    }, ASK_MS);
  }

  /** A name that no room has can be made. */
  #offer() {
    const name = this.#name;
    const known = this.#known(name);
    this.#make.hidden = !isName(name);
    setText(this.#make, t(known ? 'browse.open' : 'browse.make', { room: `#${known ?? name}` }));
  }

  /** @param {string} name */
  #known(name) {
    const all = [...this.#state.rooms.keys(), ...(this.#state.listing?.rooms ?? []).map((room) => room.name)];
    return all.find((other) => other.toLowerCase() === name.toLowerCase());
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const name = this.#name;
    if (isName(name)) this.#join(this.#known(name) ?? name);
    else if (name) {
      setText(this.#status, t('browse.badName'));
      setAria(this.#field, 'invalid', 'true');
    }
  }

  /** @param {string} room */
  #join(room) {
    closeDialog();
    this.#play('join', { room });
  }
}

/** @param {{name: string, members: number}} room @param {boolean} joined */
function line({ name, members }, joined) {
  return make('li', {}, make('button', { type: 'button', className: 'plain room-name', data: { room: name } },
    make('bdi', { className: 'ellipsis', textContent: name }),
    joined && make('span', { className: 'joined small' }, icon('check'), t('browse.joined')),
    make('span', { className: 'faint small', textContent: t('header.people', { count: members }) })));
}
