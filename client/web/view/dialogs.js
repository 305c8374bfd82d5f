// What nobody needs to read the first messages: the dialogs, the completion and the emoji. later.js loads them all
// at once, after the page is there.

export { openBrowse } from './browse.js';
export { Completion } from './completion.js';
export { togglePicker } from './emoji-picker.js';
export { openPeople } from './people.js';
export { askSignOut, openRename, openSettings } from './settings.js';
export { openShortcuts } from './shortcuts.js';
export { openSwitcher } from './switcher.js';
export { replaceNames } from '../emoji.js';
