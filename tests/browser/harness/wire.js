// What goes over a page's WebSocket, in both directions, as the browser saw it.

/** @typedef {{type: string, id?: number, [field: string]: any}} Frame */

export class Wire {
  /** What the page said. @type {Frame[]} */
  commands = [];
  /** What the page was told. @type {Frame[]} */
  events = [];

  /** Watches the sockets that the page opens from now on. @param {import('playwright-core').Page} page */
  constructor(page) {
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => this.commands.push(JSON.parse(String(payload))));
      socket.on('framereceived', ({ payload }) => this.events.push(JSON.parse(String(payload))));
    });
  }

  /** The commands of one type. @param {string} type */
  said(type) {
    return this.commands.filter((command) => command.type === type);
  }

  /** The answer to a command, when it is there. @param {Frame} command */
  answerTo({ id }) {
    return this.events.find((event) => event.id === id);
  }
}
