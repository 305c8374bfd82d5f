// The state of the connection, in one line over the top of the log. It lies above the messages, so
// that its coming and going moves none of them, and it waits before it comes: most losses are over
// sooner than they could be read.

import { icon } from './icon.js';
import { make, setText } from './make.js';
import { noticeText } from './notice.js';
import { t } from '../words.js';

/** A loss shorter than this is not spoken of. */
export const PATIENCE_MS = 1_500;

export class Banner {
  #element;
  #play;
  #drawn = '';
  #words = make('span');
  // Counts down each second: said once is enough for those who listen.
  #count = make('span', { aria: { hidden: true } });
  #button = make('button', { type: 'button' });

  /** @param {HTMLElement} element @param {import('./app.js').Play} play */
  constructor(element, play) {
    this.#element = element;
    this.#play = play;
    this.#button.addEventListener('click', () => play('again'));
    element.append(icon('warning'), make('p', { dir: 'auto' }, this.#words, ' ', this.#count), this.#button);
    element.hidden = true;
  }

  words() {
    this.#drawn = '';
  }

  /**
   * @param {import('../turn.js').State} state
   * @param {number} now
   * @param {number} lostMs for how long there has been no connection; 0 while there is one
   */
  draw(state, now, lostMs) {
    const problem = noticeText(state.rooms.get(state.shown ?? '')?.problem);
    const shown = state.phase === 'stopped' || lostMs >= PATIENCE_MS || (state.phase === 'online' && Boolean(problem));
    const words = shown ? connectionWords(state, problem) : '';
    const count = shown && state.phase === 'away' ? returnWords(state.returnAt - now) : '';
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

/** @param {import('../turn.js').State} state @param {string} problem of the room */
function connectionWords({ phase, reason }, problem) {
  if (phase === 'online') return problem;
  if (phase === 'connecting') return t('banner.connecting');
  const why = reason ? asSentence(noticeText(reason)) : '';
  if (phase === 'stopped') return [why, t('banner.stopped')].filter(Boolean).join(' ');
  return why || t('banner.lost');
}

/** "the server restarts" becomes a sentence. @param {string} text */
function asSentence(text) {
  const trimmed = text.trim();
  if (!trimmed) return '';
  const [first, ...rest] = trimmed;
  return first.toUpperCase() + rest.join('') + (/[.!?…]$/.test(trimmed) ? '' : '.');
}

/** @param {number} inMs */
export function returnWords(inMs) {
  const seconds = Math.ceil(inMs / 1000);
  return seconds > 0 ? t('banner.inSeconds', { seconds }) : t('banner.now');
}
