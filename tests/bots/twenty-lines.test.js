// The client of a few lines in protocol/README.md, as it is printed there: it shows each message once and in order,
// through more than one page and through a crash of the server.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Server } from '../browser/harness/server.js';
import { Bot } from './harness/bot.js';
import { Talker } from './harness/talker.js';

const PAGE = new URL('../../protocol/README.md', import.meta.url);
const ADDRESS = 'ws://127.0.0.1:8080/ws';
/** As many lines as a page has, and a page and a half. */
const [PAGE_EVENTS, LINES] = [10, 15];

/** The program of the last block of JavaScript, for another server. @param {string} url */
function printed(url) {
  const block = readFileSync(PAGE, 'utf8').match(/```js\n(.*?)```/s)?.[1] ?? '';
  assert.equal(block.split(ADDRESS).length, 2, 'it connects to the address of the page');
  return block.replace(ADDRESS, url);
}

test('the client of the specification shows each message once, in order', { timeout: 60_000 }, async (t) => {
  const server = await Server.start(['--page-events-max', String(PAGE_EVENTS)]);
  const folder = mkdtempSync(join(tmpdir(), 'throng-lines-'));
  const url = `ws://${server.address}/ws`;
  const program = join(folder, 'client.mjs');
  writeFileSync(program, printed(url));
  const talker = new Talker(url, 'lobby');
  let said = 0;
  const talk = async () => {
    for (let n = 0; n < LINES; n++) await talker.say(`line ${++said}`);
  };
  await talker.say('line 0');
  // Node 20 has it behind this flag; newer ones have it anyway.
  const client = new Bot(['node', '--experimental-websocket'], [program]);
  t.after(async () => {
    client.kill9();
    talker.end();
    await server.remove();
    rmSync(folder, { recursive: true });
  });
  const shown = async () => client.until((line) => line.endsWith(`: line ${said}`));

  await shown();
  await talk();
  await shown();
  await server.kill9();
  await server.restart();
  await talk();
  await shown();
  const texts = client.lines.map((line) => line.replace(/^[^:]*: /, ''));
  assert.deepEqual(texts, Array.from({ length: said + 1 }, (_, n) => `line ${n}`));
});
