// The store, played through the vectors that all clients share: protocol/vectors/README.md says what a step means.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Client, gaps } from './client.js';
import { parse, reconnectsAfter } from '../net/wire.js';
import { findRoom } from '../store/state.js';

/** @typedef {import('../store/state.js').Room} Room */

const FOLDER = new URL('../../../protocol/vectors/', import.meta.url);

/** The commands that a vector lists; a client may send others whenever it likes. */
const LISTED = ['hello', 'join', 'leave', 'send'];

/** The longest wait before the first attempt to come back. */
const RECONNECT_MS = 500;

/** A client that plays a vector. */
class Player {
  client = new Client().play('start', { nick: 'ana' });
  /** How many commands were expected so far. */
  expected = 0;
  /** What the placeholders stand for. @type {Map<string, any>} */
  bound = new Map();

  /** @returns {Room} */
  get room() {
    return /** @type {Room} */ (findRoom(this.client.state.rooms, '#lobby'));
  }

  /** @param {string} type @param {any} [fields] */
  play(type, fields) {
    this.client.play(type, fields);
    assert.ok(!this.client.effects.some((effect) => effect.do === 'close'), `the client closes after ${type}`);
  }

  /** The person reads the oldest message: what nobody reads is dropped at a jump, since it may have been deleted. */
  read() {
    const [first] = this.room?.messages ?? [];
    if (first && this.room.anchor === null) this.play('anchored', { room: this.room.id, seq: first.seq });
  }

  /** What each step does. @type {Record<string, (value: any) => void>} */
  steps = {
    open: () => this.play('opened'),
    close: (code) => {
      this.play('closed', { again: reconnectsAfter(code), inMs: RECONNECT_MS, code });
      this.client.now += RECONNECT_MS;
    },
    receive: (frame) => {
      this.read();
      this.play('frame', { event: parse(JSON.stringify(this.fill(frame))) });
    },
    send: ({ text }) => this.play('say', { room: this.room.id, text }),
    wait_ms: (ms) => {
      this.client.now += ms;
      this.play('tick');
    },
    expect: (commands) => {
      const sent = this.client.sent.filter(({ type }) => LISTED.includes(type)).slice(this.expected);
      this.expected += sent.length;
      assert.equal(sent.length, commands.length, `sent ${JSON.stringify(sent)}`);
      for (const [at, command] of commands.entries()) {
        for (const [field, value] of Object.entries(command)) this.match(value, sent[at][field] ?? null, `${field} of ${JSON.stringify(sent[at])}`);
      }
    },
    shown: (values) => {
      for (const [field, value] of Object.entries(values)) assert.deepEqual(this.shown[field](), value, field);
    },
  };

  /** What a person sees of the room. @type {Record<string, () => any>} */
  shown = {
    seqs: () => this.room.messages.map(({ seq }) => seq),
    gaps: () => gaps(this.room).map(({ from, to }) => [from, to]),
    unsent: () => this.texts(({ state }) => state === 'waiting' || state === 'flying'),
    failed: () => this.texts(({ state, unknown }) => state === 'failed' && !unknown),
    unknown: () => this.texts(({ state, unknown }) => state === 'failed' && unknown === true),
  };

  /** @param {(one: import('../store/state.js').Outgoing) => boolean} which */
  texts(which) {
    return this.room.outgoing.filter(which).map(({ text }) => text);
  }

  /** Compares a field of a command; a placeholder without a value gets this one. @param {any} wanted @param {any} value @param {string} what */
  match(wanted, value, what) {
    if (typeof wanted === 'string' && wanted.startsWith('$') && !this.bound.has(wanted)) this.bound.set(wanted, value);
    assert.deepEqual(value, this.fill(wanted), what);
  }

  /** Puts in what the placeholders stand for. @param {any} value @returns {any} */
  fill(value) {
    return JSON.parse(JSON.stringify(value), (_, inner) => {
      if (typeof inner !== 'string' || !inner.startsWith('$')) return inner;
      assert.ok(this.bound.has(inner), `${inner} stands for nothing yet`);
      return this.bound.get(inner);
    });
  }
}

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
  for (const { name, steps } of JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))) {
    test(`${file}: ${name}`, () => {
      const player = new Player();
      for (const [at, step] of [...steps, { expect: [] }].entries()) {
        const [[what, value], ...more] = Object.entries(step);
        assert.ok(Object.hasOwn(player.steps, what) && !more.length, `step ${at + 1} is not known: ${JSON.stringify(step)}`);
        try {
          player.steps[what](value);
        } catch (error) {
          throw new Error(`step ${at + 1}, ${what}: ${/** @type {Error} */ (error).message}`, { cause: error });
        }
      }
    });
  }
}
