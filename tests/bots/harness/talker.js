// Somebody who asks bots, and says everything exactly once, through every end of the server.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Person } from './person.js';

/** How long to wait before trying again, where the server says nothing. */
const AGAIN_MS = 100;

export class Talker {
  /** @type {Person | null} */
  #person = null;
  /** @type {string | undefined} */
  #token;

  /** @param {string} url @param {string} room */
  constructor(url, room) {
    this.url = url;
    this.room = room;
  }

  /** Says it, and returns its seq. @param {string} text */
  async say(text) {
    const cid = randomUUID();
    return (await this.#obey('send', { room: this.room, cid, text })).seq;
  }

  /** The whole log of the room. */
  async log() {
    /** @type {any[]} */
    const entries = [];
    for (let more = true; more; ) {
      const page = await this.#obey('history', { room: this.room, after: entries.at(-1)?.seq ?? 0 });
      entries.push(...page.events);
      more = page.more;
    }
    return entries;
  }

  end() {
    this.#person?.end();
  }

  /** Gives a command until it is obeyed, whatever ends meanwhile. @param {string} type @param {object} body */
  async #obey(type, body) {
    for (;;) {
      const answer = await this.#try(type, body);
      if (answer.type === 'ok') return answer;
      await sleep(answer.retry_ms ?? AGAIN_MS);
    }
  }

  /** @param {string} type @param {object} body */
  async #try(type, body) {
    try {
      return await (await this.#present()).ask(type, body);
    } catch {
      this.#person = null;
      return {};
    }
  }

  async #present() {
    if (this.#person) return this.#person;
    const person = await Person.connect(this.url, {}, this.#token ? { token: this.#token } : {});
    this.#token = person.greeting.token;
    await person.ask('join', { room: this.room, limit: 0 });
    return (this.#person = person);
  }
}
