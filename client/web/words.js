// Words: what the client says, in the language of the reader.
//
// Every view asks `t`. The sentences are in words/en.js, which is always here, and in words/de.js,
// which is loaded for those who read it; a further language is a further file there and a line in
// LOADS.

import { en } from './words/en.js';

/** A sentence, or its forms by count. @typedef {string | {[form in Intl.LDMLPluralRule]?: string}} Entry */
/** @typedef {Record<string, Entry>} Words */
/** @typedef {'en' | 'de'} Language */

/** What is here. @type {Partial<Record<Language, Words>>} */
const here = { en };

/** Where the others are. @type {Record<string, () => Promise<Words>>} */
const LOADS = { de: () => import('./words/de.js').then(({ de }) => de) };

/** The tags of those whose settings name no place. 24 hours, and the day before the month. */
const PLACES = { en: 'en-GB', de: 'de-DE' };

/**
 * Letters that run from right to left, and invisible signs that set directions. What has them is
 * held apart in a sentence, so that the words round it stay in order.
 */
const TURNING = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}\u200f\u202a-\u202e\u2066-\u2069]/u;

/** @type {Language} */
let current = 'en';
let tag = PLACES.en;
let plurals = new Intl.PluralRules(tag);
let numbers = new Intl.NumberFormat(tag);
/** How often a language was asked for: the last one counts, whichever comes first. */
let asked = 0;

/**
 * The sentence of a key, with its places filled. `count` chooses the form.
 * @param {string} key
 * @param {Record<string, string | number>} [args]
 * @returns {string}
 */
export function t(key, args = {}) {
  const entry = Object.hasOwn(en, key) ? here[current]?.[key] ?? en[key] : undefined;
  if (entry === undefined) return missing(`There are no words for ${key}.`, key);
  const form = typeof entry === 'string' ? entry : entry[plurals.select(Number(args.count))] ?? entry.other ?? '';
  return form.replace(/\{(\w+)\}/g, (place, name) =>
    (Object.hasOwn(args, name) ? shown(args[name]) : missing(`${key} lacks ${place}.`, place)));
}

/** Whether there are words for a key: errors of later servers have none. @param {string} key */
export function has(key) {
  return Object.hasOwn(en, key);
}

/**
 * Speaks another language, as soon as its words are here; what is drawn already has to be drawn again.
 * When they cannot be loaded it fails, and the language stays.
 * @param {Language | 'auto'} wanted `auto`: the first language of the browser that is known here
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

/** The tag for times and numbers: the language, and the reader's country when the browser knows it. */
export function locale() {
  return tag;
}

/** @param {string | number} value */
function shown(value) {
  if (typeof value === 'number') return numbers.format(value);
  return TURNING.test(value) ? `\u2068${value}\u2069` : value;
}

/**
 * A mistake of ours. In a page the reader is better off with a bare key than without the page;
 * without one, in a test, it is a failure.
 * @param {string} problem @param {string} instead
 */
function missing(problem, instead) {
  if (typeof document === 'undefined') throw new Error(problem);
  return instead;
}
