// A program that sends many messages in little time, more than anybody could type. Node 18 has no
// built-in WebSocket; `ws` is the well-kept library.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import WebSocket from 'ws';
import { encode, newCid } from '../../../client/web/net/wire.js';

/** The most sends without an answer: fewer than make a room answer `busy`. */
const WINDOW = 256;

/** How often to ping: the server closes connections that are silent for a minute. */
const PING_MS = 10_000;

export class Flood {
  #socket;
  #room;
  #id = 0;
  /** Commands without an answer. @type {Map<number, {resolve: (ok: any) => void, reject: (error: Error) => void}>} */
  #asked = new Map();

  /** @param {WebSocket} socket @param {string} room */
  constructor(socket, room) {
    this.#socket = socket;
    this.#room = room;
    socket.on('message', (data) => this.#heard(JSON.parse(String(data))));
    const life = setInterval(() => this.ask('ping').catch(() => {}), PING_MS).unref();
    socket.on('close', () => clearInterval(life));
    socket.on('close', () => this.#ended(new Error('the server closed the connection')));
  }

  /**
   * Says hello and joins a room. The messages of the room are not sent to this client.
   * @param {import('./server.js').Server} server
   * @param {string} nick
   * @param {string} [room]
   * @param {string} [token] of somebody whom the server knows, such as a bot
   */
  static async join(server, nick, room = 'lobby', token = undefined) {
    const socket = new WebSocket(new URL('ws', server.url.replace(/^http/, 'ws')));
    await once(socket, 'open');
    const flood = new Flood(socket, room);
    await flood.ask('hello', { version: 1, ...token === undefined ? { nick } : { token } });
    const joined = await flood.ask('join', { room, limit: 0 });
    flood.#room = joined.room.name;
    return flood;
  }

  /** The room's name in the server's spelling. */
  get room() {
    return this.#room;
  }

  /**
   * Sends a command, and returns its `ok`.
   * @param {string} type
   * @param {object} [fields]
   * @returns {Promise<any>}
   */
  ask(type, fields = {}) {
    this.#id += 1;
    const id = this.#id;
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN) throw new Error('the connection has ended');
      this.#asked.set(id, { resolve, reject });
      this.#socket.send(encode(type, id, fields));
    });
  }

  /** Sends one message; returns its seq. @param {string} text @returns {Promise<number>} */
  async say(text) {
    const { seq } = await this.ask('send', { room: this.#room, cid: newCid(Date.now(), randomBytes(16)), text });
    return seq;
  }

  /** Replaces the text of one of its messages. @param {number} seq @param {string} text @returns {Promise<void>} */
  async edit(seq, text) {
    await this.ask('edit', { room: this.#room, seq, cid: newCid(Date.now(), randomBytes(16)), text });
  }

  /**
   * Sends many messages, in order.
   * @param {number} count
   * @param {(number: number) => string} [text] of each, from 1
   * @param {{perSecond?: number}} [pace] without it, as fast as the server commits them
   */
  async sayMany(count, text = (number) => `message ${number}`, { perSecond = Infinity } = {}) {
    const start = Date.now();
    /** @type {Promise<number>[]} */
    const said = [];
    for (let number = 1; number <= count; number += 1) {
      const due = start + (number * 1_000) / perSecond - Date.now();
      if (due > 4) await new Promise((resolve) => setTimeout(resolve, due));
      said.push(this.say(text(number)));
      if (said.length > WINDOW) await said[said.length - 1 - WINDOW];
    }
    await Promise.all(said);
  }

  leave() {
    this.#socket.terminate();
  }

  /** @param {any} event */
  #heard(event) {
    const asked = this.#asked.get(event.id);
    if (!asked) return;
    this.#asked.delete(event.id);
    if (event.type === 'ok') asked.resolve(event);
    else asked.reject(new Error(`${event.code}: ${event.message}`));
  }

  /** @param {Error} error */
  #ended(error) {
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
  }
}
