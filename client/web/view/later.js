// Loads the dialogs after the page: the first messages do not wait for them. app.js asks for them
// once a room is drawn, so that they are at hand when they are wanted, with or without it.

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

/**
 * Does something with the dialogs: at once when they are here, so that the next key meets them.
 * @param {(dialogs: Dialogs) => void} act
 * @param {() => void} failed they cannot be loaded
 */
export function withDialogs(act, failed) {
  if (loaded) act(loaded);
  else loadDialogs().then(act, failed);
}
