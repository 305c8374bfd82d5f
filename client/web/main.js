// The beginning: ties the socket, the store and the view together, and carries out what the store
// asks for.

import { readLine } from './line.js';
import { Notifier } from './notify.js';
import { readPlace, writePlace } from './place.js';
import * as shelf from './shelf.js';
import { Socket } from './socket.js';
import { update } from './store.js';
import { initial } from './turn.js';
import { App } from './view/app.js';
import { Visit } from './visit.js';
import { parse, problemOf } from './wire.js';
import { setLanguage } from './words.js';

/** The person types: say so at most this often. */
const TYPING_EVERY_MS = 3_000;

/** Deadlines are in seconds. */
const TICK_MS = 1_000;

/** Marks what this page has written into the browser's history; what a link led to is not marked. */
const OWN = 'throng';

const visit = await Visit.open();
let state = initial(await visit.recall());
// Without its words the page is there all the same, in English.
await setLanguage(state.settings.language).catch(() => {});

/** @type {any[]} */
const inputs = [];
let busy = false;
let drawing = false;
let shown = false;
let warned = false;
let typedAt = 0;
let tickedAt = 0;
/** Where the address should lead, while the browser takes no change of it. @type {{room: string | null, seq: number | null} | null} */
let unmoved = null;

const address = new URL('ws', document.baseURI);
address.protocol = address.protocol.replace('http', 'ws');
const socket = new Socket(address.href, {
  opened() {
    performance.mark('throng:opened');
    play('opened');
  },
  heard,
  closed: (end) => play('closed', end),
});

const notifier = new Notifier(play);
const app = new App(play, { line: said, typed });

/**
 * Gives the store an input, and carries out what follows. Effects may bring inputs of their own
 * (closing does): those wait their turn.
 * @param {string} type
 * @param {any} [fields]
 */
function play(type, fields = {}) {
  inputs.push({ ...fields, type, now: Date.now(), random: Math.random() });
  if (busy) return;
  busy = true;
  try {
    for (let input = inputs.shift(); input; input = inputs.shift()) {
      const before = state;
      const next = update(state, input);
      state = next.state;
      notifier.look(state);
      if (visit.keep(before, state) && !visit.durable) warn();
      next.effects.forEach(carryOut);
    }
  } finally {
    busy = false;
  }
  drawSoon();
}

/** @param {import('./turn.js').Effect} effect */
function carryOut(effect) {
  switch (effect.do) {
    case 'open': return socket.open();
    case 'send': return send(effect);
    case 'greeted': return greeted();
    case 'farewell': return socket.farewell(effect.again, effect.afterMs);
    case 'close': return socket.close(effect.again, effect.afterMs);
    case 'place': return moveTo(effect.room, effect.seq);
    case 'notify': return void notifier.call(state, effect);
    case 'forget': return void visit.forget();
    case 'signedOut': return app.signedOut();
  }
}

/** A window that was closed while there was no network has left what was said in it. */
function greeted() {
  socket.greeted();
  visit.unsent().then((unsent) => play('found', { unsent }));
}

/**
 * What the person says leaves after the outbox has it, on this connection or not at all: on the
 * next one, the store sends it again.
 * @param {{text: string, cid?: string}} effect
 */
async function send({ text, cid }) {
  if (cid === undefined) {
    socket.send(text);
    return;
  }
  const connection = socket.connection;
  await visit.written();
  if (connection === socket.connection) socket.send(text);
}

/**
 * The address names what is shown, so that it can be copied and reloaded. Going to another room is a step
 * that the browser's Back takes back.
 * @param {string | null} room
 * @param {number | null} seq
 */
function moveTo(room, seq) {
  const hash = room === null ? '' : writePlace(room, seq);
  unmoved = null;
  if (hash === location.hash && history.state === OWN) return;
  const from = readPlace(location.hash)?.room;
  const isStep = history.state === OWN && from !== undefined && from !== room && state.rooms.has(from) && room !== null;
  try {
    if (isStep) history.pushState(OWN, '', hash);
    else history.replaceState(OWN, '', hash || location.pathname + location.search);
  } catch {
    // WebKit takes a hundred changes within ten seconds, and then throws.
    unmoved = { room, seq };
  }
}

/** The person follows a link, or goes back and forward. */
function moved() {
  const place = readPlace(location.hash);
  // Back into a room that was left since would join it again.
  if (history.state === OWN && !state.rooms.has(place?.room ?? '')) moveTo(state.shown, null);
  else if (place) play('show', place);
}

/** Told once, when there is something to lose. */
function warn() {
  if (!warned) play('notice', { key: 'outbox.memory' });
  warned = true;
}

/** @param {string} text */
function heard(text) {
  // The timers of a page out of sight come once a minute; what the server says comes in time.
  if (Date.now() - tickedAt > 2 * TICK_MS) tick();
  try {
    play('frame', { event: parse(text) });
  } catch (error) {
    // A frame that cannot be read may have held a message: the cursor brings it again.
    console.error(error, text.slice(0, 200));
    socket.close(true);
  }
}

/**
 * Does what a line asks for.
 * @param {string} line
 * @param {string} drawn the room that the person sees: another one may be drawn next
 * @returns {boolean} whether it could: else the person mends it
 */
function said(line, drawn) {
  const { type, ...fields } = readLine(line);
  const here = state.respelled?.from === drawn && !state.rooms.has(drawn) ? state.respelled.to : drawn;
  const refused = type === 'notice' || (type === 'rename' && state.phase !== 'online') ||
    (type === 'say' && (!state.rooms.has(here) || problemOf(fields.text, state.limits.text_bytes) !== null));
  // Who goes on writing after this says so anew: what was said has ended it for the others.
  typedAt = 0;
  play(type, { ...fields, room: fields.room ?? here });
  return !refused;
}

function typed() {
  if (Date.now() - typedAt < TYPING_EVERY_MS || !state.shown) return;
  typedAt = Date.now();
  play('typing', { room: state.shown });
}

/** Draws once per frame of the screen, however much happened. */
function drawSoon() {
  // A page out of sight gets no frames, but its title and its icon are in sight.
  if (document.hidden) notifier.draw(state);
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    notifier.draw(state);
    app.draw(state, Date.now());
    if (!shown && state.rooms.get(state.shown ?? '')?.messages.length) {
      shown = true;
      performance.mark('throng:shown');
    }
  });
}

function tick() {
  tickedAt = Date.now();
  if (unmoved) moveTo(unmoved.room, unmoved.seq);
  play('tick');
}

/** A page out of sight gets its ticks from a worker, if that can be had. */
function tickOn() {
  if (document.hidden) import('./ticks.js').then(({ tickWhileHidden }) => tickWhileHidden(tick)).catch(() => {});
}

function attend() {
  play('attention', { visible: !document.hidden && document.hasFocus() });
}

setInterval(tick, TICK_MS);
// The browser knows that the network has gone, or is back, before the silence tells.
addEventListener('offline', () => socket.close(true));
addEventListener('online', () => play('online'));
addEventListener('hashchange', moved);
addEventListener('focus', attend);
addEventListener('blur', attend);
document.addEventListener('visibilitychange', () => {
  if (document.hidden) visit.keepNow();
  tickOn();
  attend();
});
addEventListener('pagehide', () => visit.keepNow());
shelf.watch('token', (token) => {
  if (token !== state.token) play('token', { token });
});
visit.watchReads((room, epoch, seq) => play('seenElsewhere', { room, epoch, seq }));

tickOn();
attend();
// Once more: while the words came, the person may have followed a link.
state = { ...state, place: readPlace(location.hash) };
if (state.token) play('start');
