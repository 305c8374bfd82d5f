// The welcome page: choose a nickname to enter, or become the person of another device by its code. It stays until
// the server has accepted, so that a refusal is shown beside the field, which still has its text.

import { parseCode } from '../device/location_hash.js';
import { nameProblem, NICK_MAX } from '../text/names.js';
import { icon } from './icon.js';
import { createElement, setAria, setText } from './dom.js';
import { noticeText } from './notice_bar.js';
import { t } from '../words/translate.js';

/** Refusals of what is in the field. */
const FIELD_REFUSALS = new Set(['nick_taken', 'bad_nick', 'bad_token', 'bad_code']);

export class WelcomePage {
  #element;
  #dispatch;
  #nick = createElement('input', {
    id: 'nick', name: 'nick', required: true, maxLength: 48, autocomplete: 'nickname', autocapitalize: 'none',
    spellcheck: false, enterKeyHint: 'go', dir: 'auto',
  });
  #code = createElement('input', {
    id: 'code', required: true, maxLength: 400, autocomplete: 'one-time-code', autocapitalize: 'characters',
    spellcheck: false, enterKeyHint: 'go', dir: 'ltr',
  });
  #title = createElement('h1', { textContent: 'throng' });
  #what = createElement('p', { className: 'what' });
  #label = createElement('label');
  #rules = createElement('p', { id: 'field-rules', className: 'faint small' });
  #problem = createElement('p', { id: 'field-problem', className: 'problem', role: 'alert', dir: 'auto' });
  #where = createElement('p', { className: 'where', dir: 'auto' });
  #wait = createElement('p', { className: 'faint small wait', role: 'status' });
  #enter = createElement('button', { type: 'submit' });
  #other = createElement('button', { type: 'button', className: 'text other' });
  #touched = false;
  #busy = false;
  #byCode = false;
  /** The code from a link, which was put into the field. @type {string | null} */
  #offered = null;

  /** @param {HTMLElement} element @param {import('../store/state.js').Dispatch} dispatch */
  constructor(element, dispatch) {
    this.#element = element;
    this.#dispatch = dispatch;
    const form = createElement('form', { noValidate: true, on: { submit: (event) => this.#submit(event) } },
      this.#label, this.#nick, this.#code, this.#problem, this.#rules, this.#enter, this.#other, this.#wait);
    element.append(createElement('div', { className: 'welcome' },
      createElement('div', { className: 'sign', aria: { hidden: true } }, icon('rooms')), this.#title, this.#what, this.#where, form));
    for (const field of [this.#nick, this.#code]) {
      field.addEventListener('input', () => {
        this.#touched = true;
        this.#showProblem('');
      });
    }
    this.#other.addEventListener('click', () => this.#switchField(!this.#byCode));
    this.updateWords();
  }

  updateWords() {
    setText(this.#what, t('welcome.what'));
    setText(this.#label, t(this.#byCode ? 'welcome.code' : 'welcome.label'));
    setText(this.#rules, t(!this.#byCode ? 'welcome.rules' : this.#offered ? 'welcome.code.linked' : 'welcome.code.where'));
    setText(this.#enter, t(this.#busy ? 'welcome.entering' : this.#byCode ? 'welcome.code.enter' : 'welcome.enter'));
    setText(this.#other, t(this.#byCode ? 'welcome.haveNone' : 'welcome.haveCode'));
    this.#label.htmlFor = this.#field.id;
    this.#nick.hidden = this.#byCode;
    this.#code.hidden = !this.#byCode;
  }

  get #field() {
    return this.#byCode ? this.#code : this.#nick;
  }

  /** The page is shown. @param {string | null} nick the person's last nick */
  enter(nick) {
    this.#nick.value = nick ?? '';
    this.#focus();
  }

  /** @param {import('../store/state.js').State} state @param {string} wait what the page waits for, or '' */
  draw(state, wait) {
    const { linkTarget, phase, offeredCode } = state;
    if (offeredCode !== null && offeredCode !== this.#offered) {
      this.#offered = offeredCode;
      this.#code.value = offeredCode;
      if (!this.#byCode) this.#switchField(true);
    }
    const room = linkTarget?.room;
    this.#where.hidden = !room || room === '#lobby';
    setText(this.#where, room ? t('welcome.where', { room }) : '');
    // After a final end the person may try again.
    this.#busy = phase !== 'naming' && phase !== 'stopped';
    this.#enter.disabled = this.#busy;
    if (this.#busy) this.#touched = false;
    if (!this.#touched) {
      const notice = phase === 'naming' ? state.notice : null;
      this.#showProblem(noticeText(notice), notice?.suggestion);
    }
    this.updateWords();
    setText(this.#wait, wait);
  }

  /** Whether this page shows a notice itself, beside the field. @param {any} notice */
  showsNotice(notice) {
    return FIELD_REFUSALS.has(notice?.code);
  }

  /** Switches to the field for a code, or back. @param {boolean} byCode */
  #switchField(byCode) {
    this.#byCode = byCode;
    this.#touched = true;
    this.#showProblem('');
    if (!byCode) {
      this.#offered = null;
      this.#dispatch('offered', { code: null });
    }
    this.updateWords();
    this.#focus();
  }

  #focus() {
    this.#field.focus();
    this.#field.select();
  }

  /** @param {string} problem @param {string} [suggestion] the name that may have been meant, for another Enter */
  #showProblem(problem, suggestion) {
    if (this.#problem.textContent === problem) return;
    this.#problem.textContent = problem;
    if (suggestion) this.#nick.value = suggestion;
    for (const field of [this.#nick, this.#code]) {
      setAria(field, 'invalid', problem && !suggestion ? 'true' : null);
      setAria(field, 'describedby', problem ? 'field-problem field-rules' : 'field-rules');
    }
    if (problem) this.#field.select();
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const wish = this.#byCode ? this.#readCode() : this.#readNick();
    if (!wish) {
      this.#touched = true;
      this.#field.focus();
      return;
    }
    this.#touched = false;
    this.#dispatch('start', wish);
  }

  /** The typed code; without one, shows the problem. */
  #readCode() {
    const code = parseCode(this.#code.value);
    if (code === null) this.#showProblem(t('welcome.code.bad'));
    return code === null ? null : { code };
  }

  /** The typed nick; without one, shows the problem. */
  #readNick() {
    const nick = this.#nick.value.trim();
    const problem = nick ? nameProblem(nick, NICK_MAX) : { key: 'welcome.empty', args: {}, suggestion: undefined };
    if (problem) this.#showProblem(t(problem.key, problem.args), problem.suggestion);
    return problem ? null : { nick };
  }
}
