// One Chromium for a file of tests. It starts with the first page, and ends with the file (stage.js).

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** Where Debian and others have it; THRONG_CHROMIUM names another. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const FLAGS = [
  // Nothing but the test's own traffic.
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
  '--disable-quic', '--disable-gpu',
  // Chromium's sandbox does not work for root, which is who runs tests in a container.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** @type {Promise<import('playwright-core').Browser> | null} */
let started = null;

/** @returns {Promise<import('playwright-core').Browser>} */
export function browser() {
  started ??= chromium.launch({ executablePath: executable(), args: FLAGS });
  return started;
}

/**
 * A browser with a profile that is kept in a folder, as that of a person is: it can be closed and
 * opened again.
 * @param {string} folder
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export function browserAt(folder, options) {
  return chromium.launchPersistentContext(folder, { executablePath: executable(), args: FLAGS, ...options });
}

function executable() {
  const path = process.env.THRONG_CHROMIUM ?? PLACES.find((place) => existsSync(place));
  if (!path) throw new Error('Chromium is missing: install it (Debian: `apt-get install chromium`), or name it in THRONG_CHROMIUM');
  return path;
}

export async function closeBrowser() {
  await (await started)?.close();
}
