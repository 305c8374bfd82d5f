// What a room is for, and who may do what there, for everybody in it.

import { closeDialog, openDialog } from './dialog.js';
import { createElement } from './dom.js';
import { rightsOf, whoHas } from './room_narrowing.js';
import { duration } from './times.js';
import { roomTitle } from '../text/names.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').Room} Room */

/** @param {Room} room */
export function openAbout({ id }) {
  const body = createElement('div', { className: 'about', tabIndex: 0, role: 'group', aria: { labelledby: 'dialog-title' } });
  let drawn = '';
  openDialog({
    title: '', name: 'about-room', body: [body],
    draw: ({ rooms }) => {
      const room = rooms.get(id);
      if (!room?.info) return closeDialog();
      const key = JSON.stringify([room.name, room.info, room.description, t('about.title', { room: '' })]);
      if (key === drawn) return;
      drawn = key;
      const title = document.getElementById('dialog-title');
      if (title) title.textContent = t('about.title', { room: roomTitle(room.name) });
      body.replaceChildren(...aboutNodes(room));
    },
  });
}

/** @param {Room} room */
function aboutNodes({ info, description }) {
  if (!info) return [];
  const { topic, slow_ms: slow, archived, kind } = info;
  const facts = [
    ...rightsOf(info).map((right) => [t(`room.${right}`), whoHas(info, right)]),
    ...slow ? [[t('about.slow'), duration(slow)]] : [],
  ];
  return [
    createElement('p', { className: 'faint small', textContent: t(kind === 'private' ? 'roomLink.private' : 'roomLink.public') }),
    ...topic ? [createElement('p', { className: 'about-topic', dir: 'auto', textContent: topic })] : [],
    createElement('p', { className: description ? 'described' : 'faint', dir: 'auto', textContent: description || t('about.none') }),
    ...archived ? [createElement('p', { textContent: t('writing.archived') })] : [],
    createElement('dl', {}, ...facts.map(([what, who]) => createElement('div', {},
      createElement('dt', { textContent: what }), createElement('dd', { dir: 'auto', textContent: who })))),
  ];
}
