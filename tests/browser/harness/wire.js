// The frames of a page's WebSocket, in both directions, as the browser saw them.

/** @typedef {{type: string, id?: number, [field: string]: any}} Frame */

export class Wire {
  /** Frames from the page. @type {Frame[]} */
  commands = [];
  /** Frames to the page. @type {Frame[]} */
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

  /** The answer to a command, if it has come. @param {Frame} command */
  answerTo({ id }) {
    return this.events.find((event) => event.id === id);
  }
}
