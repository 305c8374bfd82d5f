// What is saved on the device and loaded by the next page, with a device made of a few maps.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SavedState } from '../device/saved_state.js';
import { ANA, Client, EPOCH, LOBBY, live, message, page } from './client.js';
import { fakeStorage } from './fake_device.js';

/** A device: its local storage, its unsent store, and the pause before writing. */
class Device {
  /** @type {Map<string, string>} */
  values = new Map();
  /** @type {Map<string, any>} */
  unsent = new Map();
  /** @type {Map<string, any>} */
  ends = new Map();
  /** @type {(() => void)[]} */
  pauses = [];
  written = 0;
  /** @type {((event: any) => void)[]} */
  listeners = [];

  constructor() {
    const { values } = this;
    const place = { localStorage: fakeStorage(values), location: { hash: '' } };
    const window = { setTimeout: (/** @type {() => void} */ act) => this.pauses.push(act) };
    for (const [name, value] of Object.entries({ ...place, window })) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    globalThis.addEventListener = /** @type {any} */ ((/** @type {string} */ _, /** @type {any} */ listener) => this.listeners.push(listener));
    globalThis.clearTimeout = () => {};
  }

  /** @returns {import('../device/unsent_store.js').UnsentStore} */
  get unsentStore() {
    return {
      durable: true,
      readUnsent: async () => [...this.unsent.values()],
      readRooms: async () => [...this.ends.values()],
      writeUnsent: ({ put, update, gone }) => {
        for (const one of [...put, ...update]) this.unsent.set(one.cid, structuredClone(one));
        for (const cid of gone) this.unsent.delete(cid);
      },
      writeRooms: (ends, gone) => {
        this.written += 1;
        for (const end of ends) this.ends.set(end.id, structuredClone(end));
        for (const id of gone) this.ends.delete(id);
      },
      whenWritten: async () => {},
      clear: async () => {
        this.unsent.clear();
        this.ends.clear();
      },
    };
  }

  /** Opens the page on this device: a client whose every step is saved. */
  async open() {
    const saved = new SavedState(this.unsentStore);
    const client = new Client(await saved.load());
    const play = client.play.bind(client);
    client.play = (type, fields) => {
      const before = client.state;
      play(type, fields);
      saved.save(before, client.state);
      return client;
    };
    return { saved, client };
  }
}

test('whoever comes back is who they were, where they were', async () => {
  const device = new Device();
  const { saved, client } = await device.open();
  client.play('start', { nick: 'ana' }).greet().answer('join', page(1, 9));
  client.play('join', { room: '#kitchen' }).play('settings', { change: { theme: 'dark' } });
  saved.flush();
  const { client: next } = await device.open();
  const { token, nick, me, selectedRoom: shown, settings, limits } = next.state;
  assert.deepEqual({ token, nick, me, shown }, { token: 'T1', nick: 'ana', me: ANA, shown: '#kitchen' });
  assert.deepEqual([settings.theme, limits.retry_ms], ['dark', 10_000]);
  assert.deepEqual([[...next.state.rooms.keys()], next.seqs(), next.lobby.read], [[LOBBY, '#kitchen'], [1, 2, 3, 4, 5, 6, 7, 8, 9], 9]);
  next.play('start').greet();
  const [kitchen, lobby] = next.sent.filter(({ type }) => type === 'join');
  assert.deepEqual([kitchen.room, lobby.epoch, lobby.after], ['#kitchen', EPOCH, 9]);
});

test('the address counts for more than what was shown last', async () => {
  const device = new Device();
  const { client } = await device.open();
  client.play('start', { nick: 'ana' }).greet().answer('join', page(1, 9)).play('join', { room: '#kitchen' });
  /** @type {any} */ (globalThis).location.hash = '#lobby/3';
  const { client: next } = await device.open();
  assert.deepEqual([next.play('start').state.selectedRoom, next.lobby.target], [LOBBY, 3]);
});

test('two hundred messages a second are one write, after a pause', async () => {
  const device = new Device();
  const { client } = await device.open();
  client.play('start', { nick: 'ana' }).greet().answer('join', page(1, 3));
  for (let seq = 4; seq <= 203; seq += 1) client.hear(message(seq));
  assert.deepEqual([device.written, device.pauses.length], [0, 1]);
  device.pauses[0]();
  assert.deepEqual([device.written, device.ends.get(LOBBY).last], [1, 203]);
  client.hear(message(204));
  assert.equal(device.pauses.length, 2, 'the next change begins the next pause');
});

test('a token that was refused stays until there is another', async () => {
  const device = new Device();
  const { client } = await device.open();
  client.play('start', { nick: 'ana' }).greet().answer('join', page(1, 3)).play('say', { room: LOBBY, text: 'hello' });
  const { client: next } = await device.open();
  next.play('start').play('opened').refuse('hello', 'bad_token').refuse('hello', 'nick_taken');
  assert.equal(device.values.get('throng.token'), 'T1', 'its end would sign the other windows out');
  assert.equal(device.unsent.size, 1);
});

test('signing out leaves the settings alone', async () => {
  const device = new Device();
  const { saved, client } = await device.open();
  client.play('settings', { change: { theme: 'dark' } }).play('start', { nick: 'ana' }).greet().answer('join', page(1, 3));
  client.play('say', { room: LOBBY, text: 'hello' });
  saved.flush();
  client.play('signOut');
  await saved.clear();
  device.pauses.at(-1)?.();
  assert.deepEqual([[...device.values.keys()], device.unsent.size, device.ends.size], [['throng.settings'], 0, 0]);
});

test('a mark of reading never moves back on the device, whichever window writes last', async () => {
  const device = new Device();
  const { saved, client } = await device.open();
  client.play('start', { nick: 'ana' }).greet().answer('join', page(1, 9));
  device.values.set('throng.reads', JSON.stringify({ [LOBBY]: [EPOCH, 40] }));
  saved.flush();
  assert.deepEqual(JSON.parse(device.values.get('throng.reads') ?? ''), { [LOBBY]: [EPOCH, 40] });
  /** @type {any[]} */
  const heard = [];
  saved.watchReadMarks((...read) => heard.push(read));
  // Both write at once, and what is there is what the last one wrote.
  const tell = (/** @type {string | null} */ newValue) => device.listeners.forEach((listener) => listener({ key: 'throng.reads', newValue }));
  tell(JSON.stringify({ [LOBBY]: [EPOCH, 41], garden: [EPOCH, -1], kitchen: 'x' }));
  for (const broken of [null, 'x', '5', '[]', '{"lobby":[5,5]}']) tell(broken);
  assert.deepEqual(heard, [[LOBBY, EPOCH, 41]]);
});

test('settings and limits of another version are left out word by word', async () => {
  const device = new Device();
  device.values.set('throng.settings', JSON.stringify({ theme: 'pink', language: 'de', notify: 5, sound: 'loud', words: 1, more: 1 }));
  device.values.set('throng.limits', JSON.stringify({ ...live().state.limits, retry_ms: -1 }));
  const { client } = await device.open();
  assert.deepEqual(client.state.settings, { theme: 'system', language: 'de', notify: 'off', sound: false, words: false });
  assert.equal(client.state.limits.retry_ms, 3_600_000);
});

test('whom the person keeps away is known before there is a connection', async () => {
  const device = new Device();
  const eve = { user: { id: '01K9ZS00000000000000000003', nick: 'eve' }, distance: 'ignore' };
  (await device.open()).client.play('start', { nick: 'ana' }).greet().hear({ type: 'kept_away', ...eve });
  assert.deepEqual((await device.open()).client.state.keptAway, new Map([[eve.user.id, eve]]));
  for (const other of ['7', '[7, null, {"user": 1}]', '{']) {
    device.values.set('throng.away', other);
    assert.equal((await device.open()).client.state.keptAway.size, 0, other);
  }
});
