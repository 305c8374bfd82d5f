// The view: draws a state, and tells main.js what the person does. It calls the parts, each of which
// draws only what changed, and holds what concerns more than one of them: the theme, the language,
// the keys, and which dialog opens.
//
// main.js makes it and calls `draw` at most once a frame.

import { Banner, PATIENCE_MS, returnWords } from './banner.js';
import { Composer } from './composer.js';
import { drawDialog } from './dialog.js';
import { Header } from './header.js';
import { icon } from './icon.js';
import { installWorker } from './install.js';
import { listenForKeys } from './keys.js';
import { loadDialogs, withDialogs } from './later.js';
import { Log } from './log.js';
import { find, make, setText } from './make.js';
import { Notices, noticeText } from './notice.js';
import { Side } from './side.js';
import { typingWords } from './typing.js';
import { Welcome } from './welcome.js';
import * as shelf from '../shelf.js';
import { setLanguage, t } from '../words.js';

/** @typedef {import('../turn.js').State} State */
/** @typedef {(type: string, fields?: any) => void} Play an input of the store */

export class App {
  #play;
  /** @type {State | null} */
  #state = null;
  #language = '';
  #theme = '';
  /** @type {'welcome' | 'chat' | null} */
  #page = null;
  /** Since when there is no connection; 0 while there is one. */
  #lostAt = 0;
  #lostTimer = 0;
  /** In which phase the dialogs were asked for last; `done` when they are here. @type {State['phase'] | 'done' | null} */
  #furnishing = null;
  #empty = make('div', { className: 'nothing' });
  #welcome;
  #side;
  #header;
  #banner;
  #composer;
  /** @type {any} */
  #log;
  #notices;

  /**
   * @param {Play} play
   * @param {{line: (text: string, room: string) => boolean, typed: () => void}} hooks a line to be sent, and whether it was taken; a key in the field
   */
  constructor(play, { line, typed }) {
    this.#play = play;
    find('#loading').remove();
    this.#welcome = new Welcome(find('#welcome'), play);
    this.#side = new Side(find('#side'), {
      play: (type, fields) => { this.#closeSide(); play(type, fields); },
      browse: () => this.#open(({ openBrowse }) => openBrowse(this.#now, play)),
      rename: () => this.#open(({ openRename }) => openRename(this.#now, play, noticeText)),
      settings: () => this.#open(({ openSettings }) => openSettings(this.#now, play)),
      shortcuts: () => this.#open(({ openShortcuts }) => openShortcuts()),
      signOut: () => this.#open(({ askSignOut }) => askSignOut(play)),
      hasDraft: (room) => Boolean(shelf.draft(room)),
    });
    this.#header = new Header(find('#header'), {
      play, people: () => this.#open(({ openPeople }) => openPeople(this.#now, (nick) => this.#composer.mention(nick))),
      switcher: () => this.#switch(),
    });
    this.#banner = new Banner(find('#banner'), play);
    this.#composer = new Composer(line, {
      typed, drafted: () => this.#state && this.#side.draw(this.#state),
      openSide: () => this.#openSide(), toMessages: () => this.#log.focusNewest(),
      withDialogs: (act) => this.#open(act),
    });
    this.#notices = new Notices(find('#notices'), play);
    find('#empty').append(this.#empty);
    this.#listen();
    installWorker();
  }

  /** The person has signed out. This waits for no frame: a window out of sight gets none. */
  signedOut() {
    this.#composer.signedOut();
  }

  /** The state that was drawn last. */
  get #now() {
    return /** @type {State} */ (this.#state);
  }

  /** @param {State} state @param {number} now */
  draw(state, now) {
    const before = this.#state;
    this.#state = state;
    this.#drawLook(state);
    const lostMs = this.#lost(state, now);
    // Until the server has agreed to a nick, a refusal must find the field that it speaks of.
    const page = state.phase === 'naming' || (!state.me && !state.token) ? 'welcome' : 'chat';
    if (page !== this.#page) this.#turnTo(page, state);
    const { notice } = /** @type {any} */ (state);
    this.#notices.draw(page === 'welcome' && this.#welcome.takes(notice) ? null : notice);
    if (page === 'welcome') {
      this.#welcome.draw(state, this.#waitWords(state, now, lostMs));
      return;
    }
    const room = state.rooms.get(state.shown ?? '');
    this.#side.draw(state);
    this.#header.draw(state);
    this.#banner.draw(state, now, lostMs);
    this.#composer.draw(state);
    setText(find('#typing'), room ? typingWords([...room.typing.keys()]) : '');
    find('#log').hidden = !room;
    find('#empty').hidden = Boolean(room);
    this.#log.draw(room, state, now);
    // First come the messages; then what somebody may open next.
    if (room?.last !== null && this.#furnishing !== state.phase) this.#furnish(state.phase);
    if (before?.shown !== state.shown) this.#composer.focusUnlessTouch();
    drawDialog(state);
  }

  /** Loads the dialogs; without a network the service worker may have them. @param {State['phase']} phase */
  #furnish(phase) {
    if (this.#furnishing === 'done') return;
    this.#furnishing = phase;
    loadDialogs().then((dialogs) => {
      if (this.#furnishing !== 'done') this.#composer.furnish(dialogs);
      this.#furnishing = 'done';
    }, () => {});
  }

  /** Theme and language: both change all at once. @param {State} state */
  #drawLook({ settings }) {
    if (settings.theme !== this.#theme) {
      this.#theme = settings.theme;
      drawTheme(settings.theme);
    }
    if (settings.language === this.#language) return;
    const isFirst = !this.#language;
    this.#language = settings.language;
    // Before the first time, main.js has waited for the words.
    if (isFirst) this.#speak();
    else setLanguage(settings.language).then(() => this.#respeak(), () => this.#play('notice', { key: 'app.unreachable' }));
  }

  /** Writes everything anew. */
  #speak() {
    // The log keeps no words apart from its messages: it begins anew.
    find('#log').replaceChildren();
    this.#log = new Log(find('#log'), this.#play);
    for (const part of [this.#welcome, this.#side, this.#header, this.#banner, this.#composer]) part.words();
    setText(find('#skip'), t('app.skip'));
    this.#empty.replaceChildren(icon('rooms'), make('h2', { textContent: t('empty.title') }),
      make('p', { className: 'faint', textContent: t('empty.text') }),
      make('button', { type: 'button', className: 'primary', textContent: t('side.browse'), on: { click: () => this.#open(({ openBrowse }) => openBrowse(this.#now, this.#play)) } }));
  }

  /** The language has changed. */
  #respeak() {
    this.#speak();
    this.draw(this.#now, Date.now());
    // What is open was written in the other language.
    if (!document.querySelector('dialog.settings')) return;
    this.#open(({ openSettings }) => {
      openSettings(this.#now, this.#play);
      find('#language').focus();
    });
  }

  /** For how long the connection has been lost. @param {State} state @param {number} now */
  #lost({ phase }, now) {
    if (phase === 'online' || phase === 'naming') {
      this.#lostAt = 0;
      clearTimeout(this.#lostTimer);
      return 0;
    }
    if (!this.#lostAt) {
      this.#lostAt = now;
      // No input may come in this time; the line is due all the same.
      this.#lostTimer = window.setTimeout(() => this.draw(this.#now, Date.now()), PATIENCE_MS + 20);
    }
    return now - this.#lostAt;
  }

  /** What the first page waits for. @param {State} state @param {number} now @param {number} lostMs */
  #waitWords({ phase, returnAt, reason }, now, lostMs) {
    if (phase === 'stopped') return noticeText(/** @type {any} */ (reason));
    if (lostMs < PATIENCE_MS) return '';
    if (phase !== 'away') return t('banner.connecting');
    return `${reason ? noticeText(/** @type {any} */ (reason)) : t('welcome.unreachable')} ${returnWords(returnAt - now)}`;
  }

  /** @param {'welcome' | 'chat'} page @param {State} state */
  #turnTo(page, state) {
    find('#welcome').hidden = page !== 'welcome';
    find('#chat').hidden = page !== 'chat';
    const first = this.#page === null;
    this.#page = page;
    if (page === 'welcome') {
      this.#closeSide();
      this.#composer.forget();
      this.#welcome.enter(state.nick);
    }
    if (page === 'chat' && !first) this.#composer.focus();
  }

  #listen() {
    const play = this.#play;
    find('#skip').addEventListener('click', () => this.#composer.focus());
    find('#scrim').addEventListener('click', () => this.#closeSide());
    // On a wider screen it is no drawer any more.
    matchMedia('(max-width: 45rem)').addEventListener('change', () => this.#closeSide());
    document.addEventListener('throng:quote', (/** @type {any} */ { detail }) => this.#composer.quote(detail.message));
    document.addEventListener('throng:mention', (/** @type {any} */ { detail }) => this.#composer.mention(detail.nick));
    document.addEventListener('throng:compose', () => this.#composer.focus());
    listenForKeys({
      previousRoom: () => this.#step({ by: -1 }),
      nextRoom: () => this.#step({ by: 1 }),
      previousUnread: () => this.#step({ by: -1, unread: true }),
      nextUnread: () => this.#step({ by: 1, unread: true }),
      switcher: () => this.#switch(),
      settings: () => this.#open(({ openSettings }) => openSettings(this.#now, play)),
      shortcuts: () => this.#open(({ openShortcuts }) => openShortcuts()),
      type: () => this.#page === 'chat' && this.#composer.focus(),
      escape: () => this.#escape(),
    });
  }

  #switch() {
    this.#open(({ openSwitcher }) => openSwitcher(this.#now, this.#play));
  }

  /**
   * Opens a dialog. The drawer closes first, since the page behind a dialog is still.
   * @param {(dialogs: import('./later.js').Dialogs) => void} act
   */
  #open(act) {
    if (this.#page !== 'chat') return;
    this.#closeSide();
    withDialogs(act, () => this.#play('notice', { key: 'app.unreachable' }));
  }

  /** @param {{by: number, unread?: boolean}} where */
  #step(where) {
    if (this.#page === 'chat') this.#play('step', where);
  }

  /** Closes what is open; with nothing open, the room is read and at its newest. */
  #escape() {
    if (this.#notices.open) return this.#notices.close();
    if (find('#chat').classList.contains('side-open')) return this.#closeSide(true);
    const room = this.#state?.rooms.get(this.#state.shown ?? '');
    if (this.#page !== 'chat' || !room) return;
    this.#play('latest', { room: room.name });
    if (room.last !== null) this.#play('seen', { room: room.name, seq: room.last });
    this.#log.jumpToEnd();
    this.#composer.focus();
  }

  /** On a phone the rooms are a drawer; the room behind it is still. */
  #openSide() {
    find('#chat').classList.add('side-open');
    find('#room').inert = true;
    this.#side.focus();
  }

  /** @param {boolean} [giveBack] */
  #closeSide(giveBack = false) {
    if (!find('#chat').classList.contains('side-open')) return;
    find('#chat').classList.remove('side-open');
    find('#room').inert = false;
    if (giveBack) find('#composer .to-rooms').focus();
  }
}

/** The colours of the page and of what the system draws round it. @param {import('../turn.js').Settings['theme']} theme */
function drawTheme(theme) {
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const meta of /** @type {NodeListOf<HTMLMetaElement>} */ (document.querySelectorAll('meta[name="theme-color"]'))) {
    // The one of the chosen theme counts whatever the system prefers.
    meta.media = theme === 'system' ? `(prefers-color-scheme: ${meta.id})` : meta.id === theme ? 'all' : 'not all';
  }
}
