// The people of a room: all of them in a small room; in a large one their number, and some of them. They are in a
// column beside the log on a wide screen, else in a dialog.

import { closeDialog, openDialog } from './dialog.js';
import { avatar } from './avatar.js';
import { icon } from './icon.js';
import { KeptRows } from './asked_list.js';
import { toggleMenu } from './menu.js';
import { personMenu } from './person_items.js';
import { displayName, paint, wantProfiles } from './person_look.js';
import { createElement, setAria, setText } from './dom.js';
import { profileIn } from '../store/profiles.js';
import { presenceOf } from '../store/state.js';
import { t } from '../words/translate.js';

/** Nobody reads more lines than this, and each costs the page three nodes. */
const SHOWN_MAX = 100;

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../net/wire.js').User} User */

/** The list, in the column or in the dialog. */
class PeopleList {
  #count = createElement('p', { className: 'faint' });
  #list = createElement('ul', { className: 'people-list' });
  #rest = createElement('p', { className: 'faint small' });
  #drawn = '';
  /** @type {User[]} */
  #sample = [];
  /** Those who are listed, in their order. @type {User[]} */
  #people = [];
  /** @type {State['profiles']} */
  #profiles = null;
  #dispatch;
  #rows = new KeptRows(this.#list);

  /** @type {State | null} */
  #state = null;

  /** @param {(nick: string) => void} mention @param {import('../store/state.js').Dispatch} dispatch */
  constructor(mention, dispatch) {
    this.#dispatch = dispatch;
    this.nodes = [this.#count, this.#list, this.#rest];
    this.#list.addEventListener('click', (/** @type {any} */ event) => {
      const button = event.target.closest('button');
      const { nick, id, direct } = button?.dataset ?? {};
      if (direct !== undefined) {
        closeDialog();
        dispatch('request', { of: 'direct', fields: { people: [direct] } });
      } else if (id !== undefined && this.#state) toggleMenu(button, personMenu(this.#state, dispatch, { id, nick }));
      else if (nick !== undefined) mention(nick);
    });
    this.#list.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => this.#moved(event));
    this.#list.addEventListener('focusin', (/** @type {any} */ { target }) => this.#setStop(target));
  }

  /** The language has changed. */
  updateWords() {
    this.#drawn = '';
    this.#rows.forget();
  }

  /** @param {State} state */
  draw(state) {
    const { rooms, selectedRoom, me, keptAway } = state;
    this.#state = state;
    const { members } = rooms.get(selectedRoom ?? '') ?? {};
    const all = members?.sample ?? [];
    // In each frame: only other people are put into order again.
    if (all !== this.#sample) this.#people = [...all].sort((one, other) => one.nick.localeCompare(other.nick)).slice(0, SHOWN_MAX);
    this.#sample = all;
    const people = this.#people;
    wantProfiles(state, people.map(({ id }) => id), this.#dispatch);
    const key = JSON.stringify([members?.version, all.length, selectedRoom, me, [...keptAway.values()]]);
    if (key === this.#drawn && state.profiles === this.#profiles) return;
    this.#drawn = key;
    this.#profiles = state.profiles;
    const total = Math.max(members?.count ?? 0, all.length);
    setText(this.#count, countWords(total, members));
    this.#rows.show(people.map((user) => look(state, user)), person);
    const buttons = this.#buttons;
    if (!buttons.some(({ tabIndex }) => tabIndex === 0)) this.#setStop(buttons[0]);
    setText(this.#rest, total > people.length ? t('people.more', { count: total - people.length }) : '');
  }

  /** @returns {HTMLElement[]} */
  get #buttons() {
    return [...this.#list.querySelectorAll('button')];
  }

  /** Makes one of them the stop of Tab. @param {HTMLElement | undefined} button */
  #setStop(button) {
    if (!button) return;
    for (const one of this.#buttons) one.tabIndex = one === button ? 0 : -1;
  }

  /** @param {KeyboardEvent} event */
  #moved(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const active = /** @type {HTMLElement} */ (document.activeElement);
    // Up and Down go from person to person, Left and Right through what can be done with one.
    const row = [...active.closest('li')?.querySelectorAll('button') ?? []];
    const isAside = event.key === 'ArrowLeft' || event.key === 'ArrowRight';
    const buttons = isAside ? row : this.#buttons.filter((button) => button.matches('.person'));
    const at = buttons.indexOf(/** @type {any} */ (isAside ? active : row[0]));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons[to]?.focus();
  }
}

/** The column beside the log. */
export class PeopleColumn {
  #element;
  #title = createElement('h2', { id: 'people-title' });
  #list;

  /**
   * @param {HTMLElement} element
   * @param {(nick: string) => void} mention
   * @param {import('../store/state.js').Dispatch} dispatch
   */
  constructor(element, mention, dispatch) {
    this.#element = element;
    this.#list = new PeopleList(mention, dispatch);
    setAria(element, 'labelledby', 'people-title');
    element.replaceChildren(this.#title, ...this.#list.nodes);
  }

  updateWords() {
    this.#list.updateWords();
  }

  /** @param {State} state */
  draw(state) {
    if (this.#element.hidden) return;
    setText(this.#title, t('people.title'));
    this.#list.draw(state);
  }
}

/**
 * @param {State} state
 * @param {(nick: string) => void} mention
 * @param {import('../store/state.js').Dispatch} dispatch
 */
export function openPeople(state, mention, dispatch) {
  const list = new PeopleList((nick) => {
    // The focus goes to the field, which now has the name.
    dialog.addEventListener('close', () => mention(nick));
    dialog.close();
  }, dispatch);
  list.draw(state);
  const dialog = openDialog({ title: t('people.title'), name: 'panel', body: list.nodes, draw: (now) => list.draw(now) });
}

/** How many people are here, and how many of them are away or do not want to be disturbed. @param {number} count @param {import('../net/wire.js').Members | null | undefined} members */
function countWords(count, members) {
  const { away = 0, dnd = 0 } = members ?? {};
  return [t('people.here', { count }), away && t('people.away', { count: away }), dnd && t('people.dnd', { count: dnd })].filter(Boolean).join(', ');
}

/**
 * What the row of somebody depends on. `distance`: at which the person keeps them; what those say about themselves is not
 * shown.
 * @param {State} state
 * @param {User} user
 */
function look(state, user) {
  const distance = state.keptAway.get(user.id)?.distance;
  const { name = '', colour = '' } = (distance ? undefined : profileIn(state, user.id)) ?? {};
  return { user, mine: user.id === state.me?.id, distance, presence: presenceOf(user), name, colour };
}

/** @param {ReturnType<typeof look>} one @returns {HTMLElement} */
function person({ user, mine, distance, presence, name, colour }) {
  const { id, nick, bot } = user;
  const face = avatar(user);
  paint(face, id, colour);
  // Below the nick, which nothing may push away.
  const words = [distance && t(distance === 'block' ? 'away.blocked' : 'away.ignored'), bot && t('card.bot'), presence !== 'online' && t(`presence.${presence}`)].filter(Boolean).join(', ');
  // Most people are online and say nothing: in a large room each element counts.
  const label = createElement('bdi', { className: 'ellipsis', textContent: nick });
  const about = (name || words) && createElement('span', { className: 'about' }, name && displayName(name), words && createElement('span', { className: 'faint small', textContent: words }));
  const parts = [
    presence === 'online' ? face : createElement('span', { className: `face ${presence}` }, face),
    about ? createElement('span', { className: 'names' }, label, about) : label,
    mine && createElement('span', { className: 'faint small', textContent: t('people.you') }),
  ];
  if (mine) return createElement('li', {}, createElement('div', { className: 'person' }, ...parts));
  const title = t('people.mention', { nick });
  const button = createElement('button', { type: 'button', className: 'plain person', tabIndex: -1, title: name ? `${title} (${name})` : title, data: { nick } }, ...parts);
  const direct = createElement('button', {
    type: 'button', className: 'plain square direct', tabIndex: -1, title: t('people.direct', { nick }), data: { direct: id }, aria: { label: t('people.direct', { nick }) },
  }, icon('mail'));
  const menu = t('seats.menu', { nick });
  const more = createElement('button', {
    type: 'button', className: 'plain square', tabIndex: -1, title: menu, data: { id, nick }, aria: { label: menu, haspopup: 'menu', expanded: false },
  }, icon('more'));
  return createElement('li', {}, button, direct, more);
}
