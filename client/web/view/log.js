// The log: the messages of the selected room.
//
// root_view.js draws it once per frame. The items of the room (log_items.js) are cut to a window, and the rows of the
// window (log_rows.js) are updated with as few changes as needed, while scroll_anchor.js keeps the
// scroll position. The log reports to the store what the person has seen, where they read, and what to load.

import { ScrollAnchor } from './scroll_anchor.js';
import { keySeq, LogItems, messageKey, windowAround, windowAtEnd, windowHolding, windowRecentred, windowSize } from './log_items.js';
import { loadLazyParts } from './lazy_loader.js';
import { createElement, setAria } from './dom.js';
import { LoadMore } from './load_more.js';
import { LogRows } from './log_rows.js';
import { RovingFocus } from './roving_focus.js';
import { countInSpans } from '../store/loaded_history.js';
import { isReturning } from '../store/selected_room.js';
import { isNamed, readerOf } from '../store/state.js';
import { roomTitle } from '../text/names.js';
import { t } from '../words/translate.js';

/** @typedef {import('./log_items.js').Item} Item */
/** @typedef {import('../store/state.js').Room} Room */
/** @typedef {import('../store/state.js').State} State */

/** How often the position and the seen messages are reported at most. */
const REPORT_MS = 250;

/** How long the message of a link stays marked. */
const FLASH_MS = 2_500;

/** How far below the top the unread divider stands after a jump, in px: a little of what precedes it shows. */
const LEAD_PX = 72;

/**
 * The anchors in each room at the time when it was last left, by its id. They outlive a log, which is built again in
 * another language.
 * @type {Map<string, import('./scroll_anchor.js').Anchor[]>}
 */
const left = new Map();

export class Log {
  #dispatch;
  #view = createElement('div', { className: 'view', tabIndex: 0, aria: { live: 'off' } });
  #list = createElement('ol');
  #anchor;
  #rows;
  #element;
  /** This and the next three are loaded later. @type {import('./jump_buttons.js').JumpButtons | null} */
  #jumpButtons = null;
  /** @type {import('./announcer.js').Announcer | null} */
  #announcer = null;
  /** @type {import('./message_actions.js').MessageActions | null} */
  #actions = null;
  /** @type {import('./person_look.js').MessageLooks | null} */
  #looks = null;
  #focus;
  #loadMore;
  #reportAnchor;
  #reportSeen;
  #logItems = new LogItems();
  /** @type {Room | undefined} */
  #room;
  /** @type {State | undefined} */
  #state;
  /** @type {Item[]} */
  #items = [];
  #window = { from: 0, to: 0 };
  /** All loaded messages are in the document. */
  #printing = false;
  /** The newest seq that was visible since the room was opened. */
  #newestSeen = 0;
  /** The divider that the person has passed: the button does not offer it again. @type {number | null} */
  #passedDivider = null;
  /** The cid of this person's newest message, by which a new one is recognised. @type {string | undefined} */
  #newestCid;

  /** @param {HTMLElement} element @param {import('../store/state.js').Dispatch} dispatch */
  constructor(element, dispatch) {
    this.#dispatch = dispatch;
    this.#view.setAttribute('role', 'log');
    this.#view.append(this.#list);
    element.append(this.#view);
    this.#element = element;
    this.#anchor = new ScrollAnchor(this.#view, this.#list, (direction) => this.#scrolled(direction));
    this.#focus = new RovingFocus(this.#view, {
      step: (step, from) => this.#step(step, from),
      open: (line) => this.#withActions((actions) => line === document.activeElement && actions.open(line)),
      quote: (line) => this.#quote(line),
      copy: (line) => this.#withActions((actions) => actions.copyText(line)),
    });
    this.#rows = new LogRows(this.#view, this.#list, {
      onRoom: (name) => dispatch('join', { room: `#${name}` }),
      replaced: (before, now) => {
        this.#actions?.replaced(before, now);
        this.#focus.replaced(before, now);
      },
    });
    this.#loadMore = new LoadMore(this.#view, this.#rows, this.#anchor, dispatch);
    this.#reportAnchor = throttle(REPORT_MS, (/** @type {string} */ room, /** @type {number | null} */ seq) => dispatch('anchored', { room, seq }));
    this.#reportSeen = throttle(REPORT_MS, (/** @type {string} */ room, /** @type {number} */ seq) => dispatch('seen', { room, seq }));
    this.#list.addEventListener('click', (/** @type {any} */ event) => this.#clicked(event.target.closest('button')));
    // At the very top the wheel scrolls nothing, and still loads more.
    this.#view.addEventListener('wheel', (/** @type {WheelEvent} */ event) => {
      if (event.deltaY < 0) this.#loadMore.onScroll(-1);
    }, { passive: true });
  }

  /** @param {import('./lazy_loader.js').LazyParts} lazyParts */
  addLazyParts({ Announcer, JumpButtons, MessageActions, MessageLooks }) {
    this.#looks = new MessageLooks(this.#dispatch);
    const announcer = new Announcer(this.#element);
    this.#announcer = announcer;
    this.#jumpButtons = new JumpButtons(this.#view, { toNewest: () => this.jumpToEnd(), toFirst: () => this.#jumpToFirstUnread() });
    this.#actions = new MessageActions(this.#list, {
      messageOf: (line) => this.#rows.messageOf(line), say: (sentence) => announcer.say(sentence),
      quote: (line) => this.#quote(line), roomName: () => this.#room?.name ?? '',
      now: () => this.#state, dispatch: this.#dispatch,
    });
    if (!this.#room) return;
    announcer.update(this.#room, /** @type {State} */ (this.#state));
    this.#updateSeen();
  }

  /**
   * Does something with the actions of messages: at once when they are loaded.
   * @param {(actions: import('./message_actions.js').MessageActions) => void} act
   */
  #withActions(act) {
    if (this.#actions) act(this.#actions);
    else loadLazyParts().then(() => this.#actions && act(this.#actions), () => this.#dispatch('notice', { key: 'app.unreachable' }));
  }

  /** Quotes a message in the composer. This waits for nothing: what is typed next belongs below the quote. @param {HTMLElement} line */
  #quote(line) {
    const message = this.#rows.messageOf(line);
    if (message?.text) line.dispatchEvent(new CustomEvent('throng:quote', { bubbles: true, detail: { message } }));
  }

  /** @param {Room | undefined} room @param {State} state @param {number} now */
  draw(room, state, now) {
    this.#anchor.catchUp();
    this.#state = state;
    if (room?.id !== this.#room?.id) this.#open(room);
    this.#room = room;
    this.#loadMore.setRoom(room);
    if (!room) return;
    const me = readerOf({ ...state, me: state.me ?? (state.nick ? { id: '', nick: state.nick } : null) });
    const asked = [room.historyId, room.fillId ?? 0].map((id) => state.requests.get(id)?.fields);
    this.#items = this.#logItems.of(room, me, asked);
    this.#rows.setContext({ me, room: roomTitle(room.name), now });
    setAria(this.#view, 'label', t('log.label', { room: roomTitle(room.name) }));
    const own = newestSaid(room);
    if (own && own.cid !== this.#newestCid && own.tries <= 1 && now - own.firstAt < 2_000 && !this.#anchor.following) this.#anchor.followEnd();
    this.#newestCid = own?.cid ?? this.#newestCid;
    this.#updateRows();
    this.#looks?.draw(this.#rows.list, state);
    if (this.#isOnPaper) return;
    if (room.target !== null && room.target !== undefined) this.#showTarget(room.target);
    else if (room.anchor && this.#anchor.following) this.#updateAnchor(); // the anchored message is gone
    this.#announcer?.update(room, state);
    if (this.#view.scrollHeight > this.#view.clientHeight) return;
    // A log that fits into the view is at its end, and has room for older messages.
    this.#anchor.followEnd();
    this.#loadMore.onScroll(-1);
  }

  /** Scrolls to the newest message, and follows the end. */
  jumpToEnd() {
    if (!this.#room) return;
    // A person who goes to the end does not want the first unread message.
    this.#passedDivider = this.#room.divider ?? null;
    this.#anchor.followEnd();
    this.#updateRows();
    this.#anchor.followEnd();
    this.#updateAnchor();
    this.#reportAnchor.flush();
    this.#dispatch('latest', { room: this.#room.id });
  }

  /** The message of a line of the log, for copying. @param {HTMLElement} line */
  copyableOf(line) {
    return this.#rows.copyableOf(line);
  }

  /** While the page is printed, all loaded messages are in the document. @param {boolean} printing */
  print(printing) {
    this.#anchor.catchUp();
    this.#printing = printing;
    if (this.#room) this.#updateRows();
  }

  /** Another log will be shown instead. */
  close() {
    this.#anchor.catchUp();
    this.#open(undefined);
  }

  /** Focuses the newest message. */
  focusNewest() {
    this.#step('last', null)?.focus({ preventScroll: true });
  }

  /** Whether the log is on its way to where the person was before a reload. @param {Room} room */
  #isReturning(room) {
    return this.#state !== undefined && isReturning(this.#state, room);
  }

  /** @param {Room | undefined} room that is shown from now on */
  #open(room) {
    this.#reportAnchor.flush();
    this.#reportSeen.flush();
    if (this.#room) left.set(this.#room.id, this.#anchor.anchors);
    this.#rows.clear();
    this.#focus.updateStop();
    this.#items = [];
    this.#passedDivider = null;
    this.#newestCid = newestSaid(room)?.cid;
    this.#newestSeen = room && this.#isReturning(room) ? room.read ?? 0 : 0;
    this.#window = { from: 0, to: 0 };
    this.#anchor.setRows([]);
    this.#anchor.anchorBelow(null);
    this.#anchor.followEnd();
    this.#jumpButtons?.draw({ newest: false, count: 0, first: false });
    if (!room) this.#view.removeAttribute('aria-label');
    const { anchor } = room ?? {};
    if (room && anchor && room.messages.some(({ seq }) => seq === anchor)) {
      const key = messageKey(anchor);
      const known = left.get(room.id) ?? [];
      this.#anchor.anchorTo(known.some((one) => one.key === key) ? known : [{ key, at: 0 }]);
      this.#newestSeen = Math.max(anchor, room.read ?? 0);
    }
  }

  /** Whether the page is laid out for paper: all of the log is visible, nothing scrolls, and nobody reads. */
  get #isOnPaper() {
    return this.#printing || matchMedia('print').matches;
  }

  get #size() {
    return this.#printing ? Infinity : windowSize(this.#view.clientHeight);
  }

  /** Updates the rows to the items, and restores the scroll position. */
  #updateRows() {
    const { following, anchors } = this.#anchor;
    const next = following ? null : windowHolding(this.#items, this.#rows.keys, anchors.map(({ key }) => key), this.#size);
    if (!next && !following) this.#anchor.followEnd(); // nothing that was read is left
    this.#showWindow(next ?? windowAtEnd(this.#items.length, this.#size));
    if (next) this.#recentreWindow();
    this.#anchor.refresh();
    this.#updateSeen();
  }

  /** @param {import('./log_items.js').LogWindow} next */
  #showWindow(next) {
    this.#window = next;
    if (!this.#rows.show(this.#items.slice(next.from, next.to))) return;
    this.#looks?.draw(this.#rows.list, this.#state);
    this.#anchor.setRows(this.#rows.list);
    this.#focus.updateStop();
    this.#anchor.restore();
  }

  #recentreWindow() {
    const visible = this.#anchor.visibleRange();
    if (!visible) return;
    const { from } = this.#window;
    const next = windowRecentred(this.#window, this.#items.length, from + visible.first, from + visible.last, this.#size);
    if (next) this.#showWindow(next);
  }

  /** The person has scrolled. @param {number} direction */
  #scrolled(direction) {
    if (!this.#room || !this.#items.length) return;
    if (direction > 0) this.#anchor.anchorBelow(null);
    this.#recentreWindow();
    this.#anchor.refresh();
    this.#loadMore.onScroll(direction);
    if (direction > 0) this.#followIfAtEnd();
    this.#updateAnchor();
    this.#updateSeen();
  }

  /** At the end of the log, follows the end again. */
  #followIfAtEnd() {
    if (this.#window.to === this.#items.length && this.#anchor.isAtEnd()) this.#anchor.followEnd();
  }

  /** @param {HTMLElement | null} button */
  #clicked(button) {
    const { act, cid } = button?.dataset ?? {};
    const line = button?.closest('#log li[data-key]');
    if (!act || !this.#room || !line) return;
    const row = this.#rows.rowOf(/** @type {HTMLElement} */ (line));
    if (act === 'copy') this.#withActions((actions) => actions.copy(codeBy(button)?.textContent ?? '', /** @type {HTMLElement} */ (button), codeBy(button)));
    if (act === 'retry' || act === 'discard') this.#dispatch(act, { room: this.#room.id, cid });
    if ((act === 'older' || act === 'fill') && row) this.#loadMore.loadItem(row.item);
    if ((act === 'fold' || act === 'unfold') && row) this.#fold(row.key, act === 'unfold');
  }

  /** Shows a long message in full, or only its beginning, which stays in view. @param {string} key @param {boolean} open */
  #fold(key, open) {
    if (this.#anchor.following) this.#anchor.stopFollowing();
    const element = this.#rows.setUnfolded(key, open);
    this.#anchor.setRows(this.#rows.list);
    const above = element.getBoundingClientRect().top < this.#view.getBoundingClientRect().top;
    if (!open && above) this.#anchor.scrollRowTo(element, 0);
    else this.#anchor.restore();
    this.#anchor.measure();
    this.#followIfAtEnd();
    this.#updateSeen();
  }

  /** Where the person reads, for a reload; `null` at the end. @returns {import('../store/state.js').ReadingPosition | null} */
  get readingPosition() {
    this.#anchor.catchUp();
    const { id, epoch } = this.#room ?? {};
    const anchor = !this.#anchor.following && this.#anchor.anchors.find(({ key }) => keySeq(key));
    return id && !isNamed(id) && epoch && anchor ? { room: id, epoch, seq: keySeq(anchor.key), at: anchor.at } : null;
  }

  /**
   * Shows the target of a link in the middle of the view, and marks it; or the message that was read before a
   * reload, at its old position.
   * @param {number} seq
   */
  #showTarget(seq) {
    const room = /** @type {Room} */ (this.#room);
    const [first] = room.messages;
    // For a message that the server no longer has, the first one after it.
    const key = seq < room.first && first?.seq === room.first ? messageKey(first.seq) : messageKey(seq);
    const element = this.#bringIntoWindow(key);
    if (!element) return;
    const { clientHeight } = this.#view;
    if (this.#isReturning(room)) {
      this.#anchor.scrollRowTo(element, this.#state?.readingPosition?.at ?? 0);
    } else {
      this.#anchor.scrollRowTo(element, Math.max(0, (clientHeight - element.offsetHeight) / 2));
      element.classList.add('flash');
      setTimeout(() => element.classList.remove('flash'), FLASH_MS);
    }
    this.#afterJump();
    this.#reportAnchor.flush();
    this.#dispatch('arrived', { room: room.id });
  }

  #jumpToFirstUnread() {
    if (!this.#room) return;
    const { id, divider } = this.#room;
    const element = this.#bringIntoWindow('new');
    this.#passedDivider = divider ?? null;
    if (!element) {
      this.#dispatch('show', { room: id, seq: divider });
      return;
    }
    this.#anchor.scrollRowTo(element, LEAD_PX);
    this.#afterJump();
    /** @type {HTMLElement | null} */ (element.nextElementSibling)?.focus({ preventScroll: true });
  }

  /** Puts an item into the window, with others around it. @param {string} key @returns {HTMLElement | null} */
  #bringIntoWindow(key) {
    const index = this.#items.findIndex((item) => item.key === key);
    if (index < 0) return null;
    this.#anchor.stopFollowing();
    if (index < this.#window.from || index >= this.#window.to) this.#showWindow(windowAround(this.#items.length, index, this.#size));
    return this.#rows.list[index - this.#window.from]?.element ?? null;
  }

  /** Updates everything after the view was scrolled by program. */
  #afterJump() {
    this.#recentreWindow();
    this.#followIfAtEnd();
    this.#updateAnchor();
    this.#updateSeen();
  }

  /** @param {number | 'first' | 'last'} step @param {HTMLElement | null} from @returns {HTMLElement | null} */
  #step(step, from) {
    const { length } = this.#items;
    const at = from ? this.#window.from + [...this.#list.children].indexOf(from) : null;
    const down = step === 'first' || (typeof step === 'number' && step > 0);
    let index = step === 'first' ? 0 : length - 1;
    if (typeof step === 'number') {
      const visible = this.#anchor.visibleRange();
      // From the log itself the arrows start at the newest visible message.
      index = at !== null ? at + step : this.#window.from + (visible?.last ?? 0);
    }
    while (this.#items[index] && !isStop(this.#items[index])) index += down ? 1 : -1;
    if (!this.#items[index]) {
      // There may be more than is loaded.
      if (!down) this.#loadMore.onScroll(-1);
      return null;
    }
    const element = this.#bringIntoWindow(this.#items[index].key);
    if (element) this.#reveal(element, step === 'first' || Number(step) < 0 ? -1 : 1);
    return element;
  }

  /** Scrolls as little as needed to show an element. @param {HTMLElement} element @param {number} direction */
  #reveal(element, direction) {
    const view = this.#view.getBoundingClientRect();
    const { top, bottom, height } = element.getBoundingClientRect();
    if (top < view.top || height > view.height) this.#anchor.scrollRowTo(element, 0);
    else if (bottom > view.bottom) this.#anchor.scrollRowTo(element, view.height - height);
    this.#scrolled(direction);
    // A person who picks another message than the last one reads that one, even if the end is visible.
    if (element === this.#rows.list.at(-1)?.element) this.#followIfAtEnd();
  }

  /** Reports which message the person reads while they are not at the end. */
  #updateAnchor() {
    const room = /** @type {Room} */ (this.#room);
    const seq = this.#anchor.following ? null : this.#visibleSeqs().first;
    this.#reportAnchor.call(room.id, seq);
  }

  /** The seqs of the first and the last visible message. @returns {{first: number | null, last: number}} */
  #visibleSeqs() {
    const visible = this.#anchor.visibleRange();
    const seqs = visible ? this.#rows.list.slice(visible.first, visible.last + 1)
      .flatMap(({ item }) => (item.kind === 'message' ? [item.message.seq] : [])) : [];
    return { first: seqs[0] ?? null, last: seqs.at(-1) ?? 0 };
  }

  /** Reports what is visible as seen, and updates the jump buttons. */
  #updateSeen() {
    if (this.#isOnPaper) return;
    const { room, state } = { room: /** @type {Room} */ (this.#room), state: this.#state };
    const { last } = this.#visibleSeqs();
    const { following } = this.#anchor;
    // While the target of a link is still loading, what shows meanwhile is not read.
    const isSettled = room.target === null || room.target === undefined;
    if (!this.#isReturning(room)) this.#newestSeen = Math.max(this.#newestSeen, following ? room.last ?? 0 : last);
    if (state?.attentive && isSettled && last > (room.read ?? 0)) this.#reportSeen.call(room.id, last);
    const away = !following && !(this.#window.to === this.#items.length && this.#anchor.isAtEnd());
    const seen = Math.max(this.#newestSeen, room.read ?? 0);
    const quiet = room.mine.filter((seq) => seq > seen).length;
    const count = Math.max(0, (room.last ?? 0) - seen - quiet - countInSpans(room.skipped, seen + 1, room.last ?? 0));
    this.#jumpButtons?.draw({ newest: away, count, first: this.#isDividerAbove(room) });
  }

  /** Whether the unread divider is above the view, and the person has not passed it yet. @param {Room} room */
  #isDividerAbove(room) {
    const { divider } = room;
    if (divider === null || divider === undefined || divider === this.#passedDivider || !room.messages.length) return false;
    const index = this.#items.findIndex(({ kind }) => kind === 'new');
    if (index < 0) return divider < room.messages[0].seq && room.messages[0].seq > room.first;
    const visible = this.#anchor.visibleRange();
    if (!visible) return false;
    if (index < this.#window.from + visible.first) return true;
    if (this.#state?.attentive && index <= this.#window.from + visible.last) this.#passedDivider = divider;
    return false;
  }
}

/** The newest message that is on its way: an edit moves nobody to the end. @param {Room | undefined} room */
function newestSaid(room) {
  return room?.outgoing.findLast(({ edits }) => !edits);
}

/** Whether the arrows stop at an item. @param {Item} item */
function isStop(item) {
  return item.kind === 'message' || item.kind === 'outgoing' || (item.kind === 'gap' && !item.lost);
}

/** The code that a Copy button copies. @param {HTMLElement | null} button @returns {HTMLElement | null} */
function codeBy(button) {
  return button?.parentElement?.querySelector('pre, code') ?? button?.closest('figure, .code')?.querySelector('pre, code') ?? null;
}

/**
 * Calls a function at most once in a time: the first call at once, then the latest values when the time is over.
 * @template {any[]} A
 * @param {number} ms
 * @param {(...values: A) => void} act
 * @returns {{call: (...values: A) => void, flush: () => void}} `flush` makes a waiting call at once
 */
function throttle(ms, act) {
  /** @type {A | null} */
  let waiting = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const flush = () => {
    const values = waiting;
    waiting = null;
    if (values) act(...values);
  };
  const again = () => {
    timer = undefined;
    if (waiting) {
      flush();
      timer = setTimeout(again, ms);
    }
  };
  return {
    call(...values) {
      waiting = values;
      if (timer !== undefined) return;
      flush();
      timer = setTimeout(again, ms);
    },
    flush,
  };
}
