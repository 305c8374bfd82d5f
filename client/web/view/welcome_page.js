// The welcome page: choose a nickname to enter, or another way in (welcome_ways.js, loaded later). It stays until the
// server has accepted, so that a refusal is shown beside the field, which still has its text.

import { nameProblem, NICK_MAX } from '../text/names.js';
import { icon } from './icon.js';
import { createElement, setAria, setText } from './dom.js';
import { loadLazyParts } from './lazy_loader.js';
import { asSentence, noticeText } from './notice_bar.js';
import { isBanned } from '../store/state.js';
import { t } from '../words/translate.js';

/** @typedef {import('./welcome_ways.js').Way} Way */

/** Refusals that this page shows itself: of what is in the field, and why the person is here again. */
const FIELD_REFUSALS = ['nick_taken', 'bad_nick', 'bad_token', 'bad_code', 'wrong_password', 'second_factor_needed', 'wrong_second_factor', 'bad_password', 'bad_link', 'rate_limited', 'account_needed', '4501'];

/** Of these nothing in the field is wrong: an account gets the person in. */
const LOGIN_REFUSALS = ['account_needed', 'second_factor_needed', '4501'];

export class WelcomePage {
  #dispatch;
  #nick = createElement('input', {
    id: 'nick', name: 'nick', required: true, maxLength: 48, autocomplete: 'nickname', autocapitalize: 'none',
    spellcheck: false, enterKeyHint: 'go', dir: 'auto',
  });
  #title = createElement('h1', { textContent: 'throng' });
  #what = createElement('p', { className: 'what' });
  #label = createElement('label', { htmlFor: 'nick' });
  #own = createElement('div', { className: 'way' }, this.#label, this.#nick);
  #place = createElement('div', { className: 'way' });
  #rules = createElement('p', { id: 'field-rules', className: 'faint small' });
  #problem = createElement('p', { id: 'field-problem', className: 'problem', role: 'alert', dir: 'auto' });
  #where = createElement('p', { className: 'where', dir: 'auto' });
  #wait = createElement('p', { className: 'faint small wait', role: 'status' });
  #enter = createElement('button', { type: 'submit' });
  #account = other(() => this.#takeWay('login'));
  #haveCode = other(() => this.#takeWay('code'));
  #back = other(() => this.#leaveWay());
  #form = createElement('form', { noValidate: true, on: { submit: (event) => this.#submit(event), input: () => this.#typed() } },
    this.#own, this.#place, this.#problem, this.#rules, this.#enter, this.#account, this.#haveCode, this.#back);
  #touched = false;
  #busy = false;
  /** Another way in is on its way. */
  #isLoading = false;
  /** Another way in than by a nick alone. @type {Way | null} */
  #way = null;
  /** The code from a link, which was put into the field. @type {string | null} */
  #offered = null;
  /** The notice that has opened the login. @type {any} */
  #opened = null;

  /** @param {HTMLElement} element @param {import('../store/state.js').Dispatch} dispatch */
  constructor(element, dispatch) {
    this.#dispatch = dispatch;
    element.append(createElement('div', { className: 'welcome' },
      createElement('div', { className: 'sign', aria: { hidden: true } }, icon('rooms')), this.#title, this.#what, this.#where, this.#form, this.#wait));
    this.updateWords();
  }

  updateWords() {
    const way = this.#way;
    setText(this.#what, t('welcome.what'));
    this.#what.hidden = this.#form.hidden || (way !== null && way.name !== 'code');
    setText(this.#label, t('welcome.label'));
    setText(this.#rules, way ? way.rules() : t('welcome.rules'));
    setText(this.#enter, t(this.#busy ? 'welcome.entering' : way?.enter ?? 'welcome.enter'));
    setText(this.#account, t('welcome.haveAccount'));
    setText(this.#haveCode, t('welcome.haveCode'));
    setText(this.#back, t('welcome.haveNone'));
    this.#own.hidden = this.#haveCode.hidden = way !== null || this.#isLoading;
    this.#account.hidden = this.#own.hidden && way?.name !== 'room';
    this.#back.hidden = way === null || ['invite', 'room'].includes(way.name);
    way?.updateWords();
  }

  get #fields() {
    return this.#way?.fields ?? [this.#nick];
  }

  /** The page is shown. @param {string | null} nick the person's last nick */
  enter(nick) {
    this.#nick.value = nick ?? '';
    this.#showWay(null);
  }

  /** @param {import('../store/state.js').State} state @param {string} wait what the page waits for, or '' */
  draw(state, wait) {
    const { linkTarget, phase, offeredCode } = state;
    const notice = phase === 'naming' && this.showsNotice(state.notice) ? state.notice : null;
    if (offeredCode !== null && offeredCode !== this.#offered) {
      this.#offered = offeredCode;
      this.#takeWay('code');
    }
    if (notice && notice !== this.#opened && this.#way?.name !== 'login' && LOGIN_REFUSALS.includes(notice.code ?? '')) {
      this.#opened = notice;
      this.#takeWay('login');
    }
    if (notice?.code?.includes('second_factor')) this.#way?.askSecond?.();
    const room = linkTarget?.room;
    this.#where.hidden = !room || room === '#lobby';
    setText(this.#where, room ? t('welcome.where', { room }) : '');
    // Then there is nothing to do here but to read why.
    this.#form.hidden = isBanned(state);
    this.#wait.classList.toggle('small', !this.#form.hidden);
    // After a final end the person may try again.
    this.#busy = phase !== 'naming' && phase !== 'stopped';
    this.#enter.disabled = this.#busy;
    if (this.#busy) this.#touched = false;
    // What is said about a nick may begin with it.
    const words = noticeText(notice);
    if (!this.#touched) this.#showProblem(this.#way ? asSentence(words) : words, notice);
    this.updateWords();
    setText(this.#wait, wait);
  }

  /** Whether this page shows a notice itself, beside the field. @param {any} notice */
  showsNotice(notice) {
    return FIELD_REFUSALS.includes(notice?.code);
  }

  /** Loads another way in, and shows it. @param {'login' | 'code'} name */
  #takeWay(name) {
    this.#isLoading = true;
    loadLazyParts().then(({ codeWay, loginWay }) => {
      this.#showWay(name === 'code' ? codeWay(this.#offered) : loginWay(this.#nick.value.trim()));
    }, () => {
      this.#isLoading = false;
      this.#dispatch('notice', { key: 'app.unreachable' });
    });
    this.updateWords();
  }

  #leaveWay() {
    this.#offered = null;
    this.#dispatch('offered', { code: null });
    this.#dispatch('notice');
    this.#showWay(null);
  }

  /** @param {Way | null} way */
  #showWay(way) {
    this.#way = way;
    this.#isLoading = false;
    this.#place.replaceChildren(...way?.nodes ?? []);
    this.updateWords();
    const field = this.#fields.find(({ value }) => !value) ?? this.#fields[0];
    field.focus();
    field.select();
  }

  #typed() {
    this.#touched = true;
    this.#showProblem('');
  }

  /**
   * @param {string} problem
   * @param {{code?: string, suggestion?: string} | null} [notice] `suggestion`: the name that may have been meant, for
   *   another Enter
   * @param {any} [field] the one that is wrong
   */
  #showProblem(problem, notice, field = this.#fields.at(-1)) {
    const { code, suggestion } = notice ?? {};
    const isWrong = problem && !suggestion && !LOGIN_REFUSALS.includes(code ?? '');
    for (const one of this.#fields) {
      setAria(one, 'invalid', isWrong && one === field ? 'true' : null);
      setAria(one, 'describedby', problem ? 'field-problem field-rules' : 'field-rules');
    }
    if (this.#problem.textContent === problem) return;
    this.#problem.textContent = problem;
    if (suggestion) this.#nick.value = suggestion;
    if (isWrong) field.select();
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const { wish, problem, suggestion, field } = this.#way ? { suggestion: undefined, ...this.#way.read() } : this.#readNick();
    this.#touched = !wish;
    if (wish) this.#dispatch('start', wish);
    else {
      this.#showProblem(/** @type {string} */ (problem), { suggestion }, field);
      field.focus();
    }
  }

  /** The typed nick, or what is wrong with it. @returns {{wish?: any, problem?: string, suggestion?: string, field?: any}} */
  #readNick() {
    const nick = this.#nick.value.trim();
    const problem = nick ? nameProblem(nick, NICK_MAX) : { key: 'welcome.empty', args: {}, suggestion: undefined };
    if (!problem) return { wish: { nick } };
    return { problem: t(problem.key, problem.args), suggestion: problem.suggestion, field: this.#nick };
  }
}

/** A button for another way in. @param {() => void} click */
function other(click) {
  return createElement('button', { type: 'button', className: 'text other', on: { click } });
}
