// Alerts the person about messages while they look elsewhere: the title and the icon of the page, and, in
// notifications.js, browser notifications and a sound. Which messages alert is decided here from the settings:
// mentions, all, or none. The settings dialog asks for the permission, not this file.

import { prefetchModule } from '../net/module_fetch.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('./notifications.js').Notifications} Notifications */
/** @typedef {import('./notifications.js').Alert} Alert */

/** Whether the settings ask for a notification. @param {import('../store/state.js').Settings} settings @param {{mention: boolean}} alert */
export function wantsNotification({ notify }, { mention }) {
  return notify === 'all' || (notify === 'mentions' && mention);
}

/** Whether the settings ask for a sound: without notifications of all messages, only for mentions. @param {import('../store/state.js').Settings} settings @param {{mention: boolean}} alert */
export function wantsSound({ notify, sound }, { mention }) {
  return sound && (mention || notify === 'all');
}

/** The sums over all rooms. @param {State} state @returns {{unread: number, mentions: number}} */
export function unreadTotals({ rooms }) {
  let unread = 0;
  let mentions = 0;
  for (const room of rooms.values()) {
    unread += room.unread;
    mentions += room.mentions;
  }
  return { unread, mentions };
}

/** Whether the person does not want to be disturbed. @param {State} state */
const isQuiet = ({ me }) => me?.presence === 'dnd';

/** What title and icon call with. @param {State} state */
const calls = (state) => (isQuiet(state) ? { unread: 0, mentions: 0 } : unreadTotals(state));

/** @param {State} state */
export function titleOf(state) {
  const { unread } = calls(state);
  const count = unread ? `(${unread > 99 ? '99+' : unread}) ` : '';
  const room = state.phase === 'naming' ? undefined : state.rooms.get(state.selectedRoom ?? '');
  const place = room ? `${room.name} · ` : '';
  return `${count}${place}throng`;
}

export class Notifier {
  #dispatch;
  #attentive = false;
  /** Loaded later. @type {Notifications | null} */
  #notifications = null;
  /** @type {Promise<Notifications | null> | null} */
  #loading = null;
  #badge = '';
  #mentions = 0;

  /** @param {import('../store/state.js').Dispatch} dispatch */
  constructor(dispatch) {
    this.#dispatch = dispatch;
    // On phones the service worker shows notifications, and posts a message when one is tapped.
    navigator.serviceWorker?.addEventListener('message', ({ data }) => {
      if (data?.type === 'show' && typeof data.room === 'string' && typeof data.name === 'string') dispatch('show', data);
    });
  }

  /** Loads notifications.js: no message can come before there is a connection. @returns {Promise<Notifications | null>} */
  load() {
    this.#loading ??= prefetchModule(new URL('./notifications.js', import.meta.url)).then(() => import('./notifications.js')).then(({ Notifications }) => {
      this.#notifications = new Notifications(this.#dispatch);
      this.#notifications.setAttentive(this.#attentive);
      return this.#notifications;
    }).catch(() => (this.#loading = null));
    return this.#loading;
  }

  /**
   * Lets the other tabs know whether the person looks at this one. This does not wait for a frame: the very next
   * message may alert.
   * @param {State} state
   */
  updateAttention({ attentive }) {
    if (attentive === this.#attentive) return;
    this.#attentive = attentive;
    this.#notifications?.setAttentive(attentive);
  }

  /** Alerts the person about a message, if the settings ask for it. @param {State} state @param {Alert} alert */
  async alert(state, alert) {
    const { settings } = state;
    if (isQuiet(state)) return;
    const sound = wantsSound(settings, alert);
    const notification = wantsNotification(settings, alert);
    if (sound || notification) await (await this.load())?.alert(alert, { sound, notification });
  }

  /** Updates title, icon and open notifications. @param {State} state */
  draw(state) {
    const title = titleOf(state);
    if (document.title !== title) document.title = title;
    const { unread, mentions } = calls(state);
    this.#drawBadge(mentions > 9 ? '9+' : mentions ? String(mentions) : unread ? '•' : '', mentions);
    this.#notifications?.closeRead(state);
  }

  /** @param {string} badge a number of mentions, a dot for unread messages, or nothing @param {number} mentions */
  #drawBadge(badge, mentions) {
    if (badge === this.#badge && mentions === this.#mentions) return;
    this.#badge = badge;
    this.#mentions = mentions;
    const url = new URL('./page_badge.js', import.meta.url);
    prefetchModule(url).then(() => import('./page_badge.js')).then(({ drawPageBadge }) => drawPageBadge(this.#badge, this.#mentions)).catch(() => {
      // It did not load: the next change of the badge tries again.
    });
  }
}
