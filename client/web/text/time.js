// Times as people read them, in the time zone and the language of the reader.
//
// There is no clock here: callers pass `now`. `lang` is a language tag, such as that of `locale()` in
// words/translate.js.

/** Messages of one person closer than this are grouped under one head. */
const GROUP_MS = 5 * 60_000;

const DAY = 24 * 60 * 60_000;

/** The last time that a Date can have. A server may send a later one. */
const LAST = 8.64e15;

/** Plain `en` gets the day before the month and 24 hours, as most of the world reads them. */
const SPELLED = new Map([['en', 'en-GB']]);

/** Formatters are expensive to make. @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();
/** @type {Map<string, Intl.RelativeTimeFormat>} */
const relatives = new Map();

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const SHAPES = {
  // With a leading zero only where people write one.
  clock: { timeStyle: 'short' },
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  dayOfYear: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  full: { dateStyle: 'full', timeStyle: 'medium' },
};

/**
 * A key for a local day: the same for all its times.
 * @param {number} at Unix milliseconds
 */
export function dayKey(at) {
  const date = new Date(Math.min(at, LAST));
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/**
 * The name of a day: Today, Yesterday, Monday 3 March; with the year if it is not this year.
 * @param {number} at
 * @param {number} now
 * @param {string} lang
 */
export function dayName(at, now, lang) {
  const away = daysBetween(at, now);
  if (away === 0 || away === -1) return capital(relative(lang).format(away, 'day'), lang);
  return shaped(at, sameYear(at, now) ? 'day' : 'dayOfYear', lang);
}

/** The time of day. @param {number} at @param {string} lang */
export function timeOfDay(at, lang) {
  return shaped(at, 'clock', lang);
}

/** Day and time in full. @param {number} at @param {string} lang */
export function fullTime(at, lang) {
  return shaped(at, 'full', lang);
}

/**
 * Whether a message is grouped under the head of the message before it: by the same person, soon after, on the same
 * day, and neither is an action.
 * @param {import('../net/wire.js').Message | null | undefined} previous
 * @param {import('../net/wire.js').Message} message
 */
export function isGrouped(previous, message) {
  return Boolean(previous) && previous?.from.id === message.from.id &&
    previous.kind !== 'action' && message.kind !== 'action' &&
    Math.abs(message.at - previous.at) < GROUP_MS && dayKey(previous.at) === dayKey(message.at);
}

/** Local days from now to a time. A day may have 23 or 25 hours. @param {number} at @param {number} now */
function daysBetween(at, now) {
  return Math.round((dateInUtc(at) - dateInUtc(now)) / DAY);
}

/** The local date of a time as a time in UTC. @param {number} at */
function dateInUtc(at) {
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
