// Notices: what a person is told, as a key of the words and what goes into its places, so that the
// store needs no language. What the server said in its own sentence goes along.
//
// The store makes them; the views turn them into sentences.

/**
 * @typedef {{key: string, args?: Record<string, string | number>, text?: string, code?: string, of?: string}} Notice
 * `key`: an entry of the words; `text`: the server's own sentence, in English; `code`: its word for
 * programs; `of`: the command that was refused, if another attempt of the person ends the notice.
 */

/** Error codes that have a sentence of their own, `error.<code>`. */
export const ERROR_CODES = [
  'bad_json', 'bad_command', 'unknown_command', 'not_text', 'hello_first', 'hello_twice',
  'unsupported_version', 'bad_token', 'bad_nick', 'nick_taken', 'bad_room', 'no_such_room',
  'not_joined', 'superseded', 'too_many_rooms', 'bad_text', 'text_too_long', 'bad_cid', 'conflict',
  'rate_limited', 'busy', 'storage_unavailable', 'draining', 'internal',
];

/** Close codes that have a sentence of their own, `close.<code>`. */
export const CLOSE_CODES = [1000, 1001, 1002, 1007, 1009, 4000, 4001, 4002, 4003, 4004, 4500];

/**
 * @param {string} key
 * @param {Record<string, string | number>} [args]
 * @returns {Notice}
 */
export function notice(key, args) {
  return args ? { key, args } : { key };
}

/**
 * A refusal of the server. Of names, which people mistype, its sentence tells the character that does not
 * fit: they are helped more by the rule, so it is left out.
 * @param {{code: string, message: string}} error
 * @param {string} [about] the room that it is about
 * @returns {Notice}
 */
export function refusal({ code, message }, about) {
  if (code === 'bad_nick') return { key: 'error.bad_nick', code };
  if (code === 'bad_room' && about !== undefined) return { key: 'join.badName', args: { room: about }, code };
  const key = ERROR_CODES.includes(code) ? `error.${code}` : 'error.other';
  return { key, code, text: about === undefined ? message : `${about}: ${message}` };
}

/**
 * Why a connection ended.
 * @param {number} code
 * @param {string} [reason] in the server's words
 * @returns {Notice}
 */
export function ending(code, reason) {
  const key = CLOSE_CODES.includes(code) ? `close.${code}` : 'close.other';
  return reason ? { key, code: String(code), text: reason } : { key, code: String(code) };
}

/**
 * A notice as a sentence. The server's own says more than ours (a place, a number of seconds), so
 * whoever reads English gets that one; others get it where there is no translation.
 * @param {Notice} notice
 * @param {(key: string, args?: Record<string, string | number>) => string} t
 * @param {string} language
 */
export function sentence({ key, args, text }, t, language) {
  return text && (language === 'en' || key.endsWith('.other')) ? text : t(key, args);
}
