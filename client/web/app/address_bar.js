// The address bar: it names the selected room, so that the address can be copied and reloaded, and it is
// where links and the browser's Back lead the person.
//
// Going to another room is a step in the browser's history; everything else replaces the current entry.

import { codeInHash, formatHash, parseHash } from '../device/location_hash.js';
import { findRoom } from '../store/state.js';

/** @typedef {import('../store/state.js').LinkTarget} LinkTarget */
/** @typedef {import('../store/state.js').State['rooms']} Rooms */

/** Marks the history entries that this page has written; an entry made by a link is not marked. */
const OWN = 'throng';

export class AddressBar {
  /** What the address should show, while the browser accepts no change of it. @type {{room: string | null, seq: number | null} | null} */
  #pending = null;

  /**
   * Shows a room, or a message in it.
   * @param {string | null} room its name
   * @param {number | null} seq
   * @param {Rooms} rooms that the person is in
   */
  show(room, seq, rooms) {
    const hash = room === null ? '' : formatHash(room, seq);
    this.#pending = null;
    if (hash === location.hash && history.state === OWN) return;
    const from = findRoom(rooms, parseHash(location.hash)?.room ?? '');
    const isStep = history.state === OWN && from !== undefined && from.name !== room && room !== null;
    try {
      if (isStep) history.pushState(OWN, '', hash);
      else history.replaceState(OWN, '', hash || location.pathname + location.search);
    } catch {
      // WebKit allows a hundred changes within ten seconds, and then throws.
      this.#pending = { room, seq };
    }
  }

  /** Tries again what the browser did not accept. @param {Rooms} rooms */
  retry(rooms) {
    if (this.#pending) this.show(this.#pending.room, this.#pending.seq, rooms);
  }

  /**
   * Takes the code of a link from another device out of the address: it works once, and must not stay there.
   * @returns {string | null}
   */
  takeCode() {
    const code = codeInHash(location.hash);
    if (code === null) return null;
    try {
      history.replaceState(history.state, '', location.pathname + location.search);
    } catch {
      // WebKit accepts no more changes just now: the code is useless after this anyway.
    }
    return code;
  }

  /**
   * The target of a link, or of Back and Forward; `null` when there is none. Back into a room that was left since
   * would join the room again, so it is no target.
   * @param {Rooms} rooms
   * @returns {LinkTarget | 'left' | null}
   */
  target(rooms) {
    const target = parseHash(location.hash);
    return history.state === OWN && !findRoom(rooms, target?.room ?? '') ? 'left' : target;
  }
}
