// A message as an element: who, when, what; and an outgoing message with its state.
//
// log_rows.js makes one for each item in the window. All texts pass through markdown_nodes.js; a nick is the text of
// a <bdi>.

import { isLongMessage, messageHead } from '../text/message_length.js';
import { avatarHue, initials } from './avatar.js';
import { mentions } from '../text/markdown.js';
import { canDiscard } from '../store/send_retry.js';
import { fullTime, timeOfDay } from '../text/time.js';
import { locale, t } from '../words/translate.js';
import { icon } from './icon.js';
import { createElement } from './dom.js';
import { asSentence, noticeText } from './notice_bar.js';
import { markdownNodes } from './markdown_nodes.js';

/** @typedef {import('../store/state.js').Outgoing} Outgoing */
/** @typedef {import('./log_items.js').Said} Said */
/** @typedef {import('./log_items.js').Waiting} Waiting */

/**
 * What a message element depends on besides the message.
 * @typedef {object} Context
 * @property {import('../store/state.js').Reader | null} me
 * @property {Set<string>} unfolded keys of messages that are shown in full: long ones, and those of people who are kept away
 * @property {(room: string) => void} onRoom the person follows a link to a room
 */

/** A text with more elements is folded as well: many of them would slow the page down. */
const ELEMENTS_MAX = 40;

/** The last time that a Date can have: a later one must not keep a message from being shown. */
const LATEST = 8.64e15;

/** @param {Said} item @param {Context} context @returns {HTMLElement} */
export function messageElement({ key, message, grouped, edit }, context) {
  const { from, kind, at, seq } = message;
  const text = edit?.text ?? message.text;
  const { me } = context;
  const mine = from.id === me?.id;
  const away = me?.away?.has(from.id);
  const line = messageLine(key, from, kind, text, at, grouped, context, away);
  line.dataset.seq = String(seq);
  line.classList.toggle('mine', mine);
  if (text && (message.edited || edit)) markEdited(line);
  if (edit) addState(line, edit);
  if (message.shadow) line.querySelector('.said')?.append(createElement('span', { className: 'faint small', textContent: t('log.shadow') }));
  if (me && !mine && !away && mentions(text, me.nick, me.words)) {
    line.classList.add('mention');
    line.append(createElement('span', { className: 'unseen', textContent: t('log.mentioned') }));
  }
  return line;
}

/** @param {Waiting} item @param {Context} context @returns {HTMLElement} */
export function outgoingElement({ key, one, from, grouped }, context) {
  const line = messageLine(key, from, one.kind, one.text, one.firstAt, grouped, context);
  line.classList.add('mine');
  if (one.edits) markEdited(line);
  addState(line, one);
  return line;
}

/** @param {HTMLElement} line */
function markEdited(line) {
  line.querySelector('.said')?.append(createElement('span', { className: 'faint small', textContent: t('log.edited') }));
}

/** How it stands with what is on its way, and what can be done about it. @param {HTMLElement} line @param {Outgoing} one */
function addState(line, one) {
  const { state, cid, unknown, problem } = one;
  line.classList.add(state);
  const failed = state === 'failed';
  const note = createElement('span', { className: 'how' }, icon(failed ? 'warning' : state === 'sent' ? 'check' : 'clock'),
    createElement('span', { textContent: stateText(one) }));
  if (failed && !unknown && problem?.key !== 'edit.gone') note.append(logButton('log.retry', 'retry', { cid }));
  if (canDiscard(one)) note.append(logButton('log.discard', 'discard', { cid }));
  line.append(note);
}

/**
 * A button in the log: log.js carries out its `act`.
 * @param {string} key of its words
 * @param {string} act
 * @param {Record<string, any>} [data]
 * @param {Record<string, any>} [args] of its words
 * @returns {HTMLButtonElement}
 */
export function logButton(key, act, data = {}, args = {}) {
  return createElement('button', { type: 'button', className: 'text', data: { act, ...data }, textContent: t(key, args) });
}

/** Why a message was not sent, as a sentence. @param {Outgoing} one @returns {string} */
export function failureReason({ problem, unknown }) {
  if (problem) return asSentence(noticeText(problem));
  return unknown ? t('log.unknown') : '';
}

/** @param {Outgoing} one @returns {string} */
function stateText(one) {
  const { state, unknown } = one;
  const reason = failureReason(one);
  if (unknown) return reason;
  if (state === 'failed') return reason ? t('log.failed', { reason }) : t('log.failed.bare');
  if (state === 'waiting' && reason) return t('log.waiting.reason', { reason });
  return t(`log.${state}`);
}

/**
 * @param {string} key @param {import('../net/wire.js').User} from @param {string | null | undefined} kind
 * @param {string} text @param {number} at @param {boolean} grouped @param {Context} context
 * @param {boolean} [away] whether its author is kept away
 * @returns {HTMLElement}
 */
function messageLine(key, from, kind, text, at, grouped, context, away) {
  const action = kind === 'action';
  const when = Math.min(at, LATEST);
  const time = createElement('time', { dateTime: new Date(when).toISOString(), title: fullTime(when, locale()), textContent: timeOfDay(when, locale()) });
  const said = createElement('div', { className: 'said' }, ...textNodes(key, text, context, away));
  const line = createElement('li', {
    className: `message${action ? ' action' : ''}${grouped && !action ? ' grouped' : ''}${away ? ' away' : ''}`, tabIndex: -1,
    data: { key, initials: action ? '★' : initials(from.nick) },
  }, createElement('bdi', { className: 'nick', textContent: from.nick }), time, said);
  line.style.setProperty('--hue', String(avatarHue(from.id)));
  return line;
}

/** @param {string} key @param {string} text @param {Context} context @param {boolean} [away] @returns {Node[]} */
function textNodes(key, text, { me, unfolded, onRoom }, away) {
  // Only what was deleted has no text.
  if (!text) return [createElement('p', { className: 'faint', textContent: t('log.deleted') })];
  const options = { me: me?.nick ?? null, words: me?.words, onRoom };
  const open = unfolded.has(key);
  if (open) return [...markdownNodes(text, options), logButton('log.less', 'fold', {})];
  if (away) return [logButton('log.away', 'unfold')];
  const long = isLongMessage(text);
  const nodes = markdownNodes(long ? messageHead(text) : text, options);
  if (elementsOf(nodes) > ELEMENTS_MAX) {
    return [createElement('p', { dir: 'auto', className: 'raw', textContent: messageHead(text) }), logButton('log.more', 'unfold')];
  }
  return long ? [...nodes, logButton('log.more', 'unfold')] : nodes;
}

/** @param {Node[]} nodes */
function elementsOf(nodes) {
  return nodes.reduce((sum, node) =>
    sum + (node instanceof Element ? 1 + node.getElementsByTagName('*').length : 0), 0);
}
