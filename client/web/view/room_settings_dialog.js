// The settings of a room, for those who keep it: its name and topic, who may write and invite, slow mode, archiving and
// deleting it.

import { closeDialog, openDialog, openQuestion } from './dialog.js';
import { createElement } from './dom.js';
import { TOPIC_MAX } from './new_room_dialog.js';
import { choiceField, lineField, roomForm } from './room_form.js';
import { duration } from './times.js';
import { mayAskAboutOthers, openWhy } from './why_dialog.js';
import { nameProblem, ROOM_MAX, roomTitle } from '../text/names.js';
import { t } from '../words/translate.js';

/** The pauses of slow mode: off, and up to six hours, which is the most. */
const PAUSES = [0, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000];

/** Who may write: the least role. */
const SPEAKERS = ['guest', 'member', 'moderator'];

/** @param {import('../store/state.js').State} state @param {import('../store/state.js').Room} known @param {import('../store/state.js').Dispatch} dispatch */
export function openRoomSettings(state, known, dispatch) {
  const { id, name: before, info } = known;
  if (!info) return;
  const { speak = 'guest', slow_ms: slow = 0 } = info;
  const name = lineField('room-name', t('newRoom.name'), { value: before, maxLength: 96 });
  const topic = lineField('room-topic', t('room.topic'), { value: info.topic ?? '', maxLength: TOPIC_MAX, autocapitalize: 'sentences', spellcheck: true });
  const speakers = SPEAKERS.includes(speak) ? SPEAKERS : [...SPEAKERS, speak];
  const who = choiceField('room-speak', t('room.speak'), speakers.map((role) => [role, t(`room.speak.${SPEAKERS.includes(role) ? role : 'moderator'}`)]), speak);
  const pauses = PAUSES.includes(slow) ? PAUSES : [...PAUSES, slow].sort((one, other) => one - other);
  const pace = choiceField('room-slow', t('room.slow'), pauses.map((ms) => [String(ms), ms ? duration(ms) : t('room.slow.off')]), String(slow));
  const inviters = choiceField('room-invite', t('room.invite'),
    ['member', 'moderator'].map((rank) => [rank, t(`room.invite.${rank}`)]), info.invite ?? 'member');
  const set = roomForm({
    of: 'set_room', submit: t('room.save'), cancel: true,
    nodes: [...name.nodes, ...topic.nodes, ...who.nodes, ...pace.nodes, ...inviters.nodes],
    read: () => {
      const wanted = name.field.value.trim().replace(/^#/, '');
      const problem = wanted ? nameProblem(wanted, ROOM_MAX) : { key: 'newRoom.empty', args: {} };
      if (problem) return { problem: t(problem.key, problem.args), field: name.field };
      const now = { topic: topic.field.value.trim(), speak: who.field.value, slow_ms: Number(pace.field.value), invite: inviters.field.value };
      // What stays is left out, so that the audit log says what was changed.
      return { fields: {
        room: id, name: wanted === before ? undefined : wanted, topic: now.topic === (info.topic ?? '') ? undefined : now.topic,
        speak: now.speak === speak ? undefined : now.speak, slow_ms: now.slow_ms === slow ? undefined : now.slow_ms,
        invite: now.invite === (info.invite ?? 'member') ? undefined : now.invite,
      } };
    },
    done: () => {
      closeDialog();
      dispatch('notice', { key: 'room.saved' });
    },
  }, dispatch);
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
  name.field.focus();
}
