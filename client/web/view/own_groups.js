// Asks for the groups of the person where a room leaves something to groups.

import { addOwnGroups } from '../store/own_groups.js';

export class OwnGroups {
  #dispatch;
  /** Who was there, and what was said of the room, when it was last asked: other objects after each hello and change. @type {unknown[]} */
  #asked = [];

  /** @param {import('../store/state.js').Dispatch} dispatch */
  constructor(dispatch) {
    addOwnGroups();
    this.#dispatch = dispatch;
  }

  /**
   * No event says that somebody's groups have changed: they are asked for again when the person comes back to the page.
   * @param {import('../store/state.js').State} state
   * @param {import('../store/state.js').Room | undefined} room the selected one
   */
  draw({ phase, me, attentive, role }, room) {
    // Guests are in no group.
    if (phase !== 'online' || !room?.info?.groups || role === null) return;
    const now = [me, room.info, attentive];
    if (now.every((one, at) => one === this.#asked[at])) return;
    this.#asked = now;
    if (attentive) this.#dispatch('askGroups');
  }
}
