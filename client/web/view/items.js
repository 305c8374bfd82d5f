// What the list of messages holds: the state of a room as a list of items, each with a key that
// stays the same while the item does.
//
// log.js asks for it once per frame. It must stay cheap at 200 messages a second, so an item is made
// once per message and kept with it: what did not change is the same object, and what is the same
// object is not drawn again. Nothing here knows the document.

import { dayKey, isGrouped } from '../time.js';

/** @typedef {import('../room.js').Room} Room */
/** @typedef {import('../room.js').Outgoing} Outgoing */
/** @typedef {import('../wire.js').Message} Message */
/** @typedef {import('../wire.js').User} User */

/**
 * - `top`: what is above the first message that is here. `older`: the log has more, which loads when
 *   somebody scrolls there; `beginning`; `cut`: more was said, and is no longer kept;
 * - `new`: before the first message that was unread when the room was opened;
 * - `gap`: messages that are missing here; `lost`: the server does not keep them either.
 * @typedef {{key: string, kind: 'top', what: 'reading' | 'older' | 'loading' | 'away' | 'beginning' | 'cut' | 'empty'}} Top
 * @typedef {{key: string, kind: 'day', at: number}} Day
 * @typedef {{key: string, kind: 'new'}} New
 * @typedef {{key: string, kind: 'gap', from: number, to: number, lost: boolean, loading: boolean}} Gap
 * @typedef {{key: string, kind: 'message', message: Message, grouped: boolean}} Said
 * @typedef {{key: string, kind: 'outgoing', one: Outgoing, from: User, grouped: boolean}} Waiting
 * @typedef {Top | Day | New | Gap | Said | Waiting} Item
 *
 * A request for history that is under way: what it asks for.
 * @typedef {{before?: number, after?: number} | null | undefined} Asked
 */

/**
 * Somebody who says a lot is named again now and then, or a screen full of it would not tell who
 * speaks. By seq, so that it stays the same whatever is loaded.
 */
const NAMED_EVERY = 25;

/** @param {number} seq @returns {string} the key of a message */
export const keyOf = (seq) => `seq ${seq}`;

/** The items of the room that is shown, and what they were made of. */
export class Items {
  /** @type {any[]} */
  #from = [];
  /** @type {Item[]} */
  #list = [];
  /** @type {WeakMap<Message, {previous: Message | null, day: string, item: Said}>} */
  #made = new WeakMap();
  /** @type {WeakMap<Outgoing, Waiting>} */
  #waiting = new WeakMap();
  /** Items that are made anew each time, by key, so that an equal one stays the same object. @type {Map<string, Item>} */
  #others = new Map();

  /**
   * The items of a room. The same list as before when nothing has changed.
   * @param {Room & {divider?: number | null}} room
   * @param {User | null} me
   * @param {Asked[]} [asked]
   * @returns {Item[]}
   */
  of(room, me, asked = []) {
    const spans = asked.map((one) => `${one?.before} ${one?.after}`).join();
    const from = [room.messages, room.outgoing, room.first, room.last, room.joined, room.divider, me?.id, me?.nick, spans];
    if (from.length === this.#from.length && from.every((value, at) => value === this.#from[at])) return this.#list;
    this.#from = from;
    this.#list = this.#build(room, me, asked);
    this.#others = new Map(this.#list.filter(({ kind }) => kind !== 'message' && kind !== 'outgoing').map((item) => [item.key, item]));
    return this.#list;
  }

  /** @param {Room & {divider?: number | null}} room @param {User | null} me @param {Asked[]} asked */
  #build(room, me, asked) {
    /** @type {Item[]} */
    const list = [this.#same({ key: 'top', kind: 'top', what: above(room, asked) })];
    let divider = dividerOf(room);
    const divide = () => {
      list.push(this.#same({ key: 'new', kind: 'new' }));
      divider = Infinity;
    };
    let day = '';
    let latest = -Infinity;
    /** @type {Message | null} */
    let previous = null;
    for (const message of room.messages) {
      if (previous && previous.seq + 1 < message.seq) {
        if (divider < message.seq) divide();
        list.push(...this.#gaps(room, previous.seq + 1, message.seq - 1, asked));
        previous = null;
      }
      const today = this.#made.get(message)?.day ?? dayKey(message.at);
      // Times never run backwards in a log; should they, no day is told twice.
      if (today !== day && message.at > latest) list.push(this.#same({ key: `day ${today}`, kind: 'day', at: message.at }));
      day = today;
      latest = Math.max(latest, message.at);
      if (divider <= message.seq) {
        divide();
        previous = null; // below the line the author is named again
      }
      list.push(this.#said(message, previous, today));
      previous = message;
    }
    list.push(...this.#tail(room, me, previous));
    return list;
  }

  /** @param {Message} message @param {Message | null} previous @param {string} day @returns {Said} */
  #said(message, previous, day) {
    const made = this.#made.get(message);
    if (made && made.previous === previous) return made.item;
    const grouped = previous !== null && message.seq % NAMED_EVERY !== 0 && isGrouped(previous, message);
    const item = made?.item.grouped === grouped ? made.item
      : /** @type {Said} */ ({ key: keyOf(message.seq), kind: 'message', message, grouped });
    this.#made.set(message, { previous, day, item });
    return item;
  }

  /** Retention cuts prefixes: what lies below `first` is gone, the rest can be loaded. @param {Room} room @param {number} from @param {number} to @param {Asked[]} asked */
  #gaps(room, from, to, asked) {
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

  /** What this person says and what has not come back. @param {Room} room @param {User | null} me @param {Message | null} last */
  #tail(room, me, last) {
    const from = me ?? { id: '', nick: '' };
    /** @type {any} */
    let previous = last;
    return room.outgoing.map((one) => {
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

  /** The object of the last time, if nothing in it differs. @template {Item} T @param {T} item @returns {T} */
  #same(item) {
    const before = /** @type {any} */ (this.#others.get(item.key));
    const equal = before && Object.entries(item).every(([name, value]) => before[name] === value);
    return equal ? before : item;
  }
}

/** Where the line "new" goes: Infinity when it has no place here. @param {Room & {divider?: number | null}} room */
function dividerOf({ divider, messages, first }) {
  if (divider === null || divider === undefined || !messages.length) return Infinity;
  const unloaded = messages[0].seq > divider && messages[0].seq > first;
  return unloaded ? Infinity : divider;
}

/** @param {Room} room @param {Asked[]} asked @returns {Top['what']} */
function above(room, asked) {
  if (room.last === null) return 'reading';
  if (!room.messages.length) return room.last > 0 ? 'cut' : 'empty';
  const [{ seq }] = room.messages;
  if (seq <= room.first) return room.first > 1 ? 'cut' : 'beginning';
  if (asked.some((one) => one?.before === seq)) return 'loading';
  return room.joined ? 'older' : 'away';
}
