// The bots of examples/bots, and how each is started.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUILT, PYTHON } from './bots.js';

const EXAMPLES = fileURLToPath(new URL('../../../examples/bots', import.meta.url));

/** Not installed by tests/bots/install: it is a long build. */
const WEBSOCAT = (process.env.PATH ?? '').split(':').map((folder) => join(folder, 'websocat')).find(existsSync) ?? 'websocat';

const ALL = [
  { name: 'websockets', command: [PYTHON, join(EXAMPLES, 'websockets_bot.py')], needs: PYTHON },
  { name: 'aiohttp', command: [PYTHON, join(EXAMPLES, 'aiohttp_bot.py')], needs: PYTHON },
  { name: 'ws', command: ['node', join(BUILT, 'node/ws_bot.mjs')], needs: join(BUILT, 'node/ws_bot.mjs') },
  { name: 'go', command: [join(BUILT, 'go/echo')], needs: join(BUILT, 'go/echo') },
  { name: 'websocat', command: ['bash', join(EXAMPLES, 'websocat_bot.sh')], needs: WEBSOCAT },
];

export const examples = ALL.filter(({ needs }) => existsSync(needs));
export const missing = ALL.filter(({ needs }) => !existsSync(needs));
