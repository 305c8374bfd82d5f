// A tab that is hidden.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from './harness/browser.js';
import { eventually } from './harness/patience.js';
import { stage } from './harness/stage.js';

/** Treats the page like a tab that has been hidden for long: its own timers do not run. */
function hide() {
  let isHidden = false;
  Object.defineProperty(document, 'hidden', { get: () => isHidden });
  window.setInterval = /** @type {any} */ (() => 0);
  addEventListener('test:hide', () => {
    isHidden = true;
    document.dispatchEvent(new Event('visibilitychange'));
  });
}

test('a hidden tab shows life although its own timers do not run', needs.frames, async (t) => {
  const { server, visitor } = await stage(t, { flags: ['--heartbeat', '1s'] });
  const ana = await visitor({ at: 'about:blank' });
  await ana.page.addInitScript(hide);
  /** On each connection. @type {number[]} */
  const pings = [];
  ana.page.on('websocket', (socket) => {
    const at = pings.push(0) - 1;
    socket.on('framesent', ({ payload }) => {
      if (JSON.parse(String(payload)).type === 'ping') pings[at] += 1;
    });
  });
  await ana.page.goto(server.url);
  await ana.enter('ana');
  await ana.page.evaluate(() => dispatchEvent(new Event('test:hide')));
  await eventually('three pings on one connection', async () => pings, (counts) => Math.max(...counts) >= 3);
  assert.ok(ana.page.workers().some((worker) => worker.url().endsWith('/ticker.js')));
});

test('the page can start its two workers and no other', async (t) => {
  const { visitor } = await stage(t);
  const ana = await visitor();
  const other = await ana.page.evaluate(() => {
    try {
      return String(new Worker('assets/main.js'));
    } catch (error) {
      return /** @type {Error} */ (error).name;
    }
  });
  assert.equal(other, 'TypeError');
  ana.trouble.take(/Trusted|policy/i);
});
