// A proxy that serves throng below a path, as on a web server that serves several programs.

import { createServer, request } from 'node:http';
import { once } from 'node:events';

export class Proxy {
  #server = createServer();
  #target;
  /** WebSockets: the server's side of each, and the page's. @type {Map<import('node:stream').Duplex, import('node:stream').Duplex>} */
  #open = new Map();

  /** @param {string} path the prefix of the server's paths, such as `/chat` @param {string} address of the server */
  constructor(path, address) {
    this.path = path;
    this.#target = new URL(`http://${address}`);
    this.#server.on('request', (from, to) => this.#pass(from, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    }, () => to.writeHead(404).end()));
    this.#server.on('upgrade', (from, socket, head) => {
      const asked = this.#pass(from, () => socket.destroy(), () => socket.destroy());
      asked?.on('upgrade', (answer, upstream, rest) => {
        const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
        socket.write(rest);
        upstream.write(head);
        socket.pipe(upstream).pipe(socket);
        this.#open.set(upstream, socket);
        upstream.once('close', () => this.#open.delete(upstream));
        for (const one of [socket, upstream]) one.on('error', () => [socket, upstream].forEach((each) => each.destroy()));
      });
    });
  }

  /** @param {string} path @param {string} address */
  static async start(path, address) {
    const proxy = new Proxy(path, address);
    // A failing test leaves it running: it must not keep the test process alive.
    proxy.#server.listen(0, '127.0.0.1').unref();
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url() {
    return this.at('127.0.0.1');
  }

  /** The URL of the page under another name of this machine. @param {string} host */
  at(host) {
    const address = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    return `http://${host}:${address.port}${this.path}/`;
  }

  /** Holds back everything from the server's WebSockets until `release`, as if the page did not read. */
  hold() {
    for (const upstream of this.#open.keys()) upstream.unpipe();
  }

  /** Forwards everything again, first what was held back. */
  release() {
    for (const [upstream, socket] of this.#open) upstream.pipe(socket);
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /**
   * Forwards a request if it is below the path.
   * @param {import('node:http').IncomingMessage} from
   * @param {(answer: import('node:http').IncomingMessage) => void} answered
   * @param {() => void} refused
   */
  #pass(from, answered, refused) {
    if (!from.url?.startsWith(`${this.path}/`)) {
      refused();
      return undefined;
    }
    const { hostname, port, host, origin } = this.#target;
    // The server accepts only one name as its own.
    const headers = { ...from.headers, host, ...(from.headers.origin && { origin }) };
    const asked = request({ hostname, port, method: from.method, path: from.url.slice(this.path.length), headers, agent: false }, answered);
    asked.on('error', refused);
    from.pipe(asked);
    return asked;
  }
}
