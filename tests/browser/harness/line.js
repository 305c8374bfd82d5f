// The line between a browser and a server: it can cut connections, refuse them, lose what the server sends,
// and change what the server serves. It counts the connections.

import { createServer, request } from 'node:http';
import { once } from 'node:events';

/** @typedef {import('node:stream').Duplex} Duplex */

export class Line {
  #server = createServer();
  #target;
  #origin;
  /** The open WebSocket connections. @type {Set<{mute(): void, cut(): void}>} */
  #connections = new Set();
  /** Whether all connections are refused. */
  #refuses = false;
  /** When each WebSocket connection was requested, in ms. @type {number[]} */
  attempts = [];
  /** When the server last sent something, in ms: no browser got it earlier. */
  heardAt = 0;
  /** Maps the path that the browser requests to the server's path. @param {string} path */
  path = (path) => path;
  /** Changes a file of the server before the browser gets it. @type {((path: string, text: string) => string) | null} */
  change = null;

  /** @param {import('./server.js').Server} server */
  constructor(server) {
    this.#target = new URL(server.url);
    this.#origin = server;
    this.#server.on('request', (from, to) => this.#serve(from, to));
    this.#server.on('upgrade', (from, socket, head) => this.#connect(from, socket, head));
  }

  /** @param {import('./server.js').Server} server */
  static async to(server) {
    const line = new Line(server);
    // A failing test leaves it running: it must not keep the test process alive.
    line.#server.listen(0, '127.0.0.1').unref();
    await once(line.#server, 'listening');
    return line;
  }

  get url() {
    return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (this.#server.address()).port}/`;
  }

  /** Cuts all connections; accepts new ones. */
  cut() {
    this.#origin.wasAway = true;
    for (const one of this.#connections) one.cut();
  }

  /** Cuts all connections, and refuses new ones until `accept`. */
  refuse() {
    this.#refuses = true;
    this.cut();
  }

  /** Accepts new connections again. */
  accept() {
    this.#refuses = false;
  }

  /** Everything that the server sends on the open connections is lost; what browsers send arrives. */
  mute() {
    for (const one of this.#connections) one.mute();
  }

  stop() {
    this.cut();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** @param {import('node:http').IncomingMessage} from */
  #ask(from) {
    const { hostname, port } = this.#target;
    const headers = this.change ? { ...from.headers, 'accept-encoding': 'identity' } : from.headers;
    // A separate connection: the server may be closing one that is reused.
    return request({ hostname, port, method: from.method, path: this.path(from.url ?? '/'), headers, agent: false });
  }

  /** @param {import('node:http').IncomingMessage} from @param {import('node:http').ServerResponse} to */
  #serve(from, to) {
    if (this.#refuses) {
      from.socket.destroy();
      return;
    }
    const asked = this.#ask(from);
    asked.on('error', () => from.socket.destroy());
    asked.on('response', async (answer) => {
      const type = answer.headers['content-type'] ?? '';
      if (!this.change || answer.statusCode !== 200 || !/html|javascript|css/.test(type)) {
        to.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(to);
        return;
      }
      answer.setEncoding('utf8');
      let text = '';
      for await (const part of answer) text += part;
      const { etag: _, 'content-length': __, ...headers } = answer.headers;
      to.writeHead(200, headers).end(this.change(this.path(from.url ?? '/'), text));
    });
    from.pipe(asked);
  }

  /** @param {import('node:http').IncomingMessage} from @param {Duplex} socket @param {Buffer} head */
  #connect(from, socket, head) {
    this.attempts.push(Date.now());
    socket.on('error', () => {});
    if (this.#refuses) {
      socket.destroy();
      return;
    }
    const asked = this.#ask(from);
    asked.on('error', () => socket.destroy());
    asked.on('response', () => socket.destroy());
    asked.on('upgrade', (answer, upstream, rest) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
      socket.write(rest);
      upstream.write(head);
      this.#join(socket, upstream);
    });
    asked.end();
  }

  /** @param {Duplex} socket @param {Duplex} upstream */
  #join(socket, upstream) {
    let mute = false;
    const cut = () => [socket, upstream].forEach((one) => one.destroy());
    const connection = { cut, mute: () => { mute = true; } };
    this.#connections.add(connection);
    socket.pipe(upstream);
    upstream.on('data', (data) => {
      this.heardAt = Date.now();
      if (!mute) socket.write(data);
    });
    upstream.on('end', () => socket.end());
    upstream.on('error', cut);
    for (const one of [socket, upstream]) one.on('close', () => { this.#connections.delete(connection); cut(); });
    socket.on('error', cut);
  }
}
