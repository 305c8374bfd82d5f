// The bots: a program per library, what starts it, and what it shows of a refusal.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('..', import.meta.url));
/** What tests/bots/install made. */
export const BUILT = join(HERE, '../../target/bots');
const plain = (/** @type {string} */ name) => join(HERE, 'plain', name);

export const PYTHON = join(BUILT, 'python/bin/python');

/**
 * `command`: what is run. `needs`: a file without which it cannot be. `refusal`: what is in the line that it
 * shows when the server answers 503 because it is full.
 * @typedef {{name: string, command: string[], needs: string, refusal: RegExp}} Library
 */

/** @type {Library[]} */
const LIBRARIES = [
  { name: 'Python websockets, asyncio', command: [PYTHON, plain('websockets-asyncio.py')], needs: PYTHON, refusal: /HTTP 503/ },
  { name: 'Python websockets, threads', command: [PYTHON, plain('websockets-sync.py')], needs: PYTHON, refusal: /HTTP 503/ },
  { name: 'Python aiohttp', command: [PYTHON, plain('aiohttp-client.py')], needs: PYTHON, refusal: /503, message='Invalid response status'/ },
  { name: 'Node ws', command: ['node', plain('ws.js')], needs: join(HERE, 'node_modules/ws'), refusal: /Unexpected server response: 503/ },
  { name: 'Node undici', command: ['node', plain('undici.js')], needs: join(HERE, 'node_modules/undici'), refusal: /^\s*$/ },
  { name: 'Go gorilla', command: [join(BUILT, 'go/gorilla')], needs: join(BUILT, 'go/gorilla'), refusal: /bad handshake 503 Server is full/ },
  { name: 'Go nhooyr', command: [join(BUILT, 'go/nhooyr')], needs: join(BUILT, 'go/nhooyr'), refusal: /but got 503/ },
  { name: 'Perl AnyEvent', command: ['perl', plain('anyevent.pl')], needs: '/usr/share/perl5/AnyEvent/WebSocket/Client.pm', refusal: /503 Server is full/ },
  { name: 'Perl Mojo', command: ['perl', plain('mojo.pl')], needs: '/usr/share/perl5/Mojo/UserAgent.pm', refusal: /503 Server is full/ },
  { name: 'Tcl', command: ['tclsh', plain('tcllib.tcl')], needs: '/usr/share/tcltk/tcllib1.21/websocket', refusal: /HTTP error code 503/ },
  { name: 'Rust tokio-tungstenite', command: [join(BUILT, 'rust/debug/bot')], needs: join(BUILT, 'rust/debug/bot'), refusal: /503/ },
];

/** Those that can run here. */
export const libraries = LIBRARIES.filter(({ needs }) => existsSync(needs));
/** Those that cannot. */
export const missing = LIBRARIES.filter(({ needs }) => !existsSync(needs));
