// One browser for each file of tests. It starts with the first page, and ends with the file (stage.js). It is
// Chromium, or the Firefox that THRONG_FIREFOX names.

import { existsSync } from 'node:fs';
import { chromium, firefox } from 'playwright-core';

const FIREFOX = process.env.THRONG_FIREFOX;

export const isFirefox = Boolean(FIREFOX);

/** Firefox without a screen has no mouse: the page would treat it as a phone. 2 is a fine pointer, 4 one that hovers. */
const PREFERENCES = { 'ui.primaryPointerCapabilities': 6, 'ui.allPointerCapabilities': 6 };

/**
 * The options of a test that needs something only Chromium lets a test do.
 * @param {string} why
 */
export const onlyInChromium = (why) => ({ skip: isFirefox && why });

/** Reasons that several files share. */
export const needs = {
  hosts: onlyInChromium('Firefox resolves names itself'),
  frames: onlyInChromium('Playwright hears no WebSockets of Firefox'),
  protocol: onlyInChromium("it is steered through Chromium's own protocol"),
  touch: onlyInChromium('Playwright gives Firefox no touch screen'),
  words: onlyInChromium('Firefox tells errors in other words'),
};

/** Chromium's paths in Debian and other distributions; THRONG_CHROMIUM sets another. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A name of this machine that browsers do not trust without HTTPS. */
export const PLAIN_HOST = 'plain.example';

const FLAGS = [
  // No traffic except the test's.
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
  '--disable-quic', '--disable-gpu',
  // Not a name of this machine for the browser: a page from there counts as one from the network.
  `--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`,
  // Chromium's sandbox does not work for root, and tests in a container run as root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** @type {Promise<import('playwright-core').Browser> | null} */
let started = null;

/** @returns {Promise<import('playwright-core').Browser>} */
export function browser() {
  const [type, options] = launched();
  started ??= type.launch(options);
  return started;
}

/**
 * A browser with a profile in a folder, like a person's: it can be closed and opened again.
 * @param {string} folder
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export function browserAt(folder, options) {
  const [type, own] = launched();
  return type.launchPersistentContext(folder, { ...own, ...options });
}

/** @returns {[import('playwright-core').BrowserType, import('playwright-core').LaunchOptions]} */
function launched() {
  if (!FIREFOX) return [chromium, { executablePath: executable(), args: FLAGS }];
  return [firefox, { channel: 'moz-firefox', executablePath: FIREFOX, firefoxUserPrefs: PREFERENCES }];
}

function executable() {
  const path = process.env.THRONG_CHROMIUM ?? PLACES.find((place) => existsSync(place));
  if (!path) throw new Error('Chromium is missing: install it (Debian: `apt-get install chromium`), or name it in THRONG_CHROMIUM');
  return path;
}

export async function closeBrowser() {
  await (await started)?.close();
}
