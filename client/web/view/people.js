// The people of a room: all of them in a small one; how many, and some, in a large one.

import { openDialog } from './dialog.js';
import { disc } from './disc.js';
import { make, setText } from './make.js';
import { t } from '../words.js';

/** More lines than this nobody reads, and each costs the page three nodes. */
const SHOWN_MAX = 100;

/**
 * @param {import('../turn.js').State} state
 * @param {(nick: string) => void} mention
 */
export function openPeople(state, mention) {
  const count = make('p', { className: 'faint' });
  const list = make('ul', { className: 'people-list' });
  const rest = make('p', { className: 'faint small' });
  let drawn = '';
  /** @param {import('../turn.js').State} now */
  const draw = (now) => {
    const { members } = now.rooms.get(now.shown ?? '') ?? {};
    const all = members?.sample ?? [];
    const key = JSON.stringify([members?.version, all.length, now.shown, now.me]);
    if (key === drawn) return;
    drawn = key;
    const total = Math.max(members?.count ?? 0, all.length);
    setText(count, t('people.here', { count: total }));
    const people = [...all].sort((one, other) => one.nick.localeCompare(other.nick)).slice(0, SHOWN_MAX);
    list.replaceChildren(...people.map((user) => person(user, user.id === now.me?.id)));
    setText(rest, total > people.length ? t('people.more', { count: total - people.length }) : '');
  };
  draw(state);
  const dialog = openDialog({ title: t('people.title'), name: 'panel', body: [count, list, rest], draw });
  list.addEventListener('click', (/** @type {any} */ event) => {
    const { nick } = event.target.closest('button')?.dataset ?? {};
    if (nick === undefined) return;
    // The focus goes to the field, where the name now stands.
    dialog.addEventListener('close', () => mention(nick));
    dialog.close();
  });
}

/** @param {import('../wire.js').User} user @param {boolean} mine */
function person(user, mine) {
  const name = make('bdi', { className: 'ellipsis', textContent: user.nick });
  if (mine) return make('li', {}, make('div', { className: 'person' }, disc(user), name, make('span', { className: 'faint small', textContent: t('people.you') })));
  const button = make('button', { type: 'button', className: 'plain person', title: t('people.mention', { nick: user.nick }), data: { nick: user.nick } }, disc(user), name);
  return make('li', {}, button);
}
