// What a line that was typed asks for.

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
      return name ? { type: 'join', room: name } : { type: 'notice', key: 'line.join' };
    case 'leave':
      return { type: 'leave', room: name || undefined };
    case 'nick':
      return name ? { type: 'rename', nick: name } : { type: 'notice', key: 'line.nick' };
    default:
      return { type: 'notice', key: 'line.unknown', args: { word } };
  }
}
