// The people of a private or direct room, here or not, and what each is there. Who keeps the room makes moderators of
// them, and puts people out.

import { avatar } from './avatar.js';
import { drawnState, openDialog } from './dialog.js';
import { createElement, setText } from './dom.js';
import { icon } from './icon.js';
import { toggleMenu } from './menu.js';
import { noticeText } from './notice_bar.js';
import { personMenu } from './person_items.js';
import { keepsRoom } from './room_rights.js';
import { roomTitle } from '../text/names.js';
import { t } from '../words/translate.js';

/** @typedef {{user: import('../net/wire.js').User, rank: string}} Seat */

/** The most people that are listed. */
const SHOWN_MAX = 1_000;

/** @param {import('../store/state.js').State} state @param {import('../store/state.js').Room} room @param {import('../store/state.js').Dispatch} dispatch */
export function openRoomPeople(state, room, dispatch) {
  const keeps = keepsRoom(state, room);
  const list = createElement('ul', { className: 'seats' });
  const status = createElement('p', { className: 'faint small', role: 'status', textContent: t('list.loading') });
  /** @type {Seat[]} */
  let seats = [];
  const ask = (/** @type {string} */ of, /** @type {object} */ fields) => dispatch('ask', { of, fields: { room: room.id, ...fields } });
  const load = () => {
    seats = [];
    ask('people', {});
  };
  const act = (/** @type {Seat} */ { user }, /** @type {string} */ what) =>
    ask(what === 'out' ? 'kick' : 'rank', { person: user.id, rank: what === 'out' ? undefined : what });
  const draw = () => {
    const focused = /** @type {any} */ (document.activeElement)?.dataset?.seat;
    list.replaceChildren(...seats.map((seat) => seatRow(seat, seat.user.id === state.me?.id ? null : () => [
      ...keeps ? rankItems(seat, (what) => act(seat, what)) : [], ...personMenu(drawnState() ?? state, dispatch, seat.user),
    ])));
    if (focused) [...list.querySelectorAll('button')].find(({ dataset }) => dataset.seat === focused)?.focus();
  };
  openDialog({
    title: t('seats.title', { room: roomTitle(room.name) }), name: 'panel', body: [status, list], closed: () => dispatch('answered'),
    draw: ({ answer }) => {
      if (!answer || (!answer.ok && !answer.problem)) return;
      dispatch('answered');
      setText(status, answer.problem ? noticeText(answer.problem) : '');
      if (answer.problem) return;
      if (answer.of !== 'people') return load();
      seats = [...seats, ...answer.ok.people];
      if (answer.ok.more && answer.ok.people.length && seats.length < SHOWN_MAX) ask('people', { after: seats.at(-1)?.user.id });
      else {
        setText(status, t('seats.count', { count: seats.length }));
        draw();
      }
    },
  });
  load();
}

/** @param {Seat} seat @param {(what: 'moderator' | 'member' | 'out') => void} act @returns {import('./menu.js').Item[]} */
function rankItems({ rank }, act) {
  return [
    ...rank === 'member' ? [{ words: t('seats.moderator'), icon: 'shield', act: () => act('moderator') }] : [],
    ...rank === 'moderator' ? [{ words: t('seats.member'), icon: 'people', act: () => act('member') }] : [],
    { words: t(rank === 'invited' ? 'seats.uninvite' : 'seats.out'), icon: 'leave', danger: true, act: () => act('out') },
  ];
}

/** @param {Seat} seat @param {(() => import('./menu.js').Item[]) | null} items what can be done about them */
function seatRow({ user, rank }, items) {
  const words = t('seats.menu', { nick: user.nick });
  const button = items && createElement('button', {
    type: 'button', className: 'plain square', title: words, aria: { label: words, haspopup: 'menu', expanded: false }, data: { seat: user.id },
    on: { click: () => toggleMenu(button, items()) },
  }, icon('more'));
  return createElement('li', {}, createElement('div', { className: 'person' }, avatar(user), createElement('bdi', { className: 'ellipsis', textContent: user.nick }),
    rank !== 'member' && createElement('span', { className: 'faint small', textContent: t(`seats.rank.${rank === 'invited' ? rank : 'moderator'}`) })), button);
}
