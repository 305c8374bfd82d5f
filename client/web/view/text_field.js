// Text fields: keys that belong to an input method, and text that the program inserts.
//
// Every key listener over a field asks `isComposing`, and everything that inserts text at the person's request
// calls `insertText`.

/**
 * Whether a key belongs to a word that is being composed (Japanese, Chinese). Safari ends the composition before
 * the Enter that ends it, and shows that only by the key code 229.
 * @param {KeyboardEvent} event
 */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/**
 * Replaces a part of a field as if the text had been typed, so that the browser's undo works. (`value` and
 * `setRangeText` end the undo history.)
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {string} text
 * @param {number} [from] the default is the selection
 * @param {number} [to]
 */
export function insertText(field, text, from = field.selectionStart ?? 0, to = field.selectionEnd ?? from) {
  field.focus({ preventScroll: true });
  field.setSelectionRange(from, to);
  if (document.activeElement === field && document.execCommand('insertText', false, text)) return;
  field.setRangeText(text, from, to, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

/**
 * Does something with a field without opening the keyboard of a phone; the focus stays where it is.
 * @param {HTMLElement} field
 * @param {() => void} act
 */
export function withoutKeyboard(field, act) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const { inputMode } = field;
  field.inputMode = 'none';
  act();
  before?.focus({ preventScroll: true });
  field.inputMode = inputMode;
}
