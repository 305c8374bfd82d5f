// The part of a room's log that is loaded: messages, and the seqs of entries that this version does not
// know, which are shown as nothing. A seq between them that is in neither is a gap.
//
// room_updates.js puts pages in; the views ask what is missing. Plain values and functions.

import { isDeletion, isEdit, isMessage } from '../net/wire.js';

/** @typedef {import('./state.js').Room} Room */
/** @typedef {import('../net/wire.js').Message} Message */

/** @typedef {import('./state.js').Span} Span */

/** The most changes that are remembered while a page is under way: a raid of 50,000 messages. */
const CHANGES_MAX = 100;

/** The most messages of a room that stay loaded; others are loaded again when the person comes to them. */
export const MESSAGES_MAX = 1_000;

/** How many of the newest stay while the person reads older ones, so that the way back needs no request. */
const NEWEST_KEPT = 200;

/** How many stay on either side of what the person reads. */
const AROUND_KEPT = (MESSAGES_MAX - NEWEST_KEPT) / 2;

/** A message has at most a span before it and one after it: when there are more, the useless ones are removed. */
const SPANS_MAX = 4 * MESSAGES_MAX;

/**
 * Merges a page into the loaded messages. Both are in order; a message that is in both is kept once.
 * @param {Message[]} messages
 * @param {Message[]} page
 * @returns {Message[]}
 */
function mergePage(messages, page) {
  if (!page.length) return messages;
  const first = page[0].seq;
  if ((messages.at(-1)?.seq ?? 0) < first) return [...messages, ...page];
  const last = page[page.length - 1].seq;
  return [
    ...messages.filter((message) => message.seq < first),
    ...page,
    ...messages.filter((message) => message.seq > last),
  ];
}

/**
 * Takes the texts out that entries delete. A deletion holds for good, so it does not matter which of both came first.
 * @param {Message[]} messages
 * @param {import('../net/wire.js').Deleted[]} deletions
 */
function withoutDeleted(messages, deletions) {
  const by = new Map(deletions.flatMap((entry) => entry.messages.map((seq) => [seq, entry.seq])));
  const isGone = (/** @type {Message} */ { seq, text }) => text && by.has(seq);
  return by.size && messages.some(isGone) ? messages.map((one) => (isGone(one) ? { ...one, text: '', deleted: by.get(one.seq) } : one)) : messages;
}

/**
 * Puts the newest texts in. What is older than a message's own text, or has no text any more, changes nothing; neither does
 * what is hidden from others, where everybody sees the message.
 * @param {Message[]} messages
 * @param {import('../net/wire.js').Edited[]} edits in the order of their seq
 */
function withEdits(messages, edits) {
  const newest = (/** @type {import('../net/wire.js').Edited[]} */ some) => new Map(some.map((entry) => [entry.message, entry]));
  const by = newest(edits.filter(({ text }) => text));
  const open = newest(edits.filter(({ text, shadow }) => text && !shadow));
  const edit = (/** @type {Message} */ one) => {
    const { seq = 0, text = '' } = (one.shadow ? by : open).get(one.seq) ?? {};
    return one.text && (one.edited ?? 0) < seq ? { ...one, text, edited: seq } : one;
  };
  return by.size ? messages.map(edit) : messages;
}

/**
 * Adds messages, with the texts that the same entries or earlier ones leave them. While a page of history is under way,
 * which may have been read before a change, the change is remembered; when there are too many, that page is void.
 * @param {Room} room
 * @param {import('../net/wire.js').Entry[]} entries in the order of their seq
 * @param {number} [around] the seq that the page was asked for
 */
export function addMessages(room, entries, around) {
  const changes = [...room.changes, ...entries.filter((entry) => isDeletion(entry) || isEdit(entry))];
  const [deletions, page] = [changes.filter(isDeletion), entries.filter(isMessage)];
  const newest = withEdits(mergePage(room.messages, page), changes.filter(isEdit));
  room.messages = trimMessages(room, withoutDeleted(newest, deletions), around);
  const gone = new Set([...deletions.flatMap(({ messages }) => messages), ...page.flatMap(({ seq, deleted }) => (deleted ? [seq] : []))]);
  if (gone.size) room.mentioned = room.mentioned.filter((seq) => !gone.has(seq));
  if (changes.length > CHANGES_MAX) Object.assign(room, { historyId: 0, fillId: 0 });
  room.changes = room.historyId || room.fillId ? changes : [];
}

/** Drops the messages from before a jump: those that the person reads there have come again. @param {Room} room */
export function dropStale(room) {
  if (!room.stale) return;
  room.messages = room.messages.filter(({ seq }) => seq > room.stale);
  room.stale = 0;
}

/**
 * Bounds the memory of a room: the newest messages stay, and those around what the person reads. What is cut
 * out between them is a gap like any other and is loaded when the person comes to it.
 * @param {Room} room
 * @param {Message[]} messages
 * @param {number} [seq] what was just requested, if the person is not there yet
 */
function trimMessages(room, messages, seq) {
  const above = messages.length - MESSAGES_MAX;
  if (above <= 0) return messages;
  const looksAt = room.target ?? room.anchor ?? seq;
  const from = looksAt === undefined ? above : Math.max(0, indexOfSeq(messages, looksAt) - AROUND_KEPT);
  if (from >= above) return messages.slice(above);
  return [...messages.slice(from, from + 2 * AROUND_KEPT), ...messages.slice(-NEWEST_KEPT)];
}

/**
 * The index of a message, or the index at which it would be.
 * @param {Message[]} messages
 * @param {number} seq
 * @returns {number} the index of the first message that is not before the seq
 */
export function indexOfSeq(messages, seq) {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messages[middle].seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a message is loaded. @param {{messages: Message[]}} room @param {number} seq */
export function isLoaded({ messages }, seq) {
  return messages[indexOfSeq(messages, seq)]?.seq === seq;
}

/** Whether the entry of a seq is known and shown as nothing. @param {{skipped: Span[]}} room @param {number} seq */
export function isSkipped({ skipped }, seq) {
  return countInSpans(skipped, seq, seq) > 0;
}

/**
 * The oldest seq that is loaded; older messages have to be requested before it.
 * @param {{messages: Message[], skipped: Span[], last: number | null}} room
 */
export function oldestSeq({ messages, skipped, last }) {
  const seq = messages.length ? messages[0].seq : (last ?? 0) + 1;
  const [from] = skipped[spanIndex(skipped, seq - 1)] ?? [seq];
  return Math.min(from, seq);
}

/**
 * Adds the seqs of entries that are shown as nothing.
 * @param {Room} room
 * @param {{seq: number}[]} entries in the order of their seq
 */
export function addSkipped(room, entries) {
  for (const { seq } of entries) room.skipped = withSeq(room.skipped, seq);
  if (room.skipped.length > SPANS_MAX) room.skipped = room.skipped.filter((span) => isUseful(room, span));
}

/** @param {Span[]} spans @param {number} seq @returns {Span[]} */
function withSeq(spans, seq) {
  const at = spanIndex(spans, seq - 1);
  const [from, to] = spans[at] ?? [Infinity, 0];
  if (from > seq + 1) return [...spans.slice(0, at), [seq, seq], ...spans.slice(at)];
  // It may join two spans.
  const next = spans[at + 1]?.[0] === seq + 1 ? spans[at + 1] : null;
  const whole = /** @type {Span} */ ([Math.min(from, seq), next ? next[1] : Math.max(to, seq)]);
  return [...spans.slice(0, at), whole, ...spans.slice(at + (next ? 2 : 1))];
}

/** The index of the first span that reaches a seq or lies above it. @param {Span[]} spans @param {number} seq */
function spanIndex(spans, seq) {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle][1] < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A span inside a gap, with no message beside it, is useless: loading the gap finds it again. @param {Room} room @param {Span} span */
function isUseful(room, [from, to]) {
  return to === room.last || isLoaded(room, from - 1) || isLoaded(room, to + 1);
}

/**
 * The parts of a range that lie in none of the spans.
 * @param {Span[]} spans
 * @param {number} from
 * @param {number} to
 * @returns {{from: number, to: number}[]}
 */
export function missingSpans(spans, from, to) {
  const found = [];
  let at = from;
  for (let index = at <= to ? spanIndex(spans, at) : spans.length; index < spans.length; index += 1) {
    const [start, end] = spans[index];
    if (start > to) break;
    if (start > at) found.push({ from: at, to: start - 1 });
    at = end + 1;
  }
  if (at <= to) found.push({ from: at, to });
  return found;
}

/** How many seqs of a range lie in the spans. @param {Span[]} spans @param {number} from @param {number} to */
export function countInSpans(spans, from, to) {
  let sum = 0;
  for (let index = spanIndex(spans, from); index < spans.length && spans[index][0] <= to; index += 1) {
    sum += Math.min(spans[index][1], to) - Math.max(spans[index][0], from) + 1;
  }
  return sum;
}
