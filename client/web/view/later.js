// Loads the dialogs and the completion after the page: the first messages do not wait for them. app.js
// asks for them once a room is drawn, so that they are at hand when they are wanted, online or not.

/** @typedef {typeof import('./dialogs.js')} Dialogs */

/** @type {Dialogs | null} */
let loaded = null;

/** @type {Promise<Dialogs> | null} */
let loading = null;

/** Loads them, once. A load that failed is tried again when somebody asks again. */
export function loadDialogs() {
  loading ??= import('./dialogs.js').then((dialogs) => (loaded = dialogs)).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** A load that takes longer than this does not keep the keyboard any more. */
const HOLD_MS = 3_000;

/**
 * Does something with the dialogs: at once when they are here. While they are on their way, what is
 * typed is meant for them, and is put into the field that has the focus then. Escape calls it off.
 * @param {(dialogs: Dialogs) => void} act
 * @param {() => void} failed they cannot be loaded
 */
export function withDialogs(act, failed) {
  if (loaded) {
    act(loaded);
    return;
  }
  const release = holdKeys();
  loadDialogs().then((dialogs) => {
    const typed = release();
    if (typed === null) return;
    act(dialogs);
    const field = document.activeElement;
    if (!typed || !(field instanceof HTMLInputElement) || !field.matches('[type="text"], [type="search"], :not([type])')) return;
    field.setRangeText(typed, field.selectionStart ?? 0, field.selectionEnd ?? 0, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }, () => {
    release();
    failed();
  });
}

/**
 * Takes the keys for itself.
 * @returns {() => string | null} ends it, and gives what was typed; `null`: the person has called it off
 */
function holdKeys() {
  /** @type {string | null} */
  let typed = '';
  const take = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.key === 'Escape') {
      end();
      typed = null;
    } else if (event.key === 'Backspace') typed = [...(typed ?? '')].slice(0, -1).join('');
    else if ([...event.key].length === 1) typed += event.key;
  };
  const end = () => {
    clearTimeout(timer);
    removeEventListener('keydown', take, true);
  };
  const timer = setTimeout(end, HOLD_MS);
  addEventListener('keydown', take, true);
  return () => {
    end();
    return typed;
  };
}
