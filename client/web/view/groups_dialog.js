// The groups of the server, for its moderators, who see all of them, and for everybody else the ones that they are in.
// Administrators make them, rename and delete them, and put people in.

import { focusRow, openAskedList } from './asked_list.js';
import { avatar } from './avatar.js';
import { openDialog, openQuestion } from './dialog.js';
import { createElement } from './dom.js';
import { icon } from './icon.js';
import { isModerator } from './moderation_dialog.js';
import { lineField, roomForm, rulesOf } from './room_form.js';
import { isAdministrator } from './room_rights.js';
import { groupsIn } from '../store/own_groups.js';
import { nameProblem, NICK_MAX } from '../text/names.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */
/** @typedef {import('../net/wire.js').User} User */

/** @param {State} state @param {Dispatch} dispatch @param {() => void} [first] what to ask before the list */
export function openGroups(state, dispatch, first) {
  const isAll = isModerator(state.role);
  const keeps = isAdministrator(state);
  const list = createElement('ul', { className: 'found groups', aria: { label: t(isAll ? 'groups.title' : 'groups.own') } });
  const load = (/** @type {string | undefined} */ after = undefined) => dispatch('ask', { of: 'groups', fields: { all: isAll || undefined, after } });
  let last = /** @type {string | undefined} */ (undefined);
  let begin = first ?? load;
  const more = createElement('button', { type: 'button', hidden: true, textContent: t('groups.more'), on: { click: () => load(last) } });
  const make = keeps && createElement('button', { type: 'button', className: 'primary', textContent: t('groups.new'), on: { click: () => openNaming(state, dispatch) } });
  openAskedList({
    title: t(isAll ? 'groups.title' : 'groups.own'), name: 'groups-dialog',
    nodes: [createElement('p', { className: 'faint small', textContent: t(isAll ? 'groups.means' : 'groups.own.means') }), list],
    foot: [more, ...make ? [make] : []],
    load: () => {
      list.replaceChildren();
      last = undefined;
      begin();
    },
    answered: (of, ok) => {
      begin = load;
      if (of !== 'groups') return void load();
      const groups = groupsIn(ok);
      const before = list.childElementCount;
      list.append(...groups.map((group) => groupRow(group, isAll ? () => openGroup(state, dispatch, group.name) : null)));
      last = groups.at(-1)?.name;
      more.hidden = !ok.more || last === undefined;
      if (before) focusRow(list.children[before]);
      return list.childElementCount ? '' : t(isAll ? 'groups.none' : 'groups.own.none');
    },
    failed: () => (begin = load),
  }, dispatch);
}

/** @param {{name: string, members?: number}} group @param {(() => void) | null} open */
function groupRow({ name, members }, open) {
  const words = createElement('bdi', { className: 'ellipsis', textContent: name });
  const count = Number.isSafeInteger(members) && createElement('span', { className: 'faint small', textContent: t('groups.people', { count: members ?? 0 }) });
  return createElement('li', {}, open ? createElement('button', { type: 'button', className: 'plain', aria: { haspopup: 'dialog' }, on: { click: open } }, words, count) : words);
}

/** One group: who is in it. @param {State} state @param {Dispatch} dispatch @param {string} name @param {() => void} [first] what to ask before the list */
function openGroup(state, dispatch, name, first) {
  const keeps = isAdministrator(state);
  const list = createElement('ul', { className: 'seats', aria: { label: t('groups.title.one', { group: name }) } });
  const load = (/** @type {string | undefined} */ after = undefined) => dispatch('ask', { of: 'group_people', fields: { group: name, after } });
  let last = /** @type {string | undefined} */ (undefined);
  let begin = first ?? load;
  const button = (/** @type {string} */ key, /** @type {() => void} */ click, look = '') =>
    createElement('button', { type: 'button', className: look, textContent: t(key), on: { click } });
  const more = createElement('button', { type: 'button', hidden: true, textContent: t('groups.more'), on: { click: () => load(last) } });
  const remove = () => openQuestion({
    title: t('groups.delete.title', { group: name }), text: t('groups.delete.text'), yes: t('groups.delete'),
    act: () => openGroups(state, dispatch, () => dispatch('ask', { of: 'delete_group', fields: { group: name } })),
  });
  const dismiss = (/** @type {User} */ { id }) => {
    // The focus goes on to somebody else: the row will be gone.
    list.tabIndex = -1;
    list.focus();
    dispatch('ask', { of: 'assign', fields: { group: name, person: id, member: false } });
  };
  openAskedList({
    title: t('groups.title.one', { group: name }), name: 'groups-dialog', nodes: [list],
    foot: [more, button('groups.back', () => openGroups(state, dispatch)), ...keeps ? [
      button('groups.delete.ask', remove, 'danger'), button('groups.rename', () => openNaming(state, dispatch, name)),
      button('groups.add', () => openAdding(state, dispatch, name), 'primary'),
    ] : []],
    load: () => {
      list.replaceChildren();
      begin();
    },
    answered: (of, ok) => {
      begin = load;
      if (of !== 'group_people') {
        list.replaceChildren();
        return void load();
      }
      const people = peopleIn(ok);
      list.append(...people.map((user) => personRow(user, keeps ? () => dismiss(user) : null)));
      last = people.at(-1)?.id;
      more.hidden = !ok.more || last === undefined;
      return list.childElementCount ? '' : t('groups.empty');
    },
    failed: () => (begin = load),
  }, dispatch);
}

/** The people of an answer that are whole. @param {any} ok @returns {User[]} */
const peopleIn = ({ people }) => (Array.isArray(people) ? people.filter((one) => typeof one?.id === 'string' && typeof one.nick === 'string') : []);

/** @param {User} user @param {(() => void) | null} dismiss */
function personRow(user, dismiss) {
  const words = t('groups.dismiss', { nick: user.nick });
  return createElement('li', {}, createElement('div', { className: 'person' }, avatar(user), createElement('bdi', { className: 'ellipsis', textContent: user.nick })),
    dismiss && createElement('button', { type: 'button', className: 'plain square', title: words, aria: { label: words }, on: { click: dismiss } }, icon('close')));
}

/** Makes a group, or gives one another name. @param {State} state @param {Dispatch} dispatch @param {string} [before] */
function openNaming(state, dispatch, before) {
  const name = lineField('group-name', t('groups.name'), { value: before ?? '', maxLength: 48, autofocus: true });
  const rules = rulesOf(name.field, t('groups.name.rules'));
  const wanted = () => name.field.value.trim();
  const of = before === undefined ? 'make_group' : 'rename_group';
  const { form, draw } = roomForm({
    of, nodes: [...name.nodes, rules], submit: t(before === undefined ? 'groups.make' : 'room.save'), cancel: true, fieldOf: () => name.field,
    read: () => {
      const problem = wanted() ? nameProblem(wanted(), NICK_MAX) : { key: 'groups.name.empty', args: {} };
      if (problem) return { problem: t(problem.key, problem.args), field: name.field };
      return { fields: { group: before, name: wanted() } };
    },
    done: () => openGroup(state, dispatch, wanted()),
  }, dispatch);
  openDialog({
    title: before === undefined ? t('groups.new.title') : t('groups.rename.title', { group: before }), name: 'room-form', body: [form], draw,
    closed: () => dispatch('answered'),
  });
}

/** Puts somebody into a group. @param {State} state @param {Dispatch} dispatch @param {string} group */
function openAdding(state, dispatch, group) {
  const person = lineField('group-person', t('groups.person'), { maxLength: 48, autofocus: true });
  const rules = rulesOf(person.field, t('groups.person.rules'));
  const { form, draw } = roomForm({
    of: 'assign', nodes: [...person.nodes, rules], submit: t('groups.add.do'), cancel: true, fieldOf: () => person.field,
    read: () => {
      const nick = person.field.value.trim().replace(/^@/, '');
      if (!nick) return { problem: t('groups.person.empty'), field: person.field };
      return { fields: { group, person: `@${nick}`, member: true } };
    },
    done: () => openGroup(state, dispatch, group),
  }, dispatch);
  openDialog({ title: t('groups.add.title', { group }), name: 'room-form', body: [form], draw, closed: () => dispatch('answered') });
}
