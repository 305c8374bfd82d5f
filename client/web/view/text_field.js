// Text fields: keys that belong to an input method, text that the program inserts, and files, which no field takes.
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

/**
 * Refuses files that are dropped on the page or pasted: they cannot be sent. Without this, the browser would open a
 * dropped file in place of the page.
 * @param {() => void} refused says so
 */
export function refuseFiles(refused) {
  addEventListener('dragover', (event) => {
    if (isForField(event)) return;
    event.preventDefault();
    // Something else (a link, a picture of another page) cannot be dropped here either.
    if (event.dataTransfer && !hasFiles(event.dataTransfer)) event.dataTransfer.dropEffect = 'none';
  });
  addEventListener('drop', (event) => {
    if (isForField(event)) return;
    event.preventDefault();
    if (hasFiles(event.dataTransfer)) refused();
  });
  addEventListener('paste', ({ clipboardData }) => {
    // A table from an office program also comes as a picture: its text goes into the field.
    if (hasFiles(clipboardData) && !clipboardData?.types.includes('text/plain')) refused();
  });
}

/** @param {DataTransfer | null} data */
function hasFiles(data) {
  return data?.types.includes('Files') === true;
}

/** Whether this is a text that is dropped into a field. @param {DragEvent} event */
function isForField({ target, dataTransfer }) {
  return /** @type {Element} */ (target).matches?.('input, textarea') && !hasFiles(dataTransfer);
}
