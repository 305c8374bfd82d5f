// What an entry of the audit log says, as a sentence in the reader's language.

import { scopeWords } from './bots_dialog.js';
import { ROLES } from './moderation_dialog.js';
import { duration } from './times.js';
import { t } from '../words/translate.js';

/** The sentence of each action, `audit.<key>`. Those with a role or scopes in them are in `auditWords`. @type {Record<string, string>} */
const SENTENCES = {
  mute: 'mute', unmute: 'unmute', ban: 'ban', unban: 'unban', shadow: 'shadow', unshadow: 'unshadow', kick: 'kick', reset: 'reset', claim: 'claim', unregister: 'unregister',
  'second factor off': 'second', make_room: 'makeRoom', make_private_room: 'makePrivateRoom', delete_room: 'deleteRoom', invite: 'invite',
  invite_link: 'inviteLink', settle: 'settle', 'rank moderator': 'moderator', 'rank member': 'member', 'raid on': 'raidOn',
  'raid off': 'raidOff', 'bot revoke': 'botRevoke', delete: 'delete', purge: 'purge',
};

/** What was done, as a sentence. @param {string} by @param {string} action as the server calls it @param {string} subject */
export function auditWords(by, action, subject) {
  const [, what, value] = /^(role|vouch|bot new) (.+)$/.exec(action) ?? [];
  if (what === 'bot new') return t('audit.botNew', { by, subject, scopes: scopeWords(value.split(/[, ]+/)) });
  if (what && ROLES.includes(value)) return t('audit.role', { by, subject, role: t(`moderate.role.${value}`) });
  if (action === 'set_room') return t('audit.setRoom', { by, subject: changes(subject) });
  return Object.hasOwn(SENTENCES, action) ? t(`audit.${SENTENCES[action]}`, { by, subject }) : t('audit.other', { by, action, subject });
}

/** What was changed of a room, as the server writes it: `name sailors, topic "Sails", slow_ms 5000`. */
const CHANGES = /(?:^|, )(?:(name|speak|slow_ms|invite|archived) ([^\s,]+)|(topic) "((?:[^"\\]|\\.)*)")/gy;

/** The same in words; what the page does not understand stays as it is. @param {string} subject */
function changes(subject) {
  const found = [...subject.matchAll(CHANGES)];
  if (found.map(([whole]) => whole).join('') !== subject) return subject;
  return found.map(([, plain, value, topic, quoted]) => change(plain ?? topic, value ?? quoted.replace(/\\(.)/g, '$1'))).join(', ');
}

/** @param {string} what @param {string} value */
function change(what, value) {
  switch (what) {
    case 'speak': return t('audit.set.speak', { value: t(`room.speak.${value === 'guest' || value === 'member' ? value : 'moderator'}`) });
    case 'invite': return t('audit.set.invite', { value: t(`room.invite.${value === 'member' ? value : 'moderator'}`) });
    case 'slow_ms': return t('audit.set.slow', { value: Number(value) ? duration(Number(value)) : t('room.slow.off') });
    case 'archived': return t(value === 'true' ? 'audit.set.archived' : 'audit.set.unarchived');
    default: return t(what === 'topic' ? 'audit.set.topic' : 'audit.set.name', { value });
  }
}
