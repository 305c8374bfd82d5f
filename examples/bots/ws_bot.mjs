// Answers "!echo hello" with "» hello", each question exactly once, whatever is killed and when.
//
//     npm install ws
//     node ws_bot.mjs ws://127.0.0.1:8080/ws lobby echo echo.json
//
// The last argument is a file that the bot makes.

import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';

const [url, room, nick, path] = process.argv.slice(2);
const QUESTION = '!echo ';
const PASSING = ['busy', 'storage_unavailable', 'draining', 'internal'];

// What outlives the bot: its token, and the cursor: the (epoch, seq) up to which all is answered.
const kept = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};

/** Replaces the file as a whole: after a crash it is the old one or the new one. */
function save(changes) {
  const file = openSync(`${path}.new`, 'w', 0o600);
  writeSync(file, JSON.stringify(Object.assign(kept, changes)));
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.new`, path);
}

/** The same question always gets the same cid, so the server knows a repetition: a UUIDv5 (RFC 9562, 5.5). */
function cidFor(entry) {
  const NAMESPACE_URL = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');
  const hash = createHash('sha1').update(NAMESPACE_URL).update(`echo ${entry.from.id} ${entry.cid}`).digest();
  hash[6] = (hash[6] & 0x0f) | 0x50;
  hash[8] = (hash[8] & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Full jitter: many clients that lost the same server do not come back at once. */
const backoff = (attempts) => Math.random() * Math.min(30_000, 500 * 2 ** attempts);

/** The server's no to a command, which will not change. */
class Refused extends Error {
  constructor({ code, message }) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** The connection is over: come back, unless the code or a bye says no. */
class Gone extends Error {
  constructor(code) {
    super(`closed with ${code}`);
    this.code = code;
  }
}

/** One connection, from hello to its end. */
class Visit {
  id = 0;
  seen = 0;
  bye = {};
  greeted = false;
  heartbeat = 30_000;
  #asked = new Map();
  #watch;
  #wake = () => {};

  constructor(socket) {
    this.socket = socket;
    socket.on('ping', () => this.#alive());
    socket.on('message', (data) => {
      this.#alive();
      this.#hear(JSON.parse(data));
    });
    this.over = new Promise((_, reject) => socket.on('close', (code) => {
      clearTimeout(this.#watch);
      reject(new Gone(code));
    }));
    // It is awaited only beside something else.
    this.over.catch(() => {});
  }

  async run() {
    const hello = await this.ask('hello', { version: 1, ...(kept.token ? { token: kept.token } : { nick }) });
    Object.assign(this, { greeted: true, epoch: hello.epoch, me: hello.user.id, heartbeat: hello.heartbeat_ms });
    // Before anything is said: as somebody else we would say it a second time after a crash.
    save({ token: hello.token });
    if (kept.seq === undefined) {
      // The first time: questions count from here on.
      const { head } = await this.ask('join', { room, limit: 0 });
      save({ epoch: this.epoch, seq: head });
    }
    do await this.catchUp(); while (await this.news());
  }

  /** Waits until the room has more than the cursor. Pushes only ring: what they say is read from the log. */
  async news() {
    const rung = () => new Promise((resolve) => (this.#wake = resolve));
    while (this.seen <= kept.seq) await Promise.race([rung(), this.over]);
    return true;
  }

  /** Reads the room from the cursor to its end. The cursor is saved when all before it is answered. */
  async catchUp() {
    for (let more = true; more; ) {
      let page = await this.ask('join', { room, epoch: kept.epoch, after: kept.seq });
      more = page.more;
      if (page.limited) {
        // We are further behind than a join reads on. History reads from anywhere.
        page = await this.ask('history', { room, after: kept.seq });
        more = true;
      }
      for (const entry of page.events) await this.answer(entry);
      save({ epoch: this.epoch, seq: page.events.at(-1)?.seq ?? page.head });
    }
  }

  /** Answers an entry of the log, if it asks. Does nothing the second time. */
  async answer(entry) {
    const text = entry.type === 'message' ? entry.text : '';
    if (!text.startsWith(QUESTION) || entry.from.id === this.me) return;
    try {
      await this.ask('send', { room: entry.room, cid: cidFor(entry), text: `» ${text.slice(QUESTION.length)}` });
    } catch (error) {
      // A conflict says that this question has another answer already.
      if (!['conflict', 'bad_text', 'text_too_long'].includes(error.code)) throw error;
      console.error(`message ${entry.seq} gets no answer: ${error.message}`);
    }
  }

  /** Gives a command until there is an answer that lasts, and returns its ok. */
  async ask(type, body) {
    for (let tries = 0; ; tries += 1) {
      const id = ++this.id;
      const answered = new Promise((resolve) => this.#asked.set(id, resolve));
      this.socket.send(JSON.stringify({ type, id, ...body }));
      const event = await Promise.race([answered, this.over]);
      if (event.type === 'ok') return event;
      if (event.retry_ms === undefined && !PASSING.includes(event.code)) {
        throw new Refused(event);
      }
      await Promise.race([sleep(event.retry_ms ?? backoff(tries)), this.over]);
    }
  }

  /** The server pings a silent client, so its own silence means that it is gone. */
  #alive() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.socket.terminate(), 2 * this.heartbeat);
  }

  #hear(event) {
    this.#asked.get(event.id)?.(event);
    this.#asked.delete(event.id);
    if (event.type === 'bye') this.bye = event;
    if (event.room && event.type !== 'ok') this.seen = Math.max(this.seen, event.seq ?? event.head ?? 0);
    this.#wake();
  }
}

for (let attempts = 0; ; attempts += 1) {
  let retryAfter = 0;
  const socket = new WebSocket(url, { handshakeTimeout: 15_000 });
  // Without a listener an error ends the program; "close" follows in any case.
  socket.on('error', (error) => console.error(`no connection: ${error.message}`));
  socket.on('unexpected-response', (request, { statusCode, headers }) => {
    if (statusCode !== 429 && statusCode !== 503) throw new Error(`the server answers ${statusCode}`);
    retryAfter = Number(headers['retry-after'] ?? 0) * 1000;
    request.destroy();
  });
  const visit = new Visit(socket);
  const opened = new Promise((resolve) => socket.on('open', resolve));
  const code = await Promise.race([opened, visit.over]).then(() => visit.run()).catch((error) => {
    if (error instanceof Gone) return error.code;
    throw error;
  });
  // 1000 is not among these: we did not close, so a library that reports it lost the connection.
  if ([1002, 1007, 1009].includes(code) || (code >= 4500 && code <= 4999) || visit.bye.reconnect === false) {
    console.error(`the server does not want us back: ${code} ${visit.bye.reason ?? ''}`);
    process.exit(1);
  }
  if (visit.greeted) attempts = 0;
  await sleep(visit.bye.after_ms ?? retryAfter + backoff(attempts));
}
