// The line under the log that shows who is typing.

import { t } from '../words/translate.js';

/**
 * @param {import('../store/state.js').Room['typing']} typing
 * @param {import('../store/state.js').State['keptAway']} keptAway
 * @returns {string}
 */
export function typingWords(typing, keptAway) {
  const away = new Set([...keptAway.values()].map(({ user }) => user.nick));
  const nicks = [...typing.keys()].filter((nick) => !away.has(nick));
  const [one, two] = nicks;
  if (!nicks.length) return '';
  if (nicks.length === 1) return t('typing.one', { nick: one });
  return nicks.length === 2 ? t('typing.two', { nick: one, other: two }) : t('typing.several');
}
