// The filters of the server or of a room: what nobody may say there, or what is reported when somebody says it.

import { focusRow, openAskedList } from './asked_list.js';
import { openDialog, openQuestion } from './dialog.js';
import { createElement, setText } from './dom.js';
import { REASON_MAX } from './moderation_dialog.js';
import { choiceField, lineField, roomForm, rulesOf, textField } from './room_form.js';
import { isAdministrator } from './room_rights.js';
import { dateAndTime } from './times.js';
import { roomTitle } from '../text/names.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Room} Room */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */
/** @typedef {{number: number, made: number, by_name: string, kind: string, text?: string, action?: string, exempt: string, reason?: string}} Filter */

const KINDS = ['words', 'links', 'domains', 'pattern'];

/** Who may be left alone by a filter: from this role on. */
const EXEMPT = ['member', 'moderator', 'administrator', 'owner'];

/** The most bytes of the text of a filter. */
const TEXT_MAX = 2_048;

/** @param {State} state @param {Dispatch} dispatch @param {Room} [room] `undefined`: of the whole server @param {() => void} [first] what to ask before the list */
export function openFilters(state, dispatch, room, first) {
  // Those of the whole server are the administrators'; those of a room belong to who keeps it.
  const keeps = Boolean(room) || isAdministrator(state);
  const list = createElement('ul', { className: 'reports filters', tabIndex: 0, aria: { label: titleOf(room) } });
  const load = (/** @type {number} */ after = 0) => dispatch('ask', { of: 'filters', fields: { room: room?.id, after: after || undefined } });
  let last = /** @type {number | undefined} */ (undefined);
  let begin = first ?? load;
  const more = createElement('button', { type: 'button', hidden: true, textContent: t('groups.more'), on: { click: () => load(last) } });
  const add = keeps && createElement('button', { type: 'button', className: 'primary', textContent: t('filters.new'), on: { click: () => openNewFilter(state, dispatch, room) } });
  openAskedList({
    title: titleOf(room), name: 'reports-dialog', foot: [more, ...add ? [add] : []],
    nodes: [createElement('p', { className: 'faint small', textContent: t(room ? 'filters.means.room' : 'filters.means') }), list],
    load: () => {
      list.replaceChildren();
      begin();
    },
    answered: (of, ok) => {
      begin = load;
      if (of !== 'filters') return void load();
      const filters = filtersIn(ok);
      const before = list.childElementCount;
      list.append(...filters.map((filter) => row(filter, keeps ? () => askRemoval(state, dispatch, room, filter) : null)));
      last = filters.at(-1)?.number;
      more.hidden = !ok.more || last === undefined;
      if (before) focusRow(list.children[before]);
      list.hidden = !list.childElementCount;
      return list.childElementCount ? '' : t('filters.none');
    },
    failed: () => (begin = load),
  }, dispatch);
}

/** @param {Room | undefined} room */
const titleOf = (room) => (room ? t('filters.of', { room: roomTitle(room.name) }) : t('filters.title'));

/** The filters of an answer that are whole. @param {any} ok @returns {Filter[]} */
const filtersIn = ({ filters }) => (Array.isArray(filters) ? filters.filter((one) => Number.isSafeInteger(one?.number) && Number.isFinite(one.made) && typeof one.kind === 'string') : []);

/** What a filter looks for. @param {Filter} filter */
function kindWords({ kind, text }) {
  if (kind === 'links') return t(text ? 'filters.is.links.but' : 'filters.is.links');
  return KINDS.includes(kind) ? t(`filters.kind.${kind}`) : kind;
}

/** @param {Filter} filter @param {(() => void) | null} remove */
function row(filter, remove) {
  const { number, made, by_name: by, kind, text, action, exempt, reason } = filter;
  const name = t('filters.number', { number: String(number) });
  return createElement('li', {},
    createElement('p', {}, createElement('strong', { textContent: `${name}: ${kindWords(filter)}` }), ' · ', t(action === 'report' ? 'filters.action.report' : 'filters.action.refuse')),
    Boolean(text) && createElement('p', { className: kind === 'pattern' ? 'filter-text pattern' : 'filter-text', dir: kind === 'pattern' ? 'ltr' : 'auto', textContent: String(text) }),
    Boolean(reason) && createElement('p', { dir: 'auto', textContent: t('audit.reason', { reason: String(reason) }) }),
    createElement('p', { className: 'faint small', textContent: [
      EXEMPT.includes(exempt) ? t('filters.exempt.is', { role: t(`moderate.role.${exempt}`) }) : '', t('filters.made', { nick: String(by), time: dateAndTime(made) }),
    ].filter(Boolean).join(' ') }),
    remove && createElement('div', { className: 'row' }, createElement('button', {
      type: 'button', className: 'danger', textContent: t('filters.remove.ask'), aria: { label: t('filters.remove.of', { number: String(number) }) }, on: { click: remove },
    })));
}

/** @param {State} state @param {Dispatch} dispatch @param {Room | undefined} room @param {Filter} filter */
function askRemoval(state, dispatch, room, { number }) {
  openQuestion({
    title: t('filters.remove.title', { number: String(number) }), text: t('filters.remove.text'), yes: t('filters.remove'),
    act: () => openFilters(state, dispatch, room, () => dispatch('ask', { of: 'filter_remove', fields: { number } })),
  });
}

/** @param {State} state @param {Dispatch} dispatch @param {Room | undefined} room */
function openNewFilter(state, dispatch, room) {
  // A pattern can cost a second of a processor for each message.
  const kinds = isAdministrator(state) ? KINDS : KINDS.slice(0, 3);
  const kind = choiceField('filter-kind', t('filters.kind'), kinds.map((one) => [one, t(`filters.kind.${one}`)]), 'words');
  const text = textField('filter-text', t('filters.text.words'), { maxLength: TEXT_MAX, spellcheck: false, autocapitalize: 'none' });
  const rules = rulesOf(text.field, t('filters.rules.words'));
  const action = choiceField('filter-action', t('filters.action'), ['refuse', 'report'].map((one) => [one, t(`filters.action.${one}.long`)]), 'refuse');
  // Nobody decides about people with a higher role than their own; who keeps a room is a moderator there.
  const highest = Math.max(EXEMPT.indexOf(state.role ?? ''), 1);
  const exempt = choiceField('filter-exempt', t('filters.exempt'), EXEMPT.slice(0, highest + 1).map((one) => [one, t(`filters.exempt.${one}`)]), 'moderator');
  const reason = lineField('filter-reason', t('filters.reason'), { maxLength: REASON_MAX, autocapitalize: 'sentences', spellcheck: true });
  const words = text.nodes[0];
  kind.field.addEventListener('change', () => {
    setText(words, t(`filters.text.${kind.field.value}`));
    setText(rules, t(`filters.rules.${kind.field.value}`));
  });
  const { form, draw } = roomForm({
    of: 'filter_add', submit: t('filters.make'), cancel: true, fieldOf: ({ code }) => (code === 'bad_filter' ? text.field : undefined),
    nodes: [...kind.nodes, ...text.nodes, rules, ...action.nodes, ...exempt.nodes, ...reason.nodes],
    read: () => {
      const typed = text.field.value.trim();
      if (!typed && kind.field.value !== 'links') return { problem: t('filters.empty'), field: text.field };
      if (new TextEncoder().encode(typed).length > TEXT_MAX) return { problem: t('filters.long'), field: text.field };
      return { fields: { room: room?.id, kind: kind.field.value, text: typed, action: action.field.value, exempt: exempt.field.value, reason: reason.field.value.trim() || undefined } };
    },
    done: () => openFilters(state, dispatch, room),
  }, dispatch);
  openDialog({ title: t(room ? 'filters.new.room' : 'filters.new.title'), name: 'room-form', body: [form], draw, closed: () => dispatch('answered') });
  kind.field.focus();
}
