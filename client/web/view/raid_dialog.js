// The raid switch of the server, for moderators: how it stands, on for a time, and off.

import { closeDialog, openDialog } from './dialog.js';
import { createElement, setText } from './dom.js';
import { choices, REASON_MAX, TIMES } from './moderation_dialog.js';
import { noticeText } from './notice_bar.js';
import { lineField, roomForm } from './room_form.js';
import { duration } from './times.js';
import { isRaid } from '../store/duties.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/state.js').State} State */

/** @param {import('../store/state.js').Dispatch} dispatch */
export function openRaid(dispatch) {
  const times = choices('time', Object.keys(TIMES).map((key) => [key, t(key === 'forever' ? 'raid.untilOff' : `moderate.${key}`)]));
  const reason = lineField('raid-reason', t('moderate.reason'), { maxLength: REASON_MAX, autocapitalize: 'sentences', spellcheck: true });
  const status = createElement('p', { className: 'raid-state', role: 'status' });
  // It counts down, which a screen reader must not repeat.
  const left = createElement('p');
  const why = createElement('p', { className: 'faint', dir: 'auto' });
  const done = (/** @type {string} */ key) => {
    closeDialog();
    dispatch('notice', { key });
  };
  const on = roomForm({
    of: 'raid', nodes: [times.field, ...reason.nodes, createElement('p', { className: 'faint small', textContent: t('moderate.reason.log') })], submit: t('raid.on.do'),
    read: () => ({ fields: { on: true, for_ms: TIMES[/** @type {keyof typeof TIMES} */ (times.value())] || undefined, reason: reason.field.value.trim() || undefined } }),
    done: () => done('raid.on.done'),
  }, dispatch);
  const off = roomForm({ of: 'raid', id: 'raid-off', nodes: [], submit: t('raid.off.do'), read: () => ({ fields: { on: false } }), done: () => done('raid.off.done') }, dispatch);
  openDialog({
    title: t('raid.title'), name: 'raid', body: [createElement('p', { textContent: t('raid.means') }), status, left, why, off.form, on.form],
    closed: () => dispatch('answered'),
    draw: (state) => {
      const { duties, answer } = state;
      const is = isRaid(state, Date.now());
      const [words, time] = stateWords(state);
      setText(status, duties?.raid ? words : answer?.problem ? noticeText(answer.problem) : t('list.loading'));
      setText(left, time);
      status.classList.toggle('on', is);
      setText(why, is && duties?.raid?.reason ? t('audit.reason', { reason: duties.raid.reason }) : '');
      off.form.hidden = !is;
      on.form.hidden = is || !duties?.raid;
      on.draw(state);
      off.draw(state);
    },
  });
  dispatch('ask', { of: 'raid', fields: {} });
}

/** How the switch stands, and until when, as two sentences. @param {State} state @returns {[string, string]} */
export function stateWords(state) {
  const raid = state.duties?.raid;
  if (!raid || !isRaid(state, Date.now())) return [t('raid.off'), ''];
  return [
    raid.automatic || !raid.by ? t('raid.on.itself') : t('raid.on.by', { nick: raid.by }),
    raid.until === null ? t('raid.on.untilOff') : t('raid.on.left', { time: duration(raid.until - Date.now()) }),
  ];
}
