// A person with a browser: opens the page, chooses a nick, sends messages, reads the log. Each person has a
// separate browser profile.

import { browser, browserAt, isFirefox } from './browser.js';
import { recordMarks } from './glimpse.js';
import { PATIENCE_MS, eventually } from './patience.js';
import { Trouble, tellViolations } from './trouble.js';

/** Selectors of the page's parts, for tests that look closer. */
export const parts = {
  /** Messages with a seq. */
  said: '#log li[data-seq]',
  /** The text in a message. */
  text: '.said',
  /** Messages that are on their way, or have failed. */
  outgoing: '#log li:is(.waiting, .flying, .sent, .failed)',
  /** The open room in the list of rooms. */
  shown: 'nav .room[aria-current="true"]',
  /** @param {string} name */
  room: (name) => `nav .room[title="${name.replace(/["\\\\]/g, '\\\\$&')}"]`,
};

export class Person {
  #context;
  #isAway = false;
  #server;

  /**
   * @param {import('./server.js').Server} server
   * @param {import('playwright-core').BrowserContext} context
   * @param {import('playwright-core').Page} page
   */
  constructor(server, context, page) {
    this.#server = server;
    this.#context = context;
    this.page = page;
    this.trouble = new Trouble(context, () => this.#isAway || server.wasAway);
  }

  /**
   * Opens the page, without choosing a nick.
   * @param {import('./server.js').Server} server
   * @param {import('playwright-core').BrowserContextOptions & {at?: string, folder?: string}} [options] of the browser's
   *   context (a viewport, a device, colours); `at`: an address below the server's, such as `#room/17`;
   *   `folder`: where the profile is stored, for a person who closes the browser and opens it again
   */
  static async open(server, { at = '', folder = '', ...options } = {}) {
    const settings = { locale: 'en-GB', ...options };
    const context = folder ? await browserAt(folder, settings) : await (await browser()).newContext(settings);
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(tellViolations);
    await context.addInitScript(recordMarks);
    const page = await context.newPage();
    const person = new Person(server, context, page);
    await page.goto(new URL(at, server.url).href);
    return person;
  }

  /** Chooses a nick on the first page, and waits for the room. @param {string} nick */
  async enter(nick) {
    await this.page.getByRole('textbox').fill(nick);
    await this.page.getByRole('textbox').press('Enter');
    await this.page.locator(parts.shown).waitFor({ state: 'attached' });
    await this.composer.waitFor();
  }

  /** The field that messages are written in. */
  get composer() {
    return this.page.locator('textarea:visible');
  }

  /** Writes a text without sending it. @param {string} text */
  async write(text) {
    if (!isFirefox || (!text.includes('\n') && text.length < 500)) {
      await this.composer.fill(text);
      return;
    }
    // Playwright fills fields in Firefox by key presses: the text would be sent at its first newline, or take
    // minutes.
    await this.composer.evaluate((field, written) => {
      field.focus();
      /** @type {HTMLTextAreaElement} */ (field).value = written;
      field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    }, text);
  }

  /** Types a message and presses Enter. @param {string} text */
  async say(text) {
    await this.write(text);
    await this.composer.press('Enter');
  }

  /** Sends a message, and waits until it is in the log. @param {string} text */
  async sayAndSee(text) {
    await this.say(text);
    await this.see(text);
  }

  /** Waits until a message with this text is in the log. @param {string} text */
  async see(text) {
    await eventually(`${JSON.stringify(text)} is in the log`, () => this.texts(), (texts) => texts.includes(text));
  }

  /**
   * Waits until the log has this number of messages, and returns their texts.
   * @param {number} count of messages
   */
  async seeMany(count) {
    return eventually(`${count} messages are in the log`, () => this.texts(), (texts) => texts.length >= count);
  }

  /** The texts of the messages in the document, from top to bottom. In a long log these are only the ones near the view. */
  async texts() {
    return this.page.locator(parts.said).evaluateAll((lines, text) =>
      lines.map((line) => /** @type {HTMLElement | null} */ (line.querySelector(text))?.innerText ?? ''), parts.text);
  }

  /** The seqs of the messages in the document, from top to bottom. */
  async seqs() {
    return this.page.locator(parts.said).evaluateAll((lines) => lines.map((line) => Number(line.getAttribute('data-seq'))));
  }

  /** The texts of messages that are on their way or have failed. */
  async outgoing() {
    return this.page.locator(parts.outgoing).evaluateAll((lines, text) =>
      lines.map((line) => /** @type {HTMLElement | null} */ (line.querySelector(text))?.innerText ?? ''), parts.text);
  }

  /** Waits until no message is on its way. */
  async seeAllSent() {
    await eventually('nothing is on its way', () => this.outgoing(), (texts) => texts.length === 0);
  }

  /** Opens a room of this server as by a link. @param {string} room @param {number} [seq] of a message */
  async go(room, seq) {
    const place = `#${encodeURIComponent(room)}${seq === undefined ? '' : `/${seq}`}`;
    await this.page.evaluate((hash) => { location.hash = hash; }, place);
    await this.page.locator(`${parts.room(room)}[aria-current="true"]`).waitFor({ state: 'attached' });
  }

  /** Waits until a room is open. @param {string} room */
  async isIn(room) {
    await this.page.locator(`${parts.room(room)}[aria-current="true"]`).waitFor({ state: 'attached' });
  }

  /**
   * Loads the page again, as the browser's button does.
   * @param {Parameters<import('playwright-core').Page['reload']>[0]} [options] such as `waitUntil`
   */
  async reload(options) {
    await this.page.reload(options);
  }

  /** Takes this browser offline. Open sockets stay open: Chromium does not touch them. */
  async loseNetwork() {
    this.#isAway = true;
    await this.#context.setOffline(true);
  }

  async findNetwork() {
    await this.#context.setOffline(false);
  }

  /** Makes this browser as slow as a cheap phone. @param {number} times */
  async slowDown(times) {
    const session = await this.#context.newCDPSession(this.page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: times });
  }

  /** Closes the tab and the profile. */
  async leave() {
    await this.#context.close();
  }
}
