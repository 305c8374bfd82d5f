// The sidebar: the person's rooms in the order in which they were joined (nothing moves by itself, so that a room
// stays where the hand expects it), and the person's own name with its menu.
//
// On a phone it is a drawer over the room.

import { presenceOf } from '../store/state.js';
import { badgeText, t } from '../words/translate.js';
import { avatar } from './avatar.js';
import { icon } from './icon.js';
import { attachMenu } from './lazy_loader.js';
import { createElement, findElement, setAria, setText } from './dom.js';

/** @typedef {import('../store/state.js').Room} Room */

/**
 * @typedef {object} SidebarHooks what the sidebar asks of root_view.js
 * @property {import('../store/state.js').Dispatch} dispatch
 * @property {() => void} browse
 * @property {(lazyParts: import('./lazy_loader.js').LazyParts) => import('./menu.js').Item[]} menuItems of the person's own menu
 * @property {(room: string) => boolean} hasDraft
 */

export class Sidebar {
  #element;
  #hooks;
  /** @type {Map<string, {row: any, key: string}>} */
  #rows = new Map();
  #drawnMe = '';
  /** @type {string | null} */
  #selected = null;
  #title = createElement('h2', { id: 'side-title' });
  #list = createElement('ul', { id: 'rooms', aria: { labelledby: 'side-title' } });
  #none = createElement('p', { className: 'none faint small' });
  #add = createElement('button', { type: 'button', className: 'plain square' }, icon('add'));
  #browseWords = createElement('span');
  #browse = createElement('button', { type: 'button', className: 'plain browse-rooms' }, icon('search'), this.#browseWords);
  #me = createElement('button', { type: 'button', id: 'me', className: 'plain' });

  /** @param {HTMLElement} element @param {SidebarHooks} hooks */
  constructor(element, hooks) {
    this.#element = element;
    this.#hooks = hooks;
    for (const button of [this.#add, this.#browse]) button.addEventListener('click', hooks.browse);
    this.#list.addEventListener('click', (/** @type {any} */ event) => this.#pressed(event));
    this.#list.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => this.#moved(event));
    attachMenu(this.#me, hooks.menuItems, () => hooks.dispatch('notice', { key: 'app.unreachable' }));
    element.append(createElement('div', { className: 'side-head' }, this.#title, this.#add),
      this.#list, this.#none, this.#browse, this.#me);
    this.updateWords();
  }

  updateWords() {
    setAria(this.#element, 'label', t('side.label'));
    setText(this.#title, t('side.rooms'));
    setText(this.#none, t('side.none'));
    setText(this.#browseWords, t('side.browse'));
    this.#add.title = t('side.browse');
    setAria(this.#add, 'label', t('side.browse'));
    for (const entry of this.#rows.values()) entry.key = '';
    this.#drawnMe = '';
  }

  /** The id of a room has changed: its row, which may have the focus, stays. @param {string} from @param {string} to */
  roomIdentified(from, to) {
    const entry = this.#rows.get(from);
    if (!entry || this.#rows.has(to)) return;
    this.#rows.delete(from);
    this.#rows.set(to, entry);
    entry.row.firstChild.dataset.room = to;
  }

  /** @param {import('../store/state.js').State} state */
  draw(state) {
    this.#drawRooms(state);
    this.#drawMe(state);
  }

  /** Focuses the selected room, or the first one. */
  focus() {
    /** @type {HTMLElement | null} */
    const wanted = findElement('[aria-current="true"]', this.#list) ?? findElement('button', this.#list) ?? this.#browse;
    wanted?.focus();
    wanted?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {import('../store/state.js').State} state */
  #drawRooms({ rooms, selectedRoom }) {
    for (const [id, { row }] of this.#rows) {
      if (rooms.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    let next = this.#list.firstElementChild;
    let first = true;
    for (const room of rooms.values()) {
      const row = this.#row(room, room.id === selectedRoom, selectedRoom === null && first);
      first = false;
      if (row === next) next = next.nextElementSibling;
      else this.#list.insertBefore(row, next);
    }
    this.#none.hidden = rooms.size > 0;
    if (selectedRoom === this.#selected) return;
    this.#selected = selectedRoom;
    findElement('[aria-current]', this.#list)?.scrollIntoView({ block: 'nearest' });
  }

  /**
   * The row of one room, which is drawn again only when something in it has changed.
   * @param {Room} room
   * @param {boolean} current
   * @param {boolean} reachable by Tab though it is not selected
   */
  #row(room, current, reachable) {
    const { id, name, unread, mentions, info } = room;
    const kind = info?.kind ?? '';
    const draft = !current && this.#hooks.hasDraft(id);
    const key = [name, kind, unread, mentions, draft, current, reachable].join(' ');
    let entry = this.#rows.get(id);
    if (!entry) {
      const row = createElement('li', {}, createElement('button', { type: 'button', className: 'plain room', data: { room: id } },
        createElement('bdi', { className: 'ellipsis' })));
      entry = { row, key: '' };
      this.#rows.set(id, entry);
    }
    if (entry.key === key) return entry.row;
    entry.key = key;
    const button = entry.row.firstChild;
    while (button.childNodes.length > 1) button.lastChild.remove();
    button.dataset.kind = kind;
    setText(button.firstChild, kind === 'direct' ? name.slice(1) : name);
    button.tabIndex = current || reachable ? 0 : -1;
    button.title = name;
    setAria(button, 'current', current ? 'true' : null);
    button.classList.toggle('unread', unread > 0);
    if (kind) button.append(unseen(t(`side.${kind === 'direct' ? kind : 'private'}`)));
    if (draft) button.append(createElement('span', { className: 'draft' }, icon('edit'), unseen(t('side.draft'))));
    if (mentions) button.append(createElement('span', { className: 'badge strong', aria: { hidden: true } }, `@${badgeText(mentions)}`));
    else if (unread) button.append(createElement('span', { className: 'badge', aria: { hidden: true } }, badgeText(unread)));
    if (unread || mentions) button.append(unseen(spokenCounts(unread, mentions)));
    return entry.row;
  }

  /** @param {import('../store/state.js').State} state */
  #drawMe({ me, nick, phase }) {
    const presence = phase === 'online' ? presenceOf(me) : 'offline';
    const key = `${me?.id} ${me?.nick ?? nick} ${presence}`;
    if (key === this.#drawnMe) return;
    this.#drawnMe = key;
    const name = me?.nick ?? nick ?? '';
    const face = createElement('span', { className: `face ${phase === 'online' ? 'online' : 'offline'} ${presence}` },
      avatar({ id: me?.id ?? name, nick: name }));
    this.#me.replaceChildren(createElement('span', { className: 'unseen', textContent: `${t('me.menu')}: ` }), face,
      createElement('span', { className: 'who' }, createElement('bdi', { className: 'ellipsis', textContent: name }),
        createElement('span', { className: 'faint small', textContent: t(`me.${presence}`) })), icon('up'));
    this.#me.title = t('me.menu');
  }

  /** @param {any} event */
  #pressed(event) {
    const { room } = event.target.closest('button')?.dataset ?? {};
    if (room) this.#hooks.dispatch('show', { room });
  }

  /** Up and Down move through the rooms; Tab leaves the list. @param {KeyboardEvent} event */
  #moved(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const buttons = [...this.#list.querySelectorAll('button')];
    const at = buttons.indexOf(/** @type {any} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons[to]?.focus();
  }
}

/** @param {string} words */
const unseen = (words) => createElement('span', { className: 'unseen', textContent: `, ${words}` });

/** @param {number} unread @param {number} mentions */
function spokenCounts(unread, mentions) {
  const parts = unread ? [t('side.unread', { count: unread })] : [];
  if (mentions) parts.push(t('side.mentions', { count: mentions }));
  return parts.join(', ');
}
