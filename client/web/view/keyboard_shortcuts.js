// The keyboard shortcuts of the whole page: one table, which shortcuts_dialog.js shows as well. Keys of one part (the
// composer, the log, a list) are handled there; the table only lists them.

import { isComposing } from './text_field.js';
import { isDialogOpen } from './dom.js';

/**
 * What root_view.js does at a key.
 * @typedef {'previousRoom' | 'nextRoom' | 'previousUnread' | 'nextUnread' | 'switcher' |
 *   'search' | 'shortcuts' | 'settings' | 'escape' | 'type'} Act
 */

/**
 * One line of the table. Without `act` the part that the words name handles the key.
 * @typedef {{keys: string[][], words: string, act?: Act, fits?: (event: KeyboardEvent, typing: boolean) => boolean}} Shortcut
 */

/** @param {KeyboardEvent} event */
const plain = ({ ctrlKey, metaKey, altKey }) => !ctrlKey && !metaKey && !altKey;
/** Ctrl, or Cmd on a Mac. @param {KeyboardEvent} event */
const control = ({ ctrlKey, metaKey, altKey, shiftKey }) => (ctrlKey || metaKey) && !altKey && !shiftKey;
/** @param {KeyboardEvent} event @param {string} key @param {boolean} shift */
const alt = (event, key, shift) =>
  event.key === key && event.altKey && event.shiftKey === shift && !event.ctrlKey && !event.metaKey;

/** Sections of the list of shortcuts. @type {{words: string, lines: Shortcut[]}[]} */
export const SHORTCUTS = [
  {
    words: 'keys.rooms',
    lines: [
      { keys: [['Ctrl', 'K']], words: 'keys.switcher', act: 'switcher', fits: (event) => control(event) && event.key.toLowerCase() === 'k' },
      { keys: [['Alt', '↑'], ['Alt', '↓']], words: 'keys.nextRoom', act: 'nextRoom', fits: (event) => alt(event, 'ArrowDown', false) },
      { keys: [], words: '', act: 'previousRoom', fits: (event) => alt(event, 'ArrowUp', false) },
      { keys: [['Alt', 'Shift', '↑'], ['Alt', 'Shift', '↓']], words: 'keys.nextUnread', act: 'nextUnread', fits: (event) => alt(event, 'ArrowDown', true) },
      { keys: [], words: '', act: 'previousUnread', fits: (event) => alt(event, 'ArrowUp', true) },
      { keys: [['Esc']], words: 'keys.escape', act: 'escape', fits: (event) => plain(event) && event.key === 'Escape' },
    ],
  },
  {
    words: 'keys.writing',
    lines: [
      { keys: [['Enter']], words: 'keys.send' },
      { keys: [['Shift', 'Enter']], words: 'keys.line' },
      { keys: [['↑']], words: 'keys.edit' },
      { keys: [['@'], ['#'], [':'], ['/']], words: 'keys.complete' },
      { keys: [['Tab']], words: 'keys.choose' },
      { keys: [['A–Z']], words: 'keys.type', act: 'type', fits: (event, typing) => !typing && isText(event) },
    ],
  },
  {
    words: 'keys.reading',
    lines: [
      { keys: [['Ctrl', 'Shift', 'F']], words: 'keys.search', act: 'search',
        fits: ({ ctrlKey, metaKey, altKey, shiftKey, key }) => (ctrlKey || metaKey) && shiftKey && !altKey && key.toLowerCase() === 'f' },
      { keys: [['Shift', '↑']], words: 'keys.messages' },
      { keys: [['↑'], ['↓']], words: 'keys.steps' },
      { keys: [['Enter']], words: 'keys.actions' },
      { keys: [['Q']], words: 'keys.quote' },
      { keys: [['C']], words: 'keys.copy' },
    ],
  },
  {
    words: 'keys.general',
    lines: [
      { keys: [['?'], ['Ctrl', '/']], words: 'keys.shortcuts', act: 'shortcuts',
        fits: (event, typing) => (!typing && plain(event) && event.key === '?') || ((event.ctrlKey || event.metaKey) && event.key === '/') },
      { keys: [['Ctrl', ',']], words: 'keys.settings', act: 'settings', fits: (event) => control(event) && event.key === ',' },
    ],
  },
];

/** Whether a key writes a character. Space scrolls and presses buttons. @param {KeyboardEvent} event */
function isText(event) {
  return plain(event) && event.key !== ' ' && event.key !== '?' && [...event.key].length === 1;
}

/** The lines with an `act`. `?` comes before `type`, which would match it. */
const ACTIVE_SHORTCUTS = SHORTCUTS.flatMap(({ lines }) => lines).filter(({ act }) => act);

/**
 * The action of a key.
 * @param {KeyboardEvent} event
 * @param {boolean} typing whether the focus is in a field
 * @returns {Act | undefined}
 */
export function shortcutAction(event, typing) {
  return ACTIVE_SHORTCUTS.find(({ fits }) => fits?.(event, typing))?.act;
}

/**
 * Listens for keys. A key that a part of the page has handled (`preventDefault`) is ignored, and so are all keys
 * while a dialog is open.
 * @param {Record<Act, (event: KeyboardEvent) => void>} acts
 */
export function listenForKeys(acts) {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || isComposing(event) || isDialogOpen()) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const typing = target.matches('input, textarea, select, [contenteditable]');
    const act = shortcutAction(event, typing);
    if (!act || (act === 'type' && target.matches('[role="menuitem"], [role="gridcell"], [role="tab"]'))) return;
    // A key that moves the focus into the field must still write its letter there.
    if (act !== 'type') event.preventDefault();
    acts[act](event);
  });
}
