// The composer: the field that a person writes in. It grows with its text, keeps a draft per room,
// tells before sending when a text is too long, and completes names.
//
// app.js feeds it; a line that was typed goes to main.js, which reads it.

import { space } from '../length.js';
import { readLine } from '../line.js';
import * as shelf from '../shelf.js';
import { badge, number } from './number.js';
import { isDialogOpen } from './dialog.js';
import { icon } from './icon.js';
import { find, make, setAria, setText } from './make.js';
import { t } from '../words.js';

/** A draft is written down this long after the last key. */
const DRAFT_MS = 400;

/**
 * @typedef {object} Acts what the composer asks app.js for
 * @property {() => void} typed the person writes
 * @property {() => void} drafted the draft of the room that was left has changed
 * @property {() => void} openSide
 * @property {() => void} toMessages
 * @property {(act: (dialogs: import('./later.js').Dialogs) => void) => void} withDialogs
 */

export class Composer {
  #onLine;
  #acts;
  /** @type {import('../turn.js').State | null} */
  #state = null;
  /** @type {string | null} */
  #room = null;
  #draftTimer = 0;
  #drawn = '';
  #label = make('label', { htmlFor: 'text', className: 'unseen' });
  /** @type {HTMLTextAreaElement} */
  #field = make('textarea', { id: 'text', rows: 1, enterKeyHint: 'send', dir: 'auto', autocomplete: 'off' });
  #counter = make('span', { className: 'counter small', aria: { hidden: true } });
  #emoji = make('button', { type: 'button', className: 'plain square emoji', aria: { haspopup: 'dialog', expanded: false } }, icon('emoji'));
  #send = make('button', { type: 'submit', className: 'square' }, icon('send'));
  #badge = make('span', { className: 'badge', aria: { hidden: true } });
  #rooms = make('button', { type: 'button', className: 'plain square to-rooms' }, icon('menu'), this.#badge);
  #problem = make('p', { id: 'text-problem', className: 'unseen', role: 'status' });
  /** Comes later. @type {import('./completion.js').Completion | null} */
  #completion = null;
  /** Puts emoji for their names, once they are here. */
  #replaceNames = (/** @type {string} */ text) => text;

  /**
   * @param {(line: string, room: string) => boolean} onLine gives whether the line was taken
   * @param {Acts} acts
   */
  constructor(onLine, acts) {
    this.#onLine = onLine;
    this.#acts = acts;
    const form = find('#composer');
    form.append(this.#rooms, make('div', { className: 'box' }, this.#label, this.#field, this.#counter, this.#problem, this.#emoji), this.#send);
    form.addEventListener('submit', (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#field.addEventListener('keydown', (event) => this.#key(event));
    this.#field.addEventListener('input', () => this.#typed());
    // The caret may move into another word without a change of the text.
    this.#field.addEventListener('click', () => this.#completion?.look());
    this.#rooms.addEventListener('click', acts.openSide);
    // The focus stays in the field: a telephone would take the keyboard away and bring it again.
    this.#send.addEventListener('pointerdown', (/** @type {Event} */ event) => event.preventDefault());
    this.#emoji.addEventListener('click', () => acts.withDialogs(({ togglePicker }) =>
      togglePicker(this.#emoji, (char) => this.insert(char, matchMedia('(pointer: fine)').matches))));
    addEventListener('pagehide', () => this.#keep());
    this.words();
  }

  words() {
    this.#drawn = '';
    for (const [button, key] of [[this.#emoji, 'composer.emoji'], [this.#send, 'composer.send'], [this.#rooms, 'composer.rooms']]) {
      button.title = t(key);
      setAria(button, 'label', t(key));
    }
  }

  /** What helps to write is here. @param {import('./later.js').Dialogs} dialogs */
  furnish({ Completion, replaceNames }) {
    this.#completion = new Completion(this.#field, () => this.#state);
    this.#label.after(...this.#completion.nodes);
    this.#replaceNames = replaceNames;
    if (document.activeElement === this.#field) this.#completion.look();
  }

  focus() {
    this.#field.focus();
  }

  /** The person has signed out: what they had begun goes with them, also what was written down just now. */
  signedOut() {
    if (this.#room !== null) shelf.keepDraft(this.#room, '');
    this.forget();
  }

  /** The field is nobody's until there is a room. */
  forget() {
    clearTimeout(this.#draftTimer);
    this.#room = null;
    this.#field.value = '';
  }

  /** On a touch screen the focus would open the keyboard over what the person wants to read. */
  focusUnlessTouch() {
    if (!isDialogOpen() && matchMedia('(pointer: fine)').matches) this.#field.focus();
  }

  /** @param {import('../turn.js').State} state */
  draw(state) {
    const before = this.#state?.rooms;
    this.#state = state;
    const { shown, phase, rooms, respelled } = state;
    // The server spells the room in another way than the person did: it is the same one.
    const isSame = respelled && respelled.from === this.#room && respelled.to === shown;
    if (isSame && !rooms.has(respelled.from) && !before?.has(respelled.to)) this.#respell(respelled.to);
    else if (shown !== this.#room) this.#turnTo(shown);
    let unread = 0;
    let mentions = 0;
    for (const room of rooms.values()) {
      if (room.name === shown) continue;
      unread += room.unread;
      mentions += /** @type {any} */ (room).mentions ?? 0;
    }
    const key = [shown, phase, unread, mentions].join(' ');
    if (key === this.#drawn) return;
    this.#drawn = key;
    const words = shown === null ? t('composer.none') : t('composer.label', { room: `#${shown}` });
    setText(this.#label, words);
    this.#field.placeholder = words;
    this.#field.disabled = this.#emoji.disabled = shown === null;
    this.#badge.hidden = !unread && !mentions;
    // In the picture alone: the name of the button says it in words.
    this.#badge.dataset.count = mentions ? `@${badge(mentions)}` : badge(unread);
    this.#badge.classList.toggle('strong', mentions > 0);
    setAria(this.#rooms, 'label', unread ? `${t('composer.rooms')}, ${t('side.unread', { count: unread })}` : t('composer.rooms'));
    this.#measure();
  }

  /** Puts something in at the caret. @param {string} text @param {boolean} [focus] */
  insert(text, focus = true) {
    const { selectionStart, selectionEnd } = this.#field;
    this.#field.setRangeText(text, selectionStart, selectionEnd, 'end');
    if (focus) this.#field.focus();
    this.#typed();
  }

  /** Mentions somebody: with a space on each side where it needs one. @param {string} nick */
  mention(nick) {
    const { value, selectionStart } = this.#field;
    const before = value.slice(0, selectionStart);
    this.insert(`${before && !/\s$/.test(before) ? ' ' : ''}@${nick} `);
  }

  /** Quotes a message, above what is written already. @param {import('../wire.js').Message} message */
  quote({ text }) {
    const quoted = text.split('\n').map((line) => `> ${line}`).join('\n');
    this.#field.setSelectionRange(0, 0);
    this.insert(`${quoted}\n\n`);
    const end = this.#field.value.length;
    this.#field.setSelectionRange(end, end);
  }

  /** @param {string | null} room */
  #turnTo(room) {
    this.#keep();
    this.#room = room;
    this.#field.value = room === null ? '' : shelf.draft(room) ?? '';
    this.#completion?.close();
    this.#grow();
  }

  /** @param {string} room */
  #respell(room) {
    if (this.#room !== null) shelf.keepDraft(this.#room, '');
    this.#room = room;
    this.#keep();
  }

  /** Writes the draft down. */
  #keep() {
    clearTimeout(this.#draftTimer);
    if (this.#room === null) return;
    if ((shelf.draft(this.#room) ?? '') === this.#field.value) return;
    shelf.keepDraft(this.#room, this.#field.value);
    this.#acts.drafted();
  }

  #typed() {
    const text = this.#field.value;
    this.#grow();
    this.#measure();
    clearTimeout(this.#draftTimer);
    this.#draftTimer = window.setTimeout(() => this.#keep(), DRAFT_MS);
    if (text.trim() && !/^\/[^/]/.test(text)) this.#acts.typed();
    this.#completion?.look();
  }

  /** Where the browser does not let a field grow by itself. */
  #grow() {
    if (CSS.supports('field-sizing', 'content')) return;
    this.#field.style.setProperty('height', 'auto');
    this.#field.style.setProperty('height', `${this.#field.scrollHeight + 2}px`);
  }

  /** Says how much room is left, near the limit; past it, sending waits. */
  #measure() {
    const text = this.#field.value;
    const read = readLine(text);
    const stands = space(read.type === 'say' ? read.text : '', this.#state?.limits.text_bytes ?? Infinity);
    const over = stands && 'over' in stands ? stands.over : 0;
    setText(this.#counter, stands ? ('left' in stands ? number(stands.left) : `−${number(over)}`) : '');
    this.#counter.classList.toggle('over', over > 0);
    setText(this.#problem, over ? t('composer.tooLong', { count: over }) : '');
    this.#counter.title = over ? t('composer.tooLong', { count: over }) : t('composer.left');
    setAria(this.#field, 'invalid', over ? 'true' : null);
    setAria(this.#field, 'describedby', over ? 'text-problem' : null);
    setAria(this.#send, 'disabled', !text.trim() || over > 0 ? 'true' : null);
    const offline = this.#room !== null && this.#state !== null && this.#state.phase !== 'online';
    const hint = find('#hint');
    setText(hint, over ? t('composer.tooLong', { count: over }) : offline ? t('composer.offline') : '');
    hint.classList.toggle('trouble', over > 0);
    return over;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // While a word is being composed (Japanese, Chinese), keys belong to the input method. Safari
    // ends the composition before the Enter that ended it, and tells by 229 alone.
    if (event.isComposing || event.keyCode === 229) return;
    if (this.#completion?.key(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === 'ArrowUp' && !this.#field.value && !event.altKey) {
      event.preventDefault();
      this.#acts.toMessages();
    } else if (['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) {
      requestAnimationFrame(() => this.#completion?.look());
    }
  }

  #submit() {
    const text = this.#field.value;
    this.#field.focus();
    if (!text.trim() || this.#room === null) return;
    const over = this.#measure();
    if (over) return;
    this.#completion?.close();
    // What is refused stays, to be mended.
    if (!this.#onLine(text.startsWith('/') ? text : this.#replaceNames(text), this.#room)) return;
    this.#field.value = '';
    this.#keep();
    this.#grow();
    this.#measure();
  }
}
