// Translation: `t` gives a sentence in the language of the reader.
//
// The sentences are in en.js, which is always loaded, and in de.js, which is loaded for its readers. Another language
// is another file, and a line in LOADS.

import { prefetchModule } from '../net/module_fetch.js';
import { en } from './en.js';

/** @typedef {import('./en.js').Words} Words */
/** @typedef {'en' | 'de'} Language */

/** The loaded languages. @type {Partial<Record<Language, Words>>} */
const here = { en };

/** How the others are loaded. @type {Record<string, () => Promise<Words>>} */
const LOADS = { de: () => prefetchModule(new URL('./de.js', import.meta.url)).then(() => import('./de.js')).then(({ de }) => de) };

/** The default locales: 24 hours, and the day before the month. */
const PLACES = { en: 'en-GB', de: 'de-DE' };

/**
 * Letters of right-to-left scripts, and invisible characters that set directions. A value that has one is isolated in
 * a sentence, so that the words around it stay in order.
 */
const TURNING = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}\u200f\u202a-\u202e\u2066-\u2069]/u;

/** @type {Language} */
let current = 'en';
let tag = PLACES.en;
let plurals = new Intl.PluralRules(tag);
let numbers = new Intl.NumberFormat(tag);
/** Counts the calls of setLanguage: only the last one takes effect. */
let asked = 0;

/**
 * The sentence of a key, with its {places} filled. `count` chooses the form.
 * @param {string} key
 * @param {Record<string, string | number>} [args]
 * @returns {string}
 */
export function t(key, args = {}) {
  const entry = hasWords(key) ? here[current]?.[key] ?? en[key] : undefined;
  if (entry === undefined) return missing(`There are no words for ${key}.`, key);
  const form = typeof entry === 'string' ? entry : entry[plurals.select(Number(args.count))] ?? entry.other ?? '';
  return form.replace(/\{(\w+)\}/g, (place, name) =>
    (Object.hasOwn(args, name) ? shown(args[name]) : missing(`${key} lacks ${place}.`, place)));
}

/** Whether there are words for a key, those of the lazy parts once they are here: a server of a later version refuses for reasons that this page does not know. @param {string} key */
export const hasWords = (key) => Object.hasOwn(en, key) || Object.hasOwn(here[current] ?? en, key);

/** Adds the words of the lazy parts. @param {Words} words in English */
export function addWords(words) {
  Object.assign(en, words);
}

/**
 * Switches to another language when its words are loaded; callers draw the page again. If they cannot be loaded, it
 * rejects and the language stays.
 * @param {Language | 'auto'} wanted `auto`: the first language of the browser that is available
 */
export async function setLanguage(wanted) {
  const mine = ++asked;
  const tags = typeof navigator === 'undefined' ? [] : navigator.languages ?? [];
  const spoken = tags.map((one) => one.split('-')[0]).find((one) => one === 'en' || Object.hasOwn(LOADS, one));
  const next = wanted === 'auto' ? /** @type {Language} */ (spoken ?? 'en') : wanted;
  here[next] ??= await LOADS[next]();
  if (mine !== asked) return;
  current = next;
  tag = tags.find((one) => one.startsWith(`${current}-`)) ?? PLACES[current];
  plurals = new Intl.PluralRules(tag);
  numbers = new Intl.NumberFormat(tag);
  if (typeof document !== 'undefined') document.documentElement.lang = current;
}

/** @returns {Language} */
export function language() {
  return current;
}

/** The locale for times and numbers: the language, and the reader's country if the browser knows it. */
export function locale() {
  return tag;
}

/** A number as the reader's language writes it. @param {number} count */
export const formatNumber = (count) => new Intl.NumberFormat(tag).format(count);

/** The number on a badge: above 99 nobody counts. @param {number} count */
export const badgeText = (count) => (count > 99 ? '99+' : String(count));

/** @param {string | number} value */
function shown(value) {
  if (typeof value === 'number') return numbers.format(value);
  return TURNING.test(value) ? `\u2068${value}\u2069` : value;
}

/**
 * A bug. In a page a bare key is better than an error; in a test, without a page, it throws.
 * @param {string} problem @param {string} instead
 */
function missing(problem, instead) {
  if (typeof document === 'undefined') throw new Error(problem);
  return instead;
}
