// Times as people read them, in the time zone and the language of the reader.
//
// The views ask. Nothing here knows the present: who asks says what `now` is. `lang` is a language
// tag such as `locale()` in words.js gives.

/** Messages of one person closer than this stand under one head. */
const GROUP_MS = 5 * 60_000;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The last moment that dates know. A server may name a later one. */
const LAST = 8.64e15;

/** A bare `en` gets the order day, month and 24 hours, which most of the world reads. */
const SPELLED = new Map([['en', 'en-GB']]);

/** Formatters are expensive to make. @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();
/** @type {Map<string, Intl.RelativeTimeFormat>} */
const relatives = new Map();

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const SHAPES = {
  clock: { hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  dayOfYear: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  full: { dateStyle: 'full', timeStyle: 'medium' },
};

/**
 * A key that all moments of one local day have.
 * @param {number} at Unix milliseconds
 */
export function dayKey(at) {
  const date = new Date(Math.min(at, LAST));
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/**
 * The name of a day: Today, Yesterday, Monday 3 March; with the year when it is another one.
 * @param {number} at
 * @param {number} now
 * @param {string} lang
 */
export function dayWords(at, now, lang) {
  const away = daysBetween(at, now);
  if (away === 0 || away === -1) return capital(relative(lang).format(away, 'day'), lang);
  return shaped(at, sameYear(at, now) ? 'day' : 'dayOfYear', lang);
}

/** The time of day. @param {number} at @param {string} lang */
export function clock(at, lang) {
  return shaped(at, 'clock', lang);
}

/** Day and time, nothing left out. @param {number} at @param {string} lang */
export function full(at, lang) {
  return shaped(at, 'full', lang);
}

/**
 * How long ago, or how long until: "3 minutes ago".
 * @param {number} at
 * @param {number} now
 * @param {string} lang
 */
export function ago(at, now, lang) {
  const away = at - now;
  const size = Math.abs(away);
  if (size < MINUTE) return relative(lang).format(0, 'second');
  if (size < HOUR) return relative(lang).format(Math.trunc(away / MINUTE), 'minute');
  if (size < DAY) return relative(lang).format(Math.trunc(away / HOUR), 'hour');
  return relative(lang).format(daysBetween(at, now), 'day');
}

/**
 * Whether a message stands under the head of the one before it: the same person, soon after, on the
 * same day, and both said something rather than did.
 * @param {import('./wire.js').Message | null | undefined} previous
 * @param {import('./wire.js').Message} message
 */
export function isGrouped(previous, message) {
  return Boolean(previous) && previous?.from.id === message.from.id &&
    previous.kind !== 'action' && message.kind !== 'action' &&
    Math.abs(message.at - previous.at) < GROUP_MS && dayKey(previous.at) === dayKey(message.at);
}

/** Local days from now to a moment. A day may have 23 or 25 hours. @param {number} at @param {number} now */
function daysBetween(at, now) {
  return Math.round((noon(at) - noon(now)) / DAY);
}

/** The middle of the local day, as if there were no time zones. @param {number} at */
function noon(at) {
  const date = new Date(Math.min(at, LAST));
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}

/** @param {number} at @param {number} now */
function sameYear(at, now) {
  return new Date(at).getFullYear() === new Date(now).getFullYear();
}

/** @param {number} at @param {string} shape @param {string} lang */
function shaped(at, shape, lang) {
  const key = `${shape} ${lang}`;
  let format = formats.get(key);
  if (!format) formats.set(key, format = new Intl.DateTimeFormat(SPELLED.get(lang) ?? lang, SHAPES[shape]));
  return format.format(Math.min(at, LAST));
}

/** @param {string} lang */
function relative(lang) {
  let format = relatives.get(lang);
  if (!format) relatives.set(lang, format = new Intl.RelativeTimeFormat(SPELLED.get(lang) ?? lang, { numeric: 'auto' }));
  return format;
}

/** @param {string} words @param {string} lang */
function capital(words, lang) {
  return words.slice(0, 1).toLocaleUpperCase(lang) + words.slice(1);
}
