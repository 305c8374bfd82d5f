// What is shown of a room besides its messages: the topic and the duties in its head, why nobody can write just now, and the
// invitations in the sidebar. Loaded later; until then a room has its name.

import { drawDialog as drawOpenDialog } from './dialog.js';
import { createElement, findElement, setAria, setText } from './dom.js';
import { icon } from './icon.js';
import { DutyButtons } from './duty_buttons.js';
import { OwnGroups } from './own_groups.js';
import { keepsRoom, silenceIn, slowWait } from './room_rights.js';
import { duration } from './times.js';
import { locale, t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */

/** @type {RoomStatus | null} */
let shown = null;

/** Shows the rooms from now on. @param {State} state @param {Dispatch} dispatch @param {() => void} closeDrawer */
export function showRooms(state, dispatch, closeDrawer) {
  shown = new RoomStatus(dispatch, closeDrawer);
  shown.draw(state);
}

/** Draws the open dialog and the status of the room. @param {State} state */
export function drawDialog(state) {
  shown?.draw(state);
  drawOpenDialog(state);
}

class RoomStatus {
  #dispatch;
  #closeDrawer;
  #topic = createElement('p', { id: 'topic', className: 'faint small', dir: 'auto', hidden: true });
  #kind = createElement('span', { className: 'unseen' });
  #pace = createElement('p', { id: 'pace' });
  #title = createElement('h3', { className: 'faint small' });
  #list = createElement('ul');
  #invitations = createElement('div', { id: 'invitations', hidden: true }, this.#title, this.#list);
  #duties;
  #groups;
  #drawn = '';

  /** @param {Dispatch} dispatch @param {() => void} closeDrawer */
  constructor(dispatch, closeDrawer) {
    this.#dispatch = dispatch;
    this.#closeDrawer = closeDrawer;
    this.#duties = new DutyButtons(dispatch);
    this.#groups = new OwnGroups(dispatch);
    findElement('#name').append(this.#kind);
    findElement('#name').after(this.#topic);
    findElement('#foot').prepend(this.#pace);
    findElement('#rooms').before(this.#invitations);
  }

  /** @param {State} state */
  draw(state) {
    const room = state.rooms.get(state.selectedRoom ?? '');
    const { topic = '', kind } = room?.info ?? {};
    setText(this.#topic, topic);
    this.#topic.title = topic;
    this.#topic.hidden = !topic;
    setText(this.#kind, kind ? `, ${t(kind === 'direct' ? 'side.direct' : 'side.private')}` : '');
    this.#duties.draw(state, room);
    this.#groups.draw(state, room);
    this.#drawFoot(state, room);
    this.#drawInvitations(state);
  }

  /** @param {State} state @param {import('../store/state.js').Room | undefined} room */
  #drawFoot(state, room) {
    const silence = room ? silenceIn(state, room) : null;
    const field = findElement('#text');
    const isHeld = field.dataset.held !== undefined;
    if (silence) {
      for (const part of [field, ...findElement('#composer').querySelectorAll('button')]) part.disabled = true;
      field.dataset.held = '';
      field.placeholder = t(silence);
      setAria(field, 'describedby', 'pace');
    } else if (isHeld) {
      delete field.dataset.held;
      setAria(field, 'describedby', null);
      for (const part of [field, ...findElement('#composer').querySelectorAll('button')]) part.disabled = !room;
      field.placeholder = room ? findElement('#composer label').textContent : t('composer.none');
    }
    // The field says it where the eye looks; a screen reader does not come into a field that nobody can use.
    this.#pace.classList.toggle('unseen', silence !== null);
    setText(this.#pace, silence ? t(silence) : room ? paceWords(state, room, Date.now()) : '');
  }

  /** @param {State} state */
  #drawInvitations({ invitations }) {
    const key = JSON.stringify([invitations, locale()]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const hadFocus = this.#list.contains(document.activeElement);
    this.#invitations.hidden = !invitations.length;
    setText(this.#title, t('invited.title'));
    this.#list.replaceChildren(...invitations.map(({ room, by }) => this.#invitation(room, by)));
    if (hadFocus) (findElement('button', this.#list) ?? findElement('#rooms button'))?.focus();
  }

  /** @param {import('../net/wire.js').RoomInfo} room @param {import('../net/wire.js').User} [by] */
  #invitation({ id, name, topic }, by) {
    const enter = () => {
      this.#closeDrawer();
      this.#dispatch('enter', { room: id });
    };
    const decline = () => this.#dispatch('request', { of: 'leave', fields: { room: id, forget: true } });
    const button = (/** @type {string} */ key, /** @type {string} */ look, /** @type {() => void} */ click) => createElement('button', {
      type: 'button', className: look, textContent: t(`invited.${key}`), aria: { label: t(`invited.${key}.of`, { room: `#${name}` }) }, on: { click },
    });
    return createElement('li', { title: topic || null },
      createElement('p', {}, icon('lock'), createElement('bdi', { className: 'ellipsis', textContent: name })),
      by && createElement('p', { className: 'faint small ellipsis', textContent: t('invited.by', { nick: by.nick }) }),
      createElement('div', { className: 'row' }, button('enter', 'primary', enter), button('decline', '', decline)));
  }
}

/** What is to be known of slow mode. @param {State} state @param {import('../store/state.js').Room} room @param {number} now */
function paceWords(state, room, now) {
  const slow = room.info?.slow_ms;
  if (!slow || keepsRoom(state, room)) return '';
  const wait = slowWait(state, room, now);
  return wait ? t('writing.wait', { time: duration(wait) }) : t('writing.slow', { time: duration(slow) });
}
