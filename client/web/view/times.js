// Times in the reader's language, for dialogs and the foot of a room.

import { locale } from '../words/translate.js';

/** A day and the time on it. @param {number} at */
export function dateAndTime(at) {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

/** The units of a time, and how many seconds each has. */
const UNITS = /** @type {const} */ ([['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]]);

/** A time in the largest unit of which it is a whole number, or of which it has two. @param {number} ms */
export function duration(ms) {
  const seconds = Math.ceil(ms / 1_000);
  const [unit, length] = UNITS.find(([, size]) => seconds >= 2 * size || (seconds === size)) ?? UNITS[3];
  const value = Math.ceil(seconds / length);
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}
