// A program of another library: started, its lines read.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What still runs when the tests are interrupted must not outlive them. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class Bot {
  /** All lines so far. @type {string[]} */
  lines = [];
  /** What it wrote to stderr: for a failed assertion. */
  complaints = '';
  #read = 0;
  /** Whether the program has ended. */
  isOver = false;
  /** @type {(() => void)[]} */
  #waiting = [];
  #child;

  /** @param {string[]} command @param {string[]} given its arguments */
  constructor([program, ...before], given) {
    this.#child = spawn(program, [...before, ...given], { stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.#child);
    this.#child.on('error', (error) => (this.complaints += error.message));
    this.ended = once(this.#child, 'close');
    this.#child.on('close', () => {
      running.delete(this.#child);
      this.isOver = true;
      this.#wake();
    });
    this.#child.stderr.on('data', (text) => (this.complaints += text));
    createInterface({ input: this.#child.stdout, crlfDelay: Infinity }).on('line', (line) => {
      this.lines.push(line);
      this.#wake();
    });
  }

  /** The next line that fits. Those before it are passed over. @param {(line: string) => boolean} fits */
  async until(fits) {
    for (;;) {
      while (this.#read < this.lines.length) {
        const line = this.lines[this.#read++];
        if (fits(line)) return line;
      }
      if (this.isOver) throw new Error(`it ended too early:\n${this.#tail()}\n${this.complaints}`);
      await new Promise((resolve) => this.#waiting.push(() => resolve(undefined)));
    }
  }

  /**
   * The next line that begins with this word, without it.
   * @param {string} word
   * @param {(rest: string) => boolean} [fits]
   */
  async next(word, fits = () => true) {
    const rest = (/** @type {string} */ line) => line.slice(word.length + 1);
    return rest(await this.until((line) => line.startsWith(`${word} `) && fits(rest(line))));
  }

  /** The next message of this type, and how many bytes it had. @param {string} type @param {(event: any) => boolean} [fits] */
  async message(type, fits = () => true) {
    const text = await this.next('message', (it) => {
      const event = JSON.parse(it);
      return event.type === type && fits(event);
    });
    return { event: JSON.parse(text), bytes: Buffer.byteLength(text) };
  }

  /** Ends it as a power cut would. */
  kill9() {
    this.#child.kill('SIGKILL');
  }

  #tail() {
    return this.lines.slice(-5).map((line) => line.slice(0, 200)).join('\n');
  }

  #wake() {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
