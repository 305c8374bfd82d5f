// An unsent message outlives a page whose last writes the database loses: a copy is in local storage until the database
// has the message.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { SavedState } from '../device/saved_state.js';
import { openUnsentStore } from '../device/unsent_store.js';
import { ANA, Client, EPOCH, idOf, LIMITS, LOBBY, message, page } from './client.js';
import { FakeDatabase, fakeStorage } from './fake_device.js';

/** @type {Map<string, string>} */
let values;
/** @type {FakeDatabase} */
let database;

beforeEach(() => {
  values = new Map();
  database = new FakeDatabase();
  give('localStorage', fakeStorage(values));
  give('indexedDB', database);
  give('location', { hash: '' });
  give('window', { setTimeout: () => 1 });
});

/** @param {string} name @param {any} value */
const give = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

/** @param {number} number @param {any} [more] @returns {any} */
const record = (number, more = {}) => ({
  cid: message(number).cid, room: LOBBY, name: 'lobby', kind: 'text', text: `text ${number}`, firstAt: 1_000, tries: 0,
  sender: null, failed: false, unknown: false, problem: null, ...more,
});

/** A page that was just opened. */
const open = async () => openUnsentStore();

/** @param {import('../device/unsent_store.js').UnsentStore} store @param {Partial<import('../device/unsent_records.js').UnsentChanges>} changes */
const write = (store, changes) => store.writeUnsent({ put: [], update: [], gone: [], ...changes });

/** @param {import('../device/unsent_store.js').UnsentStore} store */
const texts = async (store) => (await store.readUnsent()).map(({ text }) => text);

test('a message is in local storage until the database has it', async () => {
  const store = await open();
  write(store, { put: [record(1)] });
  assert.equal(values.size, 1, 'at once: the page may be gone before anything else happens');
  await store.whenWritten();
  assert.deepEqual([values.size, database.all('outgoing').map(({ text }) => text)], [0, ['text 1']]);
});

test('what the database loses with the page is there on the next one, in its order, and in the database', async () => {
  const first = await open();
  write(first, { put: [record(9)] });
  await first.whenWritten();
  database.mode = 'lost';
  for (const number of [3, 1, 2]) write(first, { put: [record(number)] });
  database.mode = 'works';
  const next = await open();
  assert.deepEqual(await texts(next), ['text 9', 'text 3', 'text 1', 'text 2'], 'written in the same millisecond');
  assert.deepEqual([values.size, database.all('outgoing').length], [0, 4]);
  write(next, { put: [record(4)] });
  assert.deepEqual(await texts(await open()), ['text 9', 'text 3', 'text 1', 'text 2', 'text 4']);
});

test('a change of a message goes into its copy, and a copy is newer than what the database has', async () => {
  const first = await open();
  database.mode = 'lost';
  write(first, { put: [record(1)] });
  write(first, { update: [record(1, { tries: 1, sender: ANA.id })] });
  database.mode = 'works';
  // The first transaction came through after all, the second did not.
  database.stores.get('outgoing')?.set(record(1).cid, record(1, { order: 1_000 }));
  const [one, ...more] = await (await open()).readUnsent();
  assert.deepEqual([one.tries, one.sender, one.order, more], [1, ANA.id, 1_000, []]);
  assert.deepEqual([values.size, database.all('outgoing')[0].tries], [0, 1]);
});

test('a copy that has changed since is not removed by the write before', async () => {
  const store = await open();
  write(store, { put: [record(1)] });
  write(store, { update: [record(1, { tries: 1 })] });
  await store.whenWritten();
  assert.deepEqual([values.size, database.all('outgoing')[0].tries], [0, 1]);
  // The database has the first write and loses the second one.
  write(store, { put: [record(2)] });
  database.mode = 'lost';
  write(store, { update: [record(2, { tries: 1 })] });
  await new Promise(setImmediate);
  assert.deepEqual([values.size, database.all('outgoing')[1].tries], [1, 0]);
  database.mode = 'works';
  assert.deepEqual((await (await open()).readUnsent()).map(({ tries }) => tries), [1, 1]);
});

test('what was sent or removed leaves no copy', async () => {
  const first = await open();
  database.mode = 'lost';
  write(first, { put: [record(1), record(2)] });
  write(first, { gone: [record(1).cid] });
  database.mode = 'works';
  assert.deepEqual(await texts(await open()), ['text 2']);
  write(first, { update: [record(1, { tries: 1 })] });
  assert.equal(values.size, 0, 'nor does a change of it');
});

test('two windows that are closed at once lose nothing, and each message is there once', async () => {
  const [one, two] = [await open(), await open()];
  database.mode = 'lost';
  write(one, { put: [record(1)] });
  write(two, { put: [record(2, { firstAt: 2_000 })] });
  database.mode = 'works';
  // Two other windows take them over.
  const found = await Promise.all([open(), open()].map(async (store) => texts(await store)));
  assert.deepEqual(found, [['text 1', 'text 2'], ['text 1', 'text 2']]);
  assert.deepEqual([values.size, database.all('outgoing').length], [0, 2]);
});

test('a full local storage, and one that throws, leave it to the database', async () => {
  for (const storage of [fakeStorage(values, { room: 10 }), null]) {
    if (storage) give('localStorage', storage);
    else Object.defineProperty(globalThis, 'localStorage', { get: () => { throw new DOMException('no', 'SecurityError'); }, configurable: true });
    database = new FakeDatabase();
    give('indexedDB', database);
    const store = await open();
    write(store, { put: [record(1)] });
    write(store, { update: [record(1, { tries: 1 })] });
    await store.whenWritten();
    assert.deepEqual([values.size, (await (await open()).readUnsent()).map(({ tries }) => tries), store.durable], [0, [1], true]);
    write(store, { gone: [record(1).cid] });
    assert.deepEqual(await texts(store), []);
  }
});

test('while the database takes nothing, the copies are what outlives the page', async (t) => {
  t.mock.method(console, 'warn', () => {});
  const first = await open();
  database.mode = 'full';
  write(first, { put: [record(1), record(2)] });
  await first.whenWritten();
  assert.equal(first.durable, false);
  const next = await open();
  assert.deepEqual(await texts(next), ['text 1', 'text 2']);
  write(next, { gone: [record(1).cid] });
  await next.whenWritten();
  assert.deepEqual(await texts(await open()), ['text 2'], 'what was sent does not come back');
});

test('damaged copies are left out, and stop nothing', async () => {
  const damaged = ['{', 'null', '5', '"x"', '[]', '{}', JSON.stringify(record(1, { text: 5 })), JSON.stringify(record(1, { cid: 'x' }))];
  damaged.forEach((text, at) => values.set(`throng.unsent.${at}`, text));
  values.set('throng.unsent.x', JSON.stringify(record(2)));
  const store = await open();
  assert.deepEqual([await texts(store), store.durable], [['text 2'], true]);
});

test('signing out removes the copies', async () => {
  const saved = await SavedState.open();
  const client = new Client({ ...await saved.load(), token: 'T0', me: ANA }).play('start').greet().answer('join', page(1, 1));
  const before = client.state;
  database.mode = 'lost';
  saved.save(before, client.play('say', { room: LOBBY, text: 'one' }).state);
  assert.ok([...values.keys()].some((key) => key.startsWith('throng.unsent.')));
  saved.clear();
  assert.deepEqual([...values.keys()], []);
});

/** A page that knows of a copy alone, and has been greeted. @param {any} copy @param {any} [user] whom the server has greeted */
async function greetedWith(copy, user = ANA) {
  values.set(`throng.unsent.${copy.cid}`, JSON.stringify(copy));
  values.set('throng.rooms', JSON.stringify([[LOBBY, 'lobby']]));
  values.set('throng.token', 'T0');
  values.set('throng.me', JSON.stringify(ANA));
  const client = new Client(await (await SavedState.open()).load()).play('start');
  client.now = 2_000;
  return client.play('opened').answer('hello', { user, token: 'T1', epoch: EPOCH, heartbeat_ms: 30_000, limits: LIMITS });
}

test('a message for a room of a log that is gone is sent to the room that has its name now', async () => {
  const lost = idOf('the lobby of the lost log');
  const client = await greetedWith(record(11, { room: lost }));
  assert.deepEqual([...client.state.rooms.keys()], [LOBBY, lost]);
  const [here, gone] = client.sent.filter(({ type }) => type === 'join');
  client.hear({ type: 'ok', id: here.id, ...page(1, 3) });
  client.hear({ type: 'error', id: gone.id, code: 'no_such_room', message: '' });
  assert.equal(client.asked('join').room, '#lobby');
  client.answer('join', page(1, 3)).answer('join', page(4, 4));
  assert.deepEqual([...client.state.rooms.keys()], [LOBBY]);
  assert.deepEqual(client.sent.filter(({ type }) => type === 'send').map(({ room, cid, text }) => [room, cid, text]), [[LOBBY, record(11).cid, 'text 11']]);
});

test('a message that another person has tried is not sent from a copy either', async () => {
  const client = await greetedWith(record(11, { tries: 1, sender: idOf('who was here before') }));
  client.answer('join', page(1, 3));
  assert.deepEqual([client.count('send'), client.lobby.outgoing[0].unknown], [0, true]);
});
