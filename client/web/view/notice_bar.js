// The two bars over a page: notices say what happened, in a line at the top that the person can close; the banner says
// how the connection is.

import { icon } from './icon.js';
import { createElement, setText } from './dom.js';
import { sentence } from '../store/notice.js';
import { language, t } from '../words/translate.js';

/** How long a confirmation is shown; a refusal stays until it is closed. */
const SHOWN_MS = 6_000;

/**
 * The sentence of a notice, in this person's language.
 * @param {import('../store/notice.js').Notice | null | undefined} notice
 * @returns {string}
 */
export function noticeText(notice) {
  return notice ? sentence(notice, t, language()) : '';
}

/** "the server restarts" becomes a sentence. @param {string} text */
export function asSentence(text) {
  const trimmed = text.trim();
  if (!trimmed) return '';
  const [first, ...rest] = trimmed;
  return first.toUpperCase() + rest.join('') + (/[.!?…]$/.test(trimmed) ? '' : '.');
}

/** Whether something was refused or went wrong. @param {any} notice */
const isTrouble = (notice) => Boolean(notice.code || notice.text);

export class NoticeBar {
  #element;
  #dispatch;
  /** @type {any} */
  #shown = null;
  #timer = 0;

  /** @param {HTMLElement} element @param {import('../store/state.js').Dispatch} dispatch */
  constructor(element, dispatch) {
    this.#element = element;
    this.#dispatch = dispatch;
  }

  /** Whether a notice is open. */
  get open() {
    return this.#shown !== null;
  }

  close() {
    this.#dispatch('notice');
  }

  /** @param {any} notice or null */
  draw(notice) {
    if (notice === this.#shown) return;
    this.#shown = notice;
    clearTimeout(this.#timer);
    if (!notice) {
      this.#element.replaceChildren();
      return;
    }
    const trouble = isTrouble(notice);
    const close = createElement('button', { type: 'button', className: 'plain square', aria: { label: t('notice.close') },
      on: { click: () => this.close() } }, icon('close'));
    // The role comes before the text: screen readers often ignore a region that appears with its text.
    const words = createElement('p', { dir: 'auto' });
    const line = createElement('div', { className: trouble ? 'notice trouble' : 'notice', role: trouble ? 'alert' : 'status' }, words);
    this.#element.replaceChildren(createElement('div', { className: 'toast' }, line, close));
    words.textContent = noticeText(notice);
    if (!trouble) this.#timer = window.setTimeout(() => this.#dispatch('notice'), SHOWN_MS);
  }
}

/** A shorter loss is not shown. */
export const PATIENCE_MS = 1_500;

/**
 * The state of the connection in one line over the top of the log. It covers the messages instead of moving them, and
 * waits before it appears, since most losses are over before anybody could read about them.
 */
export class ConnectionBanner {
  #element;
  #dispatch;
  #drawn = '';
  #words = createElement('span');
  // Counts down each second, which a screen reader must not repeat.
  #count = createElement('span', { aria: { hidden: true } });
  #button = createElement('button', { type: 'button' });

  /** @param {HTMLElement} element @param {import('../store/state.js').Dispatch} dispatch */
  constructor(element, dispatch) {
    this.#element = element;
    this.#dispatch = dispatch;
    this.#button.addEventListener('click', () => dispatch('again'));
    element.append(icon('warning'), createElement('p', { dir: 'auto' }, this.#words, ' ', this.#count), this.#button);
    element.hidden = true;
  }

  updateWords() {
    this.#drawn = '';
  }

  /**
   * @param {import('../store/state.js').State} state
   * @param {number} now
   * @param {number} lostMs how long there has been no connection; 0 while there is one
   */
  draw(state, now, lostMs) {
    const problem = noticeText(state.rooms.get(state.selectedRoom ?? '')?.problem);
    const shown = state.phase === 'stopped' || lostMs >= PATIENCE_MS || (state.phase === 'online' && Boolean(problem));
    const words = shown ? connectionWords(state, problem) : '';
    const count = shown && state.phase === 'away' ? reconnectWords(state.reconnectAt - now) : '';
    const key = `${state.phase} ${words} ${count}`;
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#element.hidden = !shown;
    this.#element.classList.toggle('stopped', state.phase === 'stopped');
    setText(this.#words, words);
    setText(this.#count, count);
    this.#button.hidden = state.phase !== 'away' && state.phase !== 'stopped';
    setText(this.#button, t('banner.again'));
  }
}

/** @param {import('../store/state.js').State} state @param {string} problem of the room */
function connectionWords({ phase, reason }, problem) {
  if (phase === 'online') return problem;
  if (phase === 'connecting') return t('banner.connecting');
  const why = asSentence(noticeText(reason));
  if (phase === 'stopped') return [why, t('banner.stopped')].filter(Boolean).join(' ');
  return why || t('banner.lost');
}

/** @param {number} inMs */
export function reconnectWords(inMs) {
  const seconds = Math.ceil(inMs / 1000);
  return seconds > 0 ? t('banner.inSeconds', { seconds }) : t('banner.now');
}
