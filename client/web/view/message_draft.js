// The draft of the selected room: the text in the field that is not sent yet. It outlives a reload and is the same
// in all windows of a person, who may start in one window and go on in another.
//
// The composer uses it. Only text that was typed in this window is stored: a window that was merely left open has
// older text than the one in which the person writes.

import { getDraft, moveDraft, setDraft, watchDrafts } from '../device/local_storage.js';
import { insertText } from './text_field.js';

/** How long after the last key a draft is stored. */
const STORE_MS = 400;

export class MessageDraft {
  #field;
  #changed;
  /** @type {string | null} */
  #room = null;
  /** Whether text was typed here that is not stored yet. */
  #isTypedHere = false;
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
    this.#room = room;
    this.#field.value = room === null ? '' : getDraft(room);
  }

  /** The person has typed. */
  typed() {
    this.#isTypedHere = true;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.store(), STORE_MS);
  }

  /** Stores what was typed. In a browser that stores nothing, the field alone has it. */
  store() {
    clearTimeout(this.#timer);
    if (this.#room === null || !this.#isTypedHere) return;
    this.#isTypedHere = !setDraft(this.#room, this.#field.value);
    this.#changed(false);
  }

  /** The text was submitted. */
  submitted() {
    this.#field.value = '';
    this.typed();
    this.store();
  }

  /** A submitted text was refused: it returns above what was typed since. @param {string} text @param {string} room */
  giveBack(text, room) {
    const above = (/** @type {string} */ since) => (since ? `${text}\n` : text);
    if (room === this.#room) insertText(this.#field, above(this.#field.value), 0, 0);
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
    this.open(null);
  }

  /** Takes over the text of another window, unless text was typed here. */
  #takeOver() {
    if (this.#room === null || this.#isTypedHere) return;
    const text = getDraft(this.#room);
    const { value, selectionStart } = this.#field;
    if (text === value) return;
    this.#field.value = text;
    if (selectionStart < value.length) this.#field.setSelectionRange(selectionStart, selectionStart);
    this.#changed(true);
  }
}
