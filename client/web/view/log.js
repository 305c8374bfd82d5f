// The log: the messages of the room that is shown.
//
// app.js gives it a room once per frame. Here the window (window.js) of the items (items.js) is
// brought into the document with as few changes as needed, while hold.js keeps the place that the
// person reads. It tells the store what is seen, what is read and what has to be loaded.

import { Actions } from './actions.js';
import { Announcer } from './announcer.js';
import { Hold } from './hold.js';
import { Items, keyOf } from './items.js';
import { Jump } from './jump.js';
import { make, setAria } from './make.js';
import { paced } from './pace.js';
import { Reach } from './reach.js';
import { Roving } from './roving.js';
import { Rows } from './rows.js';
import { around, atEnd, held, recentred, sizeFor } from './window.js';
import { t } from '../words.js';

/** @typedef {import('./items.js').Item} Item */
/** @typedef {import('../room.js').Room & {divider?: number | null, target?: number | null,
 *   anchor?: number | null, read?: number | null, fillId?: number}} Room */
/** @typedef {import('../turn.js').State & {attentive?: boolean}} State */
/** @typedef {(type: string, fields?: any) => void} Play */

/** The store is told what is looked at no more often than this. */
const TELL_MS = 250;

/** A message that a link led to is marked for so long. */
const FLASH_MS = 2_500;

/** What somebody jumps to stands so far below the top, in px: a little of what was before it shows. */
const LEAD_PX = 72;

export class Log {
  #play;
  #view = make('div', { className: 'view', tabIndex: 0, aria: { live: 'off' } });
  #list = make('ol');
  #hold;
  #rows;
  #jump;
  #announcer;
  #actions;
  #roving;
  #reach;
  #tellAnchor;
  #tellSeen;
  #made = new Items();
  /** @type {Room | undefined} */
  #room;
  /** @type {State | undefined} */
  #state;
  /** @type {Item[]} */
  #items = [];
  #slice = { from: 0, to: 0 };
  /** The newest seq that was in view since the room was opened. */
  #newest = 0;
  /** The divider that the person has come past: nobody is sent there again. @type {number | null} */
  #met = null;
  /** The newest of this person's own messages, by which a new one is known. @type {string | undefined} */
  #own;

  /** @param {HTMLElement} element @param {Play} play */
  constructor(element, play) {
    this.#play = play;
    this.#view.setAttribute('role', 'log');
    this.#view.append(this.#list);
    element.append(this.#view);
    this.#hold = new Hold(this.#view, this.#list, (direction) => this.#scrolled(direction));
    this.#jump = new Jump(this.#view, { toNewest: () => this.jumpToEnd(), toFirst: () => this.#toFirst() });
    this.#announcer = new Announcer(element);
    this.#actions = new Actions(this.#list, {
      messageOf: (line) => this.#rows.messageOf(line), say: (sentence) => this.#announcer.say(sentence),
    });
    this.#roving = new Roving(this.#view, {
      step: (step, from) => this.#step(step, from),
      open: (line) => this.#actions.open(line),
      act: (act, line) => this.#actions.do(act, line),
    });
    this.#rows = new Rows(this.#view, this.#list, {
      onRoom: (room) => play('join', { room }),
      replaced: (before, now) => {
        this.#actions.moved(before, now);
        this.#roving.moved(before, now);
      },
    });
    this.#reach = new Reach(this.#view, this.#rows, this.#hold, play);
    this.#tellAnchor = paced(TELL_MS, (/** @type {string} */ room, /** @type {number | null} */ seq) => play('anchored', { room, seq }));
    this.#tellSeen = paced(TELL_MS, (/** @type {string} */ room, /** @type {number} */ seq) => play('seen', { room, seq }));
    this.#list.addEventListener('click', (/** @type {any} */ event) => this.#clicked(event.target.closest('button')));
    // At the very top the wheel scrolls nothing, and still asks for more.
    this.#view.addEventListener('wheel', (/** @type {WheelEvent} */ event) => {
      if (event.deltaY < 0) this.#reach.to(-1);
    }, { passive: true });
  }

  /** @param {Room | undefined} room @param {State} state @param {number} now */
  draw(room, state, now) {
    if (room?.name !== this.#room?.name) this.#open(room);
    this.#room = room;
    this.#state = state;
    this.#reach.draw(room);
    if (!room) return;
    const me = state.me ?? (state.nick ? { id: '', nick: state.nick } : null);
    const asked = [room.historyId, room.fillId ?? 0].map((id) => state.requests.get(id)?.fields);
    this.#items = this.#made.of(room, me, asked);
    this.#rows.look({ me, room: room.name, now });
    setAria(this.#view, 'label', t('log.label', { room: room.name }));
    const own = room.outgoing.at(-1);
    if (own && own.cid !== this.#own && own.tries <= 1 && now - own.firstAt < 2_000 && !this.#hold.following) this.#hold.follow();
    this.#own = own?.cid ?? this.#own;
    this.#settle();
    if (room.target !== null && room.target !== undefined) this.#aim(room.target);
    else if (room.anchor && this.#hold.following) this.#anchored(); // what was read is not there any more
    this.#announcer.hear(room, state.me?.id);
    if (this.#view.scrollHeight > this.#view.clientHeight) return;
    // What fits as a whole has no other place than the end, and room for what is older.
    this.#hold.follow();
    this.#reach.to(-1);
  }

  /** Goes to the newest message, and stays at the end. */
  jumpToEnd() {
    if (!this.#room) return;
    // Who goes to the end has no use for the first unread one.
    this.#met = this.#room.divider ?? null;
    this.#hold.follow();
    this.#settle();
    this.#hold.follow();
    this.#anchored();
    this.#tellAnchor.flush();
    this.#play('latest', { room: this.#room.name });
  }

  /** Brings the focus to the newest message. */
  focusNewest() {
    this.#roving.focus(this.#step('last', null));
  }

  /** @param {Room | undefined} room that is shown from now on */
  #open(room) {
    this.#tellAnchor.flush();
    this.#tellSeen.flush();
    this.#rows.clear();
    this.#roving.check();
    this.#items = [];
    this.#met = null;
    this.#own = room?.outgoing.at(-1)?.cid;
    this.#newest = 0;
    this.#slice = { from: 0, to: 0 };
    this.#hold.take([]);
    this.#hold.below(null);
    this.#hold.follow();
    this.#jump.draw({ newest: false, count: 0, first: false });
    if (!room) this.#view.removeAttribute('aria-label');
    const { anchor } = room ?? {};
    if (room && anchor && room.messages.some(({ seq }) => seq === anchor)) {
      this.#hold.expect(keyOf(anchor));
      this.#newest = Math.max(anchor, room.read ?? 0);
    }
  }

  get #size() {
    return sizeFor(this.#view.clientHeight);
  }

  /** Brings the document to the items, and the view to its place. */
  #settle() {
    const { following, places } = this.#hold;
    const slice = following ? null : held(this.#items, this.#rows.keys, places, this.#size);
    if (!slice && !following) this.#hold.follow(); // nothing is left of what was read
    this.#show(slice ?? atEnd(this.#items.length, this.#size));
    if (slice) this.#recentre();
    this.#hold.refresh();
    this.#look();
  }

  /** @param {import('./window.js').Slice} slice */
  #show(slice) {
    this.#slice = slice;
    if (!this.#rows.show(this.#items.slice(slice.from, slice.to))) return;
    this.#hold.take(this.#rows.list);
    this.#roving.check();
    this.#hold.restore();
  }

  #recentre() {
    const sight = this.#hold.sight();
    if (!sight) return;
    const { from } = this.#slice;
    const next = recentred(this.#slice, this.#items.length, from + sight.first, from + sight.last, this.#size);
    if (next) this.#show(next);
  }

  /** The person has scrolled. @param {number} direction */
  #scrolled(direction) {
    if (!this.#room || !this.#items.length) return;
    if (direction > 0) this.#hold.below(null);
    this.#recentre();
    this.#hold.refresh();
    this.#reach.to(direction);
    if (direction > 0) this.#refollow();
    this.#anchored();
    this.#look();
  }

  /** At the end of everything the view stays at the end again. */
  #refollow() {
    if (this.#slice.to === this.#items.length && this.#hold.isAtEnd()) this.#hold.follow();
  }

  /** @param {HTMLElement | null} button */
  #clicked(button) {
    const { act, cid } = button?.dataset ?? {};
    const line = button?.closest('#log li[data-key]');
    if (!act || !this.#room || !line) return;
    const row = this.#rows.of(/** @type {HTMLElement} */ (line));
    if (act === 'copy') this.#actions.copy(codeBy(button)?.textContent ?? '', /** @type {HTMLElement} */ (button), codeBy(button));
    if (act === 'retry' || act === 'discard') this.#play(act, { room: this.#room.name, cid });
    if ((act === 'older' || act === 'fill') && row) this.#reach.for(row.item);
    if ((act === 'fold' || act === 'unfold') && row) this.#fold(row.key, act === 'unfold');
  }

  /** Shows a long message in full, or its beginning: which stays in view. @param {string} key @param {boolean} open */
  #fold(key, open) {
    if (this.#hold.following) this.#hold.stay();
    const element = this.#rows.fold(key, open);
    this.#hold.take(this.#rows.list);
    const above = element.getBoundingClientRect().top < this.#view.getBoundingClientRect().top;
    if (!open && above) this.#hold.put(element, 0);
    else this.#hold.restore();
    this.#refollow();
    this.#look();
  }

  /** Shows the message that a link led to, in the middle, and marks it. @param {number} seq */
  #aim(seq) {
    const room = /** @type {Room} */ (this.#room);
    const [first] = room.messages;
    // One that is no longer kept: the place where it was.
    const key = seq < room.first && first?.seq === room.first ? keyOf(first.seq) : keyOf(seq);
    const element = this.#bring(key);
    if (!element) return;
    const { clientHeight } = this.#view;
    this.#hold.put(element, Math.max(0, (clientHeight - element.offsetHeight) / 2));
    element.classList.add('flash');
    setTimeout(() => element.classList.remove('flash'), FLASH_MS);
    this.#arrive();
    this.#tellAnchor.flush();
    this.#play('arrived', { room: room.name });
  }

  #toFirst() {
    if (!this.#room) return;
    const { name, divider } = this.#room;
    const element = this.#bring('new');
    this.#met = divider ?? null;
    if (!element) {
      this.#play('show', { room: name, seq: divider });
      return;
    }
    this.#hold.put(element, LEAD_PX);
    this.#arrive();
    this.#roving.focus(/** @type {HTMLElement | null} */ (element.nextElementSibling));
  }

  /** Has an item in the window, with others round it. @param {string} key @returns {HTMLElement | null} */
  #bring(key) {
    const index = this.#items.findIndex((item) => item.key === key);
    if (index < 0) return null;
    this.#hold.stay();
    if (index < this.#slice.from || index >= this.#slice.to) this.#show(around(this.#items.length, index, this.#size));
    return this.#rows.list[index - this.#slice.from]?.element ?? null;
  }

  /** After the view was put somewhere else. */
  #arrive() {
    this.#recentre();
    this.#refollow();
    this.#anchored();
    this.#look();
  }

  /** @param {number | 'first' | 'last'} step @param {HTMLElement | null} from @returns {HTMLElement | null} */
  #step(step, from) {
    const { length } = this.#items;
    const at = from ? this.#slice.from + [...this.#list.children].indexOf(from) : null;
    const down = step === 'first' || (typeof step === 'number' && step > 0);
    let index = step === 'first' ? 0 : length - 1;
    if (typeof step === 'number') {
      const sight = this.#hold.sight();
      // From the log itself the arrows begin at the newest message in sight.
      index = at !== null ? at + step : this.#slice.from + (sight?.last ?? 0);
    }
    while (this.#items[index] && !isStop(this.#items[index])) index += down ? 1 : -1;
    if (!this.#items[index]) {
      // There may be more than is loaded.
      if (!down) this.#reach.to(-1);
      return null;
    }
    const element = this.#bring(this.#items[index].key);
    if (element) this.#reveal(element, step === 'first' || Number(step) < 0 ? -1 : 1);
    return element;
  }

  /** Scrolls as far as needed to see an element. @param {HTMLElement} element @param {number} direction */
  #reveal(element, direction) {
    const view = this.#view.getBoundingClientRect();
    const { top, bottom, height } = element.getBoundingClientRect();
    if (top < view.top || height > view.height) this.#hold.put(element, 0);
    else if (bottom > view.bottom) this.#hold.put(element, view.height - height);
    this.#scrolled(direction);
    // Whoever picks another message than the last one reads it, though it may be in sight at the end.
    if (element === this.#rows.list.at(-1)?.element) this.#refollow();
  }

  /** Tells the store what is read while the person is not at the end. */
  #anchored() {
    const room = /** @type {Room} */ (this.#room);
    const seq = this.#hold.following ? null : this.#seqs().first;
    this.#tellAnchor.ask(room.name, seq);
  }

  /** The first and the newest message in sight. @returns {{first: number | null, last: number}} */
  #seqs() {
    const sight = this.#hold.sight();
    const seqs = sight ? this.#rows.list.slice(sight.first, sight.last + 1)
      .flatMap(({ item }) => (item.kind === 'message' ? [item.message.seq] : [])) : [];
    return { first: seqs[0] ?? null, last: seqs.at(-1) ?? 0 };
  }

  /** What follows from what is in sight now: what was seen, and what lies out of sight. */
  #look() {
    const { room, state } = { room: /** @type {Room} */ (this.#room), state: this.#state };
    const { last } = this.#seqs();
    const { following } = this.#hold;
    this.#newest = Math.max(this.#newest, following ? room.last ?? 0 : last);
    // While a link still leads elsewhere, what shows for a moment is not read.
    const stays = room.target === null || room.target === undefined;
    if (state?.attentive && stays && last > (room.read ?? 0)) this.#tellSeen.ask(room.name, last);
    const away = !following && !(this.#slice.to === this.#items.length && this.#hold.isAtEnd());
    const count = Math.max(0, (room.last ?? 0) - this.#newest);
    this.#jump.draw({ newest: away, count, first: this.#isFirstAbove(room) });
  }

  /** Whether the first unread message lies above, and was not come past yet. @param {Room} room */
  #isFirstAbove(room) {
    const { divider } = room;
    if (divider === null || divider === undefined || divider === this.#met || !room.messages.length) return false;
    const index = this.#items.findIndex(({ kind }) => kind === 'new');
    if (index < 0) return divider < room.messages[0].seq && room.messages[0].seq > room.first;
    const sight = this.#hold.sight();
    if (!sight) return false;
    if (index < this.#slice.from + sight.first) return true;
    if (this.#state?.attentive && index <= this.#slice.from + sight.last) this.#met = divider;
    return false;
  }
}

/** @param {Item} item whether the arrows stop at it */
function isStop(item) {
  return item.kind === 'message' || item.kind === 'outgoing' || (item.kind === 'gap' && !item.lost);
}

/** What a button of a block of code copies. @param {HTMLElement | null} button @returns {HTMLElement | null} */
function codeBy(button) {
  return button?.parentElement?.querySelector('pre, code') ?? button?.closest('figure, .code')?.querySelector('pre, code') ?? null;
}
