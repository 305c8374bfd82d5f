// The side: the person's rooms in the order in which they joined them (nothing moves by itself, so
// that a hand finds a room where it was), and the person's own name with its menu.
//
// app.js feeds it. On a phone it is a drawer over the room.

import { badge } from './number.js';
import { disc } from './disc.js';
import { icon } from './icon.js';
import { find, make, setAria, setText } from './make.js';
import { menuOf } from './menu.js';
import { t } from '../words.js';

/** @typedef {import('../room.js').Room} Room */

/**
 * @typedef {object} Acts what the side asks app.js for
 * @property {import('./app.js').Play} play
 * @property {() => void} browse
 * @property {() => void} rename
 * @property {() => void} settings
 * @property {() => void} shortcuts
 * @property {() => void} signOut
 * @property {(room: string) => boolean} hasDraft
 */

export class Side {
  #element;
  #acts;
  /** @type {Map<string, {row: any, key: string}>} */
  #rows = new Map();
  #drawnMe = '';
  /** @type {string | null} */
  #shown = null;
  #title = make('h2', { id: 'side-title' });
  #list = make('ul', { id: 'rooms', aria: { labelledby: 'side-title' } });
  #none = make('p', { className: 'none faint small' });
  #add = make('button', { type: 'button', className: 'plain square' }, icon('add'));
  #browseWords = make('span');
  #browse = make('button', { type: 'button', className: 'plain browse-rooms' }, icon('search'), this.#browseWords);
  #me = make('button', { type: 'button', id: 'me', className: 'plain' });

  /** @param {HTMLElement} element @param {Acts} acts */
  constructor(element, acts) {
    this.#element = element;
    this.#acts = acts;
    for (const button of [this.#add, this.#browse]) button.addEventListener('click', acts.browse);
    this.#list.addEventListener('click', (/** @type {any} */ event) => this.#pressed(event));
    this.#list.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => this.#moved(event));
    menuOf(this.#me, () => [
      { words: t('me.rename'), icon: 'edit', act: acts.rename },
      { words: t('me.settings'), icon: 'settings', act: acts.settings },
      { words: t('me.shortcuts'), icon: 'keyboard', act: acts.shortcuts },
      { words: t('me.signOut'), icon: 'leave', act: acts.signOut, danger: true },
    ]);
    element.append(make('div', { className: 'side-head' }, this.#title, this.#add),
      this.#list, this.#none, this.#browse, this.#me);
    this.words();
  }

  words() {
    setAria(this.#element, 'label', t('side.label'));
    setText(this.#title, t('side.rooms'));
    setText(this.#none, t('side.none'));
    setText(this.#browseWords, t('side.browse'));
    this.#add.title = t('side.browse');
    setAria(this.#add, 'label', t('side.browse'));
    for (const entry of this.#rows.values()) entry.key = '';
    this.#drawnMe = '';
  }

  /** @param {import('../turn.js').State} state */
  draw(state) {
    this.#drawRooms(state);
    this.#drawMe(state);
  }

  /** The button of the room that is shown, or of the first one. */
  focus() {
    /** @type {HTMLElement | null} */
    const wanted = find('[aria-current="true"]', this.#list) ?? find('button', this.#list) ?? this.#browse;
    wanted?.focus();
    wanted?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {import('../turn.js').State} state */
  #drawRooms({ rooms, shown }) {
    for (const [name, { row }] of this.#rows) {
      if (rooms.has(name)) continue;
      row.remove();
      this.#rows.delete(name);
    }
    let next = this.#list.firstElementChild;
    let first = true;
    for (const room of rooms.values()) {
      const row = this.#row(room, room.name === shown, shown === null && first);
      first = false;
      if (row === next) next = next.nextElementSibling;
      else this.#list.insertBefore(row, next);
    }
    this.#none.hidden = rooms.size > 0;
    if (shown === this.#shown) return;
    this.#shown = shown;
    find('[aria-current]', this.#list)?.scrollIntoView({ block: 'nearest' });
  }

  /**
   * One room: drawn anew only when something of it changed.
   * @param {Room} room
   * @param {boolean} current
   * @param {boolean} reachable by Tab though it is not shown
   */
  #row(room, current, reachable) {
    const { unread } = room;
    const mentions = /** @type {any} */ (room).mentions ?? 0;
    const draft = !current && this.#acts.hasDraft(room.name);
    const key = [unread, mentions, draft, current, reachable].join(' ');
    let entry = this.#rows.get(room.name);
    if (!entry) {
      const row = make('li', {}, make('button', { type: 'button', className: 'plain room' },
        make('bdi', { className: 'ellipsis', textContent: room.name })));
      row.firstChild.dataset.room = room.name;
      entry = { row, key: '' };
      this.#rows.set(room.name, entry);
    }
    if (entry.key === key) return entry.row;
    entry.key = key;
    const button = entry.row.firstChild;
    while (button.childNodes.length > 1) button.lastChild.remove();
    button.tabIndex = current || reachable ? 0 : -1;
    button.title = room.name;
    setAria(button, 'current', current ? 'true' : null);
    button.classList.toggle('unread', unread > 0);
    if (draft) button.append(make('span', { className: 'draft' }, icon('edit'), unseen(t('side.draft'))));
    if (mentions) button.append(make('span', { className: 'badge strong', aria: { hidden: true } }, `@${badge(mentions)}`));
    else if (unread) button.append(make('span', { className: 'badge', aria: { hidden: true } }, badge(unread)));
    if (unread || mentions) button.append(unseen(spokenCounts(unread, mentions)));
    return entry.row;
  }

  /** @param {import('../turn.js').State} state */
  #drawMe({ me, nick, phase }) {
    const key = `${me?.id} ${me?.nick ?? nick} ${phase}`;
    if (key === this.#drawnMe) return;
    this.#drawnMe = key;
    const name = me?.nick ?? nick ?? '';
    const status = t(phase === 'online' ? 'me.online' : 'me.offline');
    const face = make('span', { className: `face ${phase === 'online' ? 'online' : 'offline'}` },
      disc({ id: me?.id ?? name, nick: name }));
    this.#me.replaceChildren(make('span', { className: 'unseen', textContent: `${t('me.menu')}: ` }), face,
      make('span', { className: 'who' }, make('bdi', { className: 'ellipsis', textContent: name }),
        make('span', { className: 'faint small', textContent: status })), icon('up'));
    this.#me.title = t('me.menu');
  }

  /** @param {any} event */
  #pressed(event) {
    const { room } = event.target.closest('button')?.dataset ?? {};
    if (room) this.#acts.play('show', { room });
  }

  /** Up and down go through the rooms; Tab goes past them. @param {KeyboardEvent} event */
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
const unseen = (words) => make('span', { className: 'unseen', textContent: `, ${words}` });

/** @param {number} unread @param {number} mentions */
function spokenCounts(unread, mentions) {
  const parts = unread ? [t('side.unread', { count: unread })] : [];
  if (mentions) parts.push(t('side.mentions', { count: mentions }));
  return parts.join(', ');
}
