// The view: draws a state, and tells main.js what the person does.
//
// It builds nodes and sets their text; nothing that somebody wrote is ever read as markup. It keeps
// no state of its own but what the browser keeps: scrolling, focus, open dialogs.

import { drawLog } from './log.js';

/** @typedef {import('./turn.js').State} State */
/** @typedef {(type: string, fields?: any) => void} Play */

/** @param {string} selector @returns {any} */
const find = (selector) => document.querySelector(selector);

/**
 * Makes an element.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** @param {number} count @param {string} one @param {string} many */
const counted = (count, one, many) => `${count.toLocaleString()} ${count === 1 ? one : many}`;

export class View {
  #play;
  #onLine;
  /** @type {State | null} */
  #state = null;
  /** @type {string | null} */
  #drawn = null;

  /**
   * @param {Play} play an input of the store
   * @param {(line: string) => void} onLine a line that was typed in the composer
   * @param {() => void} onTyping the person writes
   */
  constructor(play, onLine, onTyping) {
    this.#play = play;
    this.#onLine = onLine;
    this.#naming();
    this.#composer(onTyping);
    this.#buttons();
    this.#dialogs();
    this.#scrolling();
    document.addEventListener('keydown', (event) => this.#keys(event));
  }

  /** @param {State} state @param {number} now */
  draw(state, now) {
    const before = this.#state;
    this.#state = state;
    const naming = state.phase === 'naming';
    if (before?.phase !== state.phase || !before) this.#turnTo(naming, before);
    find('#notice').hidden = !state.notice;
    find('#notice span').textContent = state.notice ?? '';
    if (naming) return;
    this.#drawStatus(state, now);
    if (before?.rooms !== state.rooms || before?.shown !== state.shown) this.#drawRooms(state);
    if (before?.listing !== state.listing) this.#drawListing(state);
    this.#drawRoom(state);
  }

  /** @param {boolean} naming @param {State | null} before */
  #turnTo(naming, before) {
    find('#naming').hidden = !naming;
    find('#chat').hidden = naming;
    if (naming) {
      if (this.#state?.nick) find('#nick').value ||= this.#state.nick;
      find('#nick').select();
    } else if (before?.phase === 'naming') {
      find('#text').focus();
    }
  }

  /** @param {State} state @param {number} now */
  #drawStatus(state, now) {
    const seconds = Math.max(0, Math.ceil((state.returnAt - now) / 1000));
    const why = state.reason ? `${state.reason.replace(/[.\s]*$/, '')}. ` : '';
    const room = state.rooms.get(state.shown ?? '');
    const words = {
      naming: '',
      connecting: 'Connecting…',
      online: room?.problem ?? '',
      away: `${why || 'The connection was lost. '}Trying again ${seconds ? `in ${seconds} s` : 'now'}. What you send now is sent then.`,
      stopped: `${why}You are no longer connected.`,
    }[state.phase];
    find('#status').hidden = !words;
    if (find('#status span').textContent !== words) find('#status span').textContent = words;
    find('#status button').hidden = state.phase !== 'stopped';
    find('#me').textContent = state.nick ? `You: ${state.nick}` : '';
  }

  /** @param {State} state */
  #drawRooms(state) {
    const focused = document.activeElement?.closest('#rooms button')?.getAttribute('data-room');
    find('#rooms').replaceChildren(...[...state.rooms.values()].map((room) => {
      const button = make('button', { type: 'button' }, make('span', {}, room.name));
      if (room.unread) button.append(make('span', { className: 'unread', title: `${room.unread} unread` }, String(room.unread)));
      button.setAttribute('aria-current', String(room.name === state.shown));
      button.dataset.room = room.name;
      return make('li', {}, button);
    }));
    if (focused) find(`#rooms button[data-room="${CSS.escape(focused)}"]`)?.focus();
  }

  /** @param {State} state */
  #drawListing({ listing }) {
    find('#finder ul').replaceChildren(...(listing?.rooms ?? []).map((room) => {
      const count = make('span', { className: 'state' }, counted(room.members, 'person', 'people'));
      const button = make('button', { type: 'button' }, make('span', {}, room.name), count);
      button.dataset.room = room.name;
      return make('li', {}, button);
    }));
    find('#more-rooms').hidden = !listing?.more;
  }

  /** @param {State} state */
  #drawRoom(state) {
    const room = state.rooms.get(state.shown ?? '');
    find('#name').textContent = room?.name ?? 'No room';
    find('#leave').hidden = find('#composer button').disabled = !room;
    find('#count').hidden = !room?.members;
    find('#count').textContent = room?.members ? counted(room.members.count, 'person', 'people') : '';
    find('#typing').textContent = room ? typingWords([...room.typing.keys()]) : '';
    const log = find('#log');
    const moved = this.#drawn !== state.shown;
    const atEnd = moved || isAtEnd(log);
    drawLog(log, room, state.me?.nick ?? state.nick ?? '', atEnd, moved);
    this.#drawn = state.shown;
    find('#newest').hidden = isAtEnd(log);
    if (find('#people').open) this.#drawPeople(room);
  }

  /** @param {import('./room.js').Room | undefined} room */
  #drawPeople(room) {
    const { count = 0, sample = [] } = room?.members ?? {};
    find('#people-title').textContent = `${counted(count, 'person', 'people')} in ${room?.name ?? ''}`;
    const rest = count - sample.length;
    const lines = sample.map(({ nick }) => make('li', {}, nick));
    if (rest > 0) lines.push(make('li', { className: 'state' }, `and ${rest.toLocaleString()} more`));
    find('#people ul').replaceChildren(...lines);
  }

  #naming() {
    find('#naming form').addEventListener('submit', (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#play('start', { nick: find('#nick').value.trim() });
    });
  }

  /** @param {() => void} onTyping */
  #composer(onTyping) {
    const text = find('#text');
    const send = () => {
      if (!text.value.trim() || !this.#state?.shown) return;
      this.#onLine(text.value);
      text.value = '';
      text.focus();
      const log = find('#log');
      log.scrollTop = log.scrollHeight;
    };
    find('#composer').addEventListener('submit', (/** @type {Event} */ event) => {
      event.preventDefault();
      send();
    });
    text.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      // While a word is being composed (Japanese, Chinese), Enter belongs to the input method.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      send();
    });
    text.addEventListener('input', () => {
      if (text.value.trim() && !text.value.startsWith('/')) onTyping();
    });
  }

  #buttons() {
    /** @type {(selector: string, act: (event: any) => void) => void} */
    const on = (selector, act) => find(selector).addEventListener('click', act);
    on('#notice button', () => this.#play('notice'));
    on('#status button', () => this.#play('start'));
    on('#leave', () => this.#play('leave', { room: this.#state?.shown }));
    on('#me', () => {
      find('#text').value = '/nick ';
      find('#text').focus();
    });
    on('#rooms', (event) => {
      const { room } = event.target.closest('button')?.dataset ?? {};
      if (room) this.#play('show', { room });
    });
    on('#log', (event) => {
      const { act, cid, before } = event.target.closest('button')?.dataset ?? {};
      if (act) this.#play(act, { room: this.#state?.shown, cid, before: Number(before) });
    });
    on('#newest', () => {
      find('#log').scrollTop = find('#log').scrollHeight;
    });
  }

  #dialogs() {
    const finder = find('#finder');
    find('#find').addEventListener('click', () => {
      this.#play('rooms');
      finder.showModal();
    });
    find('#count').addEventListener('click', () => {
      this.#drawPeople(this.#state?.rooms.get(this.#state.shown ?? ''));
      find('#people').showModal();
    });
    for (const dialog of document.querySelectorAll('dialog')) {
      dialog.querySelector('[value="close"]')?.addEventListener('click', () => dialog.close());
    }
    find('#more-rooms').addEventListener('click', () => this.#play('rooms', { more: true }));
    const join = (/** @type {string} */ room) => {
      finder.close();
      this.#play('join', { room });
      find('#text').focus();
    };
    finder.querySelector('form').addEventListener('submit', (/** @type {Event} */ event) => {
      event.preventDefault();
      join(find('#wanted').value.trim().replace(/^#/, ''));
      find('#wanted').value = '';
    });
    finder.querySelector('ul').addEventListener('click', (/** @type {any} */ event) => {
      const { room } = event.target.closest('button')?.dataset ?? {};
      if (room) join(room);
    });
  }

  #scrolling() {
    const log = find('#log');
    let up = false;
    log.addEventListener('scroll', () => {
      const room = this.#state?.rooms.get(this.#state.shown ?? '');
      if (!room) return;
      find('#newest').hidden = isAtEnd(log);
      if (up === isAtEnd(log)) {
        up = !up;
        this.#play('scrolled', { room: room.name, up });
      }
      // Only near the top, and only on the way up: a short log must not load itself to the end.
      const top = log.querySelector('[data-older]');
      if (up && top && log.scrollTop < log.clientHeight && !room.historyId) top.click();
    }, { passive: true });
  }

  /** @param {KeyboardEvent} event */
  #keys(event) {
    if (!event.altKey || !['ArrowUp', 'ArrowDown'].includes(event.key) || !this.#state) return;
    const names = [...this.#state.rooms.keys()];
    const at = names.indexOf(this.#state.shown ?? '') + (event.key === 'ArrowUp' ? -1 : 1);
    if (names[at] === undefined) return;
    event.preventDefault();
    this.#play('show', { room: names[at] });
  }
}

/** @param {Element} log */
function isAtEnd(log) {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 60;
}

/** @param {string[]} nicks */
function typingWords(nicks) {
  if (!nicks.length) return '';
  if (nicks.length === 1) return `${nicks[0]} is writing…`;
  if (nicks.length === 2) return `${nicks[0]} and ${nicks[1]} are writing…`;
  return 'Several people are writing…';
}
