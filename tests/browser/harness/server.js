// A separate server for each test, on a free port, with a data directory that is removed afterwards. It can
// be killed and started again on the same port.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { environment, program } from './program.js';

/** Trusts this machine: no limits per address, no rates. */
const TRUSTING = ['--trust', '127.0.0.0/8'];

/**
 * The port of the next server. These are below the ports that a system gives to any program: when a server is
 * started again, such a port could belong to another program.
 */
let port = 11_000 + Math.floor(Math.random() * 20_000);

/** How many ports to try: another program may listen on one. */
const PORTS = 10;

/** Servers that must not outlive interrupted tests. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class Server {
  #home = mkdtempSync(join(tmpdir(), 'throng-browser-'));
  #flags;
  #listen = '';
  /** @type {import('node:child_process').ChildProcess | null} */
  #child = null;
  /** Whether it has ever been away: then errors of browsers about that are expected. */
  wasAway = false;

  /** @param {string[]} flags */
  constructor(flags) {
    this.#flags = flags;
  }

  /**
   * @param {string[]} [flags] of the program, besides those that every test needs
   * @param {{strict?: boolean}} [options] `strict`: with the limits and rates for strangers
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

  /** The URL of the page. */
  get url() {
    return `http://${this.#listen}/`;
  }

  /** The server's log lines. */
  get log() {
    return readFileSync(join(this.#home, 'log'), 'utf8');
  }

  /**
   * Starts it; after a `kill9` or a `stop`, on the same port and with the same data.
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
        // Keep reading: a server that prints more must not block.
        child.stdout.resume();
        return;
      }
    }
    if (!log.closed) await once(log, 'close');
    throw new Error(`the server ended before it was ready:\n${this.log}`);
  }

  /** Runs `throng admin` for it. @param {...string} words @returns {Promise<string>} what it prints */
  async admin(...words) {
    const { stdout } = await promisify(execFile)(program, ['admin', ...words, '--data-dir', join(this.#home, 'data')], { env: environment });
    return stdout;
  }

  /** Kills it, which is as close to a power cut as a process gets. */
  async kill9() {
    await this.#end('SIGKILL');
  }

  /** Asks it to drain, and waits for its end. */
  async stop() {
    await this.#end('SIGTERM');
  }

  /** Removes its data after its end: the next start is another server at the same address. */
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
