// Hostile texts and names go all the way: through the server, and into every part of the page that shows
// them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plain } from '../../client/web/text/markdown/plain.js';
import { onlyInChromium } from './harness/browser.js';
import { Flood } from './harness/flood.js';
import { assertHarmless, corpus, lost, watchForHarm } from './harness/harm.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

/** The longest text, `limits.text_bytes`. */
const TEXT_BYTES = 4_096;

/** The most elements of a folded message, whatever it contains: text, head, buttons, toolbar. */
const FOLDED_MAX = 70;

/** An unfolded message has at most one element for each byte. */
const UNFOLDED_MAX = TEXT_BYTES + FOLDED_MAX;

/** @typedef {import('./harness/person.js').Person} Person */

/** @param {import('node:test').TestContext} t @param {(page: import('playwright-core').Page) => Promise<unknown>} [prepare] */
async function watched(t, prepare = async () => {}) {
  const { server, visitor } = await stage(t);
  const open = async (/** @type {string} */ nick, /** @type {object} */ options = {}) => {
    const person = await visitor({ at: 'about:blank', ...options });
    await watchForHarm(person.page);
    await prepare(person.page);
    await person.page.goto(server.url);
    if (nick) await person.enter(nick);
    return person;
  };
  return { server, open };
}

/** Sends a text, unless the server refuses it. @param {Flood} flood @param {string} text @returns {Promise<number | null>} */
const said = (flood, text) => flood.say(text).catch((error) => {
  assert.match(error.message, /^(bad_text|bad_command|text_too_long)/);
  return null;
});

/** Another person in the lobby, unless the server refuses the nick. @param {import('./harness/server.js').Server} server @param {string} nick @param {string} [room] */
const join = (server, nick, room) => Flood.join(server, nick, room).catch((error) => {
  assert.match(error.message, /^(bad_nick|nick_taken|bad_room|bad_command|bad_json)/);
  return null;
});

/**
 * How the page shows a message, once it is there.
 * @param {Person} person @param {number} seq
 */
async function seen({ page }, seq) {
  const line = page.locator(`#log li[data-seq="${seq}"]`);
  await line.waitFor({ state: 'attached' });
  return line.evaluate((element) => {
    const text = /** @type {HTMLElement} */ (element.querySelector('.said'));
    const links = [...text.querySelectorAll('a')].map((link) => {
      const href = link.getAttribute('href') ?? '';
      try {
        return `${href} ${decodeURI(href)}`;
      } catch {
        return href;
      }
    });
    // The browser draws the numbers of a list itself.
    const numbers = [...text.querySelectorAll('li')].map(({ value }) => value);
    return { shown: `${text.textContent} ${numbers}`, links: links.join(' '), elements: element.querySelectorAll('*').length };
  });
}

/** The positions of a message's parts: nick, time, and each letter of its text. @param {Person} person @param {number} seq */
const places = ({ page }, seq) => page.locator(`#log li[data-seq="${seq}"]`).evaluate((line) => {
  const left = (/** @type {Element | Range | null} */ part) => Math.round(part?.getBoundingClientRect().left ?? -1);
  const node = /** @type {Text} */ (line.querySelector('.said p')?.firstChild);
  const letters = Array.from({ length: node.length }, (_, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return left(range);
  });
  return { nick: left(line.querySelector('.nick')), time: left(line.querySelector('time')), said: left(line.querySelector('.said')), letters };
});

test('hostile texts stay text, and turn none of their neighbours', async (t) => {
  const { server, open } = await watched(t);
  const ana = await open('ana');
  const [bo, cy] = [await Flood.join(server, 'bo'), await Flood.join(server, 'cy')];
  const neighbour = 'a neighbour, 12 (b)';
  const first = await cy.say(neighbour);
  await seen(ana, first);
  const usual = await places(ana, first);
  assert.deepEqual([...usual.letters].sort((one, other) => one - other), usual.letters);
  let through = 0;
  for (const { name, text } of corpus.texts) {
    const seq = await said(bo, text);
    if (seq === null) continue;
    through += 1;
    const { shown, links, elements } = await seen(ana, seq);
    assert.equal(lost(text, `${shown} ${links}`), '', name);
    assert.ok(elements <= FOLDED_MAX, `${name}: ${elements} elements`);
    const next = await cy.say(neighbour);
    await seen(ana, next);
    assert.deepEqual(await places(ana, next), usual, `beside ${name}`);
    await assertHarmless(ana.page, name);
  }
  assert.ok(through > 80, `${through} came through`);
});

test('hostile texts that a person types are said as they are, or kept in the field', onlyInChromium('Playwright types into Firefox by keys'), async (t) => {
  const { open } = await watched(t);
  const ana = await open('ana');
  let count = 0;
  let kept = 0;
  for (const { name, text } of corpus.texts) {
    await ana.composer.fill(text);
    const typed = await ana.composer.inputValue();
    await ana.composer.press('Enter');
    // Either a notice says why not, or the message is on its way.
    const notice = ana.page.locator('#notices .notice');
    const outcome = await eventually(`${name} is said or refused`, async () => {
      if (await notice.count()) return 'refused';
      return (await ana.seqs()).includes(count + 1) ? 'said' : '';
    });
    if (outcome === 'refused') {
      kept += 1;
      assert.equal(await ana.composer.inputValue(), typed, name);
      await ana.page.keyboard.press('Escape');
      await notice.waitFor({ state: 'detached' });
    } else {
      count += 1;
      const { shown, links } = await seen(ana, count);
      assert.equal(lost(typed, `${shown} ${links}`), '', name);
    }
    await assertHarmless(ana.page, name);
  }
  assert.ok(count > 80 && kept > 1, `${count} said, ${kept} kept`);
});

test('bombs neither freeze the page nor fill it', async (t) => {
  const { server, open } = await watched(t);
  const ana = await open('ana');
  const bo = await Flood.join(server, 'bo');
  for (const { name, repeat } of corpus.bombs) {
    const text = repeat.repeat(Math.floor(TEXT_BYTES / Buffer.byteLength(repeat)));
    const seq = await said(bo, text);
    if (seq === null) continue;
    const { elements } = await seen(ana, seq);
    assert.ok(elements <= FOLDED_MAX, `${name}: ${elements} elements`);
    const line = ana.page.locator(`#log li[data-seq="${seq}"]`);
    const more = line.locator('[data-act="unfold"]');
    if (await more.count()) {
      await more.evaluate((button) => /** @type {HTMLElement} */ (button).click());
      const open = await seen(ana, seq);
      assert.ok(open.elements <= UNFOLDED_MAX, `${name}: ${open.elements} elements when unfolded`);
      assert.equal(lost(text, `${open.shown} ${open.links}`), '', name);
      await line.locator('[data-act="fold"]').evaluate((button) => /** @type {HTMLElement} */ (button).click());
    }
    await assertHarmless(ana.page, name);
  }
  await ana.sayAndSee('still here');
});

test('quotes and drafts of hostile texts are these texts', async (t) => {
  const { server, open } = await watched(t);
  const ana = await open('ana');
  const bo = await Flood.join(server, 'bo');
  for (const { name, text } of corpus.texts) {
    const seq = await said(bo, text);
    if (seq === null) continue;
    const line = ana.page.locator(`#log li[data-seq="${seq}"]`);
    await line.focus();
    await ana.page.keyboard.press('q');
    const quoted = text.split('\n').map((/** @type {string} */ one) => `> ${one}`).join('\n');
    assert.equal(await ana.composer.inputValue(), `${quoted}\n\n`, name);
    await ana.go('elsewhere');
    await eventually('the field of the other room is empty', () => ana.composer.inputValue(), (value) => value === '');
    await ana.go('lobby');
    await eventually('the draft is back', () => ana.composer.inputValue(), (value) => value === `${quoted}\n\n`);
    await ana.composer.fill('');
    await assertHarmless(ana.page, name);
  }
});

test('hostile nicks that the server takes stay text wherever they are shown', async (t) => {
  const { server, open } = await watched(t);
  const ana = await open('ana');
  /** @type {string[]} */
  const taken = [];
  for (const { name, text } of corpus.names) {
    const flood = await join(server, text);
    if (!flood) continue;
    taken.push(text);
    const seq = await flood.say(`from ${name}`);
    await seen(ana, seq);
    const nick = ana.page.locator(`#log li[data-seq="${seq}"] bdi.nick`);
    assert.equal(await nick.textContent(), text.normalize('NFC'), name);
    await flood.ask('typing', { room: 'lobby' });
    await ana.page.locator('#typing').filter({ hasText: /./ }).waitFor();
    await flood.say('typed');
    await ana.composer.fill(`@${text}`);
    await eventually(`${name} is offered`, () => ana.page.locator('#completions bdi').allTextContents(), (all) => all.includes(text));
    await ana.page.keyboard.press('Tab');
    await ana.composer.press('Enter');
    await assertHarmless(ana.page, name);
  }
  assert.ok(taken.includes('__proto__') || taken.includes('constructor'), `${taken}`);
  const listed = await eventually('the people are listed', () => ana.page.locator('#people .person bdi').allTextContents(), (all) => all.length > taken.length);
  for (const nick of taken) assert.ok(listed.includes(nick), nick);
  await assertHarmless(ana.page, 'the list of people');
});

test('hostile nicks that the server refuses are refused in words beside the field', onlyInChromium('Playwright types into Firefox by keys'), async (t) => {
  const { server, open } = await watched(t);
  const ana = await open('');
  for (const { name, text } of corpus.names) {
    const flood = await join(server, text);
    if (flood) {
      flood.leave();
      continue;
    }
    await ana.page.locator('#nick').fill(text);
    const typed = await ana.page.locator('#nick').inputValue();
    await ana.page.locator('#nick').press('Enter');
    // A field drops newlines, and cuts long texts: then it may be a valid nick after all.
    const { shown } = await eventually(`${name} is refused or taken`, () => ana.page.evaluate(() => ({
      shown: document.querySelector('#field-problem')?.textContent ?? '', inside: !document.querySelector('#chat')?.hasAttribute('hidden'),
    })), (now) => Boolean(now.shown || now.inside));
    await assertHarmless(ana.page, name);
    if (!shown) {
      await ana.page.evaluate(() => localStorage.clear());
      await ana.reload();
      await ana.page.locator('#nick').waitFor();
    } else {
      // If the server suggests the same name with hyphens, the field has it, for one more Enter.
      const offered = typed.trim().replace(/\s+/g, '-');
      const isOffered = offered !== typed && shown.includes(offered);
      assert.equal(await ana.page.locator('#nick').inputValue(), isOffered ? offered : typed, name);
    }
  }
});

test('hostile names of rooms are opened as rooms, or refused in words', async (t) => {
  const { server, open } = await watched(t);
  const ana = await open('ana');
  await ana.sayAndSee('home');
  for (const { name, text } of corpus.names) {
    const flood = await join(server, `bo-${Math.random().toString(36).slice(2)}`, text);
    for (const hash of [`#${encodeURIComponent(text.toWellFormed?.() ?? text.replace(/[\ud800-\udfff]/g, '?'))}`, `#${text}`]) {
      await ana.page.evaluate((place) => { location.hash = place; }, hash);
      await eventually(`${name} was answered`, () => ana.page.evaluate(() => {
        const shown = document.querySelector('nav [aria-current="true"]');
        return Boolean(document.querySelector('#notices .notice')) || Boolean(shown && document.querySelector('#log li'));
      }));
      await assertHarmless(ana.page, name);
      await ana.page.evaluate(() => /** @type {HTMLElement | null} */ (document.querySelector('#notices button'))?.click());
    }
    flood?.leave();
    await ana.go('lobby');
  }
  await ana.see('home');
});

test('rooms with hostile names are listed, switched to, kept and left', async (t) => {
  const { server, open } = await watched(t);
  const ana = await open('ana');
  /** The typed name, and the room that it leads to: names that look alike are one room, spelled as in the first join. @type {Map<string, string>} */
  const leadsTo = new Map();
  const inside = (/** @type {string} */ typed) => `by the name ${[...leadsTo.keys()].indexOf(typed)}`;
  for (const [at, { text }] of corpus.names.entries()) {
    const flood = await join(server, `cy-${at}`, text);
    if (!flood) continue;
    leadsTo.set(text, flood.room);
    await flood.say(inside(text));
  }
  const rooms = [...new Set(leadsTo.values())];
  const drafted = new Set();
  assert.ok(rooms.includes('__proto__') && rooms.length < leadsTo.size, `${rooms}`);
  for (const [typed, room] of leadsTo) {
    await ana.page.keyboard.press('Control+k');
    await ana.page.locator('dialog.switcher input').fill(typed);
    // The server's answer changes the choices at any time: found and clicked at once.
    await eventually(`${typed} leads to ${room}`, () => ana.page.evaluate((name) => {
      const names = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('dialog.switcher [role="option"] bdi'));
      const choice = [...names].find(({ textContent }) => textContent === name);
      choice?.click();
      return Boolean(choice);
    }, room));
    await ana.page.locator(`${parts.room(room)}[aria-current="true"]`).waitFor();
    await ana.see(inside(typed));
    assert.ok((await ana.page.title()).includes(room));
    const draft = `a draft of ${room}`;
    // Another spelling leads to the room in which a draft was already begun.
    await eventually('the field is of this room', () => ana.composer.inputValue(), (value) => value === (drafted.has(room) ? draft : ''));
    drafted.add(room);
    await ana.composer.fill(draft);
    await assertHarmless(ana.page, room);
  }
  await ana.page.locator('#side [title="Browse rooms"]').first().click();
  await eventually('the rooms are listed', () => ana.page.locator('dialog .found bdi').allTextContents(), (all) => rooms.every((room) => all.includes(room)));
  await ana.page.locator('#room-search').fill('<script>globalThis.harmed=true</script>');
  await ana.page.keyboard.press('Enter');
  await ana.page.keyboard.press('Escape');
  await ana.page.evaluate(() => { location.hash = ''; });
  await ana.reload();
  for (const room of rooms) {
    await ana.go(room);
    for (const [typed, name] of leadsTo) if (name === room) await ana.see(inside(typed));
    assert.equal(await ana.composer.inputValue(), `a draft of ${room}`);
    assert.equal(await ana.page.locator('#header h1').textContent(), room);
  }
  for (const room of rooms) {
    await ana.go(room);
    await ana.composer.fill('/leave');
    await ana.composer.press('Enter');
    await ana.page.locator(parts.room(room)).waitFor({ state: 'detached' });
  }
  await assertHarmless(ana.page, 'rooms that were left');
});

/** Runs in the page: records notifications in a list, and hides the page. */
function elsewhere() {
  const page = /** @type {any} */ (globalThis);
  page.shown = [];
  page.Notification = class {
    static permission = 'granted';

    /** @param {string} title @param {any} options */
    constructor(title, options) {
      page.shown.push({ title, ...options });
    }

    close() {}
  };
  document.hasFocus = () => false;
  localStorage.setItem('throng.settings', JSON.stringify({ notify: 'all' }));
}

test('notifications and what a screen reader hears hold hostile texts as text', onlyInChromium('an empty page of Firefox has no storage to prepare'), async (t) => {
  const { server, open } = await watched(t, (page) => page.addInitScript(elsewhere));
  const ana = await open('ana');
  const bo = await Flood.join(server, 'bo');
  for (const { name, text } of corpus.texts.slice(0, 90)) {
    const before = await ana.page.evaluate(() => /** @type {any} */ (globalThis).shown.length);
    const seq = await said(bo, text);
    if (seq === null) continue;
    const shown = await eventually(`a notification of ${name}`, () => ana.page.evaluate((from) =>
      /** @type {any} */ (globalThis).shown.slice(from), before), (all) => all.length > 0);
    assert.equal(shown[0].body, Array.from(plain(text)).slice(0, 200).join(''), name);
    assert.doesNotMatch(shown[0].body, /[\n\u202a-\u202e\u2066-\u2069]/, name);
    assert.equal(shown[0].icon ?? shown[0].image, undefined);
    await assertHarmless(ana.page, name);
  }
  assert.match(await ana.page.title(), /^\(\d+\+?\) lobby · throng$/);
  const region = ana.page.locator('#log [aria-live="polite"]');
  await region.filter({ hasText: /bo/ }).waitFor({ state: 'attached' });
  const tags = await region.evaluate((element) => [...element.querySelectorAll('*')].map(({ localName }) => localName));
  assert.deepEqual([...new Set(tags)], ['p']);
});
