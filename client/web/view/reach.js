// What has to be loaded because the person comes to it: what is older, and what is missing in a gap.
//
// log.js tells it where the person goes. It asks the store for one page at a time.

/** @typedef {import('./items.js').Item} Item */
/** @typedef {import('./log.js').Room} Room */

export class Reach {
  #view;
  #rows;
  #hold;
  #play;
  /** @type {Room | undefined} */
  #room;
  #direction = -1;
  /** Something was asked for since the last draw: the state does not show it yet. */
  #asking = false;

  /**
   * @param {HTMLElement} view
   * @param {import('./rows.js').Rows} rows
   * @param {import('./hold.js').Hold} hold
   * @param {import('./log.js').Play} play
   */
  constructor(view, rows, hold, play) {
    this.#view = view;
    this.#rows = rows;
    this.#hold = hold;
    this.#play = play;
  }

  /** @param {Room | undefined} room that is shown */
  draw(room) {
    this.#room = room;
    this.#asking = false;
  }

  /** The person goes this way: a gap loads from the side they come from. @param {number} direction */
  to(direction) {
    this.#direction = direction;
    const room = this.#room;
    if (!room?.joined || room.historyId || room.fillId || this.#asking) return;
    const { scrollTop, scrollHeight, clientHeight } = this.#view;
    const [top] = this.#rows.list;
    if (direction < 0 && top?.item.key === 'top' && scrollTop < clientHeight) this.for(top.item);
    const sight = scrollHeight > clientHeight && this.#hold.sight();
    if (!sight) return;
    const gap = this.#rows.list.slice(sight.first, sight.last + 1).find(({ item }) => item.kind === 'gap');
    if (gap) this.for(gap.item);
  }

  /** Loads what belongs in the place of an item. @param {Item} item */
  for(item) {
    if (!this.#room || this.#asking) return;
    if (item.kind === 'top' && item.what === 'older') this.#ask('older', { before: this.#room.messages[0].seq });
    if (item.kind !== 'gap' || item.lost || item.loading) return;
    const up = this.#direction < 0;
    this.#hold.below(up ? item.key : null);
    if (up) this.#ask('older', { before: item.to + 1 });
    else this.#ask('newer', { after: item.from - 1 });
  }

  /** @param {'older' | 'newer'} what @param {{before?: number, after?: number}} where */
  #ask(what, where) {
    this.#asking = true;
    this.#play(what, { room: this.#room?.name, ...where });
  }
}
