// Registers the service worker, which lets the page open without a network, and makes the script addresses of
// workers that the page's Trusted Types policy allows. view/root_view.js calls it once the first room is shown.

/** The address of the worker that ticks (background_timer.js). */
export const TICKER = new URL('../worker/ticker.js', import.meta.url).href;

/** Makes the addresses of the two workers; the page refuses all others. @type {any} */
let policy;

/**
 * A script address that the page may use: one of the two workers.
 * @param {string} address
 * @returns {string}
 */
export function trustedScriptUrl(address) {
  const { trustedTypes } = /** @type {any} */ (window);
  policy ??= trustedTypes?.createPolicy('throng', { createScriptURL: onlyWorkers });
  return policy ? policy.createScriptURL(address) : address;
}

/** @param {string} address */
function onlyWorkers(address) {
  if (address !== 'worker.js' && address !== TICKER) throw new TypeError('this policy allows the two workers only');
  return address;
}

/** Without it (an old browser, no HTTPS) everything works but opening the page offline. */
export async function registerServiceWorker() {
  if (!('serviceWorker' in navigator) || !window.isSecureContext) return;
  navigator.serviceWorker.addEventListener('controllerchange', refetchLoaded);
  try {
    await navigator.serviceWorker.register(trustedScriptUrl('worker.js'));
  } catch (error) {
    console.warn('The page will not open without a network.', error);
  }
}

/**
 * Fetches again, from the browser's cache, what the page loaded on demand before the worker was there (the
 * dialogs, the list of emoji), so that the worker can cache it.
 */
function refetchLoaded() {
  const elements = /** @type {NodeListOf<any>} */ (document.querySelectorAll('link[href]:not([data-later]), script[src]'));
  const named = new Set([...elements].map(({ href, src }) => href ?? src));
  const assets = new URL('assets/', document.baseURI).href;
  for (const { name } of performance.getEntriesByType('resource')) {
    if (name.startsWith(assets) && !named.has(name)) fetch(name).catch(() => {});
  }
}
