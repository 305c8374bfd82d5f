// Fetches a module and the modules that it imports, before it is imported. Chromium never asks again for a
// module that once failed to load, nor for one that such a module imports. A fetch can be tried again, and
// leaves the modules in the browser's cache.

/** The line of a module that imports another one, as our modules write it. */
const NAMED = /^(?:import|export|\}).* from '(\.[^']+)';$/gm;

/** The modules that are loaded or on their way. @type {Map<string, Promise<void>>} */
const known = new Map();

/**
 * @param {URL} address
 * @returns {Promise<void>} rejects when one of them does not load; the next call tries again
 */
export function prefetchModule({ href }) {
  // Tests in Node import from disk.
  if (typeof document === 'undefined') return Promise.resolve();
  if (!known.size) for (const { href: first } of preloadLinks()) known.set(first, Promise.resolve());
  const before = known.get(href);
  if (before) return before;
  const loading = fetchWithImports(href).catch((error) => {
    known.delete(href);
    throw error;
  });
  known.set(href, loading);
  return loading;
}

/** @param {string} href */
async function fetchWithImports(href) {
  const response = await fetch(href);
  if (!response.ok) throw new Error(`${href}: status ${response.status}`);
  const named = [...(await response.text()).matchAll(NAMED)].map(([, path]) => new URL(path, href));
  await Promise.all(named.map(prefetchModule));
}

/** The modules that index.html names. */
function preloadLinks() {
  return /** @type {NodeListOf<HTMLLinkElement>} */ (document.querySelectorAll('link[rel="modulepreload"]'));
}
