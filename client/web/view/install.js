// Registers the service worker, which lets the page open without a network. app.js calls it once.

/**
 * The one script address that the page may make up: the policy refuses all others.
 * @param {string} address
 */
function onlyWorker(address) {
  if (address !== 'worker.js') throw new TypeError('this policy is for worker.js alone');
  return address;
}

/** Without it (an old browser, a page that is not secure) everything works but starting offline. */
export async function installWorker() {
  if (!('serviceWorker' in navigator) || !window.isSecureContext) return;
  const { trustedTypes } = /** @type {any} */ (window);
  const policy = trustedTypes?.createPolicy('throng', { createScriptURL: onlyWorker });
  navigator.serviceWorker.addEventListener('controllerchange', tellLoaded);
  try {
    await navigator.serviceWorker.register(policy ? policy.createScriptURL('worker.js') : 'worker.js');
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
