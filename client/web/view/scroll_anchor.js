// The scroll position of the log: what the person reads stays where it is on the screen, whatever comes, goes or
// changes its height above or below it. At the end of the log the view follows new messages.
//
// log.js sets the rows that are in the document, and gets a call when the person has scrolled. Only `catchUp` decides
// what the person has scrolled; every other move of the content is undone by `restore`. The browsers' own scroll
// anchoring (overflow-anchor) is off: it differs between them, and Safari has none.

/**
 * An item in the document.
 * @typedef {{key: string, element: HTMLElement}} Row
 *
 * A row that was visible, and how far below the top of the view it was.
 * @typedef {{key: string, at: number}} Anchor
 */

/** How near to the end counts as the end when the person scrolls down, in px. */
const END_PX = 24;

/** After the wheel or a key that scrolls up, the view does not follow until the scrolling has started. */
const WHEEL_MS = 200;

export class ScrollAnchor {
  #view;
  #onScroll;
  /** @type {Row[]} */
  #rows = [];
  /** The rows that were visible, the best anchor first. The first that still exists is held. @type {Anchor[]} */
  #anchors = [];
  /** The scroll position that this code knows of; any other value comes from the person. */
  #top = 0;
  #following = true;
  #pausedUntil = 0;
  /** A gap that loads from below, because the person scrolls up to it: the row below it is held. @type {string | null} */
  #gap = null;

  /**
   * @param {HTMLElement} view that scrolls
   * @param {HTMLElement} list the parent of the rows, inside the view
   * @param {(direction: number) => void} onScroll the person has scrolled: -1 up, 1 down
   */
  constructor(view, list, onScroll) {
    this.#view = view;
    this.#onScroll = onScroll;
    view.addEventListener('scroll', () => this.catchUp(), { passive: true });
    view.addEventListener('wheel', (event) => {
      if (event.deltaY < 0) this.#pause(WHEEL_MS);
    }, { passive: true });
    view.addEventListener('keydown', ({ key, shiftKey }) => {
      if (key === 'PageUp' || (key === ' ' && shiftKey)) this.#pause(WHEEL_MS);
    });
    // While a finger or a mouse button is down, perhaps to select text, the view does not follow.
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

  /** Whether the view follows the end. */
  get following() {
    return this.#following && performance.now() >= this.#pausedUntil;
  }

  /** The visible rows and their positions, the best anchor first. */
  get anchors() {
    return this.#anchors;
  }

  /** Sets the rows that are in the document now, in order. @param {Row[]} rows */
  setRows(rows) {
    this.#rows = rows;
  }

  /** Whether the view is scrolled to the end of the document. */
  isAtEnd() {
    return this.#view.scrollHeight - this.#view.clientHeight - this.#view.scrollTop < END_PX;
  }

  /** Scrolls to the end, and follows it. */
  followEnd() {
    this.#following = true;
    this.#pausedUntil = 0;
    this.restore();
    this.measure();
  }

  /** Anchors items that are about to come: where the person was the last time. @param {Anchor[]} anchors */
  anchorTo(anchors) {
    this.#following = false;
    this.#anchors = anchors;
  }

  /** Stops following the end. */
  stopFollowing() {
    this.#following = false;
    this.measure();
  }

  /** After a change: scrolls back to the end, or puts the anchor back where it was. */
  restore() {
    this.#scrollBy(this.following ? this.#view.scrollHeight : this.#offset());
  }

  /**
   * After all changes of a frame: anchors what is visible now. The present anchor keeps its measure, since
   * measuring it each time would add up rounding errors. Where there is no room to put it back, as in a view that has
   * become too high for a while, it stays the anchor.
   */
  refresh() {
    const { following } = this;
    if (!following && this.#offset()) return;
    const [first, ...others] = this.#ranked();
    if (!first) return;
    const [anchor] = this.#anchors;
    this.#anchors = [!following && first.key === anchor?.key ? anchor : first, ...others];
  }

  /** How far the anchor is below where it was, in px. */
  #offset() {
    for (const { key, at } of this.#anchors) {
      const row = this.#rows.find((one) => one.key === key);
      if (!row) continue;
      const offset = this.#below(row.element) - at;
      return Math.abs(offset) < 0.5 ? 0 : offset;
    }
    return 0;
  }

  /** Scrolls a row to a distance below the top of the view, and anchors it there. @param {HTMLElement} element @param {number} at */
  scrollRowTo(element, at) {
    this.#following = false;
    this.#scrollBy(this.#below(element) - at);
    this.measure();
  }

  /** The indices of the first and the last visible row; `null` when there is none. */
  visibleRange() {
    const { top, bottom } = this.#view.getBoundingClientRect();
    const first = this.#rows.findIndex(({ element }) => element.getBoundingClientRect().bottom > top + 1);
    if (first < 0) return null;
    let last = first;
    while (last + 1 < this.#rows.length && this.#rows[last + 1].element.getBoundingClientRect().top < bottom - 1) last += 1;
    return { first, last };
  }

  /** Measures what is visible and where. */
  measure() {
    this.#anchors = this.#ranked();
  }

  /**
   * The visible rows, the best anchor first. Separators between messages come and go; and a message below one loses
   * its head when the message before it comes, which must not move the others.
   * @returns {Anchor[]}
   */
  #ranked() {
    const range = this.visibleRange();
    if (!range) return [];
    const visible = this.#rows.slice(range.first, range.last + 1);
    const gap = visible.findIndex(({ key }) => key === this.#gap);
    return visible.map(({ key, element }, index) => ({
      key,
      at: this.#below(element),
      rank: (element.matches('.message') ? 0 : 4) + (index <= gap ? 2 : 0) + (element.matches('.message + .message') ? 0 : 1),
    })).sort((one, other) => one.rank - other.rank);
  }

  /** From now on anchors the rows below this gap rather than those above it. @param {string | null} key */
  anchorBelow(key) {
    if (this.#gap === key) return;
    this.#gap = key;
    this.measure();
  }

  /**
   * Finds out whether the person has scrolled. By itself a browser scrolls only what is further down than the content
   * reaches: rows were removed, the view has grown, or the page is laid out for paper.
   */
  catchUp() {
    const { scrollTop, scrollHeight, clientHeight } = this.#view;
    this.#top = Math.min(this.#top, scrollHeight - clientHeight);
    const delta = scrollTop - this.#top;
    if (Math.abs(delta) < 1) return;
    this.#top = scrollTop;
    if (delta < 0) this.#following = false;
    this.measure();
    this.#onScroll(Math.sign(delta));
  }

  /** @param {number} ms */
  #pause(ms) {
    if (this.#view.scrollHeight <= this.#view.clientHeight) return;
    if (this.following) this.measure();
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + ms);
  }

  /** How far the top of a row is below that of the view. @param {HTMLElement} element */
  #below(element) {
    return element.getBoundingClientRect().top - this.#view.getBoundingClientRect().top;
  }

  /** Scrolls as far as the content reaches. @param {number} px */
  #scrollBy(px) {
    // To set the same value would end a smooth scroll.
    if (px) this.#view.scrollTop += px;
    this.#top = this.#view.scrollTop;
  }
}
