// What a line that was typed asks for.

/**
 * Reads a line: something to say, or a command that begins with a slash.
 * @param {string} line
 * @returns {{type: string, [field: string]: any}}
 */
export function readLine(line) {
  const [, word, rest = ''] = /^\/([a-z]+)(?:\s+([\s\S]*))?$/.exec(line.trimEnd()) ?? [];
  const name = rest.trim().replace(/^#/, '');
  switch (word) {
    case undefined:
      return { type: 'say', text: line.replace(/^\/\//, '/').trimEnd() };
    case 'me':
      return rest ? { type: 'say', kind: 'action', text: rest } : { type: 'notice', text: 'Write what you do: /me waves' };
    case 'join':
      return name ? { type: 'join', room: name } : { type: 'notice', text: 'Write which room: /join kitchen' };
    case 'leave':
      return { type: 'leave', room: name || undefined };
    case 'nick':
      return name ? { type: 'rename', nick: name } : { type: 'notice', text: 'Write the new nick: /nick ana' };
    default:
      return {
        type: 'notice',
        text: `There is no command /${word}. There are /me, /join, /leave and /nick; // begins a text with a slash.`,
      };
  }
}
