// The search for messages, in all rooms or in one: a field, the hits with the place marked, and the way to each. The server
// searches when the person says so.

import { focusRow, KeptRows, openAskedList } from './asked_list.js';
import { closeDialog, drawnState } from './dialog.js';
import { createElement } from './dom.js';
import { dateAndTime } from './times.js';
import { excerpt } from '../text/excerpt.js';
import { roomTitle } from '../text/names.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').Dispatch} Dispatch */
/** @typedef {import('../store/state.js').Room} Room */
/** @typedef {{room_name?: string, message: {room: string, seq: number, at: number, from: {id: string, nick: string}, text: string}, marks?: [number, number][]}} Hit */

/** The most characters of a search, as the server has it. */
const QUERY_MAX = 256;

/** The most hits in the dialog: who has not found it by then says it in other words. */
const SHOWN_MAX = 200;

/**
 * @param {Dispatch} dispatch
 * @param {Room} [room] the one that is shown, to which the search can be narrowed
 * @param {string} [words] what is searched for at once
 */
export function openSearch(dispatch, room, words = '') {
  /** @type {Hit[]} */
  let hits = [];
  /** What was searched for, and where the next answer goes on. @type {Record<string, any>} */
  let asked = {};
  const field = createElement('input', {
    type: 'search', id: 'message-search', maxLength: QUERY_MAX, autocomplete: 'off', spellcheck: false, dir: 'auto', autofocus: true,
    aria: { describedby: 'search-hint' },
  });
  field.value = words;
  const only = /** @type {HTMLInputElement} */ (createElement('input', { type: 'checkbox' }));
  const list = createElement('ol', { className: 'hits', aria: { label: t('search.hits') } });
  const rows = new KeptRows(list);
  const more = createElement('button', { type: 'button', hidden: true, textContent: t('audit.more'), on: { click: () => load() } });
  const load = () => {
    if (!asked.query) return t('search.first');
    more.disabled = true;
    dispatch('ask', { of: 'search', fields: asked });
    return '';
  };
  const search = (/** @type {Event} */ event) => {
    event.preventDefault();
    hits = [];
    const utcOffset = -new Date().getTimezoneOffset();
    asked = { query: field.value.trim(), room: only.checked ? room?.id : undefined, utc_offset: utcOffset || undefined };
    load();
  };
  const form = createElement('form', { role: 'search', on: { submit: search } },
    createElement('label', { htmlFor: 'message-search', textContent: t('search.words') }),
    createElement('div', { className: 'row' }, field, createElement('button', { type: 'submit', className: 'primary', textContent: t('search.do') })),
    createElement('p', { id: 'search-hint', className: 'faint small', textContent: t('search.hint') }),
    room && createElement('label', { className: 'choice' }, only, t('search.only', { room: roomTitle(room.name) })));
  openAskedList({
    title: t('search.title'), name: 'search-dialog', nodes: [form, list], foot: [more], load,
    failed: () => (more.disabled = false),
    answered: (_, ok) => {
      const goesOn = hits.length;
      // Whom the person ignores is not shown in the log either.
      hits = [...hits, ...ok.hits.filter((/** @type {Hit} */ { message }) => !drawnState()?.keptAway.has(message.from.id))].slice(0, SHOWN_MAX);
      const last = ok.hits.at(-1)?.message;
      asked = ok.searched_to ? { ...asked, until: ok.searched_to, below: undefined } : { ...asked, below: last && { room: last.room, seq: last.seq } };
      more.disabled = false;
      more.hidden = !ok.more || hits.length >= SHOWN_MAX;
      rows.show(hits, (hit) => hitRow(hit, dispatch));
      if (goesOn) focusRow(list.children[goesOn]);
      return statusWords(hits.length, ok);
    },
  }, dispatch);
  if (words) form.requestSubmit();
}

/** @param {number} count @param {{more?: boolean, indexing?: boolean}} ok */
function statusWords(count, { more, indexing }) {
  const found = count ? '' : t(more ? 'search.further' : 'search.none');
  return [found, indexing ? t('search.indexing') : ''].filter(Boolean).join(' ');
}

/** @param {Hit} hit @param {Dispatch} dispatch @returns {HTMLElement} */
function hitRow({ room_name: name, message: { room, seq, at, from, text }, marks }, dispatch) {
  const place = drawnState()?.rooms.get(room)?.name ?? name;
  const goThere = () => {
    closeDialog();
    dispatch('show', { room, seq, name: place ?? '…' });
  };
  const pieces = excerpt(text, marks ?? []).map(({ text: piece, isMarked }) => (isMarked ? createElement('mark', { textContent: piece }) : piece));
  return createElement('li', {}, createElement('button', { type: 'button', className: 'plain hit', on: { click: goThere } },
    createElement('span', { className: 'faint small' },
      createElement('bdi', { textContent: place ? roomTitle(place) : t('search.direct') }), ' · ', dateAndTime(at)),
    createElement('span', { className: 'said', dir: 'auto' }, createElement('bdi', { className: 'by', textContent: from.nick }), ' ', ...pieces)));
}
