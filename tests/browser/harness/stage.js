// The basis of a test: a separate server and the people who use it, all removed when the test ends. A test
// fails if something happened in a page that must not; see trouble.js.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { closeBrowser } from './browser.js';
import { Person } from './person.js';
import { Server } from './server.js';

after(closeBrowser);

/**
 * @param {import('node:test').TestContext} t
 * @param {{flags?: string[], strict?: boolean}} [options] for the server
 */
export async function stage(t, { flags = [], strict = false } = {}) {
  const server = await Server.start(flags, { strict });
  /** @type {Person[]} */
  const people = [];
  t.after(async () => {
    const told = people.flatMap((person) => person.trouble.told);
    await Promise.all(people.map((person) => person.leave()));
    await server.remove();
    assert.deepEqual(told, [], 'nothing goes wrong in a page');
  });

  /** A person who has opened the page. @param {Parameters<typeof Person.open>[1]} [options] */
  async function visitor(options) {
    const person = await Person.open(server, options);
    people.push(person);
    return person;
  }

  /**
   * A person who is in the lobby.
   * @param {string} nick
   * @param {Parameters<typeof Person.open>[1]} [options]
   */
  async function person(nick, options) {
    const somebody = await visitor(options);
    await somebody.enter(nick);
    return somebody;
  }

  return { server, visitor, person };
}
