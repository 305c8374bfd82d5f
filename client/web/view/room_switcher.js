// The room switcher: type some letters of a room's name and press Enter. Unread rooms come first. It can also create
// a room, but not by an Enter that was meant to search.

import { roomChoices } from '../text/fuzzy.js';
import { nameProblem, ROOM_MAX } from '../text/names.js';
import { badgeText, t } from '../words/translate.js';
import { closeDialog, openDialog } from './dialog.js';
import { isComposing } from './text_field.js';
import { icon } from './icon.js';
import { createElement, setAria, setText } from './dom.js';

/** How long after the last key the server is asked for further rooms. */
const SEARCH_MS = 200;

/** @param {import('../store/state.js').State} state @param {import('../store/state.js').Dispatch} dispatch */
export function openSwitcher(state, dispatch) {
  new Switcher(state, dispatch);
}

class Switcher {
  #dispatch;
  #state;
  #timer = 0;
  #drawn = '';
  /** @type {import('../text/fuzzy.js').Choice[]} */
  #choices = [];
  /** The index that Enter opens; -1: none yet. */
  #active = -1;
  #list = createElement('ul', { id: 'choices', role: 'listbox' });
  #status = createElement('p', { className: 'faint small', role: 'status' });
  #field = createElement('input', {
    type: 'text', role: 'combobox', autocomplete: 'off', spellcheck: false, autocapitalize: 'none', dir: 'auto',
    maxLength: 96, autofocus: true, aria: { controls: 'choices', expanded: true, autocomplete: 'list' },
  });

  /** @param {import('../store/state.js').State} state @param {import('../store/state.js').Dispatch} dispatch */
  constructor(state, dispatch) {
    this.#dispatch = dispatch;
    this.#state = state;
    this.#field.placeholder = t('switcher.placeholder');
    setAria(this.#field, 'label', t('switcher.placeholder'));
    setAria(this.#list, 'label', t('side.rooms'));
    this.#field.addEventListener('input', () => this.#typed());
    this.#field.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => this.#key(event));
    this.#list.addEventListener('click', (/** @type {any} */ event) => {
      const at = [...this.#list.children].indexOf(event.target.closest('li'));
      if (at >= 0) this.#openChoice(at);
    });
    openDialog({
      title: t('switcher.title'), name: 'switcher', body: [this.#field, this.#status, this.#list],
      draw: (now) => this.draw(now), closed: () => clearTimeout(this.#timer),
    });
    dispatch('rooms', { query: '' });
    this.draw(state);
  }

  /** The typed name. */
  get #word() {
    return this.#field.value.trim().replace(/^#/, '');
  }

  /** @param {import('../store/state.js').State} state */
  draw(state) {
    this.#state = state;
    const isOffered = ({ id = '' }) => id !== state.selectedRoom || this.#field.value;
    const found = roomChoices(this.#field.value, [...state.rooms.values()].filter(isOffered), state.listing?.rooms.filter(isOffered) ?? [], state.listing?.query);
    setText(this.#status, this.#statusWords(found));
    const key = JSON.stringify(found);
    if (key === this.#drawn) return;
    // An answer of the server must not change the selected choice.
    const kept = found.findIndex(({ id }) => id === this.#choices[this.#active]?.id);
    this.#drawn = key;
    this.#choices = found;
    this.#list.replaceChildren(...found.map(option));
    setAria(this.#field, 'expanded', found.length > 0);
    this.#activate(kept >= 0 ? kept : found[0]?.made ? -1 : 0);
  }

  /** @param {import('../text/fuzzy.js').Choice[]} found */
  #statusWords(found) {
    const word = this.#word;
    if (!word) return found.length ? '' : t('switcher.none');
    if (found.length) return found[0].made ? t('switcher.nothing', { word }) : '';
    const problem = nameProblem(word, ROOM_MAX);
    return problem ? t(problem.key, problem.args) : '';
  }

  #typed() {
    // The results may be the same rooms: the first one is selected again.
    this.#drawn = '';
    this.#choices = [];
    this.draw(this.#state);
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#dispatch('rooms', { query: this.#word }), SEARCH_MS);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const count = this.#choices.length;
    if (isComposing(event) || !count) return;
    if (event.key === 'ArrowDown') this.#activate((this.#active + 1) % count);
    else if (event.key === 'ArrowUp') this.#activate((Math.max(this.#active, 0) - 1 + count) % count);
    else if (event.key !== 'Enter') return;
    else if (this.#active >= 0) this.#openChoice(this.#active);
    // The first Enter shows which room would be created; another one creates it.
    else this.#activate(0);
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
  #openChoice(at) {
    const { id, name, joined } = this.#choices[at];
    closeDialog();
    this.#dispatch(joined ? 'show' : 'join', { room: id, name });
  }
}

/** @param {import('../text/fuzzy.js').Choice} choice @param {number} at */
function option({ name, joined, unread, mentions, members, made }, at) {
  const detail = made ? '' : !joined ? t('switcher.notJoined') : '';
  const label = createElement('bdi', { className: 'ellipsis', textContent: name });
  return createElement('li', { id: `choice-${at}`, role: 'option', className: made || name.startsWith('@') ? '' : 'room-name', aria: { selected: false } },
    made && icon('add'),
    made ? createElement('span', { className: 'ellipsis', textContent: t('browse.make', { room: `#${name}` }) }) : label,
    detail && createElement('span', { className: 'faint small', textContent: detail }),
    members !== null && createElement('span', { className: 'faint small', textContent: t('header.people', { count: members }) }),
    mentions > 0 && createElement('span', { className: 'badge strong', textContent: `@${badgeText(mentions)}`, title: t('side.mentions', { count: mentions }) }),
    unread > 0 && !mentions && createElement('span', { className: 'badge', textContent: badgeText(unread), title: t('side.unread', { count: unread }) }));
}
