// The parts of the view that nobody needs to read the first messages: dialogs and menus, the actions of a message
// and copying, completion and emoji, and starting offline the next time. lazy_loader.js loads them all at once,
// after the page is shown.

export { Announcer } from './announcer.js';
export { openBrowse } from './browse_dialog.js';
export { CompletionList } from './completion_list.js';
export { listenForCopy } from './copy_messages.js';
export { openBecomeDialog } from './device_dialog.js';
export { closeDialog } from './dialog.js';
export { toggleEmojiPicker } from './emoji_picker.js';
export { openHelp } from './help_dialog.js';
export { lazyIcons } from './lazy_icons.js';
export { JumpButtons } from './jump_buttons.js';
export { toggleMenu } from './menu.js';
export { personItems, roomItems } from './menu_items.js';
export { sayNoFiles } from './no_files.js';
export { MessageActions } from './message_actions.js';
export { MessageEditing } from './message_editing.js';
export { openPeople, PeopleColumn } from './people_list.js';
export { drawDialog, showRooms } from './room_status.js';
export { MessageLooks } from './person_look.js';
export { openSwitcher } from './room_switcher.js';
export { openSearch } from './search_dialog.js';
export { openSettings } from './settings_dialog.js';
export { openShortcuts } from './shortcuts_dialog.js';
export { listenForSwipes } from './swipe_gesture.js';
export { typingWords } from './typing_line.js';
export { codeWay, loginWay } from './welcome_ways.js';
export { keepLogin } from '../device/login_cookie.js';
export { watchPresence } from '../device/presence_watch.js';
export { registerServiceWorker } from '../device/worker_registration.js';
export { replaceNames } from '../text/emoji.js';
export { lazyWords } from '../words/en_lazy.js';
