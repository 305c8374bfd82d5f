// The whole view: it draws a state by calling the parts, each of which draws only what changed, and owns what
// concerns more than one part: the theme, the language, the keyboard shortcuts, and which dialog opens.
//
// app/main.js creates it and calls `draw` at most once a frame. What the person does becomes an input of the store.

import { Composer } from './composer.js';
import { RoomHeader } from './room_header.js';
import { icon } from './icon.js';
import { listenForKeys } from './keyboard_shortcuts.js';
import { drawDialog, loadLazyParts, withLazyParts } from './lazy_loader.js';
import { Log } from './log.js';
import { createElement, findElement, setText } from './dom.js';
import { asSentence, ConnectionBanner, NoticeBar, noticeText, PATIENCE_MS, reconnectWords } from './notice_bar.js';
import { Sidebar } from './sidebar.js';
import { refuseFiles } from './text_field.js';
import { WelcomePage } from './welcome_page.js';
import { getDraft, getItem, setItem } from '../device/local_storage.js';
import { isBanned, isUnknown } from '../store/state.js';
import { setLanguage, t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */

/** The wait, with jitter, before the lazy parts are loaded again after a failure. */
const RELOAD_MS = 5_000;

/** On a narrow screen the sidebar is a drawer. */
const NARROW = matchMedia('(max-width: 45rem)');

/** A wide screen has room for a column of people. */
const WIDE = matchMedia('(min-width: 75rem)');

export class RootView {
  #dispatch;
  /** @type {State | null} */
  #state = null;
  #language = '';
  #theme = '';
  /** @type {'welcome' | 'chat' | null} */
  #page = null;
  /** When the connection was lost; 0 while there is one. */
  #lostAt = 0;
  #lostTimer = 0;
  /** The phase in which the lazy parts were last requested. @type {State['phase'] | null} */
  #lazyPhase = null;
  /** @type {import('./lazy_loader.js').LazyParts | null} */
  #lazyParts = null;
  #empty = createElement('div', { className: 'nothing' });
  #welcome;
  #sidebar;
  #header;
  #banner;
  #composer;
  #log = /** @type {Log} */ (/** @type {any} */ (null));
  /** The column beside the log, once it is loaded. @type {import('./people_list.js').PeopleColumn | null} */
  #peopleColumn = null;
  #notices;

  /**
   * @param {import('../store/state.js').Dispatch} dispatch
   * @param {{submitLine: (text: string, room: string) => boolean, typed: () => void}} hooks `submitLine` returns whether
   *   the line was accepted; `typed`: a key in the field
   */
  constructor(dispatch, { submitLine, typed }) {
    this.#dispatch = dispatch;
    findElement('#loading').remove();
    this.#welcome = new WelcomePage(findElement('#welcome'), dispatch);
    this.#sidebar = new Sidebar(findElement('#side'), {
      dispatch: (type, fields) => { this.#closeDrawer(); dispatch(type, fields); },
      browse: () => this.#withLazyParts(({ openBrowse }) => openBrowse(this.#now, dispatch)),
      menuItems: ({ personItems }) => personItems(() => this.#now, dispatch, () => this.#closeDrawer()),
      hasDraft: (room) => Boolean(getDraft(room)),
    });
    this.#header = new RoomHeader(findElement('#header'), {
      dispatch, openDrawer: () => this.#openDrawer(), people: () => this.#showPeople(), switcher: () => this.#openSwitcher(),
    });
    this.#banner = new ConnectionBanner(findElement('#banner'), dispatch);
    this.#composer = new Composer(submitLine, {
      typed, dispatch, draftChanged: () => this.#state && this.#sidebar.draw(this.#state),
      toMessages: () => this.#log.focusNewest(),
      withLazyParts: (act) => this.#withLazyParts(act),
    });
    this.#notices = new NoticeBar(findElement('#notices'), dispatch);
    findElement('#empty').append(this.#empty);
    this.#listen();
  }

  /** The person has signed out. This does not wait for a frame: a hidden window gets none. */
  signedOut() {
    this.#composer.signedOut();
  }

  /** The id of a room has changed. @param {string} from @param {string} to */
  roomIdentified(from, to) {
    // A draft that moves draws the sidebar as it was.
    this.#composer.roomIdentified(from, to);
    this.#sidebar.roomIdentified(from, to);
  }

  /** Where the person reads; `null` at the end of a room. */
  get readingPosition() {
    return this.#log?.readingPosition ?? null;
  }

  /** The last drawn state. */
  get #now() {
    return /** @type {State} */ (this.#state);
  }

  /** @param {State} state @param {number} now */
  draw(state, now) {
    const before = this.#state;
    this.#state = state;
    this.#drawThemeAndLanguage(state);
    const lostMs = this.#lostMs(state, now);
    // Until the server has accepted a nick, the field stays, so that a refusal is shown beside it.
    const page = state.phase === 'naming' || isUnknown(state) || isBanned(state) ? 'welcome' : 'chat';
    const isNew = page !== this.#page;
    if (isNew) this.#showPage(page, state);
    const { notice } = /** @type {any} */ (state);
    this.#notices.draw(page === 'welcome' && this.#welcome.showsNotice(notice) ? null : notice);
    if (page === 'welcome') {
      this.#welcome.draw(state, this.#waitWords(state, now, lostMs));
      return;
    }
    const room = state.rooms.get(state.selectedRoom ?? '');
    this.#sidebar.draw(state);
    this.#header.draw(state, this.#drawPeople(state));
    this.#banner.draw(state, now, lostMs);
    this.#composer.draw(state);
    setText(findElement('#typing'), this.#lazyParts && room ? this.#lazyParts.typingWords(room.typing, state.keptAway) : '');
    findElement('#log').hidden = !room;
    findElement('#empty').hidden = Boolean(room);
    this.#log.draw(room, state, now);
    // Messages first, then the parts that the person may open next.
    if (room?.last !== null && this.#lazyPhase !== state.phase) this.#loadLazyParts(state.phase);
    if (state.offeredCode !== null && (isNew || before?.offeredCode !== state.offeredCode)) this.#withLazyParts(({ openBecomeDialog }) => openBecomeDialog(this.#now, this.#dispatch));
    drawDialog(state);
  }

  /** Loads the lazy parts; offline, the service worker may have them. @param {State['phase']} phase */
  #loadLazyParts(phase) {
    this.#lazyPhase = phase;
    if (this.#lazyParts) return;
    loadLazyParts().then((lazyParts) => {
      if (this.#lazyParts) return;
      this.#lazyParts = lazyParts;
      this.#log.addLazyParts(lazyParts);
      this.#composer.addLazyParts(lazyParts);
      lazyParts.registerServiceWorker();
      lazyParts.watchPresence(this.#dispatch);
      lazyParts.listenForCopy((/** @type {HTMLElement} */ line) => this.#log.copyableOf(line));
      lazyParts.listenForSwipes(findElement('#chat'), (towardsEnd) => (towardsEnd ? this.#openDrawer() : this.#closeDrawer(true)));
      this.#peopleColumn = new lazyParts.PeopleColumn(findElement('#people'), (/** @type {string} */ nick) => this.#composer.mention(nick), this.#dispatch);
      this.#peopleColumn.draw(this.#now);
      lazyParts.showRooms(this.#now, this.#dispatch, () => this.#closeDrawer());
    }, () => {
      // Again after some seconds, or with the next connection, or at once when the person opens one.
      setTimeout(() => {
        if (this.#lazyParts || this.#now.phase !== 'online') return;
        this.#lazyPhase = null;
        this.draw(this.#now, Date.now());
      }, RELOAD_MS * (0.5 + Math.random()));
    });
  }

  /**
   * Shows the column of people if the screen has room for it and the person has not closed it.
   * @param {State} state
   * @returns {boolean | null} whether it is shown; `null`: the screen has no room for it
   */
  #drawPeople(state) {
    const shows = WIDE.matches && getItem('people') !== 'away' && state.rooms.has(state.selectedRoom ?? '');
    findElement('#people').hidden = !shows;
    this.#peopleColumn?.draw(state);
    return WIDE.matches ? shows : null;
  }

  /** Opens the people of the room, or toggles their column. */
  #showPeople() {
    if (WIDE.matches) {
      setItem('people', findElement('#people').hidden ? null : 'away');
      this.draw(this.#now, Date.now());
    } else this.#withLazyParts(({ openPeople }) => openPeople(this.#now, (nick) => this.#composer.mention(nick), this.#dispatch));
  }

  /** Applies theme and language, which change the whole page. @param {State} state */
  #drawThemeAndLanguage({ settings }) {
    if (settings.theme !== this.#theme) {
      this.#theme = settings.theme;
      drawTheme(settings.theme);
    }
    if (settings.language === this.#language) return;
    const isFirst = !this.#language;
    this.#language = settings.language;
    // At the start, app/main.js has loaded the words.
    if (isFirst) this.#writeWords();
    else setLanguage(settings.language).then(() => this.redrawWords(), () => this.#dispatch('notice', { key: 'app.unreachable' }));
  }

  /** Writes all words again. */
  #writeWords() {
    // The log does not keep its words apart from its messages: it is built again.
    this.#log?.close();
    findElement('#log').replaceChildren();
    this.#log = new Log(findElement('#log'), this.#dispatch);
    if (this.#lazyParts) this.#log.addLazyParts(this.#lazyParts);
    for (const part of [this.#welcome, this.#sidebar, this.#header, this.#banner, this.#composer]) part.updateWords();
    this.#peopleColumn?.updateWords();
    setText(findElement('#skip'), t('app.skip'));
    this.#empty.replaceChildren(icon('rooms'), createElement('h2', { textContent: t('empty.title') }),
      createElement('p', { className: 'faint', textContent: t('empty.text') }),
      createElement('button', { type: 'button', className: 'primary', textContent: t('side.browse'), on: { click: () => this.#withLazyParts(({ openBrowse }) => openBrowse(this.#now, this.#dispatch)) } }));
  }

  /** The language has changed. */
  redrawWords() {
    if (!this.#state) return;
    this.#writeWords();
    this.draw(this.#now, Date.now());
    // An open dialog is still in the other language.
    if (!document.querySelector('dialog.settings')) return;
    this.#withLazyParts(({ openSettings }) => {
      openSettings(this.#now, this.#dispatch);
      findElement('#language').focus();
    });
  }

  /** How long the connection has been lost. @param {State} state @param {number} now */
  #lostMs({ phase }, now) {
    if (phase === 'online' || phase === 'naming') {
      this.#lostAt = 0;
      clearTimeout(this.#lostTimer);
      return 0;
    }
    if (!this.#lostAt) {
      this.#lostAt = now;
      // There may be no input until then, and the banner is due all the same.
      this.#lostTimer = window.setTimeout(() => this.draw(this.#now, Date.now()), PATIENCE_MS + 20);
    }
    return now - this.#lostAt;
  }

  /** What the welcome page waits for. @param {State} state @param {number} now @param {number} lostMs */
  #waitWords({ phase, reconnectAt, reason }, now, lostMs) {
    if (phase === 'stopped') return asSentence(noticeText(/** @type {any} */ (reason)));
    if (lostMs < PATIENCE_MS) return '';
    if (phase !== 'away') return t('banner.connecting');
    return `${reason ? noticeText(/** @type {any} */ (reason)) : t('welcome.unreachable')} ${reconnectWords(reconnectAt - now)}`;
  }

  /** @param {'welcome' | 'chat'} page @param {State} state */
  #showPage(page, state) {
    findElement('#welcome').hidden = page !== 'welcome';
    findElement('#chat').hidden = page !== 'chat';
    const first = this.#page === null;
    this.#page = page;
    if (page === 'welcome') {
      this.#closeDrawer();
      this.#lazyParts?.closeDialog();
      this.#composer.close();
      this.#welcome.enter(state.nick);
    }
    if (page === 'chat' && !first) this.#composer.focus();
  }

  #listen() {
    const dispatch = this.#dispatch;
    findElement('#skip').addEventListener('click', () => this.#composer.focus());
    findElement('#scrim').addEventListener('click', () => this.#closeDrawer());
    // On a wider screen the sidebar is not a drawer.
    NARROW.addEventListener('change', () => this.#closeDrawer());
    addEventListener('beforeprint', () => this.#log?.print(true));
    addEventListener('afterprint', () => this.#log?.print(false));
    WIDE.addEventListener('change', () => this.#state && this.draw(this.#now, Date.now()));
    document.addEventListener('throng:quote', (/** @type {any} */ { detail }) => this.#composer.quote(detail.message));
    document.addEventListener('throng:mention', (/** @type {any} */ { detail }) => this.#composer.mention(detail.nick));
    document.addEventListener('throng:compose', () => this.#composer.focus());
    refuseFiles(() => void loadLazyParts().then(({ sayNoFiles }) => sayNoFiles(dispatch), () => {}));
    listenForKeys({
      previousRoom: () => this.#step({ by: -1 }),
      nextRoom: () => this.#step({ by: 1 }),
      previousUnread: () => this.#step({ by: -1, unread: true }),
      nextUnread: () => this.#step({ by: 1, unread: true }),
      switcher: () => this.#openSwitcher(),
      settings: () => this.#withLazyParts(({ openSettings }) => openSettings(this.#now, dispatch)),
      search: () => this.openSearch(),
      shortcuts: () => this.#withLazyParts(({ openShortcuts }) => openShortcuts()),
      type: () => this.#page === 'chat' && this.#composer.focus(),
      escape: () => this.#escape(),
    });
  }

  /** Opens the help: commands, formatting and keys. */
  openHelp() {
    this.#withLazyParts(({ openHelp }) => openHelp());
  }

  /** Opens the search for messages. @param {string} [words] */
  openSearch(words) {
    this.#withLazyParts(({ openSearch }) => openSearch(this.#dispatch, this.#now.rooms.get(this.#now.selectedRoom ?? ''), words));
  }

  #openSwitcher() {
    this.#withLazyParts(({ openSwitcher }) => openSwitcher(this.#now, this.#dispatch));
  }

  /**
   * Opens a dialog or does something else with the lazy parts. The drawer closes first: a dialog makes the page
   * behind it inert.
   * @param {(dialogs: import('./lazy_loader.js').LazyParts) => void} act
   */
  #withLazyParts(act) {
    if (this.#page !== 'chat') return;
    this.#closeDrawer();
    withLazyParts(act, () => this.#dispatch('notice', { key: 'app.unreachable' }));
  }

  /** @param {{by: number, unread?: boolean}} where */
  #step(where) {
    if (this.#page === 'chat') this.#dispatch('step', where);
  }

  /** Closes what is open; with nothing open, marks the room as read and goes to its end. */
  #escape() {
    if (this.#notices.open) return this.#notices.close();
    if (findElement('#chat').classList.contains('side-open')) return this.#closeDrawer(true);
    const room = this.#state?.rooms.get(this.#state.selectedRoom ?? '');
    if (this.#page !== 'chat' || !room) return;
    this.#dispatch('latest', { room: room.id });
    if (room.last !== null) this.#dispatch('seen', { room: room.id, seq: room.last });
    this.#log.jumpToEnd();
    this.#composer.focus();
  }

  /** On a phone the sidebar is a drawer, and the room behind it is inert. */
  #openDrawer() {
    if (!NARROW.matches) return;
    findElement('#chat').classList.add('side-open');
    findElement('#room').inert = true;
    this.#sidebar.focus();
  }

  /** @param {boolean} [returnFocus] */
  #closeDrawer(returnFocus = false) {
    if (!findElement('#chat').classList.contains('side-open')) return;
    findElement('#chat').classList.remove('side-open');
    findElement('#room').inert = false;
    if (returnFocus) findElement('#header .to-rooms').focus();
  }
}

/** Sets the colours of the page and of the browser's own parts. @param {import('../store/state.js').Settings['theme']} theme */
function drawTheme(theme) {
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const meta of /** @type {NodeListOf<HTMLMetaElement>} */ (document.querySelectorAll('meta[name="theme-color"]'))) {
    // The colour of the chosen theme counts, whatever the system prefers.
    meta.media = theme === 'system' ? `(prefers-color-scheme: ${meta.id})` : meta.id === theme ? 'all' : 'not all';
  }
}
