// What a room narrows: who may see it, write, invite, and keep it. For each there is a least role, and groups whose people
// may do so without it.

import { createElement } from './dom.js';
import { choiceField, lineField, rulesOf } from './room_form.js';
import { formatNumber, t } from '../words/translate.js';

/** @typedef {import('../net/wire.js').RoomInfo} RoomInfo */
/** @typedef {'see' | 'speak' | 'invite' | 'moderate'} Right */

/** The roles or ranks of each right, the one with which it is not narrowed first. @type {Record<Right, string[]>} */
const LEAST = {
  see: ['guest', 'member', 'moderator', 'administrator'],
  speak: ['guest', 'member', 'moderator', 'administrator'],
  invite: ['member', 'moderator'],
  moderate: ['moderator', 'administrator'],
};

/** The most groups that a room names for a right. */
const GROUPS_MAX = 8;

/** The rights that a room of this kind has. @param {RoomInfo} info @returns {Right[]} */
export const rightsOf = ({ kind }) => (kind ? ['speak', 'invite', 'moderate'] : ['see', 'speak', 'invite', 'moderate']);

/** The least role or rank for a right. @param {RoomInfo} info @param {Right} right */
export const leastOf = (info, right) => info[right] ?? LEAST[right][0];

/** The words of a role or rank. @param {Right} right @param {string} least */
function leastWords(right, least) {
  if (right === 'invite') return t(`room.invite.${least === 'member' ? least : 'moderator'}`);
  const known = ['guest', 'member', 'moderator'].includes(least) ? least : 'administrator';
  return t(right === 'moderate' ? `room.moderate.${known}` : `room.speak.${known}`);
}

/** Who has a right in a room, in words. @param {RoomInfo} info @param {Right} right */
export function whoHas(info, right) {
  const groups = info.groups?.[right] ?? [];
  const least = leastWords(right, leastOf(info, right));
  return groups.length ? t('room.orGroups', { least, groups: groups.join(', ') }) : least;
}

/** A right that the person may not set: what holds, and who decides. @param {RoomInfo} info @param {Right} right */
function fixed(info, right) {
  return createElement('p', {}, createElement('strong', { textContent: t(`room.${right}`) }), ': ', createElement('bdi', { textContent: whoHas(info, right) }),
    createElement('span', { className: 'faint small', textContent: ` ${t('room.byAdministrators')}` }));
}

/** The names that somebody has typed, with commas between them. @param {string} typed */
const namesIn = (typed) => [...new Set(typed.split(/[,\s]+/).filter(Boolean))];

/**
 * The fields of a right.
 * @param {RoomInfo} info
 * @param {Right} right
 * @param {boolean} mayChange
 */
export function narrowingFields(info, right, mayChange) {
  if (!mayChange) return { right, nodes: [fixed(info, right)], groups: null, read: () => ({}) };
  const open = LEAST[right][0];
  const before = leastOf(info, right);
  const namedBefore = (info.groups?.[right] ?? []).join(', ');
  const options = LEAST[right].includes(before) ? LEAST[right] : [...LEAST[right], before];
  const least = choiceField(`room-${right}`, t(`room.${right}`), options.map((one) => [one, leastWords(right, one)]), before);
  const groups = lineField(`room-${right}-groups`, t(`room.groups.${right}`), { value: namedBefore });
  const rules = rulesOf(groups.field, t('room.groups.rules'));
  const read = () => {
    const names = namesIn(groups.field.value);
    if (names.length > GROUPS_MAX) return { problem: t('room.groups.many', { count: formatNumber(GROUPS_MAX) }), field: groups.field };
    const isOpen = least.field.value === open;
    if (names.length && isOpen) return { problem: t('room.groups.open', { least: leastWords(right, open) }), field: groups.field };
    return {
      least: least.field.value === before ? undefined : least.field.value,
      // Where everybody may do it, no groups are left, and to name none as well is refused.
      groups: isOpen || names.join(', ') === namedBefore ? undefined : names,
    };
  };
  return { right, nodes: [...least.nodes, ...groups.nodes, rules], groups: groups.field, read };
}
