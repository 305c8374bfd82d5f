// The line under the log that says who is writing.

import { t } from '../words.js';

/**
 * @param {string[]} nicks
 * @returns {string}
 */
export function typingWords(nicks) {
  const [one, two] = nicks;
  if (!nicks.length) return '';
  if (nicks.length === 1) return t('typing.one', { nick: one });
  return nicks.length === 2 ? t('typing.two', { nick: one, other: two }) : t('typing.several');
}
