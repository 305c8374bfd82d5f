// The first page: pick a nick, and be in the lobby. It stays until the server has agreed to the
// nick, so that a refusal stands beside the field, with what was typed still in it.

import { icon } from './icon.js';
import { make, setAria, setText } from './make.js';
import { noticeText } from './notice.js';
import { t } from '../words.js';

/** Refusals that speak of the nick. */
const OF_THE_NICK = new Set(['nick_taken', 'bad_nick', 'bad_token']);

export class Welcome {
  #element;
  #play;
  #field = make('input', {
    id: 'nick', name: 'nick', required: true, maxLength: 48, autocomplete: 'nickname', autocapitalize: 'none',
    spellcheck: false, enterKeyHint: 'go', dir: 'auto',
  });
  #title = make('h1', { textContent: 'throng' });
  #what = make('p', { className: 'what' });
  #label = make('label', { htmlFor: 'nick' });
  #rules = make('p', { id: 'nick-rules', className: 'faint small' });
  #problem = make('p', { id: 'nick-problem', className: 'problem', role: 'alert' });
  #where = make('p', { className: 'where', dir: 'auto' });
  #wait = make('p', { className: 'faint small wait', role: 'status' });
  #enter = make('button', { type: 'submit' });
  #touched = false;

  /** @param {HTMLElement} element @param {import('./app.js').Play} play */
  constructor(element, play) {
    this.#element = element;
    this.#play = play;
    const form = make('form', { noValidate: true, on: { submit: (event) => this.#submit(event) } },
      this.#label, this.#field, this.#problem, this.#rules, this.#enter, this.#wait);
    element.append(make('div', { className: 'welcome' },
      make('div', { className: 'sign', aria: { hidden: true } }, icon('rooms')), this.#title, this.#what, this.#where, form));
    this.#field.addEventListener('input', () => {
      this.#touched = true;
      this.#say('');
    });
    this.words();
  }

  words() {
    setText(this.#what, t('welcome.what'));
    setText(this.#label, t('welcome.label'));
    setText(this.#rules, t('welcome.rules'));
  }

  /** The person has arrived here: the field is ready. @param {string | null} nick what they were called last */
  enter(nick) {
    this.#field.value = nick ?? '';
    this.#field.focus();
    this.#field.select();
  }

  /** @param {import('../turn.js').State} state @param {string} wait what is being waited for, or '' */
  draw(state, wait) {
    const { place, phase } = /** @type {any} */ (state);
    const room = place?.room;
    this.#where.hidden = !room || room === 'lobby';
    setText(this.#where, room ? t('welcome.where', { room: `#${room}` }) : '');
    // After an end for good another attempt is the person's to make.
    const busy = phase !== 'naming' && phase !== 'stopped';
    this.#enter.disabled = busy;
    setText(this.#enter, busy ? t('welcome.entering') : t('welcome.enter'));
    setText(this.#wait, wait);
    if (busy) this.#touched = false;
    if (!this.#touched) this.#say(phase === 'naming' ? noticeText(/** @type {any} */ (state).notice) : '');
  }

  /** Whether a notice is said here rather than at the top. @param {any} notice */
  takes(notice) {
    return OF_THE_NICK.has(notice?.code);
  }

  /** @param {string} problem */
  #say(problem) {
    if (this.#problem.textContent === problem) return;
    this.#problem.textContent = problem;
    setAria(this.#field, 'invalid', problem ? 'true' : null);
    setAria(this.#field, 'describedby', problem ? 'nick-problem nick-rules' : 'nick-rules');
    if (problem) this.#field.select();
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const nick = this.#field.value.trim();
    if (!nick) {
      this.#say(t('welcome.empty'));
      this.#field.focus();
      return;
    }
    this.#touched = false;
    this.#play('start', { nick });
  }
}
