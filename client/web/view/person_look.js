// How somebody looks by what they say about themselves: their colour, and their display name beside the nick, never in its
// place. In messages and in lists; asked for while they are in view.

import { avatarHue } from './avatar.js';
import { createElement } from './dom.js';
import { addProfiles, profileIn, wantedProfiles } from '../store/profiles.js';
import { hueOf } from '../text/colour.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Profile} Profile */

/** In a larger room only those are asked about who are in the list of people: everybody would ask about each author. */
const SMALL_ROOM = 100;

/** Draws an element in somebody's colour. @param {HTMLElement} element @param {string} id @param {string | undefined} colour */
export function paint(element, id, colour) {
  const { hue, saturation = null } = colour ? hueOf(colour) : { hue: avatarHue(id) };
  element.style.setProperty('--hue', String(hue));
  if (saturation === null) element.style.removeProperty('--hue-s');
  else element.style.setProperty('--hue-s', `${saturation}%`);
}

/** Somebody's display name, to stand beside the nick. @param {string} name */
export const displayName = (name) => createElement('bdi', { className: 'display', textContent: name, title: name });

/** The looks of the messages in the log. */
export class MessageLooks {
  #dispatch;

  /** @param {import('../store/state.js').Dispatch} dispatch */
  constructor(dispatch) {
    addProfiles();
    this.#dispatch = dispatch;
  }

  /** @param {import('./log_rows.js').Row[]} rows @param {State | undefined} state */
  draw(rows, state) {
    if (!state) return;
    const room = state.rooms.get(state.selectedRoom ?? '');
    const authors = new Set();
    for (const { item, element } of rows) {
      if (item.kind !== 'message' || state.keptAway.has(item.message.from.id)) continue;
      authors.add(item.message.from.id);
      dress(element, item.message.from.id, profileIn(state, item.message.from.id));
    }
    if (room && (room.members?.count ?? Infinity) <= SMALL_ROOM) wantProfiles(state, [...authors], this.#dispatch);
  }
}

/** Asks about those who are shown, and of whom nothing new is known. @param {State} state @param {string[]} people @param {import('../store/state.js').Dispatch} dispatch */
export function wantProfiles(state, people, dispatch) {
  // Each input draws again: nothing may ask in each frame.
  if (wantedProfiles(state, people, Date.now()).length) dispatch('wantProfiles', { people });
}

/** @param {HTMLElement} line @param {string} id @param {Profile | undefined} profile */
function dress(line, id, profile) {
  const { name = '', colour = '' } = profile ?? {};
  const look = name + colour;
  if ((line.dataset.look ?? '') === look) return;
  line.dataset.look = look;
  paint(line, id, colour);
  const nick = /** @type {HTMLElement} */ (line.querySelector('.nick'));
  nick.querySelector('.display')?.remove();
  if (name) nick.append(displayName(name));
}
