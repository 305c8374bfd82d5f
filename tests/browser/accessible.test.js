// Accessibility: for people who use a screen reader, who see little, or who want no motion.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './harness/accessible.js';
import { needs, onlyInChromium } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { focused } from './harness/focus.js';
import { seeMarked } from './harness/glimpse.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { PHONE } from './harness/phone.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** @param {Person} person @param {string} what is on the screen */
async function check({ page }, what) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    assert.deepEqual(await violations(page), [], `${what}, ${colorScheme}`);
  }
}

/**
 * A person whose server does not answer a text that says "hold me", and refuses one that says "refuse me".
 * @param {Person} person
 */
async function meddle(person) {
  await person.page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      const { type, id, text: said } = JSON.parse(String(text));
      if (type === 'send' && said === 'refuse me') {
        socket.send(JSON.stringify({ type: 'error', id, code: 'bad_text', message: 'Characters in this cannot be sent.' }));
      } else if (type !== 'send' || said !== 'hold me') server.send(text);
    });
  });
  await person.reload();
}

const CODE = 'Look:\n```js\nconst a = 1; // a comment\n```\nand `this`, **that**, a [link](https://example.org/) and\n> a quote\n\n- one\n- two';

const SIZES = /** @type {[string, any][]} */ ([['on a desk', { viewport: { width: 1280, height: 800 } }], ['on a telephone', PHONE]]);

for (const [size, options] of SIZES) {
  test(`axe finds nothing in the room, ${size}`, async (t) => {
    const { server, visitor } = await stage(t);
    const bo = await Flood.join(server, 'bo');
    const ana = await visitor(options);
    const { page } = ana;
    await meddle(ana);
    await check(ana, 'the first page');
    await page.getByRole('textbox').fill('bo');
    await page.getByRole('textbox').press('Enter');
    await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
    await check(ana, 'the first page with a refusal');
    await page.getByRole('button', { name: 'I have a code' }).click();
    await check(ana, 'the first page with a code');
    await page.getByRole('button', { name: 'Choose a nickname instead' }).click();
    await ana.enter('ana');
    await page.getByText('No messages yet').waitFor();
    await check(ana, 'an empty room');
    // A link to an old message leaves a gap below the messages around it.
    const cy = await Flood.join(server, 'cy', 'hall');
    await cy.sayMany(150);
    cy.leave();
    await page.evaluate(() => { location.hash = '#hall/20'; });
    await page.locator('#log .gap').waitFor({ state: 'attached' });
    await seeMarked(ana, 20);
    await check(ana, 'a gap');
    await ana.go('lobby');
    await bo.say(CODE);
    await bo.say('@ana are you there?');
    await bo.say(Array.from({ length: 60 }, (_, line) => `line ${line + 1}`).join('\n'));
    await page.getByRole('button', { name: 'Show more' }).waitFor();
    await ana.say('/me waves');
    await ana.seeAllSent();
    await ana.say('refuse me');
    await page.locator('#log .failed').waitFor();
    await ana.say('hold me');
    await page.locator('#log .flying').waitFor();
    await ana.go('kitchen');
    await bo.say('one more');
    await page.locator(`${parts.room('lobby')} .badge`).waitFor({ state: 'attached' });
    await check(ana, 'an unread room');
    await ana.go('lobby');
    await page.locator('#log .rule.new').waitFor();
    assert.ok(await page.locator('#log .failed').count() && await page.locator('#log .flying').count() && await page.locator('#log .mention').count());
    await check(ana, 'a busy room');
    bo.leave();
  });

  const reason = options === PHONE ? needs.touch : {};
  test(`axe finds nothing in what opens over the room, ${size}`, reason, async (t) => {
    const { server, person } = await stage(t);
    const bo = await Flood.join(server, 'bo');
    const ana = await person('ana', options);
    await bo.say('hello');
    await ana.see('hello');
    const { page } = ana;
    const isPhone = options === PHONE;
    const me = async () => {
      if (isPhone) await page.getByRole('button', { name: /^Your rooms/ }).tap();
      await page.locator('#me').click();
    };
    const dialog = page.getByRole('dialog');
    const close = async () => {
      await dialog.getByRole('button', { name: 'Close' }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    for (const mark of ['@', '/', '#lo', ':tad']) {
      await ana.composer.fill('');
      await ana.composer.pressSequentially(mark);
      await page.locator('#completions').getByRole('option').first().waitFor();
      await check(ana, `completions of ${mark}`);
    }
    await ana.write('x'.repeat(5_000));
    await check(ana, 'a text that is too long');
    await ana.composer.fill('');
    await page.getByRole('button', { name: 'Emoji' }).click();
    await page.getByRole('gridcell').first().waitFor();
    await check(ana, 'the emoji');
    await page.getByRole('button', { name: 'Emoji' }).click();
    // A refusal stays until it is closed.
    await ana.say('/nick bo');
    await page.locator('.notice').waitFor();
    await check(ana, 'a notice');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await ana.composer.fill('');
    await page.locator(parts.said).last().hover();
    await check(ana, 'the actions of a message');
    if (!isPhone) await page.setViewportSize({ width: 1_100, height: 800 });
    await page.getByRole('button', { name: '2 people' }).click();
    await check(ana, 'the people');
    await close();
    if (!isPhone) await page.setViewportSize(options.viewport);
    await me();
    await page.getByRole('menuitem', { name: 'Use on another device' }).click();
    await dialog.getByText(/^Works once/).waitFor();
    await check(ana, 'the code for another device');
    await close();
    await page.getByRole('button', { name: 'Find a room' }).click();
    await check(ana, 'the switcher');
    await dialog.getByRole('combobox').fill('kitch');
    await page.getByRole('option').first().waitFor();
    await check(ana, 'the switcher with a choice');
    await close();
    await page.getByRole('button', { name: 'Room menu' }).click();
    await check(ana, 'the menu of the room');
    await page.keyboard.press('Escape');
    await me();
    await check(ana, isPhone ? 'the drawer and the menu' : 'the menu');
    await page.getByRole('menuitem', { name: 'Change nickname' }).click();
    await dialog.getByRole('textbox').fill('bo');
    await dialog.getByRole('textbox').press('Enter');
    await dialog.getByRole('alert').filter({ hasText: /./ }).waitFor();
    await check(ana, 'the change of the nick, refused');
    await close();
    for (const name of ['Settings', 'Keyboard shortcuts', 'Sign out']) {
      await me();
      await page.getByRole('menuitem', { name }).click();
      await dialog.waitFor();
      await check(ana, name);
      await close();
    }
    if (isPhone) {
      await page.getByRole('button', { name: /^Your rooms/ }).tap();
      await check(ana, 'the drawer');
    }
    await page.locator('#side').getByRole('button', { name: 'Browse rooms' }).last().click();
    await dialog.getByRole('button', { name: /lobby/ }).waitFor();
    await check(ana, 'the list of rooms');
    await dialog.getByRole('searchbox').fill('no spaces');
    await dialog.getByRole('searchbox').press('Enter');
    await check(ana, 'the list of rooms with a bad name');
    await close();
    await ana.say('/leave');
    await page.getByRole('heading', { name: 'No room is open' }).waitFor();
    await check(ana, 'no room');
    await ana.go('lobby');
    await server.kill9();
    await page.locator('#banner').waitFor();
    await check(ana, 'the banner');
    bo.leave();
  });
}

test('with the colours of the system the focus shows everywhere', onlyInChromium('Playwright sets no such wish for Firefox'), async (t) => {
  const { server, person } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  const ana = await person('ana');
  await bo.say('hello @ana');
  await ana.see('hello @ana');
  const { page } = ana;
  await page.emulateMedia({ forcedColors: 'active' });
  const walk = async (/** @type {string} */ where, /** @type {number} */ stops) => {
    const seen = [];
    while (seen.length < stops) {
      await page.keyboard.press('Tab');
      const at = await focused(page);
      if (at.tag === 'body') continue; // after the last element, Tab starts over
      assert.ok(at.ringed, `${where}: ${JSON.stringify(at)}`);
      seen.push(at.name);
    }
  };
  await walk('the room', 14);
  await ana.composer.focus();
  await page.keyboard.press('ArrowUp');
  assert.ok((await focused(page)).ringed, 'a message');
  await page.keyboard.press('Control+,');
  await page.getByRole('dialog').waitFor();
  await walk('the settings', 6);
  await page.keyboard.press('Escape');
  // The selected item shows without the focus as well: by more than the background, which the system paints.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('lob');
  const chosen = page.locator('#choices [aria-selected="true"]');
  await chosen.waitFor();
  assert.notEqual(await chosen.evaluate((item) => getComputedStyle(item).outlineStyle), 'none', 'the choice of the switcher');
  await page.keyboard.press('Escape');
  await ana.composer.fill('');
  await ana.composer.pressSequentially('@');
  const offered = page.locator('#completions [aria-selected="true"]');
  await offered.waitFor();
  assert.notEqual(await offered.evaluate((item) => getComputedStyle(item).outlineStyle), 'none', 'the completion that Tab takes');
  bo.leave();
});

test('what is chosen or open shows with the colours of the system', async (t) => {
  const { server, person } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  t.after(() => bo.leave());
  const ana = await person('ana');
  const { page } = ana;
  await ana.go('kitchen');
  await bo.say('news');
  await page.locator(`${parts.room('lobby')}.unread`).waitFor();
  await ana.go('hall');
  const people = page.locator('#header .people');
  const looks = async () => ({
    shown: await look(page, parts.room('hall')), unread: await look(page, parts.room('lobby')), read: await look(page, parts.room('kitchen')),
    disabled: await look(page, '[type="submit"][aria-disabled]'),
    tab: await look(page, '#picker [role="tab"][aria-selected="true"]'), otherTab: await look(page, '#picker [role="tab"][aria-selected="false"]'),
    open: await look(page, '#composer .emoji'), column: await look(page, '#header .people'),
  });
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ forcedColors: 'active', colorScheme });
    await page.getByRole('button', { name: 'Emoji' }).click();
    await page.getByRole('gridcell').first().waitFor();
    const now = await looks();
    await page.keyboard.press('Escape');
    await people.click();
    await ana.composer.fill('x');
    const other = { closed: await look(page, '#composer .emoji'), away: await look(page, '#header .people'), enabled: await look(page, '#composer [type="submit"]') };
    await ana.composer.fill('');
    await people.click();
    for (const [one, another] of [[now.shown, now.unread], [now.shown, now.read], [now.tab, now.otherTab], [now.open, other.closed], [now.column, other.away], [now.disabled, other.enabled]]) {
      assert.notEqual(one, another, colorScheme);
    }
  }
  const online = await look(page, '#side .face', '::after');
  await server.kill9();
  await page.locator('#side .face.offline').waitFor();
  assert.notEqual(await look(page, '#side .face', '::after'), online);
});

/** How an element looks, besides its text. @param {import('playwright-core').Page} page @param {string} selector @param {string} [pseudo] */
function look(page, selector, pseudo) {
  return page.locator(selector).first().evaluate((element, part) => {
    const { backgroundColor, color, outlineStyle, outlineColor, outlineWidth, borderBlockEndColor, borderBlockEndWidth, boxShadow } = getComputedStyle(element, part);
    const outline = outlineStyle === 'none' ? '' : `${outlineStyle} ${outlineColor} ${outlineWidth}`;
    return JSON.stringify({ backgroundColor, color, outline, borderBlockEndColor, borderBlockEndWidth, boxShadow });
  }, pseudo);
}

/** The viewport of a window of 1280 × 720 in Chromium and Firefox at these zooms. */
const ZOOMED = /** @type {const} */ ([[200, { width: 640, height: 360 }], [300, { width: 427, height: 240 }], [400, { width: 320, height: 180 }]]);

for (const [zoom, viewport] of ZOOMED) {
  test(`at a zoom of ${zoom} % everything can be reached, and something can be read`, async (t) => {
    const { server, person } = await stage(t);
    const bo = await Flood.join(server, 'bo');
    t.after(() => bo.leave());
    await bo.sayMany(20);
    const ana = await person('ana', { viewport, reducedMotion: 'reduce' });
    const { page } = ana;
    await ana.see('message 20');
    const within = async (/** @type {string} */ selector) => {
      // Its final position, not where its animation begins.
      await page.locator(selector).evaluate((element) => Promise.all(element.getAnimations().map((it) => it.finished)));
      const box = await page.locator(selector).boundingBox();
      assert.ok(box && box.y >= 0 && box.y + box.height <= viewport.height + 1, `${selector} is within the window: ${JSON.stringify(box)}`);
    };
    await ana.composer.fill('one\ntwo\nthree\nfour\nfive\nsix');
    const log = await page.locator('#log').boundingBox();
    assert.ok(log && log.height >= 60, `the log has ${log?.height} px`);
    await within('#composer');
    const emoji = page.getByRole('button', { name: 'Emoji' });
    await emoji.click();
    await page.getByRole('gridcell').first().waitFor();
    await within('#picker');
    for (const part of [page.getByRole('searchbox', { name: 'Search emoji' }), page.getByRole('tab').last(), page.getByRole('gridcell').last()]) {
      await part.scrollIntoViewIfNeeded();
      const box = await part.boundingBox();
      assert.ok(box && box.y >= 0 && box.y + box.height <= viewport.height, JSON.stringify(box));
    }
    await emoji.click();
    await page.locator('#picker').waitFor({ state: 'detached' });
    await ana.composer.fill('');
    await ana.composer.pressSequentially('/');
    await page.locator('#completions').getByRole('option').first().waitFor();
    await within('#completions');
    await ana.composer.fill('/nonsense');
    await ana.composer.press('Enter');
    await page.locator('.toast').waitFor();
    await within('.toast');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await ana.composer.fill('');
    await page.getByRole('button', { name: /^Your rooms/ }).click();
    await page.locator('#me').click();
    await within('.menu');
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('dialog').waitFor();
    await within('dialog');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.locator('dialog').waitFor({ state: 'detached' });
  });
}

test('the colour of every person can be read on every ground', async (t) => {
  const { server, person } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  await bo.say('hello');
  const ana = await person('ana');
  const cy = await Flood.join(server, 'cy');
  await cy.say('@ana hello');
  await ana.seeMany(2);
  const line = ana.page.locator(parts.said);
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await ana.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const at of [0, 1]) {
      for (const hovered of [false, true]) {
        await (hovered ? line.nth(at) : ana.page.locator('#name')).hover();
        const worst = await line.nth(at).evaluate(lowestContrast);
        assert.ok(worst.contrast >= 4.5, `${colorScheme}, message ${at + 1}${hovered ? ' under the mouse' : ''}: ${JSON.stringify(worst)}`);
      }
    }
  }
  bo.leave();
  cy.leave();
});

/** Runs in the page: the hue of a nick that is hardest to read. @param {HTMLElement} line */
function lowestContrast(line) {
  const canvas = /** @type {CanvasRenderingContext2D} */ (document.createElement('canvas').getContext('2d', { willReadFrequently: true }));
  /** The luminance of colours on top of each other. @param {...string} colours */
  const luminance = (...colours) => {
    for (canvas.fillStyle of colours) canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) =>
      (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = luminance(getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(line).backgroundColor);
  const nick = /** @type {Element} */ (line.querySelector('.nick'));
  return Array.from({ length: 36 }, (_, tenth) => {
    line.style.setProperty('--hue', String(tenth * 10));
    const letters = luminance(getComputedStyle(nick).color);
    return { hue: tenth * 10, contrast: (Math.max(letters, ground) + 0.05) / (Math.min(letters, ground) + 0.05) };
  }).reduce((one, other) => (other.contrast < one.contrast ? other : one));
}

test('who wants nothing to move sees nothing move', onlyInChromium('Playwright sets no such wish for Firefox'), async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana', { ...PHONE, reducedMotion: 'reduce' });
  const longest = () => ana.page.evaluate(() => {
    const times = [...document.querySelectorAll('*')].flatMap((element) => {
      const { animationDuration, transitionDuration } = getComputedStyle(element);
      return `${animationDuration},${transitionDuration}`.split(',').map((time) => parseFloat(time) * (time.trim().endsWith('ms') ? 1 : 1_000));
    });
    return Math.max(...times);
  });
  assert.ok(await longest() <= 1);
  await ana.page.getByRole('button', { name: /^Your rooms/ }).tap();
  assert.ok(await longest() <= 1, 'the drawer');
  await ana.page.locator('#side').getByRole('button', { name: 'Browse rooms' }).last().tap();
  await ana.page.getByRole('dialog').waitFor();
  assert.ok(await longest() <= 1, 'a dialog');
});

test('the parts of the page have their names and roles', needs.protocol, async (t) => {
  const { server, person } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  const ana = await person('ana');
  await bo.say('hello');
  await bo.say('and again');
  await bo.say('@ana you?');
  await ana.seeMany(3);
  const { page } = ana;
  const snapshot = await page.locator('body').ariaSnapshot();
  for (const line of [
    /- button "Skip to the message field"/, /- navigation "Rooms and your menu":/, /- heading "Rooms" \[level=2\]/,
    /- list "Rooms":/, /- button "lobby"/, /button "Your menu: ana Online"/, /- main:/,
    /- heading "lobby" \[level=1\]/, /- button "2 people"/, /- button "Find a room"/, /- button "Room menu"/,
    /log "Messages in #lobby"/, /textbox "Message #lobby"/, /- button "Emoji"/, /- button "Send"/,
  ]) assert.match(snapshot, line, snapshot);
  // Each message has a nick and a time for screen readers, even if it shows neither.
  const texts = await page.getByRole('listitem').filter({ has: page.locator('.said') }).evaluateAll((lines) =>
    lines.map((line) => [...line.querySelectorAll('.nick, time, .said, .unseen')].map(({ textContent }) => textContent).join(', ')));
  assert.equal(texts.length, 3);
  for (const [at, end] of ['hello', 'and again', '@ana you\\?, Mentions you\\.'].entries()) {
    assert.match(texts[at], new RegExp(`^bo, \\d\\d:\\d\\d, ${end}$`));
  }

  // The message with the focus has the same text: a screen reader reads it when the focus gets there.
  await ana.composer.press('ArrowUp');
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  const at = nodes.find(({ role, properties }) => role?.value === 'listitem' && properties?.some(({ name, value }) => name === 'focused' && value.value));
  assert.match(String(at?.name?.value), /^bo \d\d:\d\d @ana you\? Mentions you\./);
  bo.leave();
});

test('new messages are said politely, a busy room as a number, and one\'s own not at all', async (t) => {
  const { server, person } = await stage(t);
  const bo = await Flood.join(server, 'bo');
  await bo.say('before');
  const ana = await person('ana');
  await ana.see('before');
  const region = ana.page.locator('#log > [aria-live="polite"]');
  assert.equal(await region.getAttribute('aria-atomic'), 'true');
  assert.equal(await ana.page.getByRole('log').getAttribute('aria-live'), 'off', 'the list itself, which is a window, says nothing');
  // Everything that the region ever says.
  await region.evaluate((element) => {
    /** @type {any} */ (window).spoken = [];
    new MutationObserver(() => /** @type {any} */ (window).spoken.push(element.textContent)).observe(element, { childList: true, characterData: true, subtree: true });
  });
  const spoken = () => ana.page.evaluate(() => /** @type {string[]} */ (/** @type {any} */ (window).spoken).filter(Boolean));
  const says = (/** @type {RegExp} */ words) => eventually(`${words} is said`, spoken, (all) => all.some((one) => words.test(one)));
  await bo.say('hello, **@ana**');
  await says(/^bo: hello, @ana$/);
  await ana.sayAndSee('my own words');
  await bo.sayMany(100, (number) => `number ${number}`);
  await ana.see('number 100');
  await says(/^\d+ new messages, last from bo$/);
  await eventually('all were said', spoken, (all) => {
    const many = all.map((one) => Number(/^(\d+) new messages/.exec(one)?.[1] ?? 0)).reduce((sum, count) => sum + count, 0);
    return many + all.filter((one) => /^bo: number/.test(one)).length >= 100;
  });
  const all = await spoken();
  assert.ok(all.length < 30, `not one by one: ${all.length}`);
  assert.ok(all.every((one) => !one.includes('before') && !one.includes('my own words')), all.join('\n'));
  bo.leave();
});
