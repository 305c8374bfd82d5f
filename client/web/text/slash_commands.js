// What a typed line asks for: a message to send, or a command that begins with a slash. The terminal client follows
// the same rules for messages: tests/golden/line.json.

import { nameProblem, NICK_MAX, ROOM_MAX } from './names.js';

/** The commands in the order in which they are suggested. */
export const COMMANDS = ['me', 'join', 'leave', 'nick', 'search', 'help'];

/** A path has another slash where a command has a space. */
const COMMAND = /^\/([a-z]+)(?:\s+([\s\S]*))?$/i;

/**
 * Parses a line.
 * @param {string} line
 * @returns {{type: string, [field: string]: any}} an input of the store. A notice may have `instead`: the
 *   line that the person may have meant
 */
export function parseLine(line) {
  const [, word, rest = ''] = COMMAND.exec(line.trimEnd()) ?? [];
  const name = rest.trim().replace(/^#/, '');
  switch (word?.toLowerCase()) {
    case undefined:
      return { type: 'say', text: unescaped(line).trimEnd() };
    case 'me':
      return rest ? { type: 'say', kind: 'action', text: rest } : { type: 'notice', key: 'line.me' };
    case 'join':
      if (!name) return { type: 'notice', key: 'line.join' };
      return nameNotice(name, ROOM_MAX, '/join') ?? { type: 'join', room: `#${name}` };
    case 'leave':
      return (name && nameNotice(name, ROOM_MAX, '/leave')) || { type: 'leave', room: name ? `#${name}` : undefined };
    case 'nick':
      if (!name) return { type: 'notice', key: 'line.nick' };
      return nameNotice(name, NICK_MAX, '/nick') ?? { type: 'rename', nick: name };
    case 'claim':
      return rest ? { type: 'claim', secret: rest } : { type: 'notice', key: 'line.claim' };
    case 'search':
      return { type: 'search', words: rest };
    case 'help':
      return { type: 'help' };
    default:
      return { type: 'notice', key: 'line.unknown', args: { word } };
  }
}

/** Two slashes escape a command. Where one slash would not be a command, both are kept. @param {string} line */
function unescaped(line) {
  return line.startsWith('//') && COMMAND.test(line.slice(1).trimEnd()) ? line.slice(1) : line;
}

/** The notice of a wrong name after a command, or null. @param {string} name @param {number} most @param {string} command */
function nameNotice(name, most, command) {
  const problem = nameProblem(name, most);
  if (!problem) return null;
  const { key, args, suggestion } = problem;
  return { type: 'notice', key, args, instead: suggestion && `${command} ${suggestion}` };
}
