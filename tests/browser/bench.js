// Figures of the browser client: how soon the first message is there, how long frames take while many
// messages arrive, and how a long room opens. It judges nothing; the floor of each figure is measured next to
// it.
//
//     node tests/browser/bench.js [runs]

import { cpus, totalmem, version as kernel } from 'node:os';
import { browser, closeBrowser } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { watchFrames } from './harness/frames.js';
import { elementCount, inView, messagesInMemory } from './harness/log.js';
import { eventually } from './harness/patience.js';
import { Person } from './harness/person.js';
import { program } from './harness/program.js';
import { Server } from './harness/server.js';

const RUNS = Number(process.argv[2] ?? 10);
const SLOWDOWN = 4;
const SAID = 100;
const LONG = 100_000;
const RATE = 200;
const SECONDS = 10;

/** Runs in the page, before everything else: sets the marks that the client does not set itself. */
function mark() {
  const Native = WebSocket;
  window.WebSocket = class extends Native {
    /** @param {string | URL} address @param {string | string[]} [protocols] */
    constructor(address, protocols) {
      super(address, protocols);
      this.addEventListener('message', ({ data }) => {
        if (data.includes('"events":[') && !performance.getEntriesByName('bench:answer').length) performance.mark('bench:answer');
      });
    }
  };
  new PerformanceObserver((list) => {
    // The frame after the one that drew it begins when that one has been painted.
    if (list.getEntriesByName('throng:shown').length) requestAnimationFrame(() => performance.mark('bench:painted'));
  }).observe({ type: 'mark', buffered: true });
}

/** Times of the marks, in ms since the page was requested. @param {import('playwright-core').Page} page */
function marks(page) {
  return eventually('all marks are there', () => page.evaluate(() => Object.fromEntries(performance.getEntriesByType('mark')
    .map(({ name, startTime }) => [name.split(':')[1], startTime]))), (all) => 'painted' in all && 'answer' in all);
}

/** @param {number[]} values */
function spread(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (/** @type {number} */ part) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]);
  return `min ${at(0)}, median ${at(0.5)}, max ${at(1)} ms`;
}

/** @param {string} what @param {string} figures */
const tell = (what, figures) => console.log(`${what.padEnd(72)} ${figures}`);

/** @param {string} what @param {{[mark: string]: number}[]} runs */
function tellOpening(what, runs) {
  tell(`${what}: socket open → first message painted`, spread(runs.map(({ opened, painted }) => painted - opened)));
  tell('  floor: socket open → the room\'s page is there', spread(runs.map(({ opened, answer }) => answer - opened)));
  tell('  page asked for → first message painted', spread(runs.map(({ painted }) => painted)));
}

/** @param {string} what @param {number[]} times */
function tellFrames(what, times) {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (/** @type {number} */ part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(1);
  tell(what, `${times.length} frames, p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, longest ${at(1)} ms`);
}

/** A new profile at a slow page that has not shown the client yet. @param {Server} server */
async function visitor(server) {
  const person = await Person.open(server, { at: 'healthz' });
  await person.page.context().addInitScript(mark);
  await person.slowDown(SLOWDOWN);
  return person;
}

/**
 * A first visit, and a later one to another room, whose messages are not stored in the browser either.
 * @param {Server} server @param {string} nick
 */
async function visits(server, nick) {
  const person = await visitor(server);
  await person.page.goto(server.url);
  await person.enter(nick);
  const cold = await marks(person.page);
  await person.page.evaluate(() => navigator.serviceWorker?.ready.then(() => undefined));
  await person.page.goto(new URL('healthz', server.url).href);
  await person.page.goto(new URL('#second', server.url).href);
  const warm = await marks(person.page);
  await person.leave();
  return { cold, warm };
}

/** @param {Server} server */
async function benchOpening(server) {
  for (const room of ['lobby', 'second']) {
    const flood = await Flood.join(server, `says-${room}`, room);
    await flood.sayMany(SAID, (number) => `message ${number} with **bold**, \`code\` and https://example.org/${number}`);
    flood.leave();
  }
  /** @type {Awaited<ReturnType<typeof visits>>[]} */
  const runs = [];
  for (let run = 1; run <= RUNS; run += 1) runs.push(await visits(server, `reader-${run}`));
  tellOpening(`first visit, ${SLOWDOWN}× slower`, runs.map(({ cold }) => cold));
  tellOpening(`later visit, ${SLOWDOWN}× slower`, runs.map(({ warm }) => warm));
}

/** @param {Server} server */
async function benchStream(server) {
  const person = await Person.open(server);
  await person.enter('looks-on');
  const flood = await Flood.join(server, 'streams');
  for (const slowdown of [1, SLOWDOWN]) {
    await person.slowDown(slowdown);
    const how = slowdown === 1 ? '' : `, ${slowdown}× slower`;
    const idle = await watchFrames(person.page);
    await person.page.waitForTimeout(3_000);
    tellFrames(`floor: nothing said${how}`, await idle());
    const busy = await watchFrames(person.page);
    await flood.sayMany(RATE * SECONDS, undefined, { perSecond: RATE });
    tellFrames(`${RATE} messages a second for ${SECONDS} s${how}`, await busy());
  }
  tell('elements in the document, messages held by the page', `${await elementCount(person.page)}, ${await messagesInMemory(person.page)}`);
  flood.leave();
  await person.leave();
}

/** @param {Server} server */
async function benchLong(server) {
  const flood = await Flood.join(server, 'fills', 'long');
  const start = Date.now();
  await flood.sayMany(LONG);
  flood.leave();
  tell(`a room is filled with ${LONG} messages`, `${Math.round((Date.now() - start) / 1_000)} s`);
  /** @type {{[mark: string]: number}[]} */
  const runs = [];
  for (let run = 1; run <= RUNS; run += 1) {
    const person = await visitor(server);
    await person.page.goto(new URL('#long', server.url).href);
    await person.enter(`historian-${run}`);
    runs.push(await marks(person.page));
    await eventually('the newest is in view', () => inView(person.page), (seen) => seen.at(-1)?.seq === LONG);
    await person.leave();
  }
  tellOpening(`a room with ${LONG} messages, ${SLOWDOWN}× slower`, runs);
}

const server = await Server.start();
const chromium = await browser();
try {
  const [{ model }] = cpus();
  const kind = /\b(debug|release)\b/.exec(program)?.[1] ?? 'see THRONG_PROGRAM';
  console.log(`${cpus().length} × ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${kernel()}`);
  console.log(`Chromium ${chromium.version()}, Node ${process.version}; the server's build: ${kind}; ${RUNS} runs\n`);
  await benchOpening(server);
  await benchStream(server);
  await benchLong(server);
} finally {
  await closeBrowser();
  await server.remove();
}
