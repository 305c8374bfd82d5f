// What an entry of the audit log says, as a sentence in the reader's language.

import { scopeWords } from './bots_dialog.js';
import { ROLES } from './moderation_dialog.js';
import { whoHas } from './room_narrowing.js';
import { duration } from './times.js';
import { t } from '../words/translate.js';

/** @typedef {import('./room_narrowing.js').Right} Right */

/** The sentence of each action, `audit.<key>`. Those with parts in them are in `auditWords`. @type {Record<string, string>} */
const SENTENCES = {
  mute: 'mute', unmute: 'unmute', ban: 'ban', unban: 'unban', shadow: 'shadow', unshadow: 'unshadow', kick: 'kick', reset: 'reset', claim: 'claim', unregister: 'unregister',
  'second factor off': 'second', make_room: 'makeRoom', make_private_room: 'makePrivateRoom', delete_room: 'deleteRoom', invite: 'invite',
  invite_link: 'inviteLink', settle: 'settle', 'rank moderator': 'moderator', 'rank member': 'member', 'raid on': 'raidOn',
  'raid off': 'raidOff', 'bot revoke': 'botRevoke', delete: 'delete', purge: 'purge', logout: 'logout', 'clear profile': 'clearProfile',
  make_group: 'makeGroup', delete_group: 'deleteGroup',
};

/** What was done, as a sentence. @param {string} by @param {string} action as the server calls it @param {string} subject */
export function auditWords(by, action, subject) {
  const [, what, value] = /^(role|vouch|bot new) (.+)$/.exec(action) ?? [];
  if (what === 'bot new') return t('audit.botNew', { by, subject, scopes: scopeWords(value.split(/[, ]+/)) });
  if (what && ROLES.includes(value)) return t('audit.role', { by, subject, role: t(`moderate.role.${value}`) });
  if (action === 'set_room') return t('audit.setRoom', { by, subject: changes(subject) });
  const [, right] = /^narrow_(see|speak|invite|moderate)$/.exec(action) ?? [];
  if (right) return t('audit.narrow', { by, what: t(`room.${right}`), who: narrowed(/** @type {Right} */ (right), subject) });
  const found = Object.hasOwn(PARTS, action) ? PARTS[action].exec(subject) : null;
  if (found?.groups) return partsWords(by, action, found.groups);
  return Object.hasOwn(SENTENCES, action) ? t(`audit.${SENTENCES[action]}`, { by, subject }) : t('audit.other', { by, action, subject });
}

/** Subjects that have parts, by the action. @type {Record<string, RegExp>} */
const PARTS = {
  rename_group: /^(?<before>\S+) is (?<after>\S+) now$/,
  assign: /^(?<nick>\S+), (?<group>\S+)$/,
  dismiss: /^(?<nick>\S+), (?<group>\S+)$/,
  'filter add': /^(?<action>refuse|report) (?<kind>words|links|domains|pattern)(?: (?<text>.*))?$/s,
  'filter remove': /^filter (?<number>\d+): (?<action>refuse|report) (?<kind>words|links|domains|pattern)(?: (?<text>.*))?$/s,
};

/** @param {string} by @param {string} action @param {Record<string, string>} parts */
function partsWords(by, action, { kind, text, action: does, ...parts }) {
  const filter = kind && { what: [t(`filters.kind.${kind}`), text].filter(Boolean).join(' '), does: t(`filters.action.${does}`) };
  return t(`audit.parts.${action.replace(' ', '_')}`, { by, ...parts, ...filter });
}

/** Who may do something in a room now, as the server writes it: the least role, and groups. @param {Right} right @param {string} subject */
function narrowed(right, subject) {
  const [least, ...groups] = subject.split(', ');
  return whoHas(/** @type {any} */ ({ [right]: least === 'everybody' ? 'guest' : least, groups: { [right]: groups } }), right);
}

/** What was changed of a room, as the server writes it: `name sailors, topic "Sails", slow_ms 5000`. */
const CHANGES = /(?:^|, )(?:(name|speak|slow_ms|invite|archived|order) ([^\s,]+)|(topic) "((?:[^"\\]|\\.)*)"|(description) (of \d+ characters))/gy;

/** The same in words; what the page does not understand stays as it is. @param {string} subject */
function changes(subject) {
  const found = [...subject.matchAll(CHANGES)];
  if (found.map(([whole]) => whole).join('') !== subject) return subject;
  return found.map(([, plain, value, topic, quoted, text]) => change(plain ?? topic ?? text, value ?? quoted?.replace(/\\(.)/g, '$1') ?? '')).join(', ');
}

/** @param {string} what @param {string} value */
function change(what, value) {
  switch (what) {
    case 'speak': return t('audit.set.speak', { value: t(`room.speak.${value === 'guest' || value === 'member' ? value : 'moderator'}`) });
    case 'invite': return t('audit.set.invite', { value: t(`room.invite.${value === 'member' ? value : 'moderator'}`) });
    case 'slow_ms': return t('audit.set.slow', { value: Number(value) ? duration(Number(value)) : t('room.slow.off') });
    case 'order': return Number(value) ? t('audit.set.order', { value }) : t('audit.set.noOrder');
    case 'description': return t('audit.set.description');
    case 'archived': return t(value === 'true' ? 'audit.set.archived' : 'audit.set.unarchived');
    default: return t(what === 'topic' ? 'audit.set.topic' : 'audit.set.name', { value });
  }
}
