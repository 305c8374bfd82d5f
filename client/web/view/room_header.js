// The header of a room: the button of the drawer (on a phone), the room's name, the number of people, and a menu.

import { badgeText, formatNumber, t } from '../words/translate.js';
import { icon } from './icon.js';
import { attachMenu } from './lazy_loader.js';
import { createElement, setAria, setText } from './dom.js';

/**
 * @typedef {object} HeaderHooks what the header asks of root_view.js
 * @property {import('../store/state.js').Dispatch} dispatch
 * @property {() => void} openDrawer
 * @property {() => void} people
 * @property {() => void} switcher
 */

export class RoomHeader {
  #drawn = '';
  /** @type {import('../store/state.js').Room | undefined} */
  #room;
  #badge = createElement('span', { className: 'badge', aria: { hidden: true } });
  #rooms = createElement('button', { type: 'button', className: 'plain square to-rooms' }, icon('menu'), this.#badge);
  #name = createElement('bdi', { className: 'ellipsis' });
  #title = createElement('h1', { id: 'name' }, this.#name);
  #count = createElement('span', { className: 'count' });
  #people = createElement('button', { type: 'button', className: 'plain people' }, icon('people'), this.#count);
  #search = createElement('button', { type: 'button', className: 'plain square', aria: { haspopup: 'dialog' } }, icon('search'));
  #more = createElement('button', { type: 'button', className: 'plain square' }, icon('more'));

  /** @param {HTMLElement} element @param {HeaderHooks} hooks */
  constructor(element, hooks) {
    this.#rooms.addEventListener('click', hooks.openDrawer);
    this.#people.addEventListener('click', hooks.people);
    this.#search.addEventListener('click', hooks.switcher);
    attachMenu(this.#more, ({ roomItems }) => roomItems(this.#room, hooks.dispatch), () => hooks.dispatch('notice', { key: 'app.unreachable' }));
    element.append(this.#rooms, this.#title, this.#people, this.#search, this.#more);
    this.updateWords();
  }

  updateWords() {
    this.#drawn = '';
    setAria(this.#search, 'label', t('header.switch'));
    this.#search.title = t('header.switchKeys');
    setAria(this.#more, 'label', t('header.more'));
    this.#more.title = t('header.more');
    this.#rooms.title = t('composer.rooms');
  }

  /**
   * @param {import('../store/state.js').State} state
   * @param {boolean | null} column whether the column of people is shown; `null`: the screen has no room for it
   */
  draw({ rooms, selectedRoom }, column) {
    const room = rooms.get(selectedRoom ?? '');
    const count = room?.members?.count;
    const { unread, mentions } = unreadElsewhere(rooms, selectedRoom);
    this.#room = room;
    const key = [room?.name, room?.info?.kind, count, unread, mentions, column].join(' ');
    if (key === this.#drawn) return;
    this.#drawn = key;
    setText(this.#name, room?.name ?? t('header.none'));
    this.#title.title = room?.name ?? '';
    this.#title.classList.toggle('room-name', Boolean(room) && !room?.name.startsWith('@'));
    this.#title.dataset.kind = room?.info?.kind ?? '';
    this.#more.hidden = !room;
    this.#people.hidden = count === undefined;
    setText(this.#count, formatNumber(count ?? 0));
    setAria(this.#people, 'label', t('header.people', { count: count ?? 0 }));
    this.#people.title = t('header.people', { count: count ?? 0 });
    setAria(this.#people, 'haspopup', column === null ? 'dialog' : null);
    setAria(this.#people, 'expanded', column);
    this.#badge.hidden = !unread && !mentions;
    // For the eye only: the label of the button says it in words.
    this.#badge.dataset.count = mentions ? `@${badgeText(mentions)}` : badgeText(unread);
    this.#badge.classList.toggle('strong', mentions > 0);
    setAria(this.#rooms, 'label', unread ? `${t('composer.rooms')}, ${t('side.unread', { count: unread })}` : t('composer.rooms'));
  }
}

/** The unread messages and mentions in the other rooms. @param {import('../store/state.js').State['rooms']} rooms @param {string | null} selectedRoom */
function unreadElsewhere(rooms, selectedRoom) {
  const others = [...rooms.values()].filter(({ id }) => id !== selectedRoom);
  const sum = (/** @type {'unread' | 'mentions'} */ what) => others.reduce((all, room) => all + room[what], 0);
  return { unread: sum('unread'), mentions: sum('mentions') };
}
