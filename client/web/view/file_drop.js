// Files that are dropped on the page or pasted: they cannot be sent, and the page says so. Without this, the browser
// would open a dropped file in place of the page.

/** @param {() => void} refused says so */
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
