// What a test stands on: a server of its own and the people at it, all gone when the test ends. A
// test fails when something happened in a page that must not; see trouble.js.

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

  /** Somebody who has opened the page. @param {Parameters<typeof Person.open>[1]} [options] */
  async function visitor(options) {
    const person = await Person.open(server, options);
    people.push(person);
    return person;
  }

  /**
   * Somebody who is in the lobby.
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
