// The hold on the place that the person reads: it stays where it is on the screen, whatever comes
// in, goes away or changes its height above or below; at the end of the log it stays the end.
//
// log.js tells it what is in the document now; it tells log.js when the person has scrolled. Browsers
// have an anchoring of their own (overflow-anchor), each another one and Safari none: it is off.

/**
 * An item in the document.
 * @typedef {{key: string, element: HTMLElement}} Row
 */

/** So near to the end counts as the end, when the person scrolls down, in px. */
const END_PX = 24;

/** After the wheel or a key asked to go up, nothing pulls the view back until the scrolling shows. */
const WHEEL_MS = 200;

export class Hold {
  #view;
  #onScroll;
  /** @type {Row[]} */
  #rows = [];
  /** What was in sight, and how far below the top of the view. The first that is left counts. @type {{key: string, at: number}[]} */
  #places = [];
  /** Where the view stands as far as this code knows; any other value is the person's doing. */
  #top = 0;
  #following = true;
  #pausedUntil = 0;
  /** A gap that is filled from below, as somebody scrolls up to it: what is under it is held. @type {string | null} */
  #gap = null;

  /**
   * @param {HTMLElement} view that scrolls
   * @param {HTMLElement} list within, the parent of the rows
   * @param {(direction: number) => void} onScroll the person has scrolled: -1 up, 1 down
   */
  constructor(view, list, onScroll) {
    this.#view = view;
    this.#onScroll = onScroll;
    view.addEventListener('scroll', () => this.#notice(), { passive: true });
    view.addEventListener('wheel', (event) => {
      if (event.deltaY < 0) this.#pause(WHEEL_MS);
    }, { passive: true });
    view.addEventListener('keydown', ({ key, shiftKey }) => {
      if (key === 'PageUp' || (key === ' ' && shiftKey)) this.#pause(WHEEL_MS);
    });
    // A finger, or a button pressed on a text to select it, holds the stream.
    const press = (/** @type {PointerEvent} */ { button }) => {
      if (button === 0) this.#pause(Infinity);
    };
    const release = () => {
      if (this.#pausedUntil === Infinity) this.#pausedUntil = performance.now() + WHEEL_MS;
    };
    list.addEventListener('pointerdown', press, { passive: true });
    for (const type of ['pointerup', 'pointercancel', 'blur']) addEventListener(type, release, { passive: true });
    for (const type of ['touchend', 'touchcancel']) view.addEventListener(type, release, { passive: true });
    const sizes = new ResizeObserver(() => {
      this.restore();
      this.refresh();
    });
    sizes.observe(view);
    sizes.observe(list);
  }

  /** Whether the view stays at the end. */
  get following() {
    return this.#following && performance.now() >= this.#pausedUntil;
  }

  /** The keys of what was in sight, the best to hold on to first. */
  get places() {
    return this.#places.map(({ key }) => key);
  }

  /** Tells what is in the document now, in order. @param {Row[]} rows */
  take(rows) {
    this.#rows = rows;
  }

  /** Whether the view stands at the end of what is in the document. */
  isAtEnd() {
    return this.#view.scrollHeight - this.#view.clientHeight - this.#view.scrollTop < END_PX;
  }

  /** Goes to the end, and stays there. */
  follow() {
    this.#following = true;
    this.#pausedUntil = 0;
    this.restore();
    this.measure();
  }

  /** Holds on to an item that is about to come, at the top: where the person was the last time. @param {string} key */
  expect(key) {
    this.#following = false;
    this.#places = [{ key, at: 0 }];
  }

  /** Stays at what is read now. */
  stay() {
    this.#following = false;
    this.measure();
  }

  /** After a change: brings the view back to the end, or what is read back to its place. */
  restore() {
    if (this.following) {
      this.#scrollTo(this.#view.scrollHeight);
      return;
    }
    const top = this.#view.getBoundingClientRect().top;
    const kept = this.#places.find(({ key }) => this.#rows.some((row) => row.key === key));
    const row = kept && this.#rows.find(({ key }) => key === kept.key);
    const off = row ? row.element.getBoundingClientRect().top - top - kept.at : 0;
    if (Math.abs(off) >= 0.5) this.#scrollTo(this.#view.scrollTop + off);
  }

  /**
   * After all changes of a frame: what is in sight now is held from now on. What was held already
   * keeps its measure: measuring it anew each time would add up the roundings.
   */
  refresh() {
    const [first, ...others] = this.#ranked();
    if (this.following && first) this.#places = [first, ...others];
    if (this.following || !first) return;
    const held = this.#places[0];
    this.#places = [first.key === held?.key ? held : first, ...others];
  }

  /** Puts a row at a distance below the top of the view, and holds it there. @param {HTMLElement} element @param {number} at */
  put(element, at) {
    this.#following = false;
    const off = element.getBoundingClientRect().top - this.#view.getBoundingClientRect().top - at;
    this.#scrollTo(this.#view.scrollTop + off);
    this.measure();
  }

  /** The first and the last row in sight, as places in the list of rows; `null` when there is none. */
  sight() {
    const { top, bottom } = this.#view.getBoundingClientRect();
    const first = this.#rows.findIndex(({ element }) => element.getBoundingClientRect().bottom > top + 1);
    if (first < 0) return null;
    let last = first;
    while (last + 1 < this.#rows.length && this.#rows[last + 1].element.getBoundingClientRect().top < bottom - 1) last += 1;
    return { first, last };
  }

  /** Remembers what is in sight and where. */
  measure() {
    this.#places = this.#ranked();
  }

  /**
   * What is in sight, the best to hold on to first. What stands between messages comes and goes; and
   * a message under it loses its head when the one before it comes, which must not move all the others.
   * @returns {{key: string, at: number}[]}
   */
  #ranked() {
    const sight = this.sight();
    if (!sight) return [];
    const top = this.#view.getBoundingClientRect().top;
    const seen = this.#rows.slice(sight.first, sight.last + 1);
    const gap = seen.findIndex(({ key }) => key === this.#gap);
    return seen.map(({ key, element }, index) => ({
      key,
      at: element.getBoundingClientRect().top - top,
      rank: (element.matches('.message') ? 0 : 4) + (index <= gap ? 2 : 0) + (element.matches('.message + .message') ? 0 : 1),
    })).sort((one, other) => one.rank - other.rank);
  }

  /** From now on holds what is under this row rather than what is above it. @param {string | null} key */
  below(key) {
    if (this.#gap === key) return;
    this.#gap = key;
    this.measure();
  }

  /** Notices whether the person has scrolled since the last look. */
  #notice() {
    const delta = this.#view.scrollTop - this.#top;
    if (Math.abs(delta) < 1) return;
    this.#top = this.#view.scrollTop;
    // A view that grew at its end moves up as well: nobody scrolled.
    const { scrollHeight, clientHeight } = this.#view;
    if (delta < 0 && scrollHeight - clientHeight - this.#top >= 1) this.#following = false;
    this.measure();
    this.#onScroll(Math.sign(delta));
  }

  /** @param {number} ms */
  #pause(ms) {
    if (this.#view.scrollHeight <= this.#view.clientHeight) return;
    if (this.following) this.measure();
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + ms);
  }

  /** @param {number} to */
  #scrollTo(to) {
    this.#view.scrollTop = to;
    this.#top = this.#view.scrollTop;
  }
}
