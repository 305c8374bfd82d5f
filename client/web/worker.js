// The service worker: keeps the page itself, so that it opens without a network and shows the last
// state. What was said is kept by the page (outbox.js); nothing of a conversation is here.
//
// It keeps index.html, every address that index.html names, and what was loaded later from the same
// assets. An asset's address holds the hash of all of them: what is kept under one never changes.

/** The type check knows pages alone. @type {any} */
const worker = self;

const CACHE = 'throng';

/** After so long the page comes from the cache; the network may still bring a newer one for next time. */
const PATIENCE_MS = 3_000;

/** The folder that the worker is responsible for: throng may be served below a path. */
const SCOPE = new URL('./', self.location.href).href;

/** The folder of assets that an address is in, with its hash. */
const ASSETS = /^assets\/([0-9A-Za-z_-]{8,})\//;

/** Files at the root that the page names. */
const ROOT = /^(manifest\.webmanifest|icon[0-9a-z-]*\.(svg|png))$/;

/** @param {string} href @returns {string | null} the address below the scope, without `?` and `#` */
function pathOf(href) {
  return href.startsWith(SCOPE) ? href.slice(SCOPE.length).split(/[?#]/)[0] : null;
}

/** The addresses that a page names and that are kept with it. @param {string} html @returns {string[]} */
function addressesIn(html) {
  const named = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, address]) => address);
  return [...new Set(named)].filter((address) => address.startsWith('assets/') || ROOT.test(address));
}

/**
 * Keeps a page and all that it names; then drops what belongs to older ones. The page comes last: a
 * loss of the network in between leaves the older page whole.
 * @param {Response} response index.html
 */
async function keep(response) {
  const cache = await caches.open(CACHE);
  const wanted = addressesIn(await response.clone().text());
  const missing = [];
  for (const address of wanted) {
    const kept = ASSETS.test(address) && (await cache.match(SCOPE + address));
    if (!kept) missing.push(SCOPE + address);
  }
  await cache.addAll(missing);
  await cache.put(SCOPE, response);
  const hashes = new Set(wanted.map((address) => ASSETS.exec(address)?.[1]).filter(Boolean));
  for (const request of await cache.keys()) {
    const path = pathOf(request.url) ?? '';
    const hash = ASSETS.exec(path)?.[1];
    const named = path === '' || wanted.includes(path);
    if (!named && !(hash && hashes.has(hash))) await cache.delete(request);
  }
}

/** A time after which `null` comes. @param {number} ms */
const patience = (ms) => new Promise((resolve) => setTimeout(resolve, ms, null));

/**
 * The page: from the network if it answers in time, else from the cache.
 * @param {any} event of a fetch
 */
async function page(event) {
  const fresh = fetch(event.request);
  event.waitUntil(fresh.then((response) => (response.ok ? keep(response.clone()) : undefined)).catch(() => undefined));
  const first = await Promise.race([fresh.catch(() => null), patience(PATIENCE_MS)]);
  if (first?.ok) return first;
  return (await caches.match(SCOPE)) ?? first ?? fresh;
}

/** An asset: the same for ever under its address. @param {Request} request */
async function asset(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) {
    const copy = response.clone();
    const cache = await caches.open(CACHE);
    await cache.put(request, copy).catch(() => undefined);
  }
  return response;
}

/** Manifest and icons: from the network, else as they were. @param {Request} request */
async function fresh(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

worker.addEventListener('install', (/** @type {any} */ event) => {
  worker.skipWaiting();
  event.waitUntil(fetch('./', { cache: 'no-cache' }).then((response) => {
    if (!response.ok) throw new Error(`the page answered ${response.status}`);
    return keep(response);
  }));
});

worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  const path = request.method === 'GET' ? pathOf(request.url) : null;
  if (path === null) return;
  if (request.mode === 'navigate' && path === '') event.respondWith(page(event));
  else if (ASSETS.test(path)) event.respondWith(asset(request));
  else if (path.startsWith('assets/') || ROOT.test(path)) event.respondWith(fresh(request));
  // Everything else (/ws, /healthz, /metrics, the API) is none of its business.
});

/**
 * A notification was tapped: a window of this page comes to the front and shows what it was about;
 * without one, the page opens there.
 * @param {{room?: any, seq?: any} | null} place
 */
async function show(place) {
  const all = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const own = all.filter((/** @type {any} */ { url }) => pathOf(url) === '');
  const room = typeof place?.room === 'string' ? place.room : null;
  const seq = Number.isSafeInteger(place?.seq) ? place?.seq : null;
  const window = own.find((/** @type {any} */ { visibilityState }) => visibilityState === 'visible') ?? own[0];
  if (!window) return worker.clients.openWindow(room === null ? SCOPE : `${SCOPE}#${encodeURIComponent(room)}${seq === null ? '' : `/${seq}`}`);
  if (room !== null) window.postMessage({ type: 'show', room, seq });
  return window.focus();
}

worker.addEventListener('notificationclick', (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data));
});
