// Buttons in the head of a room, for those who keep the peace: open reports, with their number, and the raid switch
// while it is on. They are there only when there is something to look at; the menus lead to the same dialogs.

import { createElement, findElement, setAria, setText } from './dom.js';
import { icon } from './icon.js';
import { isModerator } from './moderation_dialog.js';
import { openRaid, stateWords } from './raid_dialog.js';
import { openReports } from './reports_dialog.js';
import { keepsRoom } from './room_rights.js';
import { addDuties, isRaid, openReportsIn } from '../store/duties.js';
import { badgeText, t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Room} Room */

export class DutyButtons {
  #dispatch;
  #badge = createElement('span', { className: 'badge strong', aria: { hidden: true } });
  #reports = createElement('button', { type: 'button', className: 'plain square duty', hidden: true, aria: { haspopup: 'dialog' } }, icon('flag'), this.#badge);
  #raid = createElement('button', { type: 'button', className: 'plain square duty raid-on', hidden: true, aria: { haspopup: 'dialog' } }, icon('siren'));
  /** @type {Room | undefined} */
  #room;
  /** Who was there at the last draw: another object after each hello. @type {State['me']} */
  #me = null;
  #isLooking = false;
  /** What was asked since. @type {Set<string>} */
  #asked = new Set();

  /** @param {import('../store/state.js').Dispatch} dispatch */
  constructor(dispatch) {
    addDuties();
    this.#dispatch = dispatch;
    this.#reports.addEventListener('click', () => openReports(dispatch, this.#room));
    this.#raid.addEventListener('click', () => openRaid(dispatch));
    findElement('#header .people').before(this.#raid, this.#reports);
  }

  /** @param {State} state @param {Room | undefined} room the selected one */
  draw(state, room) {
    const isOfServer = isModerator(state.role);
    const place = isOfServer ? '' : room && keepsRoom(state, room) ? room.id : null;
    this.#room = isOfServer ? undefined : room;
    this.#ask(state, place, isOfServer);
    const { count, more } = openReportsIn(state, place);
    this.#reports.hidden = !count;
    setText(this.#badge, more ? `${count}+` : badgeText(count));
    name(this.#reports, t(more ? 'reports.open.more' : 'reports.open', { count }));
    this.#raid.hidden = !isOfServer || !isRaid(state, Date.now());
    if (!this.#raid.hidden) name(this.#raid, stateWords(state).join(' '));
  }

  /**
   * Asks what the page does not know since the last hello, and again when the person comes back to the page: of what other
   * moderators do there is no event.
   * @param {State} state @param {string | null} place @param {boolean} isOfServer
   */
  #ask({ phase, me, attentive }, place, isOfServer) {
    const comesBack = attentive && !this.#isLooking;
    this.#isLooking = attentive;
    if (me !== this.#me || comesBack) this.#asked = new Set();
    this.#me = me;
    if (phase !== 'online') return;
    const once = (/** @type {string} */ key, /** @type {() => void} */ ask) => {
      if (this.#asked.has(key)) return;
      this.#asked.add(key);
      ask();
    };
    if (place !== null) once(`reports ${place}`, () => this.#dispatch('countReports', { room: place || undefined }));
    if (isOfServer) once('raid', () => this.#dispatch('askRaid'));
  }
}

/** @param {HTMLElement} button @param {string} words */
function name(button, words) {
  if (button.title === words) return;
  button.title = words;
  setAria(button, 'label', words);
}
