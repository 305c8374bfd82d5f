// A server that lies: it forwards the page, all other HTTP and the frames of the real server, except for the
// frames that a test replaces, adds or holds back.

import { createServer, request } from 'node:http';
import { once } from 'node:events';
import WebSocket, { WebSocketServer } from 'ws';

/** One connection of a page. @typedef {{page: WebSocket, real: WebSocket, asked: Map<number, any>}} Pair */

/**
 * Decides what to send for an event of the real server. `command` is the command that it answers.
 * @typedef {(event: any, command: any, pair: Pair) => any} Lie the event itself, another one, a list of
 *   some, or nothing. Texts and bytes go out as they are, all else as JSON
 */

export class Liar {
  #http = createServer();
  #sockets = new WebSocketServer({ noServer: true, maxPayload: 1 << 20 });
  #target;
  /** @type {Pair[]} */
  #pairs = [];
  /** How often pages have tried to connect. */
  attempts = 0;
  /** The commands that it got, newest last. @type {any[]} */
  heard = [];
  /** @type {Lie} */
  lie = (event) => event;
  /** The lobby's id, from the real server's last answer: tests write `"room":"lobby"` for it. */
  #lobby = '';

  /** @param {string} address of the real server */
  constructor(address) {
    this.#target = new URL(`http://${address}`);
    this.#http.on('request', (from, to) => this.#pass(from, to));
    this.#http.on('upgrade', (from, socket, head) => {
      this.attempts += 1;
      this.#sockets.handleUpgrade(from, socket, head, (page) => this.#pair(page));
    });
  }

  /** @param {import('./server.js').Server} server */
  static async start(server) {
    const liar = new Liar(server.address);
    // A failing test leaves it running: it must not keep the test process alive.
    liar.#http.listen(0, '127.0.0.1').unref();
    await once(liar.#http, 'listening');
    // Everything it does with its connections, a real server may do too.
    server.wasAway = true;
    return liar;
  }

  get url() {
    const address = /** @type {import('node:net').AddressInfo} */ (this.#http.address());
    return `http://127.0.0.1:${address.port}/`;
  }

  /** Sends frames to every connected page. @param {...any} frames */
  tell(...frames) {
    for (const { page } of this.#pairs) for (const frame of frames) this.#put(page, frame);
  }

  /** Closes every connection of a page. @param {number} [code] without it, the connection breaks as if the network were lost @param {string} [reason] */
  close(code, reason) {
    for (const { page } of this.#pairs.splice(0)) {
      if (code === undefined) page.terminate();
      else page.close(code, reason);
    }
  }

  /** How many commands of a type have come. @param {string} type */
  count(type) {
    return this.heard.filter((command) => command.type === type).length;
  }

  stop() {
    this.close();
    this.#http.close();
    this.#http.closeAllConnections();
  }

  /** @param {WebSocket} page */
  #pair(page) {
    const real = new WebSocket(new URL('ws', this.#target.href.replace(/^http/, 'ws')));
    /** @type {Pair} */
    const pair = { page, real, asked: new Map() };
    this.#pairs.push(pair);
    const ready = once(real, 'open').catch(() => {});
    page.on('message', async (text) => {
      const command = JSON.parse(String(text));
      this.heard.push(command);
      pair.asked.set(command.id, command);
      await ready;
      if (real.readyState === WebSocket.OPEN) real.send(String(text));
    });
    real.on('message', (text) => {
      const event = JSON.parse(String(text));
      if (event.room?.name === 'lobby') this.#lobby = event.room.id;
      for (const frame of [this.lie(event, pair.asked.get(event.id), pair)].flat()) {
        if (frame !== undefined && frame !== null) this.#put(page, frame);
      }
    });
    for (const socket of [page, real]) socket.on('error', () => {});
    page.on('close', () => {
      this.#pairs = this.#pairs.filter((one) => one !== pair);
      real.terminate();
    });
    real.on('close', () => page.terminate());
  }

  /** @param {WebSocket} page @param {any} frame */
  #put(page, frame) {
    if (page.readyState !== WebSocket.OPEN) return;
    if (Buffer.isBuffer(frame)) return void page.send(frame);
    const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
    page.send(text.replaceAll('"room":"lobby"', `"room":"${this.#lobby}"`));
  }

  /** @param {import('node:http').IncomingMessage} from @param {import('node:http').ServerResponse} to */
  #pass(from, to) {
    const { hostname, port } = this.#target;
    const asked = request({ hostname, port, method: from.method, path: from.url, headers: from.headers, agent: false }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    });
    asked.on('error', () => to.destroy());
    from.pipe(asked);
  }
}
