// What a line that was typed asks for.

import { isName } from './wire.js';

/** A nick has so many characters at most. */
const NICK_MAX = 24;

/**
 * Reads a line: something to say, or a command that begins with a slash.
 * @param {string} line
 * @returns {{type: string, [field: string]: any}} an input of the store
 */
export function readLine(line) {
  const [, word, rest = ''] = /^\/([a-z]+)(?:\s+([\s\S]*))?$/.exec(line.trimEnd()) ?? [];
  const name = rest.trim().replace(/^#/, '');
  switch (word) {
    case undefined:
      return { type: 'say', text: line.replace(/^\/\//, '/').trimEnd() };
    case 'me':
      return rest ? { type: 'say', kind: 'action', text: rest } : { type: 'notice', key: 'line.me' };
    case 'join':
      if (!name) return { type: 'notice', key: 'line.join' };
      return isName(name) ? { type: 'join', room: name } : { type: 'notice', key: 'error.bad_room' };
    case 'leave':
      return { type: 'leave', room: name || undefined };
    case 'nick':
      if (!name) return { type: 'notice', key: 'line.nick' };
      return isName(name, NICK_MAX) ? { type: 'rename', nick: name } : { type: 'notice', key: 'error.bad_nick' };
    default:
      return { type: 'notice', key: 'line.unknown', args: { word } };
  }
}
