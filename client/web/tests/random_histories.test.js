// Histories that nobody would think of, drawn by seed: whatever happens on the way, nothing is lost,
// repeated, reordered or hidden, and no hole is silent. A failure names its seed; `SEED=… node --test
// client/web/tests/histories.test.js` plays that history alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCachedRoom } from '../device/room_cache.js';
import { fromUnsentRecords } from '../device/unsent_records.js';
import { countInSpans, MESSAGES_MAX, missingSpans, oldestSeq } from '../store/loaded_history.js';
import { BO, gaps, hasOlder } from './client.js';
import { addEditInput } from '../store/edit_input.js';
import { canDiscard } from '../store/send_retry.js';
import { isNamed, isRemoved } from '../store/state.js';
import { newCid } from '../net/wire.js';
import { fold, generator, Person, Server } from './model.js';

addEditInput();

const ONLY = process.env.SEED === undefined ? null : Number(process.env.SEED);
const HISTORIES = 600;
const STEPS = 150;

/** Rooms, two of them in several spellings; of one of these only the server knows that it is the same name. */
const NAMES = ['lobby', 'kitchen', 'Garden', 'l\u043ebby', 'LOBBY', 'garden'];

/** A history: what is drawn, and what must hold. */
class History {
  /** What the person said, in its order. @type {{cid: string, fold: string, text: string}[]} */
  said = [];
  /** The messages of which the person has replaced the text. @type {number[]} */
  edits = [];
  /** Cids that were refused at some time: the person decides, so their order is free. */
  unordered = new Set();
  /** Cids that the person took back. */
  discarded = new Set();
  /** Those of them that never left this device. */
  untried = new Set();
  /** What another window, which is closed since, has written into the unsent store. @type {any[]} */
  left = [];
  /** Cids that were in the log and seen there, before a backup without them was restored. */
  cut = new Set();
  /** Seqs that the client has had since a room was opened. @type {Map<string, Map<number, any>>} */
  seen = new Map();
  /** The id of the first request since a room was opened. @type {Map<string, number>} */
  since = new Map();
  /** @type {import('../store/state.js').State | null} */
  checked = null;

  /** @param {number} seed */
  constructor(seed) {
    this.random = generator(seed);
    this.server = new Server(this.random);
    for (const name of NAMES.slice(0, 3)) {
      const length = this.any([0, 0, 3, 60, 500]);
      for (let at = 0; at < length; at += 1) this.server.say(name, `old ${at}`);
    }
    this.person = new Person(this.server);
    this.drawn = Object.entries(ACTS).flatMap(([act, weight]) => Array(weight).fill(act));
  }

  /** @template T @param {T[]} list @returns {T} */
  any(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  /** One of the rooms that the client has. @returns {import('../store/state.js').Room | undefined} */
  room() {
    return this.any([...this.person.state.rooms.values()]);
  }

  step() {
    const act = this.any(this.drawn);
    /** @type {any} */ (this)[act]();
    this.check();
    return act;
  }

  carry() {
    const { person, server } = this;
    const command = person.waiting.length && this.random() < 0.5 ? person.waiting.shift() : person.line.shift();
    if (command) server.hear(command);
  }

  work() {
    const queues = this.server.connection?.queues;
    if (queues?.size) this.server.work(this.any([...queues.keys()]));
  }

  read() {
    const count = this.server.connection?.reads.length;
    if (count) this.server.read(Math.floor(this.random() * count));
  }

  deliver() {
    const event = this.server.connection?.out.shift();
    if (!event) return;
    const before = this.person.state.rooms.get(event.room);
    this.person.play('frame', { event });
    // As after a `leave`.
    if (event.type === 'removed' && !this.person.state.rooms.has(event.room)) {
      for (const { cid } of before?.outgoing ?? []) if (!this.server.cids.has(cid)) this.cut.add(cid);
    }
    if (event.seq === undefined || event.type === 'ok' || before?.last === undefined) return;
    const moved = (this.person.state.rooms.get(event.room)?.last ?? 0) - (before.last ?? 0);
    assert.ok(moved === 0 || moved === 1, `${event.room}: a message jumped over a hole`);
  }

  others() {
    this.server.say(this.any(NAMES), this.random() < 0.1 ? 'tea, @ana?' : 'tea?');
  }

  crowd() {
    const name = this.any(NAMES);
    const known = this.random();
    for (let count = Math.floor(this.random() * 300); count > 0; count -= 1) {
      if (this.random() < known) this.server.say(name, 'tea?');
      else this.server.grow(name);
    }
  }

  grow() {
    this.server.grow(this.any(NAMES));
  }

  erase() {
    this.server.erase(this.any(NAMES));
  }

  say() {
    const room = this.room();
    if (!room) return;
    const text = `text ${this.said.length}`;
    this.person.play('say', { room: room.id, text });
    const one = this.person.state.rooms.get(room.id)?.outgoing.find((other) => other.text === text);
    assert.ok(one, 'what was said is nowhere');
    this.said.push({ cid: one.cid, fold: fold(room.name), text });
    // Until the server answers, nobody knows that this is a room in which the person already is.
    if (this.server.room(room.name).name.toLowerCase() !== room.name.toLowerCase()) this.unordered.add(one.cid);
  }

  /** The person replaces the text of a message. */
  edit() {
    const room = this.room();
    const mine = room?.messages.filter(({ from, text, seq }) => from.id === this.person.state.me?.id && text && seq > room.stale) ?? [];
    if (!room || !mine.length) return;
    const { seq, cid } = this.any(mine);
    this.person.play('edit', { room: room.id, seq, text: `edit ${this.edits.push(seq)} of ${cid}` });
  }

  /** Somebody else does. */
  amend() {
    const room = this.server.room(this.any(NAMES));
    const theirs = room.log.slice(-60).filter(({ type, from, text }) => type === 'message' && from.id === BO.id && text);
    if (theirs.length) this.server.amend(room, this.any(theirs).seq, this.random() < 0.5 ? 'coffee, @ana?' : 'coffee?');
  }

  retry() {
    const room = this.room();
    const one = room?.outgoing.find(({ state }) => state === 'failed');
    if (room && one) this.person.play('retry', { room: room.id, cid: one.cid });
  }

  discard() {
    const room = this.room();
    const one = room?.outgoing.find(canDiscard);
    if (!room || !one) return;
    this.discarded.add(one.cid);
    this.unordered.add(one.cid);
    if (one.tries === 0) this.untried.add(one.cid);
    this.person.play('discard', { room: room.id, cid: one.cid });
    const after = this.person.state.rooms.get(room.id)?.outgoing.some(({ cid }) => cid === one.cid);
    assert.equal(after, false, 'what was taken back is still there');
  }

  /** Another window of the person says something, and is closed before that is sent. */
  leaveBehind() {
    const { now } = this.person;
    const [cid, name, text] = [newCid(now), this.any(NAMES), `left ${this.left.length}`];
    const room = this.any([this.server.room(name).id, `#${name}`]);
    this.left.push({ cid, room, name, kind: 'text', text, firstAt: now, tries: 0, sender: null, failed: false, unknown: false, problem: null });
    this.said.push({ cid, fold: fold(name), text });
    this.unordered.add(cid);
  }

  /** The unsent store is read; what it shows may be sent at this very moment. */
  find() {
    const isOpen = (/** @type {any} */ { cid, firstAt }) => !this.discarded.has(cid) &&
      (!this.server.cids.has(cid) || (this.random() < 0.5 && this.person.now - firstAt < 5_000));
    this.person.play('found', { unsent: fromUnsentRecords(this.left.filter(isOpen)) });
  }

  join() {
    this.person.play('join', { room: `#${this.any(NAMES)}` });
  }

  leave() {
    const room = this.room();
    if (!room) return;
    this.person.play('leave', { room: room.id });
    if (this.person.state.rooms.has(room.id)) return;
    // What was on the disk before a backup was restored: nobody is left to say it again.
    for (const { cid } of room.outgoing) if (!this.server.cids.has(cid)) this.cut.add(cid);
  }

  show() {
    this.person.play('show', { room: `#${this.any(NAMES)}` });
  }

  link() {
    const room = this.room();
    if (room) this.person.play('show', { room: room.id, seq: 1 + Math.floor(this.random() * ((room.last ?? 0) + 3)) });
  }

  arrive() {
    const room = this.room();
    if (room) this.person.play('arrived', { room: room.id });
  }

  look() {
    const room = this.room();
    if (!room?.messages.length) return;
    const { seq } = this.any(room.messages);
    this.person.play('anchored', { room: room.id, seq: this.random() < 0.5 ? seq : null });
  }

  see() {
    const room = this.room();
    if (room?.messages.length) this.person.play('seen', { room: room.id, seq: this.any(room.messages).seq });
  }

  seeElsewhere() {
    const { id, readEpoch, last } = this.room() ?? {};
    if (readEpoch) this.person.play('seenElsewhere', { room: id, epoch: readEpoch, seq: 1 + Math.floor(this.random() * ((last ?? 0) + 5)) });
  }

  attend() {
    this.person.play('attention', { visible: this.random() < 0.5 });
  }

  older() {
    const room = this.room();
    if (room && hasOlder(room)) this.person.play('older', { room: room.id, before: oldestSeq(room) });
  }

  fill() {
    const room = this.room();
    const gap = room && this.any(gaps(room));
    if (!gap) return;
    if (this.random() < 0.5) this.person.play('older', { room: room.id, before: gap.to + 1 });
    else this.person.play('newer', { room: room.id, after: gap.from - 1 });
  }

  type() {
    const room = this.room();
    if (room) this.person.play('typing', { room: room.id });
  }

  tick() {
    this.person.now += Math.floor(this.random() * 2_000);
    this.person.play('tick');
  }

  dial() {
    this.person.dial();
  }

  hangUp() {
    this.person.hangUp();
  }

  behind() {
    this.server.fallBehind(this.any(NAMES));
  }

  kick() {
    this.server.kick(this.any(NAMES));
  }

  keepAway() {
    this.server.keepAway(BO);
  }

  forget() {
    const room = this.server.room(this.any(NAMES));
    room.first = Math.min(room.log.length + 1, room.first + Math.floor(this.random() * 40));
  }

  reload() {
    this.person.reload();
    this.seen.clear();
    this.checked = null;
  }

  restore() {
    this.person.hangUp();
    const outgoing = new Set([...this.person.state.rooms.values()].flatMap((room) => room.outgoing.map(({ cid }) => cid)));
    this.server.restore((cid) => {
      if (!outgoing.has(cid)) this.cut.add(cid);
    });
  }

  /** A room is removed. What was said there is gone, unless it is still in the person's hand. */
  remove() {
    const name = this.any(NAMES);
    // Its members find out when they join it again.
    if (this.random() < 0.5) this.person.hangUp();
    else this.server.fallBehind(name);
    this.server.remove(name, (cid) => {
      this.cut.add(cid);
      this.unordered.add(cid);
    });
  }

  /** What holds after every step. */
  check() {
    const { state } = this.person;
    const before = this.checked;
    this.checked = state;
    for (const id of this.seen.keys()) if (!state.rooms.has(id)) this.seen.delete(id);
    this.noteDoubles(state.rooms);
    for (const room of state.rooms.values()) {
      const was = before?.rooms.get(room.id);
      if (was === room) continue;
      if (!was) this.since.set(room.id, before?.nextId ?? 0);
      this.checkRoom(room);
      // What is shown under a name alone is of a room that is gone.
      if (isNamed(room.id)) continue;
      if (was && was.epoch === room.epoch && this.seen.has(room.id)) {
        assert.ok((was.last ?? 0) <= (room.last ?? 0) || room.last === null, `${room.name}: the cursor went back`);
      }
      this.checkUnread(room, was);
      this.checkCached(room);
    }
    this.checkRequests();
  }

  /** Rooms of which only the server knows that they are the same: their order is free. @param {Map<string, import('../store/state.js').Room>} rooms */
  noteDoubles(rooms) {
    for (const { id, name } of rooms.values()) {
      const doubles = [...rooms.values()].filter((other) => other.id !== id && fold(other.name) === fold(name));
      for (const { outgoing } of doubles) for (const { cid } of outgoing) this.unordered.add(cid);
    }
  }

  /** @param {import('../store/state.js').Room} room */
  checkRoom({ id, name, epoch, first, last, messages, skipped, stale, outgoing, joined, live, joinId }) {
    assert.ok(messages.length <= MESSAGES_MAX, `${name}: too many messages`);
    const log = this.server.archive.get(epoch ?? '')?.get(messages[0]?.room ?? id)?.log;
    for (const [at, { room, seq, cid, text, edited }] of messages.entries()) {
      if (at && seq <= messages[at - 1].seq) assert.fail(`${name}: not in order at ${seq}`);
      if (room !== messages[0].room || (room !== id && !isNamed(id))) assert.fail(`${name}: a message of another room at ${seq}`);
      const row = log?.[seq - 1];
      if (cid !== row?.cid) assert.fail(`${name}: another message at ${seq}`);
      if (text && row.deleted <= (last ?? 0) && seq > stale) assert.fail(`${name}: ${seq} was deleted and is shown`);
      if (!text && !row.deleted) assert.fail(`${name}: ${seq} was not deleted`);
      const missed = row.versions?.some((/** @type {any} */ one) => one.seq > (edited ?? 0) && one.seq <= (last ?? 0));
      if (text && missed && seq > stale) assert.fail(`${name}: ${seq} was edited and shows what it said before`);
    }
    for (const [from, to] of skipped) {
      for (let seq = from; seq <= to; seq += 1) assert.notEqual(isNamed(id) ? 'pin' : log?.[seq - 1].type, 'message', `${name}: ${seq} is hidden`);
    }
    // Only what retention has taken away may be missing at the end, and what lies before a page of nothing to be shown.
    const newest = messages.at(-1)?.seq ?? last ?? 0;
    const isSkipped = last !== null && countInSpans(skipped, last, last) > 0;
    assert.ok(isSkipped || !missingSpans(skipped, newest + 1, last ?? 0).length || first > (last ?? 0), `${name}: the newest message is not at the cursor`);
    assert.ok(!live || joined && !joinId, `${name}: live without a membership`);
    const there = new Set(messages.map(({ cid }) => cid));
    for (const one of outgoing) {
      assert.ok(!there.has(one.cid), `${name}: "${one.text}" is shown twice`);
      if (one.state === 'failed') this.unordered.add(one.cid);
    }
    assert.equal(new Set(outgoing.map(({ cid }) => cid)).size, outgoing.length, `${name}: the same is to be sent twice`);
    for (const isEdit of [false, true]) {
      assert.ok(outgoing.filter(({ state, edits }) => state === 'flying' && Boolean(edits) === isEdit).length <= 1, `${name}: two fly at once`);
    }
  }

  /** What was deleted is not stored on the device. @param {import('../store/state.js').Room} room */
  checkCached(room) {
    const log = this.server.archive.get(room.epoch ?? '')?.get(room.id)?.log;
    for (const { seq, text } of toCachedRoom(room)?.messages ?? []) {
      assert.ok(!text || !(log?.[seq - 1].deleted <= (room.last ?? 0)), `${room.name}: ${seq} was deleted and is stored`);
    }
  }

  /** @param {import('../store/state.js').Room} room @param {import('../store/state.js').Room | undefined} was */
  checkUnread({ id, name, epoch, read, first, last, unread, mentions, messages, skipped }, was) {
    const known = was?.epoch === epoch ? this.seen.get(id) ?? new Map() : new Map();
    this.seen.set(id, known);
    const { me, keptAway } = this.person.state;
    // Of what is not loaded any more, what held then counts.
    for (const message of messages) known.set(message.seq, { message, isQuiet: message.from.id === me?.id || keptAway.has(message.from.id) });
    const log = this.server.archive.get(epoch ?? '')?.get(id)?.log;
    const isDeleted = (/** @type {number} */ seq) => countInSpans(skipped, log?.[seq - 1].deleted ?? 0, log?.[seq - 1].deleted ?? 0) > 0;
    const from = Math.max(read ?? 0, first - 1);
    let mine = 0;
    let named = 0;
    for (const [seq, { message, isQuiet }] of known) {
      if (seq <= from) continue;
      if (isQuiet) mine += 1;
      else if (message.text.includes('@ana') && !isDeleted(seq)) named += 1;
    }
    const nothing = countInSpans(skipped, from + 1, last ?? 0);
    const expected = read === null ? [0, 0] : [Math.max(0, (last ?? 0) - from - mine - nothing), named];
    // Who becomes somebody else has other messages of their own from then on.
    if (this.server.people === 1) assert.deepEqual([unread, mentions], expected, `${name}: unread, mentions`);
  }

  /** One request of a kind in a room at a time; of history, one at the top and one in the gaps. */
  checkRequests() {
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const [id, { type, fields }] of this.person.state.requests) {
      // What was asked before the room was left and entered anew is void; a join makes older joins
      // void, and a send is settled by a page that has its message.
      if (id < (this.since.get(fields.room) ?? Infinity) || !['history', 'members', 'typing'].includes(type)) continue;
      const key = `${type} ${fields.room}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      assert.ok((counts.get(key) ?? 0) <= (type === 'history' ? 2 : 1), `${counts.get(key)} of ${key} at once`);
    }
  }

  /** Nothing goes wrong any more, until nothing is on the way. */
  settle() {
    const { person, server } = this;
    server.faulty = false;
    for (let round = 0; round < 100; round += 1) {
      const before = person.commands;
      person.dial();
      while (person.line.length || person.waiting.length || server.connection?.out.length ||
        server.connection?.queues.size || server.connection?.reads.length) {
        assert.ok(person.commands - before < 500, 'commands without end, and without time');
        for (const act of ['carry', 'work', 'read', 'deliver']) /** @type {any} */ (this)[act]();
        this.check();
      }
      person.now += 1_000;
      person.play('tick');
      if (person.commands === before && server.connection && this.isCalm()) return;
    }
    assert.fail('no end of it');
  }

  isCalm() {
    return [...this.person.state.rooms.values()].every(({ outgoing, rejoinAt }) =>
      rejoinAt === null && outgoing.every(({ state }) => state === 'failed' || state === 'sent'));
  }

  /** What holds when all is calm. */
  end() {
    this.settle();
    this.find();
    this.settle();
    for (const room of this.person.state.rooms.values()) if (isRemoved(room)) this.person.play('join', { room: room.id });
    this.settle();
    // A hole at the end shows with the next message.
    for (const room of this.server.rooms.values()) this.server.say(room.name, 'good night');
    this.settle();
    const { state } = this.person;
    assert.equal(state.requests.size, 0, 'requests without an answer');
    for (const room of state.rooms.values()) this.checkEnd(room);
    for (const id of state.rooms.keys()) this.fillAll(id);
    this.checkSaid();
  }

  /** @param {import('../store/state.js').Room} room */
  checkEnd({ id, name, live, last, stale, messages, outgoing, joinId, historyId, fillId, membersId, problem }) {
    const { log } = this.server.rooms.get(id) ?? assert.fail(`${name}: the server has no ${id}`);
    assert.ok(outgoing.every(({ state }) => state === 'failed'), `${name}: something is still to be sent`);
    assert.deepEqual([live, last, messages.at(-1)?.seq], [true, log.length, log.length], `${name}: the newest`);
    assert.deepEqual([joinId, historyId, fillId, membersId, stale, problem], [0, 0, 0, 0, 0, null], `${name}: still asked for`);
  }

  /** Gaps load to completion, and so does what is older. @param {string} id */
  fillAll(id) {
    const { person, server } = this;
    const serverRoom = server.rooms.get(id) ?? assert.fail(`no ${id}`);
    const { first } = serverRoom;
    for (let asked = 0; ; asked += 1) {
      const room = /** @type {import('../store/state.js').Room} */ (person.state.rooms.get(id));
      if (room.messages.length >= MESSAGES_MAX - 50) return;
      const gap = gaps(room).findLast(({ to }) => to >= room.first);
      if (!gap && !hasOlder(room)) break;
      assert.ok(asked < 100, `${serverRoom.name}: a gap that does not load`);
      person.play('older', { room: id, before: gap ? gap.to + 1 : oldestSeq(room) });
      this.settle();
    }
    const { messages } = /** @type {import('../store/state.js').Room} */ (person.state.rooms.get(id));
    const kept = messages.filter(({ seq }) => seq >= first);
    const said = serverRoom.log.slice(first - 1).filter(({ type }) => type === 'message');
    assert.deepEqual(kept.map(({ seq, text }) => [seq, text]), said.map(({ seq, text }) => [seq, text]), `${serverRoom.name}: not all is there`);
  }

  /** Everything that was said is in the log, once and in order, or still in the person's hand. */
  checkSaid() {
    /** @type {Map<string, string[]>} */
    const found = new Map();
    for (const { name, log } of this.server.rooms.values()) {
      for (const { cid } of log) if (cid !== undefined) found.set(cid, [...found.get(cid) ?? [], fold(name)]);
    }
    const open = new Set([...this.person.state.rooms.values()].flatMap((room) => room.outgoing.map(({ cid }) => cid)));
    for (const { cid, fold: where, text } of this.said) {
      const rooms = found.get(cid) ?? [];
      assert.ok(rooms.length <= 1, `"${text}" was said ${rooms.length} times`);
      if (this.untried.has(cid)) assert.equal(rooms.length, 0, `"${text}" was taken back, and said`);
      if (rooms.length) assert.equal(rooms[0], where);
      else assert.ok(open.has(cid) || this.discarded.has(cid) || this.cut.has(cid), `"${text}" is lost`);
    }
    for (const { name, log } of this.server.rooms.values()) {
      const ordered = this.said.filter(({ cid, fold: where }) => where === fold(name) && !this.unordered.has(cid));
      // A deleted message has its cid, and no text.
      const texts = new Map(ordered.map(({ cid, text }) => [cid, text]));
      const there = log.filter(({ cid }) => texts.has(cid)).map(({ cid }) => texts.get(cid));
      assert.deepEqual(there, ordered.filter(({ cid }) => !this.cut.has(cid)).map(({ text }) => text), `${name}: the order`);
    }
  }
}

/** What happens, and how often. */
const ACTS = {
  kick: 1,
  carry: 40, work: 40, read: 10, deliver: 60, others: 15, crowd: 1, grow: 5, erase: 4, say: 8, edit: 4, amend: 3, retry: 1, discard: 1, join: 2,
  leave: 1, show: 2, link: 2, arrive: 2, look: 2, see: 3, seeElsewhere: 1, leaveBehind: 1, find: 1, attend: 1, older: 3, fill: 3, type: 1, tick: 8,
  dial: 10, hangUp: 2, behind: 2, keepAway: 1, forget: 1, reload: 1, restore: 1, remove: 1,
};

/** @param {number} seed */
function play(seed) {
  const history = new History(seed);
  const acts = [];
  try {
    for (let step = 0; step < STEPS; step += 1) acts.push(history.step());
    acts.push('end');
    history.end();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`seed ${seed}, step ${acts.length} (… ${acts.slice(-12).join(' ')}): ${message}`, { cause: error });
  }
}

test('whatever happens, nothing is lost, repeated, reordered or hidden', () => {
  if (ONLY !== null) return play(ONLY);
  for (let seed = 1; seed <= HISTORIES; seed += 1) play(seed);
});
