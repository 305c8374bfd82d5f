// The queue of reports, for those who keep a room or the server: what was said and why it was reported, the way to the
// message and to what can be done, and what was done about it. New ones come by themselves.

import { focusRow, KeptRows, openAskedList } from './asked_list.js';
import { closeDialog, drawnState } from './dialog.js';
import { createElement, setAria, setText } from './dom.js';
import { openModeration, REASON_MAX } from './moderation_dialog.js';
import { quoted } from './report_dialog.js';
import { dateAndTime } from './times.js';
import { mergeReports } from '../store/duties.js';
import { roomTitle } from '../text/names.js';
import { t } from '../words/translate.js';

/** @typedef {import('../store/duties.js').Report} Report */
/** @typedef {import('../store/state.js').State} State */
/** @typedef {import('../store/state.js').Dispatch} Dispatch */
/** @typedef {import('../store/state.js').Room} Room */

/** The most reports in the dialog: who looks for older ones asks the server's own tools. */
const SHOWN_MAX = 400;

/**
 * @param {Dispatch} dispatch
 * @param {Room} [room] only those of this room
 * @param {{number: number, words: string}} [settling] what was done about one of them just now
 */
export function openReports(dispatch, room, settling) {
  /** @type {Report[]} */
  let reports = [];
  let newest = drawnState()?.duties?.newest;
  /** What the answer on its way was asked for: reports before this number. */
  let asked = /** @type {number | undefined} */ (undefined);
  let isWaiting = false;
  /** What the person did, for the next words below the list. */
  let done = '';
  const settled = /** @type {HTMLInputElement} */ (createElement('input', { type: 'checkbox', on: { change: () => load() } }));
  const list = createElement('ol', { className: 'reports', aria: { label: t('reports.title') } });
  const rows = new KeptRows(list);
  const more = createElement('button', { type: 'button', hidden: true, textContent: t('audit.more'), on: { click: () => load(reports.at(-1)?.number) } });
  const load = (/** @type {number} */ before = /** @type {any} */ (undefined)) => {
    asked = before;
    more.disabled = isWaiting = true;
    dispatch('ask', { of: 'reports', fields: { room: room?.id, before, settled: settled.checked || undefined } });
  };
  const settle = (/** @type {number} */ number, /** @type {string} */ words) => {
    isWaiting = true;
    dispatch('ask', { of: 'settle', fields: { number, words } });
  };
  openAskedList({
    title: room ? t('reports.of', { room: roomTitle(room.name) }) : t('reports.title'), name: 'reports-dialog',
    nodes: [createElement('label', { className: 'choice' }, settled, t('reports.settled')), list], foot: [more], load,
    draw: ({ duties, phase }) => {
      // One answer at a time: what comes meanwhile is asked for after it.
      if (duties?.newest === newest || isWaiting || phase !== 'online') return;
      newest = duties?.newest;
      load();
    },
    failed: () => (more.disabled = isWaiting = false),
    answered: (of, ok) => {
      more.disabled = isWaiting = false;
      const held = list.contains(document.activeElement);
      if (of === 'settle') {
        done = t('reports.done');
        load();
        // With the settled ones in the list the answer is not the number of those that are open.
        if (settled.checked) dispatch('countReports', { room: room?.id });
        if (held) settled.focus();
        return done;
      }
      const last = list.childElementCount;
      // All of them, or the open ones: what is asked for now counts.
      reports = mergeReports(settled.checked ? reports : reports.filter(({ outcome }) => !outcome), ok, asked);
      more.hidden = !ok.more || reports.length >= SHOWN_MAX;
      rows.show(reports, (report) => reportRow(report, room, dispatch, settle));
      if (asked !== undefined) focusRow(list.children[last]);
      if (settling) openSettling(list.querySelector(`[data-number="${settling.number}"]`), settling.words);
      settling = undefined;
      if (held && document.activeElement === document.body) settled.focus();
      const words = [done, reports.length ? '' : t('reports.none')].filter(Boolean).join(' ');
      done = '';
      return words;
    },
  }, dispatch);
}

/**
 * @param {Report} report
 * @param {Room | undefined} only the room of all of them
 * @param {Dispatch} dispatch
 * @param {(number: number, words: string) => void} settle
 * @returns {HTMLElement}
 */
function reportRow(report, only, dispatch, settle) {
  const { number, at, by, reason, from, text, outcome } = report;
  const room = drawnState()?.rooms.get(report.room);
  const place = only ? '' : room ? t('audit.in', { room: roomTitle(room.name) }) : t('audit.elsewhere');
  const button = (/** @type {string} */ words, /** @type {() => void} */ click) => createElement('button', { type: 'button', textContent: words, on: { click } });
  const goThere = () => {
    closeDialog();
    dispatch('show', { room: report.room, seq: report.seq, name: room?.name ?? '…' });
  };
  const moderate = () => openModeration(/** @type {State} */ (drawnState()), dispatch, from, {
    room: { id: report.room, name: room?.name ?? null }, back: (words) => openReports(dispatch, only, { number, words }),
  });
  const form = settleForm(number, (words) => settle(number, words));
  const open = createElement('button', { type: 'button', className: 'settle', textContent: t('reports.settle'), aria: { expanded: false }, on: { click: () => {
    form.hidden = !form.hidden;
    setAria(open, 'expanded', !form.hidden);
    if (!form.hidden) form.querySelector('input')?.focus();
  } } });
  return createElement('li', { data: { number } },
    createElement('p', { className: 'faint small', textContent: [dateAndTime(at), place].filter(Boolean).join(' · ') }),
    quoted(from.nick, text),
    createElement('p', { dir: 'auto', textContent: t('reports.by', { nick: by.nick, reason }) }),
    outcome ? createElement('p', { className: 'outcome', dir: 'auto', textContent: t('reports.outcome', { by: String(outcome.by_name), words: String(outcome.words) }) }) : null,
    createElement('div', { className: 'row' }, button(t('reports.go'), goThere), button(t('moderate.title', { nick: from.nick }), moderate), !outcome && open),
    !outcome && form);
}

/** @param {number} number @param {(words: string) => void} settle @returns {HTMLFormElement} */
function settleForm(number, settle) {
  const id = `settle-${number}`;
  const field = createElement('input', { id, maxLength: REASON_MAX, autocomplete: 'off', dir: 'auto', aria: { describedby: `${id}-problem` } });
  const problem = createElement('p', { id: `${id}-problem`, className: 'problem', role: 'alert' });
  return createElement('form', { noValidate: true, hidden: true, on: {
    input: () => setText(problem, ''),
    submit: (/** @type {Event} */ event) => {
      event.preventDefault();
      const words = field.value.trim();
      setText(problem, words ? '' : t('reports.words.empty'));
      if (words) settle(words);
      else field.focus();
    },
  } }, createElement('label', { htmlFor: id, textContent: t('reports.words') }),
  createElement('div', { className: 'row' }, field, createElement('button', { type: 'submit', textContent: t('reports.settle.do') })), problem);
}

/** Something was done about a report: what it was stands in its form. @param {HTMLElement | null} row @param {string} words */
function openSettling(row, words) {
  const field = row?.querySelector('input');
  if (!row || !field) return;
  /** @type {HTMLElement | null} */ (row.querySelector('.settle'))?.click();
  field.value = words;
  field.select();
  row.scrollIntoView({ block: 'nearest' });
}
