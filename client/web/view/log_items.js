// The items of the log: the state of a room as a list of messages and separators, each with a stable key; and the window:
// which of them are in the document, usually at most 80.
//
// log.js asks for the list once per frame. It must stay cheap at 200 messages a second, so an item is made once per
// message: an unchanged item is the same object, and log_rows.js does not draw it again. Nothing here knows the DOM.

import { missingSpans, oldestSeq } from '../store/loaded_history.js';
import { unreadDividerSeq } from '../store/unread.js';
import { dayKey, isGrouped } from '../text/time.js';

/** @typedef {import('../store/state.js').Room} Room */
/** @typedef {import('../store/state.js').Outgoing} Outgoing */
/** @typedef {import('../net/wire.js').Message} Message */
/** @typedef {import('../net/wire.js').User} User */

/**
 * - `top`: above the first loaded message. `older`: the log has more, which loads when the person scrolls there;
 *   `cut`: there was more, which the server no longer has;
 * - `new`: the unread divider;
 * - `gap`: messages that are not loaded; `lost`: the server no longer has them.
 * @typedef {{key: string, kind: 'top', what: 'reading' | 'older' | 'loading' | 'away' | 'beginning' | 'cut' | 'empty'}} Top
 * @typedef {{key: string, kind: 'day', at: number}} Day
 * @typedef {{key: string, kind: 'new'}} New
 * @typedef {{key: string, kind: 'gap', from: number, to: number, lost: boolean, loading: boolean}} Gap
 * @typedef {{key: string, kind: 'message', message: Message, grouped: boolean, edit?: Outgoing}} Said `edit`: the text that is on its
 *   way to take its place
 * @typedef {{key: string, kind: 'outgoing', one: Outgoing, from: User, grouped: boolean}} Waiting
 * @typedef {Top | Day | New | Gap | Said | Waiting} Item
 *
 * The range of a request for history that is under way.
 * @typedef {{before?: number, after?: number} | null | undefined} HistoryRequest
 */

/**
 * In a long run of messages of one person the nick is repeated now and then, so that a full screen still shows who
 * speaks: at certain seqs, after a pause of a minute. It depends only on the message right before, so that nothing
 * moves when older messages load.
 */
const NAMED_EVERY = 25;
const NAMED_MS = 60_000;

/** @param {number} seq @returns {string} the key of a message */
export const messageKey = (seq) => `seq ${seq}`;

/** The seq of a key; 0 unless it is one of a message. @param {string} key */
export const keySeq = (key) => (key.startsWith('seq ') ? Number(key.slice(4)) : 0);

/** The items of the selected room, and what they were made from. */
export class LogItems {
  /** @type {any[]} */
  #from = [];
  /** @type {Item[]} */
  #list = [];
  /** @type {WeakMap<Message, {previous: Message | null, day: string, item: Said}>} */
  #made = new WeakMap();
  /** @type {WeakMap<Outgoing, Waiting>} */
  #waiting = new WeakMap();
  /** Separators by key: an equal one stays the same object. @type {Map<string, Item>} */
  #others = new Map();

  /**
   * The items of a room. The same list as before when nothing has changed.
   * @param {Room} room
   * @param {User | null} me
   * @param {HistoryRequest[]} [asked]
   * @returns {Item[]}
   */
  of(room, me, asked = []) {
    const spans = asked.map((one) => `${one?.before} ${one?.after}`).join();
    const from = [room.messages, room.skipped, room.outgoing, room.first, room.last, room.joined, room.divider, me?.id, me?.nick, spans];
    if (from.length === this.#from.length && from.every((value, at) => value === this.#from[at])) return this.#list;
    this.#from = from;
    this.#list = this.#build(room, me, asked);
    this.#others = new Map(this.#list.filter(({ kind }) => kind !== 'message' && kind !== 'outgoing').map((item) => [item.key, item]));
    return this.#list;
  }

  /** @param {Room} room @param {User | null} me @param {HistoryRequest[]} asked */
  #build(room, me, asked) {
    /** @type {Item[]} */
    const list = [this.#same({ key: 'top', kind: 'top', what: above(room, asked) })];
    let divider = unreadDividerSeq(room);
    const divide = () => {
      list.push(this.#same({ key: 'new', kind: 'new' }));
      divider = Infinity;
    };
    let day = '';
    let latest = -Infinity;
    /** @type {Message | null} */
    let previous = null;
    const edits = new Map(room.outgoing.flatMap((one) => (one.edits ? [[one.edits.seq, one]] : [])));
    for (const message of room.messages) {
      const missing = previous ? this.#gaps(room, previous.seq + 1, message.seq - 1, asked) : [];
      if (missing.length) {
        if (divider < message.seq) divide();
        list.push(...missing);
        previous = null;
      }
      const today = this.#made.get(message)?.day ?? dayKey(message.at);
      // If times run backwards in a log, no day is shown twice.
      if (today !== day && message.at > latest) list.push(this.#same({ key: `day ${today}`, kind: 'day', at: message.at }));
      day = today;
      latest = Math.max(latest, message.at);
      if (divider <= message.seq) {
        divide();
        previous = null; // below the divider the nick is repeated
      }
      const edit = message.text ? edits.get(message.seq) : undefined;
      if (edit) edits.delete(message.seq);
      list.push(this.#said(message, previous, today, edit));
      previous = message;
    }
    // A page of skipped entries alone may lie beyond a gap.
    const missing = previous ? this.#gaps(room, previous.seq + 1, room.last ?? 0, asked) : [];
    // An edit of what is not here, or not any more, stands below the others.
    const rest = room.outgoing.filter((one) => !one.edits || edits.get(one.edits.seq) === one);
    list.push(...missing, ...this.#tail(rest, me, missing.length ? null : previous));
    return list;
  }

  /** @param {Message} message @param {Message | null} previous @param {string} day @param {Outgoing} [edit] @returns {Said} */
  #said(message, previous, day, edit) {
    const known = this.#made.get(message);
    const made = known?.item.edit === edit ? known : undefined;
    if (made && made.previous === previous) return made.item;
    const again = message.seq % NAMED_EVERY === 0 && message.at - (previous?.at ?? 0) >= NAMED_MS;
    const grouped = previous !== null && !again && isGrouped(previous, message);
    const item = made?.item.grouped === grouped ? made.item
      : /** @type {Said} */ ({ key: messageKey(message.seq), kind: 'message', message, grouped, edit });
    this.#made.set(message, { previous, day, item });
    return item;
  }

  /** The gaps of a range. What is below `first` is lost, the rest can be loaded. @param {Room} room @param {number} from @param {number} to @param {HistoryRequest[]} asked */
  #gaps(room, from, to, asked) {
    return missingSpans(room.skipped, from, to).flatMap((hole) => this.#gap(room, hole.from, hole.to, asked));
  }

  /** @param {Room} room @param {number} from @param {number} to @param {HistoryRequest[]} asked */
  #gap(room, from, to, asked) {
    /** @type {Item[]} */
    const found = [];
    const kept = Math.max(from, room.first);
    if (from < kept) {
      const end = Math.min(to, kept - 1);
      found.push(this.#same({ key: `lost ${from}`, kind: 'gap', from, to: end, lost: true, loading: false }));
    }
    if (kept <= to) {
      const loading = asked.some((one) => one?.before === to + 1 || one?.after === kept - 1);
      found.push(this.#same({ key: `gap ${kept}`, kind: 'gap', from: kept, to, lost: false, loading }));
    }
    return found;
  }

  /** The outgoing messages. @param {Outgoing[]} outgoing @param {User | null} me @param {Message | null} last */
  #tail(outgoing, me, last) {
    const from = me ?? { id: '', nick: '' };
    /** @type {any} */
    let previous = last;
    return outgoing.map((one) => {
      const message = { from, kind: one.kind, at: one.firstAt };
      const grouped = previous !== null && isGrouped(previous, /** @type {any} */ (message));
      previous = message;
      const made = this.#waiting.get(one);
      if (made && made.grouped === grouped && made.from === from) return made;
      /** @type {Waiting} */
      const item = { key: `cid ${one.cid}`, kind: 'outgoing', one, from, grouped };
      this.#waiting.set(one, item);
      return item;
    });
  }

  /** The object of the last time, if it is equal. @template {Item} T @param {T} item @returns {T} */
  #same(item) {
    const before = /** @type {any} */ (this.#others.get(item.key));
    const equal = before && Object.entries(item).every(([name, value]) => before[name] === value);
    return equal ? before : item;
  }
}

/** @param {Room} room @param {HistoryRequest[]} asked @returns {Top['what']} */
function above(room, asked) {
  if (room.last === null) return 'reading';
  const seq = oldestSeq(room);
  if (seq <= room.first && room.first > 1) return 'cut';
  if (seq <= room.first) return room.messages.length ? 'beginning' : 'empty';
  if (asked.some((one) => one?.before === seq)) return 'loading';
  return room.joined ? 'older' : 'away';
}

/** The items from `from` up to `to`, which is not included. @typedef {{from: number, to: number}} LogWindow */

/** This many items fill a screen almost twice, and their elements stay a few hundred. */
export const WINDOW_MAX = 80;

/** The height of the lowest message, in px. */
const LOWEST = 24;

/**
 * How many items the window holds: 80, and more only in a view higher than about 1,280 px.
 * @param {number} height of the view, in px
 */
export function windowSize(height) {
  return Math.max(WINDOW_MAX, Math.ceil((height / LOWEST) * 1.5));
}

/** The newest items. @param {number} count of all items @param {number} size @returns {LogWindow} */
export function windowAtEnd(count, size) {
  return { from: Math.max(0, count - size), to: count };
}

/** The items around one of them. @param {number} count @param {number} index @param {number} size @returns {LogWindow} */
export function windowAround(count, index, size) {
  return windowFrom(index - Math.floor(size / 2), count, size);
}

/**
 * The window in a list that has changed: the first visible item that still exists keeps as many items above it
 * as it had. So nothing that is added elsewhere pushes out what the person reads. An item that was not in the window,
 * or in a larger one (everything is in it for printing), gets into the middle.
 * @param {{key: string}[]} items
 * @param {string[]} keys of the items that were in the window
 * @param {string[]} visible the keys of those that are visible, the best anchor first
 * @param {number} size
 * @returns {LogWindow | null} `null`: none of them is left
 */
export function windowHolding(items, keys, visible, size) {
  for (const key of visible) {
    const index = items.findIndex((item) => item.key === key);
    const above = keys.indexOf(key);
    if (index >= 0) return above >= 0 && above < size ? windowFrom(index - above, items.length, size) : windowAround(items.length, index, size);
  }
  return null;
}

/**
 * The window after the person has scrolled, or `null` while it may stay. It moves when the spare items on one side
 * have shrunk to a third, about a screen, and then so far that both sides have the same number.
 * @param {LogWindow} now
 * @param {number} count of all items
 * @param {number} first the first visible item
 * @param {number} last the last visible item
 * @param {number} size
 * @returns {LogWindow | null}
 */
export function windowRecentred(now, count, first, last, size) {
  const spare = Math.max(0, size - (last - first + 1));
  const edge = Math.ceil(spare / 3);
  const high = first - now.from < edge && now.from > 0;
  const low = now.to - 1 - last < edge && now.to < count;
  if (!high && !low) return null;
  const next = windowFrom(first - Math.floor(spare / 2), count, size);
  return next.from === now.from && next.to === now.to ? null : next;
}

/** @param {number} from @param {number} count @param {number} size @returns {LogWindow} */
function windowFrom(from, count, size) {
  const start = Math.max(0, Math.min(from, count - size));
  return { from: start, to: Math.min(count, start + size) };
}
