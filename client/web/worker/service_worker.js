// The service worker: it caches the page, so that the page opens without a network. Messages are stored by the page
// (device/room_cache.js and device/unsent_store.js), never here.
//
// The cache has index.html, everything that index.html names, and what was loaded later from the same assets. The
// address of an asset has the hash of all assets: the content of an address never changes. The server serves this
// file as /worker.js (build.rs).

/** The types know `self` as a page. @type {any} */
const worker = self;

const CACHE = 'throng';

/** How long to wait for the network before the cached page is used. The answer then updates the cache for the next time. */
const PATIENCE_MS = 3_000;

/** The folder of this worker: throng may be served below a path. */
const SCOPE = new URL('./', self.location.href).href;

/** An address in the folder of assets, and its hash. */
const ASSETS = /^assets\/([0-9A-Za-z_-]{8,})\//;

/** Files at the root that the page names. */
const ROOT = /^(manifest\.webmanifest|icon[0-9a-z-]*\.(svg|png))$/;

/** @param {string} href @returns {string | null} the address below the scope, without `?` and `#` */
function pathOf(href) {
  return href.startsWith(SCOPE) ? href.slice(SCOPE.length).split(/[?#]/)[0] : null;
}

/** The addresses that a page names and that are cached with it. @param {string} html @returns {string[]} */
function addressesIn(html) {
  const named = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, address]) => address);
  return [...new Set(named)].filter((address) => address.startsWith('assets/') || ROOT.test(address));
}

/**
 * Caches a page and everything that it names, then deletes what belongs to older pages. The page itself comes last:
 * if the network is lost in between, the older page is still complete.
 * @param {Response} response index.html
 */
async function cachePage(response) {
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

/** Resolves to `null` after a time. @param {number} ms */
const patience = (ms) => new Promise((resolve) => setTimeout(resolve, ms, null));

/**
 * The page: from the network if it answers in time, else from the cache.
 * @param {any} event of a fetch
 */
async function page(event) {
  const fresh = fetch(event.request);
  event.waitUntil(fresh.then((response) => (response.ok ? cachePage(response.clone()) : undefined)).catch(() => undefined));
  const first = await Promise.race([fresh.catch(() => null), patience(PATIENCE_MS)]);
  if (first?.ok) return first;
  return (await caches.match(SCOPE)) ?? first ?? fresh;
}

/** An asset, which never changes: from the cache if it is there. @param {Request} request */
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

/** Manifest and icons: from the network, else from the cache. @param {Request} request */
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
    return cachePage(response);
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
  // Everything else (/ws, /healthz, /metrics, the API) goes to the network.
});

/**
 * A notification was tapped: focuses a window of this page and shows the message there. Without a window, opens
 * the page at the message.
 * @param {{room?: any, name?: any, seq?: any} | null} place
 */
async function show(place) {
  const all = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const own = all.filter((/** @type {any} */ { url }) => pathOf(url) === '');
  const { room, name } = place ?? {};
  const seq = Number.isSafeInteger(place?.seq) ? place?.seq : null;
  const window = own.find((/** @type {any} */ { visibilityState }) => visibilityState === 'visible') ?? own[0];
  if (!window) return worker.clients.openWindow(typeof name === 'string' ? `${SCOPE}#${encodeURIComponent(name)}${seq === null ? '' : `/${seq}`}` : SCOPE);
  if (typeof room === 'string' && typeof name === 'string') window.postMessage({ type: 'show', room, name, seq });
  return window.focus();
}

worker.addEventListener('notificationclick', (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data));
});
