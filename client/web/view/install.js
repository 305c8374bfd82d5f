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
  try {
    await navigator.serviceWorker.register(policy ? policy.createScriptURL('worker.js') : 'worker.js');
  } catch (error) {
    console.warn('The page will not open without a network.', error);
  }
}
