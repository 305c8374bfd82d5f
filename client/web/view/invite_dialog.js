// The dialog that asks people into a room: by their name, and by a link.

import { copier, drawnQrCode } from './copier.js';
import { openDialog } from './dialog.js';
import { createElement, setText } from './dom.js';
import { choiceField, lineField, roomForm } from './room_form.js';
import { duration } from './times.js';
import { nameProblem, NICK_MAX, roomTitle } from '../text/names.js';
import { formatNumber, t } from '../words/translate.js';

const HOUR_MS = 3_600_000;

/** How long a link may be good. */
const TIMES = [HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS, 30 * 24 * HOUR_MS];

/** How many people may use it. */
const USES = [1, 10, 100, 1_000];

/** @param {import('../store/state.js').Room} room @param {import('../store/state.js').Dispatch} dispatch */
export function openInvite({ id, name, info }, dispatch) {
  const forms = info?.kind ? [byName(id, dispatch), byLink(id, dispatch)] : [byLink(id, dispatch)];
  openDialog({
    title: t('invite.title', { room: roomTitle(name) }), name: 'room-form', body: forms.map(({ section }) => section),
    draw: (state) => forms.forEach(({ draw }) => draw(state)), closed: () => dispatch('answered'),
  });
}

/** @param {string} room @param {import('../store/state.js').Dispatch} dispatch */
function byName(room, dispatch) {
  const nick = lineField('invite-nick', t('invite.nick'), { maxLength: 48, autofocus: true });
  const status = createElement('p', { className: 'small', role: 'status' });
  let asked = '';
  const { form, draw } = roomForm({
    of: 'invite', nodes: nick.nodes, submit: t('invite.do'),
    read: () => {
      setText(status, '');
      asked = nick.field.value.trim().replace(/^@/, '');
      const problem = asked ? nameProblem(asked, NICK_MAX) : { key: 'invite.empty', args: {} };
      return problem ? { problem: t(problem.key, problem.args), field: nick.field } : { fields: { room, person: `@${asked}` } };
    },
    done: () => {
      setText(status, t('invite.done', { nick: asked }));
      nick.field.value = '';
      nick.field.focus();
    },
  }, dispatch);
  return { draw, section: createElement('section', {}, form, status) };
}

/** @param {string} room @param {import('../store/state.js').Dispatch} dispatch */
function byLink(room, dispatch) {
  const time = choiceField('invite-time', t('invite.time'), TIMES.map((ms) => [String(ms), duration(ms)]), String(TIMES[2]));
  const uses = choiceField('invite-uses', t('invite.uses'), USES.map((count) => [String(count), formatNumber(count)]), String(USES[1]));
  const link = lineField('invite-link', t('invite.link'), { readOnly: true, dir: 'ltr', on: { focus: () => link.field.select() } });
  const picture = createElement('div', { className: 'qr', role: 'img', aria: { label: t('invite.square') } });
  const made = createElement('div', { className: 'made', hidden: true }, ...link.nodes,
    createElement('div', { className: 'row' }, copier('invite.copy', () => link.field.value)), picture);
  const status = createElement('p', { className: 'faint small', role: 'status' });
  const { form, draw } = roomForm({
    of: 'invite_link', nodes: [createElement('h3', { textContent: t('invite.byLink') }), ...time.nodes, ...uses.nodes], submit: t('invite.makeLink'),
    read: () => ({ fields: { room, for_ms: Number(time.field.value), uses: Number(uses.field.value) } }),
    done: (ok) => {
      link.field.value = new URL(`#room=${ok.code}`, document.baseURI).href;
      picture.replaceChildren(...[drawnQrCode(link.field.value)].filter((code) => code !== null));
      made.hidden = false;
      setText(status, t('invite.made', { count: ok.uses, time: duration(ok.expires_ms) }));
      link.field.focus();
    },
  }, dispatch);
  return { draw, section: createElement('section', {}, form, status, made) };
}
