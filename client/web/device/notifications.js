// Browser notifications and a sound, for a person who looks elsewhere. Of several tabs of one person one
// alerts, and none while the person looks at one of them.
//
// notifier.js loads this once there is a connection, and decides which messages alert.

import { claimAlert, holdAttention, isAnyTabAttended } from './tabs.js';
import { isReadable } from '../store/readable_messages.js';
import { plain } from '../text/markdown/plain.js';
import { t } from '../words/translate.js';
import { kindOf } from '../net/wire.js';

/** A message to alert about. @typedef {Extract<import('../store/state.js').Effect, {do: 'notify'}>} Alert */

/** What fits into a notification on every system. */
const TEXT_MAX = 200;

/** In a busy room one sound stands for all messages within this time. */
const SOUND_PAUSE_MS = 3_000;

/** A message in one line, without its formatting. @param {import('../net/wire.js').Message} message */
export function notificationText(message) {
  const { nick } = message.from;
  const text = Array.from(plain(message.text.slice(0, 8 * TEXT_MAX))).slice(0, TEXT_MAX).join('');
  return kindOf(message) === 'action' ? t('notify.action', { nick, text }) : text;
}

export class Notifications {
  #dispatch;
  /** @type {(() => void) | null} */
  #releaseAttention = null;
  /** Open notifications by room, each with the seq of its message. @type {Map<string, {seq: number, close(): void}>} */
  #open = new Map();
  #soundAt = 0;
  /** @type {AudioContext | null} */
  #audio = null;

  /** @param {import('../store/state.js').Dispatch} dispatch */
  constructor(dispatch) {
    this.#dispatch = dispatch;
  }

  /** Whether the person looks at this tab. @param {boolean} attentive */
  setAttentive(attentive) {
    this.#releaseAttention?.();
    this.#releaseAttention = attentive ? holdAttention() : null;
  }

  /** Alerts about a message, unless another tab does. @param {Alert} alert @param {{sound: boolean, notification: boolean}} wanted */
  async alert(alert, { sound, notification }) {
    if (await isAnyTabAttended()) return;
    const { from, cid } = alert.message;
    const key = `${from.id} ${cid}`;
    const shows = notification && globalThis.Notification?.permission === 'granted';
    if (sound && this.#canPlaySound() && (await claimAlert(`sound ${key}`))) this.#playSound();
    if (shows && (await claimAlert(key))) this.#show(alert);
  }

  /** Closes the notifications of rooms in which nothing is unread, and of messages that were deleted. @param {import('../store/state.js').State} state */
  closeRead({ rooms }) {
    for (const [id, notification] of this.#open) {
      const room = rooms.get(id);
      if (room?.unread && isReadable(room, notification.seq)) continue;
      notification.close();
      this.#open.delete(id);
    }
  }

  /** @param {Alert} alert */
  #show({ room, name, message, mention }) {
    const title = t(mention ? 'notify.mention' : 'notify.message', { nick: message.from.nick, room: name });
    const data = { room, name, seq: message.seq };
    /** @type {any} */
    const options = { body: notificationText(message), tag: `throng ${room}`, renotify: mention, silent: true, data, dir: 'auto' };
    try {
      const notification = new Notification(title, options);
      notification.onclick = () => {
        window.focus();
        notification.close();
        this.#dispatch('show', data);
      };
      this.#open.set(room, { seq: message.seq, close: () => notification.close() });
    } catch {
      this.#showByWorker(title, options);
    }
  }

  /** The only way on phones. @param {string} title @param {any} options */
  async #showByWorker(title, options) {
    const registration = await navigator.serviceWorker?.getRegistration();
    await registration?.showNotification(title, options).catch(() => {});
    this.#open.set(options.data.room, {
      seq: options.data.seq,
      close: async () => (await registration?.getNotifications({ tag: options.tag }))?.forEach((one) => one.close()),
    });
  }

  /** Browsers keep a page silent until the person has used it; another tab may have been used. */
  #canPlaySound() {
    return Date.now() - this.#soundAt >= SOUND_PAUSE_MS && navigator.userActivation?.hasBeenActive !== false;
  }

  /** Two soft notes, one above the other. */
  #playSound() {
    this.#soundAt = Date.now();
    try {
      this.#audio ??= new AudioContext();
      const audio = this.#audio;
      audio.resume().catch(() => {});
      for (const [at, pitch] of [[0, 660], [0.12, 880]]) {
        const gain = audio.createGain();
        const start = audio.currentTime + at;
        gain.gain.setValueAtTime(0, start);
        gain.gain.linearRampToValueAtTime(0.06, start + 0.02);
        gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.5);
        gain.connect(audio.destination);
        const note = new OscillatorNode(audio, { frequency: pitch });
        note.connect(gain);
        note.start(start);
        note.stop(start + 0.5);
      }
    } catch {
      // The machine has no sound.
    }
  }
}
