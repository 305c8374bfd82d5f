// Somebody who talks with the bots, or only listens.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import WebSocket from 'ws';

export class Person {
  #socket;
  #id = 0;
  /** @type {Map<number, (answer: any) => void>} */
  #asked = new Map();
  /** What came by itself. @type {any[]} */
  events = [];
  /** The code with which the server ended it. */
  closed;

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.#socket = socket;
    this.closed = once(socket, 'close').then(([code]) => code);
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const event = JSON.parse(data.toString());
      if (event.id === undefined) return this.events.push(event);
      this.#asked.get(event.id)?.(event);
      this.#asked.delete(event.id);
    });
  }

  /** Connects and says hello. @param {string} url @param {object} [options] of ws @param {object} [hello] */
  static async connect(url, options = {}, hello = {}) {
    const socket = new WebSocket(url, options);
    await once(socket, 'open');
    const person = new Person(socket);
    person.greeting = await person.ask('hello', { version: 1, ...hello });
    return person;
  }

  /** The answer to a command; fails when the connection ends first. @param {string} type @param {object} [body] */
  async ask(type, body = {}) {
    const id = ++this.#id;
    const answer = new Promise((resolve) => this.#asked.set(id, resolve));
    this.#socket.send(JSON.stringify({ type, id, ...body }));
    return Promise.race([answer, this.closed.then((code) => {
      throw new Error(`closed with ${code} before the answer to ${type}`);
    })]);
  }

  /** Says something, once. @param {string} room @param {string} text */
  say(room, text) {
    return this.ask('send', { room, cid: randomUUID(), text });
  }

  /** Goes away. */
  end() {
    this.#socket.terminate();
  }
}
