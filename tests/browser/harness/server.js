// A separate server for each test: on a free port, with a data directory that goes away. It can be
// killed and started again on the same port.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { environment, program } from './program.js';

/** All that come from this machine are trusted: no limits per address, no rates. */
const TRUSTING = ['--trust', '127.0.0.0/8'];

/**
 * The port of the next server. They lie below those that a system gives to whoever asks for any: one
 * of these could be somebody else's when a server comes back to it.
 */
let port = 11_000 + Math.floor(Math.random() * 20_000);

/** So many ports are tried: another program may listen there. */
const PORTS = 10;

/** What still runs when the tests are interrupted must not outlive them. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class Server {
  #home = mkdtempSync(join(tmpdir(), 'throng-browser-'));
  #flags;
  #listen = '';
  /** @type {import('node:child_process').ChildProcess | null} */
  #child = null;
  /** Whether it has ever been away: what browsers say about that is no mistake. */
  wasAway = false;

  /** @param {string[]} flags */
  constructor(flags) {
    this.#flags = flags;
  }

  /**
   * @param {string[]} [flags] of the program, besides those that every test needs
   * @param {{strict?: boolean}} [options] `strict`: with limits and rates as for strangers
   */
  static async start(flags = [], { strict = false } = {}) {
    const server = new Server(strict ? flags : [...TRUSTING, ...flags]);
    for (let left = PORTS; ; left -= 1) {
      server.#listen = `127.0.0.1:${port++}`;
      try {
        await server.restart();
        return server;
      } catch (error) {
        if (!left || !server.log.includes('another program listens there')) throw error;
      }
    }
  }

  /** Host and port. */
  get address() {
    return this.#listen;
  }

  /** Where the page is. */
  get url() {
    return `http://${this.#listen}/`;
  }

  /** What the server has logged. */
  get log() {
    return readFileSync(join(this.#home, 'log'), 'utf8');
  }

  /**
   * Starts it, after a `kill9` or a `stop` again on the same port and with the same data.
   * @param {string[]} [flags] from now on
   */
  async restart(flags = this.#flags) {
    this.#flags = flags;
    const child = spawn(program, [
      '--listen', this.#listen, '--metrics-listen', 'off', '--data-dir', join(this.#home, 'data'), ...this.#flags,
    ], { cwd: this.#home, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    const log = child.stderr.pipe(createWriteStream(join(this.#home, 'log'), { flags: 'a' }));
    for await (const line of createInterface(child.stdout)) {
      if (line.includes(' connections ')) {
        // Read on: a server that prints something later must not wait for it.
        child.stdout.resume();
        return;
      }
    }
    if (!log.closed) await once(log, 'close');
    throw new Error(`the server ended before it was ready:\n${this.log}`);
  }

  /** Ends it as a power cut would, as far as a process can tell. */
  async kill9() {
    await this.#end('SIGKILL');
  }

  /** Asks it to drain, and waits for its end. */
  async stop() {
    await this.#end('SIGTERM');
  }

  /** Loses its data, after its end: what starts next is another server at the same address. */
  lose() {
    rmSync(join(this.#home, 'data'), { recursive: true });
  }

  /** Ends it for good. */
  async remove() {
    await this.kill9();
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** @param {NodeJS.Signals} signal */
  async #end(signal) {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    this.wasAway = true;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
