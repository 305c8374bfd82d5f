// Calling somebody who looks elsewhere: the title and the icon of the page, notifications of the
// browser, a sound. What calls whom is decided here from the settings; nobody is asked for
// permission here, the settings do that when the person turns notifications on.
//
// main.js tells it of messages and of states. Several windows of one person agree among themselves:
// whoever looks at one of them is not called by another.

import { kindOf } from './wire.js';
import { t } from './words.js';

/** @typedef {import('./turn.js').State} State */
/** @typedef {Extract<import('./turn.js').Effect, {do: 'notify'}>} Call */

/** What fits into a notification on every system. */
const TEXT_MAX = 200;

/** In a busy room, one sound stands for all that came with it. */
const SOUND_PAUSE_MS = 3_000;

/** @param {import('./turn.js').Settings} settings @param {{mention: boolean}} call */
export function isWanted({ notify }, { mention }) {
  return notify === 'all' || (notify === 'mentions' && mention);
}

/** Whoever has only the sound on hears of what names them. @param {import('./turn.js').Settings} settings @param {{mention: boolean}} call */
export function isRung({ notify, sound }, { mention }) {
  return sound && (mention || notify === 'all');
}

/** @param {State} state @returns {{unread: number, mentions: number}} in all rooms */
export function sums({ rooms }) {
  let unread = 0;
  let mentions = 0;
  for (const room of rooms.values()) {
    unread += room.unread;
    mentions += room.mentions;
  }
  return { unread, mentions };
}

/** @param {State} state */
export function titleOf(state) {
  const { unread } = sums(state);
  const count = unread ? `(${unread > 99 ? '99+' : unread}) ` : '';
  const place = state.phase !== 'naming' && state.shown ? `${state.shown} · ` : '';
  return `${count}${place}throng`;
}

/**
 * The lock that a window holds while the person looks at it. The browser releases it when the window
 * is gone, however it went; and asking for it needs no timer, which pages out of sight lack.
 */
const LOOKS = 'throng looks';

export class Notifier {
  #play;
  #attentive = false;
  /** Lets go of the lock. @type {() => void} */
  #lookAway = () => {};
  /** @type {Map<string, {close(): void}>} */
  #open = new Map();
  #rung = 0;
  /** @type {AudioContext | null} */
  #audio = null;
  #badge = '';
  #mentions = 0;
  #icon = document.querySelector('link[rel~="icon"]');
  #plainIcon = this.#icon?.getAttribute('href') ?? null;

  /** @param {(type: string, fields?: any) => void} play */
  constructor(play) {
    this.#play = play;
    // On phones the service worker shows notifications, and tells which one was tapped.
    navigator.serviceWorker?.addEventListener('message', ({ data }) => {
      if (data?.type === 'show' && typeof data.room === 'string') play('show', { room: data.room, seq: data.seq ?? null });
    });
  }

  /**
   * Tells the other windows whether the person looks at this one. This waits for no frame of the
   * screen: the message that comes next calls already.
   * @param {State} state
   */
  look({ attentive }) {
    if (attentive === this.#attentive) return;
    this.#attentive = attentive;
    this.#lookAway();
    if (!attentive) return;
    const gone = new Promise((resolve) => {
      this.#lookAway = () => resolve(undefined);
    });
    navigator.locks?.request(LOOKS, { mode: 'shared' }, () => gone).catch(() => {});
  }

  /** Somebody said something while the person was elsewhere. @param {State} state @param {Call} call */
  async call({ settings }, call) {
    if (!isRung(settings, call) && !isWanted(settings, call)) return;
    const locks = await navigator.locks?.query().catch(() => null);
    if (locks?.held?.some(({ name }) => name === LOOKS)) return;
    if (isRung(settings, call)) this.#ring();
    if (isWanted(settings, call) && globalThis.Notification?.permission === 'granted') this.#notify(call);
  }

  /** Brings title, icon and open notifications to a state. @param {State} state */
  draw(state) {
    const title = titleOf(state);
    if (document.title !== title) document.title = title;
    const { unread, mentions } = sums(state);
    this.#drawBadge(mentions > 9 ? '9+' : mentions ? String(mentions) : unread ? '•' : '', mentions);
    for (const [name, notification] of this.#open) {
      if (state.rooms.get(name)?.unread) continue;
      notification.close();
      this.#open.delete(name);
    }
  }

  /** @param {Call} call */
  #notify({ room, message, mention }) {
    const args = { nick: message.from.nick, room };
    const text = Array.from(message.text.slice(0, 2 * TEXT_MAX)).slice(0, TEXT_MAX).join('');
    const title = t(mention ? 'notify.mention' : 'notify.message', args);
    const body = kindOf(message) === 'action' ? t('notify.action', { nick: message.from.nick, text }) : text;
    const data = { room, seq: message.seq };
    /** @type {any} */
    const options = { body, tag: `throng ${room}`, renotify: mention, silent: true, data, dir: 'auto' };
    try {
      const notification = new Notification(title, options);
      notification.onclick = () => {
        window.focus();
        notification.close();
        this.#play('show', data);
      };
      this.#open.set(room, notification);
    } catch {
      this.#notifyByWorker(title, options);
    }
  }

  /** Phones have no other way. @param {string} title @param {any} options */
  async #notifyByWorker(title, options) {
    const registration = await navigator.serviceWorker?.getRegistration();
    await registration?.showNotification(title, options).catch(() => {});
    this.#open.set(options.data.room, {
      close: async () => (await registration?.getNotifications({ tag: options.tag }))?.forEach((one) => one.close()),
    });
  }

  /** Two soft notes, one above the other. */
  #ring() {
    const now = Date.now();
    if (now - this.#rung < SOUND_PAUSE_MS) return;
    this.#rung = now;
    try {
      this.#audio ??= new AudioContext();
      const audio = this.#audio;
      // Without a click on the page since it was opened, browsers keep it silent.
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
      // A machine without sound.
    }
  }

  /** @param {string} badge what the icon says: mentions, a dot for what is unread, or nothing @param {number} mentions */
  #drawBadge(badge, mentions) {
    if (badge === this.#badge && mentions === this.#mentions) return;
    if (badge !== this.#badge && this.#icon && this.#plainIcon) this.#drawIcon(badge);
    this.#badge = badge;
    this.#mentions = mentions;
    // An installed page has an icon of its own. Without a number it shows a dot.
    const done = badge ? navigator.setAppBadge?.(mentions || undefined) : navigator.clearAppBadge?.();
    done?.catch(() => {});
  }

  /** @param {string} badge */
  #drawIcon(badge) {
    const plain = /** @type {string} */ (this.#plainIcon);
    if (!badge) {
      this.#icon?.setAttribute('href', plain);
      return;
    }
    const image = new Image(64, 64);
    image.onload = () => {
      if (badge !== this.#badge) return;
      this.#icon?.setAttribute('href', withBadge(image, badge));
    };
    image.src = new URL(plain, document.baseURI).href;
  }
}

/** @param {HTMLImageElement} image @param {string} badge */
function withBadge(image, badge) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 64;
  const context = canvas.getContext('2d');
  if (!context) return image.src;
  context.drawImage(image, 0, 0, 64, 64);
  const isDot = badge === '•';
  context.fillStyle = '#c4391d';
  context.beginPath();
  // Most often it is drawn at 16 pixels: two digits cannot be read there, and one has to be large.
  const width = badge.length > 1 ? 54 : 44;
  if (isDot) context.arc(49, 15, 15, 0, 2 * Math.PI);
  else context.roundRect(64 - width, 0, width, 44, 22);
  context.fill();
  if (!isDot) {
    context.fillStyle = '#fff';
    context.font = '700 38px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(badge, 64 - width / 2, 24);
  }
  return canvas.toDataURL('image/png');
}
