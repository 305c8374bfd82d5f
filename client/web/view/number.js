// Numbers outside of sentences.

import { locale } from '../words.js';

/** A number as the reader's language writes it. @param {number} count */
export const number = (count) => new Intl.NumberFormat(locale()).format(count);

/** What a badge shows: above 99 nobody counts. @param {number} count */
export const badge = (count) => (count > 99 ? '99+' : String(count));
