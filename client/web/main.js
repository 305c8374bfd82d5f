// The beginning: ties the socket, the store and the view together, and keeps what outlives a visit.

import { readLine } from './line.js';
import { Socket } from './socket.js';
import { update } from './store.js';
import { initial } from './turn.js';
import { View } from './view.js';
import { parse } from './wire.js';

/** What outlives a visit. Without storage (private windows) a visit begins anew. */
const kept = {
  /** @param {string} key */
  get(key) {
    try {
      return localStorage.getItem(`throng.${key}`);
    } catch {
      return null;
    }
  },
  /** @param {string} key @param {string | null} value */
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem(`throng.${key}`);
      else localStorage.setItem(`throng.${key}`, value);
    } catch {
      // The visit goes on; the next one asks for the nick again.
    }
  },
};

/** @returns {string[]} */
function keptRooms() {
  try {
    const rooms = JSON.parse(kept.get('rooms') ?? '[]');
    return Array.isArray(rooms) ? rooms.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

let state = initial({ token: kept.get('token'), nick: kept.get('nick'), rooms: keptRooms() });

const socket = new Socket(`${location.origin.replace(/^http/, 'ws')}/ws`, {
  opened: () => play('opened'),
  heard,
  closed: (end) => play('closed', end),
});

const view = new View(play, said, typed);

/** @type {any[]} */
const inputs = [];
let busy = false;

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
      keep(before);
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
    case 'send': return socket.send(effect.text);
    case 'greeted': return socket.greeted();
    case 'farewell': return socket.farewell(effect.again, effect.afterMs);
    case 'close': return socket.close(effect.again, effect.afterMs);
  }
}

/** @param {import('./turn.js').State} before */
function keep(before) {
  if (state.token !== before.token) kept.set('token', state.token);
  if (state.nick !== before.nick) kept.set('nick', state.nick);
  const names = JSON.stringify([...state.rooms.keys()]);
  if (names !== JSON.stringify([...before.rooms.keys()])) kept.set('rooms', names);
}

/** @param {string} text */
function heard(text) {
  try {
    play('frame', { event: parse(text) });
  } catch (error) {
    // A frame that cannot be read may have held a message: the cursor brings it again.
    console.error(error, text.slice(0, 200));
    socket.close(true);
  }
}

/** @param {string} line */
function said(line) {
  const { type, ...fields } = readLine(line);
  play(type, { ...fields, room: fields.room ?? state.shown });
}

/** The person types: say so at most this often. */
const TYPING_EVERY_MS = 3_000;

let typedAt = 0;

function typed() {
  if (Date.now() - typedAt < TYPING_EVERY_MS || !state.shown) return;
  typedAt = Date.now();
  play('typing', { room: state.shown });
}

let drawing = false;

/** Draws once per frame of the screen, however much happened. */
function drawSoon() {
  const unread = [...state.rooms.values()].reduce((sum, room) => sum + room.unread, 0);
  document.title = `${unread ? `(${unread}) ` : ''}${state.shown ? `${state.shown} · ` : ''}throng`;
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    view.draw(state, Date.now());
  });
}

setInterval(() => play('tick'), 1_000);
// The browser knows that the network has gone before the silence tells.
addEventListener('offline', () => socket.close(true));

if (state.token) play('start');
drawSoon();
