// Whether a message can still be read, for what shows its text outside of the log: a notification, an announcement.

import { indexOfSeq } from './loaded_history.js';

/** Whether the text of a message is here: it may have been deleted since. @param {import('./state.js').Room | undefined} room @param {number} seq */
export function isReadable(room, seq) {
  const message = room?.messages[indexOfSeq(room.messages, seq)];
  return message?.seq === seq && message.text !== '';
}
