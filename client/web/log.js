// The list of messages: what is in it, and bringing the page to it with as few changes as needed.

import { gaps, hasOlder } from './room.js';

/** @typedef {import('./room.js').Room} Room */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

/** The lines that are on the page, by their keys. @type {Map<string, HTMLElement>} */
let drawn = new Map();

/**
 * Brings the list to a room, and keeps what the person reads where it is.
 * @param {HTMLElement} log
 * @param {Room | undefined} room
 * @param {string} nick of this person
 * @param {boolean} atEnd whether to stay at the end
 * @param {boolean} moved whether it is another room than before
 */
export function drawLog(log, room, nick, atEnd, moved) {
  if (moved) {
    log.replaceChildren();
    drawn = new Map();
  }
  const anchor = atEnd ? undefined : firstInSight(log);
  const offset = anchor ? anchor.offsetTop - log.scrollTop : 0;
  const wanted = new Map(lines(room, nick).map(([key, draw]) => [key, drawn.get(key) ?? draw()]));
  for (const [key, line] of drawn) if (!wanted.has(key)) line.remove();
  let next = log.firstElementChild;
  for (const line of wanted.values()) {
    if (line === next) next = next.nextElementSibling;
    else log.insertBefore(line, next);
  }
  drawn = wanted;
  if (atEnd) log.scrollTop = log.scrollHeight;
  else if (anchor?.isConnected) log.scrollTop = anchor.offsetTop - offset;
}

/** The first message that can be seen; notes do not count, since they come and go. @param {HTMLElement} log */
function firstInSight(log) {
  const top = log.getBoundingClientRect().top;
  return [...drawn.values()].find((line) =>
    line.dataset.kept !== undefined && line.getBoundingClientRect().bottom > top);
}

/**
 * The lines of a room: a key that tells all that is shown, and how to draw it.
 * @param {Room | undefined} room
 * @param {string} nick
 * @returns {[string, () => HTMLElement][]}
 */
function lines(room, nick) {
  if (!room) return [['none', () => note('You are in no room. Find one, or join one by its name.')]];
  /** @type {[string, () => HTMLElement][]} */
  const found = [top(room)];
  const missing = new Map(gaps(room.messages).map((gap) => [gap.to + 1, gap]));
  let day = '';
  for (const message of room.messages) {
    const gap = missing.get(message.seq);
    if (gap) found.push(gapLine(room, gap));
    const today = DAY.format(message.at);
    if (today !== day) found.push([`day ${message.seq} ${today}`, () => note(today)]);
    day = today;
    found.push([`seq ${message.seq} ${message.cid}`, () => messageLine(message)]);
  }
  for (const one of room.outgoing) {
    found.push([`cid ${one.cid} ${one.state} ${one.problem ?? ''}`, () => outgoingLine(one, nick)]);
  }
  return found;
}

/** @param {Room} room @returns {[string, () => HTMLElement]} */
function top(room) {
  if (room.last === null) return ['top reading', () => note('Reading…')];
  if (hasOlder(room)) {
    const before = room.messages[0].seq;
    return [`top ${before}`, () => note('', button('Load older messages', 'older', { before, older: '' }))];
  }
  if (!room.messages.length) return ['top empty', () => note('Nothing was said here yet.')];
  return room.first > 1
    ? ['top cut', () => note('Older messages are no longer kept.')]
    : ['top', () => note('This is the beginning.')];
}

/** @param {Room} room @param {{from: number, to: number}} gap @returns {[string, () => HTMLElement]} */
function gapLine(room, { from, to }) {
  const count = (to - from + 1).toLocaleString();
  if (to < room.first) return [`lost ${from} ${to}`, () => note(`${count} messages are no longer kept.`)];
  return [`gap ${from} ${to}`, () =>
    note(`${count} ${from === to ? 'message is' : 'messages are'} missing here.`, button('Load them', 'older', { before: to + 1 }))];
}

/** @param {import('./wire.js').Message} message */
function messageLine({ from, kind, text, at }) {
  const line = spoken(from.nick, kind, text, at);
  line.dataset.kept = '';
  return line;
}

/** @param {import('./room.js').Outgoing} one @param {string} nick */
function outgoingLine({ cid, kind, text, firstAt, state, problem, unknown }, nick) {
  const line = spoken(nick, kind, text, firstAt);
  line.classList.add(state);
  const words = { waiting: problem ? `waiting: ${problem}` : 'waiting to be sent', flying: 'sending…', sent: 'sent', failed: `not sent: ${problem}` };
  line.append(span('state', unknown ? problem ?? '' : words[state]));
  if (state === 'failed' && !unknown) line.append(button('Try again', 'retry', { cid }));
  if (state === 'failed') line.append(button('Remove', 'discard', { cid }));
  return line;
}

/** @param {string} nick @param {string | undefined} kind @param {string} text @param {number} at */
function spoken(nick, kind, text, at) {
  const time = document.createElement('time');
  time.dateTime = new Date(at).toISOString();
  time.title = new Date(at).toLocaleString();
  time.textContent = CLOCK.format(at);
  const from = span('from', nick);
  from.dir = 'auto';
  from.style.setProperty('--hue', String(hue(nick)));
  const said = span('text', '');
  said.dir = 'auto';
  said.append(...linked(text));
  const line = document.createElement('li');
  line.append(time, from, said);
  if (kind === 'action') line.className = 'action';
  return line;
}

/**
 * Texts and links. Only addresses that begin with http: or https: become links.
 * @param {string} text
 */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+[^\s<>"'.,;:!?)\]])/u).map((piece, at) => {
    if (at % 2 === 0 || !URL.canParse(piece)) return document.createTextNode(piece);
    const link = document.createElement('a');
    link.href = piece;
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
    link.textContent = piece;
    return link;
  });
}

/** A colour per nick, the same for everybody. @param {string} nick */
function hue(nick) {
  let sum = 0;
  for (const character of nick) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return sum;
}

/** @param {string} className @param {string} text */
function span(className, text) {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

/** @param {string} text @param {...Node} more */
function note(text, ...more) {
  const line = document.createElement('li');
  line.className = 'note';
  line.append(text, ...more);
  return line;
}

/** @param {string} words @param {string} act an input of the store @param {Record<string, any>} fields */
function button(words, act, fields) {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = words;
  Object.assign(element.dataset, { act, ...fields });
  return element;
}
