// The settings of a room, for those who keep it: what it is called and is for, its place, what it narrows, slow mode,
// archiving and deleting it. What only administrators decide is shown to the others.

import { closeDialog, openDialog, openQuestion } from './dialog.js';
import { createElement } from './dom.js';
import { TOPIC_MAX } from './new_room_dialog.js';
import { choiceField, lineField, roomForm, rulesOf, textField } from './room_form.js';
import { narrowingFields, rightsOf } from './room_narrowing.js';
import { isAdministrator } from './room_rights.js';
import { duration } from './times.js';
import { mayAskAboutOthers, openWhy } from './why_dialog.js';
import { nameProblem, ROOM_MAX, roomTitle } from '../text/names.js';
import { t } from '../words/translate.js';

/** The pauses of slow mode: off, and up to six hours, which is the most. */
const PAUSES = [0, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000];

/** The most bytes of a description, and the place of a room beyond which there is no other. */
const DESCRIPTION_MAX = 2_000;
const ORDER_MAX = 1_000_000;

/** Rights that take something from people above the moderators of a room. */
const OF_ADMINISTRATORS = ['see', 'moderate'];

/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Room} Room */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */
/** @typedef {import('../net/wire.js').RoomInfo} RoomInfo */

/** @param {State} state @param {Room} known @param {Dispatch} dispatch */
export function openRoomSettings(state, known, dispatch) {
  const { id, name: before, info } = known;
  if (!info) return;
  const set = settingsForm(state, known, info, dispatch);
  const room = roomTitle(before);
  const archive = () => {
    closeDialog();
    dispatch('request', { of: 'set_room', fields: { room: id, archived: !info.archived } });
  };
  const remove = () => openQuestion({
    title: t('room.delete.title', { room }), text: t('room.delete.text'), yes: t('room.delete'),
    act: () => dispatch('request', { of: 'delete_room', fields: { room: id } }),
  });
  const more = createElement('fieldset', { className: 'more' }, createElement('legend', { textContent: t('room.more') }),
    createElement('p', { className: 'faint small', textContent: t(info.archived ? 'room.unarchive.means' : 'room.archive.means') }),
    createElement('div', { className: 'row' },
      createElement('button', { type: 'button', textContent: t(info.archived ? 'room.unarchive' : 'room.archive'), on: { click: archive } }),
      createElement('button', { type: 'button', className: 'danger', textContent: t('room.delete.ask'), on: { click: remove } })));
  const rules = createElement('div', { className: 'row' },
    createElement('button', { type: 'button', textContent: t(mayAskAboutOthers(state) ? 'why.open' : 'header.why'), on: { click: () => openWhy(state, dispatch, known) } }));
  openDialog({ title: t('room.settings.title', { room }), name: 'room-form', body: [set.form, rules, more], draw: set.draw, closed: () => dispatch('answered') });
  set.first.focus();
}

/** @param {State} state @param {Room} known @param {RoomInfo} info @param {Dispatch} dispatch */
function settingsForm(state, known, info, dispatch) {
  const isAbove = isAdministrator(state);
  const about = aboutFields(known, info, isAbove);
  const rights = rightsOf(info).map((right) => narrowingFields(info, right, isAbove || !OF_ADMINISTRATORS.includes(right)));
  const pace = paceField(info.slow_ms ?? 0);
  const { form, draw } = roomForm({
    of: 'set_room', submit: t('room.save'), cancel: true,
    nodes: [...about.nodes, ...pace.nodes, createElement('fieldset', { className: 'more' }, createElement('legend', { textContent: t('room.narrow') }),
      createElement('p', { className: 'faint small', textContent: t('room.narrow.means') }), ...rights.flatMap(({ nodes }) => nodes))],
    read: () => {
      const said = about.read();
      if (said.problem) return said;
      const narrowed = readRights(rights);
      if (narrowed.problem) return narrowed;
      // What stays is left out, so that the audit log says what was changed.
      return { fields: { room: known.id, ...said.fields, ...pace.read(), ...narrowed.fields } };
    },
    fieldOf: ({ code = '', text = '' }) => about.fieldOf(code, text) ?? (code === 'no_such_group' || code === 'too_many_groups'
      ? rights.find(({ groups }) => groups?.value && isNamedIn(text, groups.value))?.groups ?? undefined : undefined),
    done: () => {
      closeDialog();
      dispatch('notice', { key: 'room.saved' });
    },
  }, dispatch);
  return { form, draw, first: about.first };
}

/** Whether a refusal is about one of the names in a field. @param {string} text of the server @param {string} value */
const isNamedIn = (text, value) => !text.includes('"') || value.split(/[,\s]+/).some((name) => name && text.includes(`"${name}"`));

/** @param {ReturnType<typeof narrowingFields>[]} rights */
function readRights(rights) {
  /** @type {Record<string, any>} */
  const fields = {};
  /** @type {Record<string, string[]>} */
  const groups = {};
  for (const { right, read } of rights) {
    /** @type {{least?: string, groups?: string[], problem?: string, field?: HTMLElement}} */
    const now = read();
    if (now.problem) return { problem: now.problem, field: now.field };
    if (now.least !== undefined) fields[right] = now.least;
    if (now.groups) groups[right] = now.groups;
  }
  return { fields: Object.keys(groups).length ? { ...fields, groups } : fields };
}

/** The pause of slow mode. @param {number} slow */
function paceField(slow) {
  const pauses = PAUSES.includes(slow) ? PAUSES : [...PAUSES, slow].sort((one, other) => one - other);
  const { field, nodes } = choiceField('room-slow', t('room.slow'), pauses.map((ms) => [String(ms), ms ? duration(ms) : t('room.slow.off')]), String(slow));
  return { nodes, read: () => ({ slow_ms: Number(field.value) === slow ? undefined : Number(field.value) }) };
}

/** What the room is called and is for, and its place. @param {Room} known @param {RoomInfo} info @param {boolean} isAbove */
function aboutFields({ name: before, description = '' }, info, isAbove) {
  // Whether the name of a room that only some see is free must not be learnt by trying.
  const isFixed = Boolean(info.see) && !isAbove;
  const name = lineField('room-name', t('newRoom.name'), { value: before, maxLength: 96, readOnly: isFixed });
  const topic = lineField('room-topic', t('room.topic'), { value: info.topic ?? '', maxLength: TOPIC_MAX, autocapitalize: 'sentences', spellcheck: true });
  const text = textField('room-description', t('room.description'), { value: description, maxLength: DESCRIPTION_MAX, spellcheck: true });
  const order = lineField('room-order', t('room.order'), { value: info.order ? String(info.order) : '', inputMode: 'numeric', maxLength: 7 });
  const first = isFixed ? topic.field : name.field;
  const read = () => {
    const wanted = name.field.value.trim().replace(/^#/, '');
    const problem = wanted ? nameProblem(wanted, ROOM_MAX) : { key: 'newRoom.empty', args: {} };
    if (problem) return { problem: t(problem.key, problem.args), field: name.field };
    if (new TextEncoder().encode(text.field.value).length > DESCRIPTION_MAX) return { problem: t('room.description.long'), field: text.field };
    const place = Number(order.field.value.trim() || 0);
    if (!Number.isSafeInteger(place) || place < 0 || place > ORDER_MAX) return { problem: t('room.order.bad'), field: order.field };
    const now = { name: wanted, topic: topic.field.value.trim(), description: text.field.value.trim(), order: place };
    const was = { name: before, topic: info.topic ?? '', description, order: info.order ?? 0 };
    return { fields: Object.fromEntries(Object.entries(now).filter(([key, value]) => value !== was[/** @type {keyof typeof was} */ (key)])) };
  };
  return {
    first, read,
    nodes: [...name.nodes, isFixed && rulesOf(name.field, t('room.name.fixed')), ...topic.nodes, ...text.nodes, ...order.nodes, rulesOf(order.field, t('room.order.rules'))].filter((node) => node !== false),
    fieldOf: (/** @type {string} */ code, /** @type {string} */ words) => {
      if (code === 'bad_room' || code === 'room_name_taken') return name.field;
      return [topic, text, order].find(({ field }) => words.startsWith(`${field.id.slice('room-'.length)}:`))?.field;
    },
  };
}
