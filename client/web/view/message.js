// A message as elements: who, when, what; and one that is still on its way, with how it stands.
//
// log.js makes one for each item of its window, and brings it up to date when the item is another
// object. All texts pass through markdown.js, which builds nodes; a nick is the text of a <bdi>.

import { head, isLong } from '../clip.js';
import { hue, initials } from '../hue.js';
import { mentions } from '../mention.js';
import { sentence } from '../notice.js';
import { canDiscard } from '../room.js';
import { clock, full } from '../time.js';
import { language, locale, t } from '../words.js';
import { icon } from './icon.js';
import { make } from './make.js';
import { render } from './markdown.js';

/** @typedef {import('../room.js').Outgoing} Outgoing */
/** @typedef {import('./items.js').Said} Said */
/** @typedef {import('./items.js').Waiting} Waiting */

/**
 * What the drawing of a message depends on, besides the message.
 * @typedef {object} Context
 * @property {import('../wire.js').User | null} me
 * @property {Set<string>} unfolded keys of long messages that are shown in full
 * @property {(room: string) => void} onRoom the person follows the name of a room
 */

/** A text that makes more elements is folded as well: many together would slow the page down. */
const ELEMENTS_MAX = 40;

/** The last moment that a calendar has: a time beyond it must not keep a message from being shown. */
const LATEST = 8.64e15;

/** @param {Said} item @param {Context} context @returns {HTMLElement} */
export function messageElement({ key, message, grouped }, context) {
  const { from, kind, text, at, seq } = message;
  const { me } = context;
  const mine = from.id === me?.id;
  const line = spoken(key, from, kind, text, at, grouped, context);
  line.dataset.seq = String(seq);
  line.classList.toggle('mine', mine);
  if (me && !mine && mentions(text, me.nick)) {
    line.classList.add('mention');
    line.append(make('span', { className: 'unseen', textContent: t('log.mentioned') }));
  }
  return line;
}

/** @param {Waiting} item @param {Context} context @returns {HTMLElement} */
export function outgoingElement({ key, one, from, grouped }, context) {
  const { kind, text, firstAt, state, cid, unknown } = one;
  const line = spoken(key, from, kind, text, firstAt, grouped, context);
  line.classList.add('mine', state);
  const failed = state === 'failed';
  const note = make('span', { className: 'how' }, icon(failed ? 'warning' : state === 'sent' ? 'check' : 'clock'),
    make('span', { textContent: howItStands(one) }));
  if (failed && !unknown) note.append(button('log.retry', 'retry', { cid }));
  if (canDiscard(one)) note.append(button('log.discard', 'discard', { cid }));
  line.append(note);
  return line;
}

/**
 * A button in the log: log.js carries out what `act` says.
 * @param {string} key of its words
 * @param {string} act
 * @param {Record<string, any>} [data]
 * @param {Record<string, any>} [args] of its words
 * @returns {HTMLButtonElement}
 */
export function button(key, act, data = {}, args = {}) {
  return make('button', { type: 'button', className: 'text', data: { act, ...data }, textContent: t(key, args) });
}

/** Why a send failed, as a sentence. @param {Outgoing} one @returns {string} */
export function howReason({ problem, unknown }) {
  if (problem) return sentence(problem, t, language());
  return unknown ? t('log.unknown') : '';
}

/** @param {Outgoing} one @returns {string} */
function howItStands(one) {
  const { state, unknown } = one;
  const reason = howReason(one);
  if (unknown) return reason;
  if (state === 'failed') return reason ? t('log.failed', { reason }) : t('log.failed.bare');
  if (state === 'waiting' && reason) return t('log.waiting.reason', { reason });
  return t(`log.${state}`);
}

/**
 * @param {string} key @param {import('../wire.js').User} from @param {string | null | undefined} kind
 * @param {string} text @param {number} at @param {boolean} grouped @param {Context} context
 * @returns {HTMLElement}
 */
function spoken(key, from, kind, text, at, grouped, context) {
  const action = kind === 'action';
  const when = Math.min(at, LATEST);
  const time = make('time', { dateTime: new Date(when).toISOString(), title: full(when, locale()), textContent: clock(when, locale()) });
  const said = make('div', { className: 'said' }, ...textNodes(key, text, context));
  const line = make('li', {
    className: `message${action ? ' action' : ''}${grouped && !action ? ' grouped' : ''}`, tabIndex: -1,
    data: { key, initials: action ? '★' : initials(from.nick) },
  }, make('bdi', { className: 'nick', textContent: from.nick }), time, said);
  line.style.setProperty('--hue', String(hue(from.id)));
  return line;
}

/** @param {string} key @param {string} text @param {Context} context @returns {Node[]} */
function textNodes(key, text, { me, unfolded, onRoom }) {
  const options = { me: me?.nick ?? null, onRoom };
  const open = unfolded.has(key);
  if (open) return [...render(text, options), button('log.less', 'fold', {})];
  const long = isLong(text);
  const nodes = render(long ? head(text) : text, options);
  if (elementsOf(nodes) > ELEMENTS_MAX) {
    return [make('p', { dir: 'auto', className: 'raw', textContent: head(text) }), button('log.more', 'unfold')];
  }
  return long ? [...nodes, button('log.more', 'unfold')] : nodes;
}

/** @param {Node[]} nodes */
function elementsOf(nodes) {
  return nodes.reduce((sum, node) =>
    sum + (node instanceof Element ? 1 + node.getElementsByTagName('*').length : 0), 0);
}
