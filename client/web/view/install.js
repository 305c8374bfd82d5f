// Registers the service worker, which lets the page open without a network, and makes the addresses of
// workers. app.js calls it once.

/** The worker that ticks (ticks.js). */
export const TICKER = new URL('../ticker.js', import.meta.url).href;

/** Makes the addresses of the two workers; the page's rules refuse all that it did not make. @type {any} */
let policy;

/**
 * The only script addresses that the page may make up.
 * @param {string} address
 * @returns {string}
 */
export function trusted(address) {
  const { trustedTypes } = /** @type {any} */ (window);
  policy ??= trustedTypes?.createPolicy('throng', { createScriptURL: onlyWorkers });
  return policy ? policy.createScriptURL(address) : address;
}

/** @param {string} address */
function onlyWorkers(address) {
  if (address !== 'worker.js' && address !== TICKER) throw new TypeError('this policy is for the workers alone');
  return address;
}

/** Without it (an old browser, a page that is not secure) everything works but starting offline. */
export async function installWorker() {
  if (!('serviceWorker' in navigator) || !window.isSecureContext) return;
  navigator.serviceWorker.addEventListener('controllerchange', tellLoaded);
  try {
    await navigator.serviceWorker.register(trusted('worker.js'));
  } catch (error) {
    console.warn('The page will not open without a network.', error);
  }
}

/**
 * What the page loaded on demand before the worker was there (the list of emoji): asked for once
 * more, out of the browser's own cache, so that the worker sees and keeps it.
 */
function tellLoaded() {
  const elements = /** @type {NodeListOf<any>} */ (document.querySelectorAll('link[href], script[src]'));
  const named = new Set([...elements].map(({ href, src }) => href ?? src));
  const assets = new URL('assets/', document.baseURI).href;
  for (const { name } of performance.getEntriesByType('resource')) {
    if (name.startsWith(assets) && !named.has(name)) fetch(name).catch(() => {});
  }
}
