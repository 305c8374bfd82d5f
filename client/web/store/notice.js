// Notices: messages to the person, as a key of the words with its arguments, so that the store needs no language. A
// notice also carries the server's own sentence, if there is one.
//
// The store creates them; the views turn them into sentences.

import { nameProblem, NICK_MAX, ROOM_MAX } from '../text/names.js';
import { hasWords } from '../words/translate.js';

/**
 * @typedef {{key: string, args?: Record<string, string | number>, text?: string, code?: string, of?: string,
 *   suggestion?: string, reason?: string}} Notice
 * `key`: an entry of the words; `text`: the server's own sentence, in English; `code`: the error or close code; `of`:
 * the refused command, if another attempt removes the notice; `suggestion`: the name that may have been meant; `reason`: what a moderator wrote, which `text` has too.
 */

/** Close codes that have a sentence, `close.<code>`. */
export const CLOSE_CODES = [1000, 1001, 1002, 1007, 1009, 4000, 4001, 4002, 4003, 4004, 4005, 4500, 4501, 4502, 4503];

/**
 * @param {string} key
 * @param {Record<string, string | number>} [args]
 * @returns {Notice}
 */
export function notice(key, args) {
  return args ? { key, args } : { key };
}

/** Removes the notice of a refused command: the person tries it again. @param {{notice: Notice | null}} state @param {string} command */
export function clearRefusal(state, command) {
  if (state.notice?.of === command) state.notice = null;
}

/**
 * The notice of a refusal. For a name it says what is wrong with it, in the person's language if the page can find
 * that out itself.
 * @param {{code: string, message: string, suggestion?: any, reason?: any}} error
 * @param {string} [about] the refused room or nick
 * @param {boolean} [isPersonal] whether only somebody else's will stands against it
 * @returns {Notice}
 */
export function refusal({ code, message, suggestion, reason }, about, isPersonal) {
  const text = about === undefined ? message || code : `${about}: ${message || code}`;
  if (about === undefined || (code !== 'bad_nick' && code !== 'bad_room')) {
    return { key: isPersonal && code === 'forbidden' ? 'blocked.you' : `error.${code}`, code, text, ...reason && { reason } };
  }
  const problem = nameProblem(about, code === 'bad_nick' ? NICK_MAX : ROOM_MAX);
  const meant = typeof suggestion === 'string' ? suggestion : problem?.suggestion;
  const more = meant === undefined ? { code } : { code, suggestion: meant };
  if (meant !== undefined) return { key: 'name.meant', args: { name: about, suggestion: meant }, ...more };
  if (problem) return { key: problem.key, args: problem.args, ...more };
  return code === 'bad_nick' ? { key: 'error.bad_nick', text, ...more } : { key: 'join.badName', args: { room: about }, text, ...more };
}

/**
 * Why a connection ended.
 * @param {number} code
 * @param {string} [reason] the server's own words
 * @returns {Notice}
 */
export function closeNotice(code, reason) {
  const key = CLOSE_CODES.includes(code) ? `close.${code}` : 'close.other';
  return reason ? { key, code: String(code), text: reason } : { key, code: String(code) };
}

/**
 * The sentence of a notice. English readers get the server's own sentence, which says more (a position, a number of
 * seconds); others get it where there is no translation.
 * @param {Notice} notice
 * @param {(key: string, args?: Record<string, string | number>) => string} t
 * @param {string} language
 */
export function sentence({ key, args, text, reason }, t, language) {
  if (text && (language === 'en' || key.endsWith('.other') || !hasWords(key))) return text;
  return reason ? `${t(key, args)} ${t('notice.reason', { reason })}` : t(key, args);
}
