// The dialog that makes a room: its name, what it is about, and whether everybody sees it.

import { closeDialog, openDialog } from './dialog.js';
import { createElement } from './dom.js';
import { lineField, roomForm } from './room_form.js';
import { nameProblem, ROOM_MAX } from '../text/names.js';
import { t } from '../words/translate.js';

/** The server takes 250 bytes. */
export const TOPIC_MAX = 120;

/** @param {string} typed the name so far @param {import('../store/state.js').Dispatch} dispatch */
export function openNewRoom(typed, dispatch) {
  const name = lineField('new-room-name', t('newRoom.name'), { value: typed, maxLength: 96, autofocus: true });
  const topic = lineField('new-room-topic', t('room.topic'), { maxLength: TOPIC_MAX, autocapitalize: 'sentences', spellcheck: true });
  const kinds = ['public', 'private'].map((kind, at) => ({
    kind, field: createElement('input', { type: 'radio', name: 'new-room-kind', value: kind, checked: !at }),
  }));
  const { form, draw } = roomForm({
    of: 'make_room', submit: t('newRoom.make'), cancel: true, done: closeDialog,
    nodes: [...name.nodes, ...topic.nodes, createElement('fieldset', {}, createElement('legend', { textContent: t('newRoom.kind') }),
      ...kinds.map(({ kind, field }) => createElement('label', { className: 'choice' }, field,
        createElement('span', {}, t(`newRoom.${kind}`), createElement('span', { className: 'faint small', textContent: ` ${t(`newRoom.${kind}.means`)}` })))))],
    read: () => {
      const wanted = name.field.value.trim().replace(/^#/, '');
      const problem = wanted ? nameProblem(wanted, ROOM_MAX) : { key: 'newRoom.empty', args: {} };
      if (problem) return { problem: t(problem.key, problem.args), field: name.field };
      const isPrivate = kinds[1].field.checked;
      return { fields: { name: wanted, kind: isPrivate ? 'private' : undefined, topic: topic.field.value.trim() || undefined } };
    },
  }, dispatch);
  openDialog({ title: t('newRoom.title'), name: 'room-form', body: [form], draw, closed: () => dispatch('answered') });
}
