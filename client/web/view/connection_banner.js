// The banner: the state of the connection in one line over the top of the log. It covers the messages instead of
// moving them, and it waits before it appears, since most losses are over before anybody could read about them.

import { icon } from './icon.js';
import { createElement, setText } from './dom.js';
import { asSentence, noticeText } from './notice_bar.js';
import { t } from '../words/translate.js';

/** A shorter loss is not shown. */
export const PATIENCE_MS = 1_500;

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
