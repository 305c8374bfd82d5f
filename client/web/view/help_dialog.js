// The help: commands, formatting and keys. `/help` opens it.

import { COMMANDS } from '../text/slash_commands.js';
import { t } from '../words/translate.js';
import { openDialog } from './dialog.js';
import { createElement } from './dom.js';
import { markdownNodes } from './markdown_nodes.js';
import { section, shortcutSections } from './shortcuts_dialog.js';

export function openHelp() {
  const texts = [t('help.marks'), t('help.code'), t('help.quote'), t('help.list')];
  const signs = [['```', 'help.fence'], ['| a | b |\n|---|---|', 'help.table'], ['@ana', 'help.nick'], ['#kitchen', 'help.room'],
    [':tada:', 'help.emoji'], ['\\*', 'help.escape'], ['//me', 'help.slash']];
  openDialog({
    title: t('help.title'), name: 'shortcuts', body: [createElement('div', { className: 'sections', tabIndex: 0 },
      section(t('help.commands'), COMMANDS.map((name) => line(`/${name}`, t(`command.${name}`)))),
      section(t('help.texts'), [
        ...texts.map((text) => line(text, ...markdownNodes(text, { me: null }))),
        ...signs.map(([text, words]) => line(text, t(words))),
      ]),
      ...shortcutSections())],
  });
}

/** @param {string} typed @param {...(Node | string)} meaning */
function line(typed, ...meaning) {
  return createElement('div', {}, createElement('dt', {}, createElement('code', { dir: 'auto', textContent: typed })), createElement('dd', {}, ...meaning));
}
