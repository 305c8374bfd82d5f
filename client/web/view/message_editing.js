// Editing what one has said, in the composer's field: the draft of before waits until it is done. What is typed is in this
// window alone, and waits in its room when the person goes to another one.
//
// composer.js asks here first for keys and for what Enter sends; the actions of a message begin it by an event
// (`throng:edit`).

import { createElement, findElement, setAria, setText } from './dom.js';
import { icon } from './icon.js';
import { silenceIn } from './room_rights.js';
import { addEditInput } from '../store/edit_input.js';
import { indexOfSeq } from '../store/loaded_history.js';
import { isRemoved } from '../store/state.js';
import { sendableText, textProblem } from '../text/message_length.js';
import { plain } from '../text/markdown/plain.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Room} Room */
/** @typedef {import('../net/wire.js').Message} Message */

/** How much of the message stands over the field. */
const SHOWN_MAX = 120;

/**
 * What is edited: `was` is its text as it stands in the log, `typed` what stands in the field instead.
 * @typedef {{room: string, epoch: string | null, seq: number, was: string, typed: string}} Edited
 *
 * @typedef {object} Hooks what this asks of composer.js
 * @property {(text: string) => void} lend puts a text into the field in place of the draft
 * @property {(above: string) => void} takeBack puts the draft back, below a text that is to be kept
 * @property {() => State | null} state the last drawn one
 * @property {() => void} redraw
 * @property {import('../store/state.js').Dispatch} dispatch
 */

/** Whether the person may edit a message of a room, as far as the page knows: the server judges. @param {State} state @param {Room | undefined} room @param {Message} message */
export function mayEdit(state, room, { from, text }) {
  return Boolean(room && text && from.id === state.me?.id && !isRemoved(room) && !silenceIn(state, room));
}

export class MessageEditing {
  #field;
  #hooks;
  /** @type {Edited | null} */
  #edited = null;
  /** What waits in other rooms, by their ids. @type {Map<string, Edited>} */
  #waiting = new Map();
  #title = createElement('strong');
  #excerpt = createElement('span', { className: 'faint', dir: 'auto' });
  #stop = createElement('button', { type: 'button', className: 'plain square', on: { click: () => this.#cancel() } }, icon('close'));
  #bar = createElement('div', { id: 'editing', hidden: true }, icon('edit'), createElement('p', { className: 'ellipsis' }, this.#title, ' ', this.#excerpt), this.#stop);
  // Present before it has words: screen readers often ignore a region that appears with its text.
  #status = createElement('p', { className: 'unseen', role: 'status' });

  /** @param {HTMLTextAreaElement} field @param {Hooks} hooks */
  constructor(field, hooks) {
    addEditInput();
    this.#field = field;
    this.#hooks = hooks;
    findElement('#composer').before(this.#bar, this.#status);
    document.addEventListener('throng:edit', (/** @type {any} */ { detail }) => this.#begin(detail.message));
    this.updateWords();
  }

  updateWords() {
    setText(this.#title, t('edit.title'));
    setAria(this.#stop, 'label', t('edit.stop'));
    this.#stop.title = t('edit.stop');
  }

  get isActive() {
    return this.#edited !== null;
  }

  /** How the field is called meanwhile. */
  get label() {
    return this.#edited && t('edit.label');
  }

  /** Handles a key, if it is for editing. @param {KeyboardEvent} event @returns {boolean} whether it did */
  takesKey({ key, shiftKey, ctrlKey, altKey, metaKey }) {
    if (shiftKey || ctrlKey || altKey || metaKey) return false;
    if (key === 'Escape' && this.#edited) return this.#cancel();
    return key === 'ArrowUp' && !this.#edited && !this.#field.value && this.#beginNewest();
  }

  /** Whether a text is not one to send; it stays in the field then. @param {string} text */
  refuses(text) {
    const { limits } = /** @type {State} */ (this.#hooks.state());
    const wanted = sendableText(text).trimEnd();
    const problem = this.#edited && (wanted === this.#edited.was ? { key: 'edit.same', args: undefined } : textProblem(wanted, limits.text_bytes));
    if (problem) this.#hooks.dispatch('notice', { key: problem.key, args: problem.args });
    return Boolean(problem);
  }

  /** Ends the editing, and returns what sends the new text. @returns {((text: string) => boolean) | undefined} */
  finish() {
    const { room, seq } = this.#edited ?? {};
    if (!room) return undefined;
    if (this.#hooks.state()?.notice?.key === 'edit.same') this.#hooks.dispatch('notice');
    this.#set(null);
    return (text) => {
      this.#hooks.dispatch('edit', { room, seq, text: text.trimEnd() });
      return true;
    };
  }

  /** The person leaves the room. */
  leave() {
    if (!this.#edited) return;
    this.#waiting.set(this.#edited.room, { ...this.#edited, typed: this.#field.value });
    this.#set(null);
  }

  /** The person is gone from this window. */
  forget() {
    this.#waiting.clear();
    this.#set(null);
  }

  /** Follows what happens to the message. @param {State} state */
  draw(state) {
    const waiting = this.#waiting.get(state.selectedRoom ?? '');
    if (waiting && !this.#edited) this.#open(waiting);
    if (!this.#edited) return;
    const room = state.rooms.get(this.#edited.room);
    const message = room?.messages[indexOfSeq(room.messages, this.#edited.seq)];
    if (room?.epoch !== this.#edited.epoch || (message?.seq === this.#edited.seq && !message.text)) this.#abandon();
    else if (message?.seq === this.#edited.seq && message.text !== this.#edited.was) this.#follow(message.text);
  }

  /** The newest message that the person may edit. */
  #beginNewest() {
    const state = this.#hooks.state();
    const room = state?.rooms.get(state.selectedRoom ?? '');
    const message = state && room?.messages.findLast((one) => one.seq > room.stale && mayEdit(state, room, one));
    return Boolean(message) && this.#begin(/** @type {Message} */ (message));
  }

  /** @param {Message} message @returns {true} */
  #begin({ room, seq, text }) {
    const { rooms } = /** @type {State} */ (this.#hooks.state());
    // A refused text stays in the field for correction.
    const tried = rooms.get(room)?.outgoing.findLast(({ edits, state }) => edits?.seq === seq && state !== 'sent');
    this.#open({ room, epoch: rooms.get(room)?.epoch ?? null, seq, was: text, typed: tried?.text ?? text });
    this.#field.focus();
    this.#field.setSelectionRange(this.#field.value.length, this.#field.value.length);
    return true;
  }

  /** @param {Edited} edited */
  #open(edited) {
    this.#waiting.delete(edited.room);
    this.#set(edited);
    this.#hooks.lend(edited.typed);
  }

  /** @returns {true} */
  #cancel() {
    this.#end('');
    this.#field.focus();
    return true;
  }

  /** The message is gone. What the person has typed is theirs, and becomes a draft. */
  #abandon() {
    const { was } = /** @type {Edited} */ (this.#edited);
    const typed = this.#field.value === was ? '' : this.#field.value;
    this.#end(typed);
    this.#hooks.dispatch('notice', { key: typed ? 'edit.deleted.kept' : 'edit.deleted' });
  }

  /** Somebody else, who is the same person, has edited it. @param {string} text */
  #follow(text) {
    const { was, ...rest } = /** @type {Edited} */ (this.#edited);
    const isUntouched = this.#field.value === was;
    this.#set({ ...rest, was: text });
    if (isUntouched) this.#hooks.lend(text);
  }

  /** @param {string} kept */
  #end(kept) {
    this.#set(null);
    this.#hooks.takeBack(kept);
  }

  /** @param {Edited | null} edited */
  #set(edited) {
    this.#edited = edited;
    this.#bar.hidden = !edited;
    setText(this.#status, edited ? t('edit.title') : '');
    setText(this.#excerpt, edited ? [...plain(edited.was.slice(0, 8 * SHOWN_MAX))].slice(0, SHOWN_MAX).join('') : '');
    this.#hooks.redraw();
  }
}
