// What a typed line asks for. The examples of what is said hold in the terminal client as well.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { COMMANDS, parseLine } from '../text/slash_commands.js';

const examples = JSON.parse(readFileSync(new URL('golden/line.json', import.meta.url), 'utf8'));

/** What a command and its rest become. @param {string} command @param {string} rest */
const input = (command, rest) => /** @type {Record<string, any>} */ ({
  join: { type: 'join', room: `#${rest}` },
  leave: { type: 'leave', room: rest ? `#${rest}` : undefined },
  me: { type: 'say', kind: 'action', text: rest },
})[command];

for (const { name, line, says, command, rest } of examples) {
  test(`example: ${name}`, () => {
    assert.deepEqual(parseLine(line), command === undefined ? { type: 'say', text: says } : input(command, rest));
  });
}

test('each command asks for something, and one that is not known is named', () => {
  for (const word of COMMANDS) assert.notEqual(parseLine(`/${word} x`).key, 'line.unknown', word);
  assert.deepEqual(parseLine('/nick ana'), { type: 'rename', nick: 'ana' });
  assert.deepEqual(parseLine('/join #kitchen'), { type: 'join', room: '#kitchen' });
  assert.deepEqual(parseLine('/wave at all'), { type: 'notice', key: 'line.unknown', args: { word: 'wave' } });
  assert.deepEqual(['/me', '/join #', '/nick'].map((line) => parseLine(line).key), ['line.me', 'line.join', 'line.nick']);
});

test('a name with a space comes back with a hyphen, behind the same command', () => {
  assert.deepEqual(parseLine('/nick Ana Maria'), {
    type: 'notice', key: 'name.space', args: { name: 'Ana Maria', suggestion: 'Ana-Maria' }, instead: '/nick Ana-Maria',
  });
  assert.equal(parseLine('/join #the  big room ').instead, '/join the-big-room');
  assert.equal(parseLine('/leave the big room').instead, '/leave the-big-room');
  assert.deepEqual(parseLine('/join a&b'), { type: 'notice', key: 'name.character', args: { name: 'a&b', character: '&' }, instead: undefined });
  assert.equal(parseLine(`/nick ${'a'.repeat(25)}`).key, 'name.long');
});
