// The composer: the field that a person writes in. It grows with its text, keeps a draft per room, shows when a text is
// too long, and completes names.
//
// root_view.js draws it; a typed line goes to app/main.js, which parses it.

import { getDraft, moveDraft, setDraft, watchDrafts } from '../device/local_storage.js';
import { remainingLength } from '../text/message_length.js';
import { roomTitle } from '../text/names.js';
import { parseLine } from '../text/slash_commands.js';
import { formatNumber, t } from '../words/translate.js';
import { insertText, isComposing, withoutKeyboard } from './text_field.js';
import { icon } from './icon.js';
import { createElement, findElement, isDialogOpen, setAria, setText } from './dom.js';
import { loadLazyParts } from './lazy_loader.js';

/** A text that may name an emoji: text/emoji.js decides. Of the commands only /me can. */
const MAY_NAME_EMOJI = /^(?!\/(?!me\s))[^]*:[\w+-]+:/i;

/** How long a text waits for the list of emoji. */
const EMOJI_WAIT_MS = 3_000;

/** How long after the last key a draft is stored. */
const STORE_MS = 400;

/**
 * @typedef {object} ComposerHooks what the composer asks of root_view.js
 * @property {() => void} typed the person is writing
 * @property {() => void} draftChanged the draft of a room has changed
 * @property {() => void} toMessages moves the focus to the messages
 * @property {import('../store/state.js').Dispatch} dispatch
 * @property {(act: (lazyParts: import('./lazy_loader.js').LazyParts) => void) => void} withLazyParts
 */

export class Composer {
  #submitLine;
  #hooks;
  /** @type {import('../store/state.js').State | null} */
  #state = null;
  #drawn = '';
  #label = createElement('label', { htmlFor: 'text', className: 'unseen' });
  /** @type {HTMLTextAreaElement} */
  #field = createElement('textarea', { id: 'text', rows: 1, enterKeyHint: 'send', dir: 'auto', autocomplete: 'off' });
  #counter = createElement('span', { className: 'counter small', aria: { hidden: true } });
  #emoji = createElement('button', { type: 'button', className: 'plain square emoji', aria: { haspopup: 'dialog', expanded: false } }, icon('emoji'));
  #send = createElement('button', { type: 'submit', className: 'square' }, icon('send'));
  #problem = createElement('p', { id: 'text-problem', className: 'unseen', role: 'status' });
  /** Loaded later. @type {import('./completion_list.js').CompletionList | null} */
  #completion = null;
  /** Loaded later. @type {import('./message_editing.js').MessageEditing | null} */
  #editing = null;
  #draft = new MessageDraft(this.#field, (replaced) => this.#draftChanged(replaced));
  /** The texts that wait for the emoji that they name. @type {Promise<unknown> | null} */
  #waitingTexts = null;

  /**
   * @param {(line: string, room: string) => boolean} submitLine returns whether the line was accepted
   * @param {ComposerHooks} hooks
   */
  constructor(submitLine, hooks) {
    this.#submitLine = submitLine;
    this.#hooks = hooks;
    const form = findElement('#composer');
    form.append(createElement('div', { className: 'box' }, this.#label, this.#field, this.#counter, this.#problem, this.#emoji, this.#send));
    form.addEventListener('submit', (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#field.addEventListener('keydown', (event) => this.#key(event));
    this.#field.addEventListener('input', () => this.#typed());
    // A click may move the caret into another word.
    this.#field.addEventListener('click', () => this.#completion?.update());
    // The focus stays in the field: otherwise a phone hides the keyboard and shows it again.
    this.#send.addEventListener('pointerdown', (/** @type {Event} */ event) => event.preventDefault());
    this.#emoji.addEventListener('click', () => hooks.withLazyParts(({ toggleEmojiPicker }) =>
      toggleEmojiPicker(this.#emoji, (char) => this.insert(char, matchMedia('(pointer: fine)').matches))));
    this.updateWords();
  }

  updateWords() {
    this.#drawn = '';
    this.#editing?.updateWords();
    for (const [button, key] of [[this.#emoji, 'composer.emoji'], [this.#send, 'composer.send']]) {
      button.title = t(key);
      setAria(button, 'label', t(key));
    }
  }

  /** @param {import('./lazy_loader.js').LazyParts} lazyParts */
  addLazyParts({ CompletionList, MessageEditing }) {
    this.#editing = new MessageEditing(this.#field, {
      lend: (text) => this.#replaced(() => this.#draft.lend(text)),
      takeBack: (above) => this.#replaced(() => this.#draft.takeBack(above)),
      state: () => this.#state, redraw: () => this.#drawLabel(), dispatch: this.#hooks.dispatch,
    });
    const completion = new CompletionList(this.#field, () => this.#state, () => !this.#editing?.isActive);
    this.#completion = completion;
    this.#label.after(...completion.nodes);
    if (document.activeElement === this.#field) completion.update();
  }

  focus() {
    this.#field.focus();
  }

  /** The person has signed out: their draft is deleted, also the stored one. */
  signedOut() {
    this.#editing?.forget();
    this.#draft.delete();
  }

  /** Without a room there is no draft. */
  close() {
    this.#editing?.leave();
    this.#draft.open(null);
  }

  /** On a touch screen the focus would open the keyboard over the messages. */
  focusUnlessTouch() {
    if (!isDialogOpen() && matchMedia('(pointer: fine)').matches) this.#field.focus();
  }

  /** The id of a room has changed, its draft has not. @param {string} from @param {string} to */
  roomIdentified(from, to) {
    this.#draft.move(from, to);
  }

  /** @param {import('../store/state.js').State} state */
  draw(state) {
    this.#state = state;
    const isOther = state.selectedRoom !== this.#draft.room;
    if (isOther) this.#openRoom(state.selectedRoom);
    this.#drawLabel();
    this.#editing?.draw(state);
    if (isOther) this.focusUnlessTouch();
  }

  #drawLabel() {
    const { selectedRoom: selected = null, phase, rooms } = this.#state ?? {};
    const { name } = rooms?.get(selected ?? '') ?? {};
    const label = this.#editing?.label;
    const key = `${selected} ${name} ${phase} ${label}`;
    if (key === this.#drawn) return;
    this.#drawn = key;
    const words = label ?? (name === undefined ? t('composer.none') : t('composer.label', { room: roomTitle(name) }));
    setText(this.#label, words);
    this.#field.placeholder = words;
    this.#field.disabled = this.#emoji.disabled = name === undefined;
    this.#measure();
  }

  /** Inserts a text at the caret. @param {string} text @param {boolean} [focus] */
  insert(text, focus = true) {
    if (focus) insertText(this.#field, text);
    else withoutKeyboard(this.#field, () => insertText(this.#field, text));
  }

  /** Inserts a mention, with a space on each side where it needs one. @param {string} nick */
  mention(nick) {
    const { value, selectionStart } = this.#field;
    const before = value.slice(0, selectionStart);
    this.insert(`${before && !/\s$/.test(before) ? ' ' : ''}@${nick} `);
  }

  /** Inserts a quote of a message above the text. @param {import('../net/wire.js').Message} message */
  quote({ text }) {
    const quoted = text.split('\n').map((line) => `> ${line}`).join('\n');
    insertText(this.#field, `${quoted}\n\n`, 0, 0);
    const end = this.#field.value.length;
    this.#field.setSelectionRange(end, end);
  }

  /** @param {string | null} room */
  #openRoom(room) {
    this.#editing?.leave();
    this.#draft.open(room);
    this.#completion?.close();
    this.#grow();
  }

  /** Another text comes into the field. @param {() => void} put */
  #replaced(put) {
    put();
    this.#completion?.close();
    this.#grow();
    this.#measure();
  }

  /** A draft has changed. @param {boolean} replaced whether the field now has the text of another window */
  #draftChanged(replaced) {
    this.#hooks.draftChanged();
    if (replaced) this.#replaced(() => {});
  }

  #typed() {
    this.#grow();
    const text = this.#measure().text;
    this.#draft.typed();
    if (/\S/.test(text) && !/^\/[^/]/.test(text)) this.#hooks.typed();
    this.#completion?.update();
  }

  /** Grows the field with its text, in browsers that do not. */
  #grow() {
    if (CSS.supports('field-sizing', 'content')) return;
    this.#field.style.setProperty('height', 'auto');
    this.#field.style.setProperty('height', `${this.#field.scrollHeight + 2}px`);
  }

  /**
   * Shows how much room is left, near the limit; beyond it, the text cannot be sent.
   * @returns {{text: string, over: number}} the text, and by how much it is too long
   */
  #measure() {
    const text = this.#field.value;
    const line = parseLine(text);
    const length = remainingLength(this.#editing?.isActive ? text : line.type === 'say' ? line.text : '', this.#state?.limits.text_bytes ?? Infinity);
    const over = length && 'over' in length ? length.over : 0;
    setText(this.#counter, length ? ('left' in length ? formatNumber(length.left) : `−${formatNumber(over)}`) : '');
    this.#counter.classList.toggle('over', over > 0);
    setText(this.#problem, over ? t('composer.tooLong', { count: over }) : '');
    this.#counter.title = over ? t('composer.tooLong', { count: over }) : t('composer.left');
    setAria(this.#field, 'invalid', over ? 'true' : null);
    setAria(this.#field, 'describedby', over ? 'text-problem' : null);
    setAria(this.#send, 'disabled', !/\S/.test(text) || over > 0 ? 'true' : null);
    const offline = this.#draft.room !== null && this.#state !== null && this.#state.phase !== 'online';
    const hint = findElement('#hint');
    setText(hint, over ? t('composer.tooLong', { count: over }) : offline ? t('composer.offline') : '');
    hint.classList.toggle('trouble', over > 0);
    return { text, over };
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (isComposing(event)) return;
    if (this.#completion?.takesKey(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      this.#submit();
    } else if (this.#editing?.takesKey(event)) {
      event.preventDefault();
    } else if (event.key === 'ArrowUp' && !this.#field.value && !event.altKey) {
      event.preventDefault();
      this.#hooks.toMessages();
    } else if (['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) {
      requestAnimationFrame(() => this.#completion?.update());
    }
  }

  #submit() {
    this.#field.focus();
    const { room } = this.#draft;
    const { text, over } = this.#measure();
    if (!/\S/.test(text) || room === null || over || this.#editing?.refuses(text)) return;
    this.#completion?.close();
    const submitLine = this.#editing?.finish() ?? this.#submitLine;
    if (this.#waitingTexts || MAY_NAME_EMOJI.test(text)) this.#submitWithEmoji(text, room, submitLine);
    else this.#submitText(text, room, submitLine);
  }

  /** @param {string} text @param {string} room @param {(line: string, room: string) => boolean} submitLine */
  #submitText(text, room, submitLine) {
    if (submitLine(text, room)) return this.#submitted();
    // A refused line stays for correction, or is replaced by what may have been meant, for another Enter.
    const { instead } = parseLine(text);
    if (!instead) return;
    insertText(this.#field, instead, 0, text.length);
    this.#completion?.close();
  }

  #submitted() {
    this.#draft.submitted();
    this.#grow();
    this.#measure();
  }

  /**
   * Submits a text once the emoji that it names are loaded, and after the texts that wait already. Meanwhile the
   * person can write on.
   * @param {string} text @param {string} room @param {(line: string, room: string) => boolean} submitLine
   */
  #submitWithEmoji(text, room, submitLine) {
    const named = MAY_NAME_EMOJI.test(text) ? loadLazyParts().then(({ replaceNames }) => replaceNames(text)).catch(() => text) : text;
    const patience = new Promise((resolve) => setTimeout(resolve, EMOJI_WAIT_MS, text));
    let isSubmitted = false;
    const submit = (/** @type {string} */ line) => {
      removeEventListener('pagehide', leave);
      if (isSubmitted) return;
      isSubmitted = true;
      if (!submitLine(line, room)) this.#draft.giveBack(text, room);
    };
    const leave = () => submit(text);
    addEventListener('pagehide', leave);
    const waiting = Promise.all([Promise.race([named, patience]), this.#waitingTexts]).then(([line]) => submit(line)).finally(() => {
      if (this.#waitingTexts === waiting) this.#waitingTexts = null;
    });
    this.#waitingTexts = waiting;
    this.#submitted();
  }
}

/**
 * The draft of the selected room: the text in the field that is not sent yet. It outlives a reload and is the same in all
 * windows of a person, who may start in one window and go on in another. Only text that was typed in this window is
 * stored: a window that was merely left open has older text than the one in which the person writes.
 */
class MessageDraft {
  #field;
  #changed;
  /** @type {string | null} */
  #room = null;
  /** Whether text was typed here that is not stored yet. */
  #isTypedHere = false;
  /** The draft while another text is in the field. @type {string | null} */
  #held = null;
  #timer = 0;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {(replaced: boolean) => void} changed a draft has changed; `replaced`: the text in the field too
   */
  constructor(field, changed) {
    this.#field = field;
    this.#changed = changed;
    addEventListener('pagehide', () => this.store());
    // A page in the back/forward cache gets no storage events.
    addEventListener('pageshow', () => this.#takeOver());
    document.addEventListener('visibilitychange', () => this.#takeOver());
    watchDrafts((room) => {
      if (room === null || room === this.#room) this.#takeOver();
      this.#changed(false);
    });
  }

  /** The room whose draft this is. */
  get room() {
    return this.#room;
  }

  /** The person goes to a room. @param {string | null} room */
  open(room) {
    this.store();
    this.#held = null;
    this.#room = room;
    this.#field.value = room === null ? '' : getDraft(room);
  }

  /** The person has typed. */
  typed() {
    if (this.#held !== null) return;
    this.#isTypedHere = true;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.store(), STORE_MS);
  }

  /** Stores what was typed. In a browser that stores nothing, the field alone has it. */
  store() {
    clearTimeout(this.#timer);
    if (this.#room === null || !this.#isTypedHere || this.#held !== null) return;
    this.#isTypedHere = !setDraft(this.#room, this.#field.value);
    this.#changed(false);
  }

  /** Another text comes into the field, of which nothing is stored; the draft waits. @param {string} text */
  lend(text) {
    this.store();
    this.#held ??= this.#field.value;
    this.#field.value = text;
  }

  /** The draft is in the field again, below a text that becomes a part of it. @param {string} [above] */
  takeBack(above = '') {
    const draft = this.#isTypedHere || this.#room === null ? this.#held ?? '' : getDraft(this.#room);
    this.#held = null;
    this.#field.value = [above, draft].filter(Boolean).join('\n');
    if (above) this.typed();
  }

  /** The text was submitted. */
  submitted() {
    if (this.#held !== null) return this.takeBack();
    this.#field.value = '';
    this.typed();
    this.store();
  }

  /** A submitted text was refused: it returns above what was typed since. @param {string} text @param {string} room */
  giveBack(text, room) {
    const above = (/** @type {string} */ since) => (since ? `${text}\n` : text);
    if (room === this.#room && this.#held === null) insertText(this.#field, above(this.#field.value), 0, 0);
    else setDraft(room, above(getDraft(room)) + getDraft(room));
    // The page may be about to go.
    this.store();
  }

  /** The id of a room has changed: its draft goes with it. @param {string} from @param {string} to */
  move(from, to) {
    const isOpen = this.#room === from;
    if (isOpen) this.store();
    moveDraft(from, to);
    if (!isOpen) return;
    this.#room = to;
    this.#takeOver();
  }

  /** Deletes the draft, also the stored one. */
  delete() {
    if (this.#room !== null) setDraft(this.#room, '');
    this.#isTypedHere = false;
    this.#held = null;
    this.open(null);
  }

  /** Takes over the text of another window, unless text was typed here. */
  #takeOver() {
    if (this.#room === null || this.#isTypedHere || this.#held !== null) return;
    const text = getDraft(this.#room);
    const { value, selectionStart } = this.#field;
    if (text === value) return;
    this.#field.value = text;
    if (selectionStart < value.length) this.#field.setSelectionRange(selectionStart, selectionStart);
    this.#changed(true);
  }
}
