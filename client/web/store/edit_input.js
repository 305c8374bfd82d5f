// The input that replaces the text of a message. Loaded later (view/message_editing.js), and added to the inputs of the
// store then; what becomes of an edit on its way is in send_retry.js.

import { canDiscard, sendNext } from './send_retry.js';
import { INPUTS } from './store.js';
import { newCid } from '../net/wire.js';
import { sendableText } from '../text/message_length.js';

/** @typedef {import('./draft_state.js').DraftState} DraftState */

/**
 * Replaces the text of a message of the person. What was to replace it before, and is not on its way, does so no more.
 * @param {DraftState} draft
 * @param {{room: string, seq: number, text: string, cid?: string}} edit
 */
function edit(draft, { room: id, seq, text, cid = newCid(draft.now) }) {
  const room = draft.mutableRoom(id);
  if (!room) return;
  room.outgoing = [...room.outgoing.filter((one) => one.edits?.seq !== seq || !canDiscard(one)), {
    cid, kind: 'text', text: sendableText(text), firstAt: draft.now, tries: 0, state: 'waiting', retryAt: 0, sender: null,
    edits: { seq, room: id, epoch: room.epoch },
  }];
  draft.ensureJoined(room);
  sendNext(draft, room);
}

/** Adds what is here to the inputs of the store. */
export function addEditInput() {
  Object.assign(INPUTS, { edit });
}
