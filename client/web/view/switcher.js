// The quick switcher: some letters of a room's name, and Enter. The rooms with something unread come
// first; a name that no room has can be made.

import { choices } from '../fuzzy.js';
import { badge } from './number.js';
import { closeDialog, openDialog } from './dialog.js';
import { icon } from './icon.js';
import { make, setAria, setText } from './make.js';
import { t } from '../words.js';

/** So long after the last key the server is asked for rooms that are not in the list yet. */
const ASK_MS = 200;

/** @param {import('../turn.js').State} state @param {import('./app.js').Play} play */
export function openSwitcher(state, play) {
  new Switcher(state, play);
}

class Switcher {
  #play;
  #state;
  #timer = 0;
  #drawn = '';
  /** @type {import('../fuzzy.js').Choice[]} */
  #choices = [];
  #active = 0;
  #list = make('ul', { id: 'choices', role: 'listbox' });
  #status = make('p', { className: 'faint small', role: 'status' });
  #field = make('input', {
    type: 'text', role: 'combobox', autocomplete: 'off', spellcheck: false, autocapitalize: 'none', dir: 'auto',
    maxLength: 96, autofocus: true, aria: { controls: 'choices', expanded: true, autocomplete: 'list' },
  });

  /** @param {import('../turn.js').State} state @param {import('./app.js').Play} play */
  constructor(state, play) {
    this.#play = play;
    this.#state = state;
    this.#field.placeholder = t('switcher.placeholder');
    setAria(this.#field, 'label', t('switcher.placeholder'));
    setAria(this.#list, 'label', t('side.rooms'));
    this.#field.addEventListener('input', () => this.#typed());
    this.#field.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => this.#key(event));
    this.#list.addEventListener('click', (/** @type {any} */ event) => {
      const at = [...this.#list.children].indexOf(event.target.closest('li'));
      if (at >= 0) this.#go(at);
    });
    openDialog({
      title: t('switcher.title'), name: 'switcher', body: [this.#field, this.#list, this.#status],
      draw: (now) => this.draw(now), closed: () => clearTimeout(this.#timer),
    });
    play('rooms', { query: '' });
    this.draw(state);
  }

  /** The name that is looked for. */
  get #word() {
    return this.#field.value.trim().replace(/^#/, '');
  }

  /** @param {import('../turn.js').State} state */
  draw(state) {
    this.#state = state;
    const found = choices(this.#field.value, [...state.rooms.values()].filter(({ name }) => name !== state.shown || this.#field.value), state.listing?.rooms.filter(({ name }) => name !== state.shown) ?? []);
    setText(this.#status, found.length ? '' : t(this.#word ? 'browse.badName' : 'switcher.none'));
    const key = JSON.stringify(found);
    if (key === this.#drawn) return;
    // An answer of the server must not move the choice from under the hand.
    const kept = found.findIndex(({ name }) => name === this.#choices[this.#active]?.name);
    this.#drawn = key;
    this.#choices = found;
    this.#list.replaceChildren(...found.map(option));
    setAria(this.#field, 'expanded', found.length > 0);
    this.#activate(Math.max(0, kept));
  }

  #typed() {
    this.#choices = [];
    this.#active = 0;
    this.draw(this.#state);
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#play('rooms', { query: this.#word }), ASK_MS);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const count = this.#choices.length;
    if (event.isComposing || !count) return;
    if (event.key === 'ArrowDown') this.#activate((this.#active + 1) % count);
    else if (event.key === 'ArrowUp') this.#activate((this.#active - 1 + count) % count);
    else if (event.key === 'Enter') this.#go(this.#active);
    else return;
    event.preventDefault();
  }

  /** @param {number} at */
  #activate(at) {
    [...this.#list.children].forEach((item, index) => setAria(item, 'selected', index === at));
    this.#active = at;
    const active = this.#list.children[at];
    setAria(this.#field, 'activedescendant', active?.id);
    active?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {number} at */
  #go(at) {
    const { name, joined } = this.#choices[at];
    closeDialog();
    this.#play(joined ? 'show' : 'join', { room: name });
  }
}

/** @param {import('../fuzzy.js').Choice} choice @param {number} at */
function option({ name, joined, unread, mentions, members, made }, at) {
  const detail = made ? '' : !joined ? t('switcher.notJoined') : '';
  const label = make('bdi', { className: 'ellipsis', textContent: name });
  return make('li', { id: `choice-${at}`, role: 'option', className: made ? '' : 'room-name', aria: { selected: false } },
    made && icon('add'),
    made ? make('span', { className: 'ellipsis', textContent: t('browse.make', { room: `#${name}` }) }) : label,
    detail && make('span', { className: 'faint small', textContent: detail }),
    members !== null && make('span', { className: 'faint small', textContent: t('header.people', { count: members }) }),
    mentions > 0 && make('span', { className: 'badge strong', textContent: `@${badge(mentions)}`, title: t('side.mentions', { count: mentions }) }),
    unread > 0 && !mentions && make('span', { className: 'badge', textContent: badge(unread), title: t('side.unread', { count: unread }) }));
}
