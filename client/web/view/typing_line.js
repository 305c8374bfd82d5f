// The line under the log that shows who is typing.

import { t } from '../words/translate.js';

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
