// Loads more history when the person scrolls to it: older messages at the top, and the messages of a gap.
//
// log.js calls it when the person scrolls. It requests one page at a time.

import { oldestSeq } from '../store/loaded_history.js';

/** @typedef {import('./log_items.js').Item} Item */
/** @typedef {import('../store/state.js').Room} Room */

export class LoadMore {
  #view;
  #rows;
  #anchor;
  #dispatch;
  /** @type {Room | undefined} */
  #room;
  #direction = -1;
  /** Whether something was requested since the last draw, which the state does not show yet. */
  #hasRequested = false;

  /**
   * @param {HTMLElement} view
   * @param {import('./log_rows.js').LogRows} rows
   * @param {import('./scroll_anchor.js').ScrollAnchor} anchor
   * @param {import('../store/state.js').Dispatch} dispatch
   */
  constructor(view, rows, anchor, dispatch) {
    this.#view = view;
    this.#rows = rows;
    this.#anchor = anchor;
    this.#dispatch = dispatch;
  }

  /** @param {Room | undefined} room that is shown */
  setRoom(room) {
    this.#room = room;
    this.#hasRequested = false;
  }

  /** Loads what the person scrolls to; a gap loads from the side that they come from. @param {number} direction */
  onScroll(direction) {
    this.#direction = direction;
    const room = this.#room;
    if (!room?.joined || room.historyId || room.fillId || this.#hasRequested) return;
    const { scrollTop, scrollHeight, clientHeight } = this.#view;
    const [top] = this.#rows.list;
    if (direction < 0 && top?.item.key === 'top' && scrollTop < clientHeight) this.loadItem(top.item);
    const visible = scrollHeight > clientHeight && this.#anchor.visibleRange();
    if (!visible) return;
    const gap = this.#rows.list.slice(visible.first, visible.last + 1).find(({ item }) => item.kind === 'gap');
    if (gap) this.loadItem(gap.item);
  }

  /** Loads the messages that an item stands for. @param {Item} item */
  loadItem(item) {
    if (!this.#room || this.#hasRequested) return;
    if (item.kind === 'top' && item.what === 'older') this.#request('older', { before: oldestSeq(this.#room) });
    if (item.kind !== 'gap' || item.lost || item.loading) return;
    const up = this.#direction < 0;
    this.#anchor.anchorBelow(up ? item.key : null);
    if (up) this.#request('older', { before: item.to + 1 });
    else this.#request('newer', { after: item.from - 1 });
  }

  /** @param {'older' | 'newer'} what @param {{before?: number, after?: number}} where */
  #request(what, where) {
    this.#hasRequested = true;
    this.#dispatch(what, { room: this.#room?.id, ...where });
  }
}
