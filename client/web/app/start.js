// The first module of the page: it loads the others, and loads the page again when one of its files did not
// come. A server that many people open at once refuses some files for a moment, and a proxy may lose one. The
// browser keeps what has come, so each further attempt asks for less.
//
// This module imports nothing statically, because what it imports may be missing.

/** The key under which a tab counts its attempts. */
const KEY = 'throng.tries';

/** The waits are about one, two, four and eight seconds, with jitter, so that clients do not come back together. */
const TRIES_MAX = 4;

/** Reloads the page after a wait, unless it has been tried too often. @param {unknown} error */
function reloadLater(error) {
  console.error(error);
  let tries = TRIES_MAX;
  try {
    tries = Number(sessionStorage.getItem(KEY));
    sessionStorage.setItem(KEY, String(tries + 1));
  } catch {
    // Without storage nothing counts the attempts: the page shows a link to load it again.
  }
  if (tries < TRIES_MAX) setTimeout(() => location.reload(), (0.5 + Math.random()) * 1_000 * 2 ** tries);
}

/** Throws if a style did not come: it has no rules then. */
function checkStyles() {
  const links = /** @type {NodeListOf<HTMLLinkElement>} */ (document.querySelectorAll('link[rel="stylesheet"]'));
  for (const { sheet, href } of links) if (!sheet?.cssRules.length) throw new Error(`${href} did not come`);
}

import('./main.js').then(checkStyles).then(() => sessionStorage.removeItem(KEY)).catch(reloadLater);
