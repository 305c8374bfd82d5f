// Ties the socket, the store and the view together, and carries out the effects of the store.

import { AddressBar } from './address_bar.js';
import { saveReadingPosition, watchItem } from '../device/local_storage.js';
import { parseHash } from '../device/location_hash.js';
import { watchSettings } from '../device/identity_storage.js';
import { Notifier } from '../device/notifier.js';
import { SavedState } from '../device/saved_state.js';
import { Socket } from '../net/socket.js';
import { parse } from '../net/wire.js';
import { isReturning } from '../store/selected_room.js';
import { findRoom, initialState } from '../store/state.js';
import { update } from '../store/store.js';
import { textProblem } from '../text/message_length.js';
import { parseLine } from '../text/slash_commands.js';
import { loadLazyParts } from '../view/lazy_loader.js';
import { RootView } from '../view/root_view.js';
import { setLanguage } from '../words/translate.js';

/** The shortest time between two reports that the person is typing. */
const TYPING_EVERY_MS = 3_000;

/** The tick of the store: its deadlines are in seconds. */
const TICK_MS = 1_000;

const saved = await SavedState.open();
const addressBar = new AddressBar();
/** The code of a link from another device, if such a link opened the page. */
const linkCode = addressBar.takeCode();
const firstHash = location.hash;
let state = initialState(await saved.load());
/** Whether the words of the person's language are loaded. Without them the page speaks English. */
let hasWords = await loadWords();

/** @type {any[]} */
const inputs = [];
let isUpdating = false;
let isFrameRequested = false;
let hasShownMessages = false;
let hasWarned = false;
let typingSentAt = 0;
let tickedAt = 0;

const url = new URL('ws', document.baseURI);
url.protocol = url.protocol.replace('http', 'ws');
const socket = new Socket(url.href, {
  opened() {
    performance.mark('throng:opened');
    dispatch('opened');
  },
  received,
  closed: (end) => dispatch('closed', end),
});

const notifier = new Notifier(dispatch);
const view = new RootView(dispatch, { submitLine, typed });

/**
 * Gives the store an input and carries out the effects. An effect may dispatch further inputs (closing does):
 * those wait their turn.
 * @param {string} type
 * @param {any} [fields]
 */
function dispatch(type, fields = {}) {
  inputs.push({ ...fields, type, now: Date.now(), random: Math.random() });
  if (isUpdating) return;
  isUpdating = true;
  try {
    for (let input = inputs.shift(); input; input = inputs.shift()) {
      const before = state;
      const next = update(state, input);
      state = next.state;
      notifier.updateAttention(state);
      save(before, next.effects.some((effect) => effect.do === 'forget'));
      next.effects.forEach(carryOut);
      keepLogin(before, state);
    }
  } finally {
    isUpdating = false;
  }
  requestDraw();
}

/**
 * Saves what has changed. `forgets`: everything is deleted first, since the new state may be another person's.
 * @param {import('../store/state.js').State} before
 * @param {boolean} forgets
 */
function save(before, forgets) {
  if (forgets) saved.clear();
  if (forgets && !state.token) return;
  if (saved.save(forgets ? initialState() : before, state) && !saved.durable) warnNotDurable();
}

/**
 * The token of a login goes into a cookie, and out of it when the login ends.
 * @typedef {import('../store/state.js').State} State
 * @param {State} before
 * @param {State} after
 */
function keepLogin(before, after) {
  const { token, phase } = after;
  if ((before.login ?? after.login) === null || token === 'cookie' || (token && phase !== 'online') ||
    (before.token === token && before.phase === phase)) return;
  loadLazyParts().then((lazyParts) => lazyParts.keepLogin(before, after, dispatch), () => {});
}

/** @param {import('../store/state.js').Effect} effect */
function carryOut(effect) {
  switch (effect.do) {
    case 'open': return socket.open();
    case 'send': return send(effect);
    case 'greeted': return greeted();
    case 'farewell': return socket.farewell(effect.again, effect.afterMs);
    case 'close': return socket.close(effect.again, effect.afterMs);
    case 'link': return addressBar.show(effect.room, effect.seq, state.rooms);
    case 'identified': return view.roomIdentified(effect.from, effect.to);
    case 'notify': return void notifier.alert(state, effect);
    case 'signedOut': return view.signedOut();
  }
}

function greeted() {
  socket.greeted();
  notifier.load();
  // A server that refused the words before may have them now.
  if (!hasWords) loadWords().then((loaded) => (hasWords = loaded) && view.redrawWords());
  // A window that was closed without a network has left its unsent messages.
  saved.readUnsent().then((unsent) => dispatch('found', { unsent }));
}

/** Loads the words of the person's language. @returns {Promise<boolean>} whether they came */
function loadWords() {
  return setLanguage(state.settings.language).then(() => true, () => false);
}

/**
 * A message leaves after the unsent store has it, on this connection or not at all: on the next connection the
 * store sends it again.
 * @param {{text: string, cid?: string}} effect
 */
async function send({ text, cid }) {
  if (cid === undefined) {
    socket.send(text);
    return;
  }
  const connection = socket.connection;
  await saved.whenWritten();
  if (connection === socket.connection) socket.send(text);
}

/** The person follows a link, or goes back and forward. */
function addressChanged() {
  const code = addressBar.takeCode();
  if (code !== null) dispatch('offered', { code });
  const target = code === null ? addressBar.target(state.rooms) : 'left';
  if (target === 'left') addressBar.show(state.rooms.get(state.selectedRoom ?? '')?.name ?? null, null, state.rooms);
  else if (target) dispatch('show', target);
}

/** Warns once, when there is something to lose. */
function warnNotDurable() {
  if (!hasWarned) dispatch('notice', { key: 'outbox.memory' });
  hasWarned = true;
}

/** @param {string} text */
function received(text) {
  // Timers of a hidden page may come once a minute; what the server sends comes in time.
  if (Date.now() - tickedAt > 2 * TICK_MS) tick();
  try {
    dispatch('frame', { event: parse(text) });
  } catch (error) {
    // An unreadable frame may have held a message: the cursor brings it again.
    console.error(error, text.slice(0, 200));
    socket.close(true);
  }
}

/**
 * Does what a typed line asks for.
 * @param {string} line
 * @param {string} drawnRoom the id of the room that the person sees: another one may be drawn next
 * @returns {boolean} whether it was accepted: if not, the line stays for the person to correct
 */
function submitLine(line, drawnRoom) {
  const { type, ...fields } = parseLine(line);
  if (type === 'help') {
    view.openHelp();
    return true;
  }
  if (type === 'search') {
    view.openSearch(fields.words);
    return true;
  }
  const { rooms, identified } = state;
  const here = findRoom(rooms, drawnRoom)?.id ?? (identified?.from === drawnRoom ? identified.to : drawnRoom);
  const isRefused = type === 'notice' || (type === 'rename' && state.phase !== 'online') ||
    (type === 'say' && (!rooms.has(here) || textProblem(fields.text, state.limits.text_bytes) !== null));
  // A message ends the typing for the others: more typing is reported again.
  typingSentAt = 0;
  dispatch(type, { ...fields, room: fields.room ?? here });
  return !isRefused;
}

function typed() {
  if (Date.now() - typingSentAt < TYPING_EVERY_MS || !state.selectedRoom) return;
  typingSentAt = Date.now();
  dispatch('typing', { room: state.selectedRoom });
}

/** Draws at most once per frame. */
function requestDraw() {
  // A hidden page gets no frames, but its title and its icon are visible.
  if (document.hidden) notifier.draw(state);
  if (isFrameRequested) return;
  isFrameRequested = true;
  requestAnimationFrame(() => {
    isFrameRequested = false;
    notifier.draw(state);
    view.draw(state, Date.now());
    if (!hasShownMessages && state.rooms.get(state.selectedRoom ?? '')?.messages.length) {
      hasShownMessages = true;
      performance.mark('throng:shown');
    }
  });
}

function tick() {
  tickedAt = Date.now();
  addressBar.retry(state.rooms);
  dispatch('tick');
}

/** A hidden page gets its ticks from a worker, where one can be started. */
function tickWhenHidden() {
  if (document.hidden) import('../device/background_timer.js').then(({ tickWhileHidden }) => tickWhileHidden(tick)).catch(() => {});
}

/** The page may be closed at any moment. */
function saveNow() {
  saved.flush();
  const room = state.rooms.get(state.selectedRoom ?? '');
  // On the way back to it, it is still the old one.
  saveReadingPosition(room && isReturning(state, room) ? state.readingPosition : view.readingPosition);
}

function updateAttention() {
  dispatch('attention', { visible: !document.hidden && document.hasFocus() });
}

setInterval(tick, TICK_MS);
// The browser knows sooner than a missing answer that the network is lost or back.
addEventListener('offline', () => socket.close(true));
addEventListener('online', () => dispatch('returned'));
addEventListener('hashchange', addressChanged);
addEventListener('focus', updateAttention);
addEventListener('blur', updateAttention);
document.addEventListener('visibilitychange', () => {
  if (document.hidden) saveNow();
  else dispatch('returned'); // visible, though perhaps without the focus
  tickWhenHidden();
  updateAttention();
});
addEventListener('pagehide', saveNow);
watchItem('token', (token) => {
  if (token !== state.token) dispatch('token', { token });
});
watchSettings((change) => dispatch('settings', { change }));
saved.watchReadMarks((room, epoch, seq) => dispatch('seenElsewhere', { room, epoch, seq }));

tickWhenHidden();
updateAttention();
// The person may have followed a link while the words were loading.
if (location.hash !== firstHash) state = { ...state, linkTarget: parseHash(location.hash) };
if (linkCode !== null) dispatch('offered', { code: linkCode });
if (state.token) dispatch('start');
