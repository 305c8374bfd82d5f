// What nobody needs to read and to write: the dialogs and the emoji picker. later.js loads them all
// at once, after the page is there.

export { openBrowse } from './browse.js';
export { togglePicker } from './emoji-picker.js';
export { openPeople } from './people.js';
export { askSignOut, openRename, openSettings } from './settings.js';
export { openShortcuts } from './shortcuts.js';
