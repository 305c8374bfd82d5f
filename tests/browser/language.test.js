// The page's texts: all in one language at a time, none of them a bare key; and the layout works from right
// to left.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { de } from '../../client/web/words/de.js';
import { en as first } from '../../client/web/words/en.js';
import { lazyWords } from '../../client/web/words/en_lazy.js';
import { Flood } from './harness/flood.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */
/** @typedef {Record<string, any>} Words */

/** @param {any} entry @returns {string[]} */
const forms = (entry) => (typeof entry === 'string' ? [entry] : Object.values(entry));

/** A pattern for the whole text that an entry becomes. @param {string} form */
function pattern(form) {
  const parts = form.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`, 's');
}

/** Sentences that only one of two languages has. @param {Words} words @param {Words} others */
function own(words, others) {
  const foreign = new Set(Object.values(others).flatMap(forms));
  return Object.entries(words).flatMap(([key, entry]) => forms(entry)
    .filter((form) => !foreign.has(form) && /\p{L}{2}/u.test(form.replace(/\{\w+\}/g, '')))
    .map((form) => ({ key, form, pattern: pattern(form) })));
}

const en = { ...first, ...lazyWords };

const ENGLISH = own(en, de);
const GERMAN = own(de, en);

/**
 * Everything that a person can now see or hear on the page, except for what people wrote.
 * @param {Person} person
 * @returns {Promise<string[]>}
 */
const words = ({ page }) => page.evaluate(() => {
  /** @type {string[]} */
  const found = [];
  const theirs = '.said, bdi, time, #language option[lang], script, style, noscript, .grid, kbd';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node instanceof Element ? node : node.parentElement;
    if (!element || element.closest('[hidden]')) continue;
    if (!(node instanceof Element)) {
      if (!element.closest(theirs)) found.push(node.textContent ?? '');
      continue;
    }
    for (const name of ['title', 'aria-label', 'placeholder', 'alt', 'aria-description']) {
      if (name === 'title' && element.matches('.room, time, bdi')) continue;
      const value = element.getAttribute(name);
      if (value && !element.closest('.grid, time')) found.push(value);
    }
  }
  return found.map((text) => text.trim().replace(/^, |:$/g, '')).filter((text) => /\p{L}{2}/u.test(text));
});

/**
 * Fails if there is a sentence of another language, or a key instead of a text.
 * @param {Person} person @param {{key: string, form: string, pattern: RegExp}[]} foreign @param {string} where
 * @returns {Promise<string[]>}
 */
async function onlyWords(person, foreign, where) {
  const all = await words(person);
  for (const text of all) {
    const wrong = foreign.find((one) => one.pattern.test(text));
    assert.equal(wrong && `${wrong.key}: ${text}`, undefined, where);
    assert.doesNotMatch(text, /^[a-z][a-zA-Z]*(?:\.[a-zA-Z_0-9-]+)+$/, `${where}: a key without words`);
    assert.doesNotMatch(text, /\{\w+\}/, `${where}: a place that nothing fills`);
  }
  return all;
}

/** Opens each part of the page, one after another, and calls `look` with its name. @param {Person} person @param {(where: string) => Promise<unknown>} look */
async function everywhere({ page, composer }, look) {
  const closed = () => page.locator('dialog').waitFor({ state: 'detached' });
  const dialog = async (/** @type {string} */ name, /** @type {() => Promise<unknown>} */ open) => {
    await open();
    await page.locator('dialog').waitFor();
    await look(name);
    await page.locator('.dialog-head button').click();
    await closed();
  };
  await look('the room');
  await dialog('the switcher', () => page.keyboard.press('Control+k'));
  await dialog('the settings', () => page.keyboard.press('Control+,'));
  await dialog('the shortcuts', () => page.keyboard.press('Control+/'));
  await dialog('the help', async () => {
    await composer.fill('/help');
    await composer.press('Escape');
    await composer.press('Enter');
  });
  await page.setViewportSize({ width: 1_100, height: 720 });
  await dialog('the people', () => page.locator('#header .people').click());
  await dialog('the rooms', async () => {
    await page.locator('#side .side-head button').click();
    await page.locator('#room-search').fill('none-of-that-name');
    await page.locator('dialog .row button').waitFor();
  });
  for (const [at, name] of ['the nick', 'the settings', 'the profile', 'the search'].entries()) {
    await dialog(name, async () => {
      await page.locator('#side > button').last().click();
      await page.locator('[role="menu"]').waitFor();
      if (!at) await look('the menu of the person');
      await page.locator('[role="menuitem"]').nth(at).click();
    });
  }
  await page.locator('#header [aria-haspopup="menu"]').click();
  await page.locator('[role="menu"]').waitFor();
  await look('the menu of the room');
  await page.keyboard.press('Escape');
  await page.locator('#composer .emoji').click();
  await page.locator('[role="tablist"] [role="tab"]').first().waitFor();
  await look('the emoji');
  await page.keyboard.press('Escape');
  for (const typed of ['/', '@', '#l']) {
    await composer.fill('');
    await composer.pressSequentially(typed);
    await page.locator('#completions li').first().waitFor();
    await look(`completions of ${typed}`);
    await page.keyboard.press('Escape');
  }
  await composer.fill('ä'.repeat(3_000));
  await look('a text that is too long');
  await composer.fill('/nothing');
  await composer.press('Enter');
  await page.locator('#notices .notice').waitFor();
  await look('a notice');
  await page.locator('#notices button').click();
  await composer.fill('');
  await page.locator(parts.said).last().focus();
  await page.keyboard.press('Enter');
  await page.locator('#log .actions').waitFor();
  await look('the actions of a message');
  await composer.focus();
}

/** Fills the lobby with something of each kind. @param {import('./harness/server.js').Server} server @param {Person} person */
async function furnish(server, person) {
  const bo = await Flood.join(server, 'bo');
  await bo.say('@ana, a mention');
  await bo.say(Array.from({ length: 40 }, (_, at) => `line ${at}`).join('\n'));
  await bo.say('```js\ncode\n```\n[a link](https://x.example)');
  await person.go('kitchen');
  await person.go('lobby');
  await person.sayAndSee('mine');
  return bo;
}

test('a German browser gets a German page, everywhere', async (t) => {
  const { server, visitor } = await stage(t);
  const ana = await visitor({ locale: 'de-DE' });
  await ana.page.locator('#nick').waitFor();
  const first = await onlyWords(ana, ENGLISH, 'the first page');
  assert.ok(first.includes(/** @type {string} */ (de['welcome.label'])));
  assert.equal(await ana.page.getAttribute('html', 'lang'), 'de');
  await ana.page.locator('#nick').press('Enter');
  await onlyWords(ana, ENGLISH, 'no nick');
  await ana.enter('ana');
  await furnish(server, ana);
  await everywhere(ana, (where) => onlyWords(ana, ENGLISH, where));
  assert.match((await words(ana)).join('\n'), /^Heute$/m);
  const titles = await ana.page.locator('#log time').evaluateAll((times) => times.map((time) => /** @type {HTMLElement} */ (time).title));
  for (const title of titles) assert.match(title, /(?:tag|woch|abend).* \d{4}/i);
});

test('the language of the settings changes all that is there, and all that opens later', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  const bo = await furnish(server, ana);
  const english = await onlyWords(ana, GERMAN, 'in English');
  assert.ok(english.length > 20, `${english.length} words were looked at`);
  await ana.page.keyboard.press('Control+,');
  for (const [tag, foreign] of /** @type {[string, any][]} */ ([['de', ENGLISH], ['en', GERMAN], ['de', ENGLISH]])) {
    await ana.page.locator('#language').selectOption(tag);
    await eventually('the page speaks it', () => ana.page.getAttribute('html', 'lang'), (lang) => lang === tag);
    await ana.page.locator('dialog.settings').filter({ hasText: tag === 'de' ? 'Einstellungen' : 'Settings' }).waitFor();
    await onlyWords(ana, foreign, `the settings and what is behind them, in ${tag}`);
    await eventually('the focus is where it was', () => ana.page.locator('#language').evaluate((field) => field === document.activeElement));
  }
  await ana.page.keyboard.press('Escape');
  await everywhere(ana, (where) => onlyWords(ana, ENGLISH, where));
  await bo.say('later');
  await ana.see('later');
  await onlyWords(ana, ENGLISH, 'after a new message');
  await ana.reload();
  await ana.see('later');
  await onlyWords(ana, ENGLISH, 'after a reload');
  assert.equal(await ana.page.getAttribute('html', 'lang'), 'de');
});

test('without the server the page says so in its language', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana', { locale: 'de-AT' });
  await ana.sayAndSee('before');
  await server.kill9();
  await ana.page.locator('#banner').filter({ hasText: /./ }).waitFor();
  await ana.say('meanwhile');
  await ana.page.locator(parts.outgoing).filter({ hasText: 'meanwhile' }).waitFor();
  await onlyWords(ana, ENGLISH, 'without the server');
  await server.restart();
  await ana.seeAllSent();
});

test('numbers choose the form of their words', async (t) => {
  const { server, visitor } = await stage(t);
  const spoken = { 'en-GB': ['1 person', '2 people'], 'de-DE': ['1 Person', '2 Personen'] };
  for (const [locale, [one, two]] of Object.entries(spoken)) {
    const ana = await visitor({ locale });
    await ana.enter(`ana-${locale}`);
    await ana.go(`room-${locale}`);
    const people = ana.page.locator('#header .people');
    const label = () => people.evaluate((button) => `${button.getAttribute('aria-label')} ${button.getAttribute('title')} ${button.textContent}`);
    await eventually(`one is there, in ${locale}`, label, (text) => text.includes(one));
    const bo = await Flood.join(server, `bo-${locale}`, `room-${locale}`);
    await eventually(`two are there, in ${locale}`, label, (text) => text.includes(two));
    bo.leave();
    await eventually(`one is there again, in ${locale}`, label, (text) => text.includes(one));
  }
});

for (const [name, viewport] of Object.entries({ 'with people': { width: 1_300, height: 700 }, wide: { width: 1_100, height: 700 }, phone: { width: 360, height: 640 } })) {
  test(`a page that runs from right to left is its own mirror: ${name}`, async (t) => {
    const { server, person } = await stage(t);
    const ana = await person('ana', { viewport });
    const bo = await Flood.join(server, 'bo');
    await bo.say('hello');
    await bo.say('שלום עולם');
    await bo.say('```\nשלום = 1\n```');
    await ana.sayAndSee('mine');
    // A refusal stays until it is closed.
    await ana.say('/nick bo');
    await ana.page.locator('.toast').waitFor();
    /** The positions of elements, as distances from the side at which lines start. */
    const boxes = () => ana.page.evaluate(() => {
      const rtl = document.documentElement.dir === 'rtl';
      return ['#side', '#header', '#header h1', '#header .people', '#log .view', '#log .nick', '#log time', '.toast', '#composer', '#composer .box', '#composer [type="submit"]'].map((selector) => {
        const { left, right, top, width, height } = /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
        const start = rtl ? innerWidth - right : left;
        return [selector, ...[start, top, width, height].map(Math.round)];
      });
    });
    const usual = await boxes();
    await ana.page.evaluate(() => { document.documentElement.dir = 'rtl'; });
    // The drawer of a phone slides to its place.
    await eventually(`all is where it was, mirrored: ${JSON.stringify(usual)}`, boxes, (turned) => usual.every(([, ...places], at) =>
      places.every((place, index) => Math.abs(Number(place) - Number(turned[at][index + 1])) <= 16)));
    assert.equal(await ana.page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
    assert.equal(await ana.page.locator('#log pre').evaluate((pre) => getComputedStyle(pre).direction), 'ltr', 'code stays left to right');
    const picture = process.env.THRONG_PICTURES;
    if (picture) await ana.page.screenshot({ path: `${picture}/rtl-${name}.png` });
  });
}
