// The message field: text is kept until it is sent, and sent as it was meant.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flood } from './harness/flood.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** @param {Person} person @param {string} text what the field must contain */
const holds = (person, text) => eventually(`the field holds ${JSON.stringify(text)}`, () => person.composer.inputValue(), (value) => value === text);

/** @param {Person} person @param {RegExp} words */
const notice = (person, words) => person.page.locator('#notices .notice', { hasText: words }).waitFor();

/** @param {Person} person */
const hint = (person) => person.page.locator('#hint').textContent();

/** The messages in the server's log. @param {import('./harness/server.js').Server} server */
async function log(server) {
  const flood = await Flood.join(server, 'reader');
  const { events } = await flood.ask('history', { room: 'lobby', limit: 100 });
  flood.leave();
  return events.map((/** @type {any} */ { kind, text }) => (kind === 'action' ? `* ${text}` : text));
}

test('each room keeps its draft, over a switch and over a reload, and says so', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  await ana.composer.fill('for the lobby');
  await ana.go('kitchen');
  await holds(ana, '');
  await ana.page.locator(parts.room('lobby')).getByText('draft').waitFor({ state: 'attached' });
  assert.equal(await ana.page.locator(`${parts.room('kitchen')} .draft`).count(), 0);
  await ana.composer.fill('for the kitchen');
  await ana.reload();
  await holds(ana, 'for the kitchen');
  await ana.page.locator(`${parts.room('lobby')} .draft`).waitFor();
  await ana.go('lobby');
  await holds(ana, 'for the lobby');
  await ana.page.locator(`${parts.room('kitchen')} .draft`).waitFor();
  await ana.sayAndSee('for the lobby');
  await ana.go('kitchen');
  await holds(ana, 'for the kitchen');
  assert.equal(await ana.page.locator('nav .draft').count(), 0, 'what was sent is no draft any more');
  await ana.go('lobby');
  await holds(ana, '');
});

test('near the limit the room that is left is counted, and nothing goes over it', async (t) => {
  const { server, person } = await stage(t, { flags: ['--text-bytes-max', '400'] });
  const ana = await person('ana');
  const counter = ana.page.locator('.counter');
  // The limits come with the first hello.
  await ana.sayAndSee('hello');
  await ana.composer.fill('x'.repeat(20));
  assert.equal(await counter.textContent(), '');
  await ana.composer.fill('x'.repeat(390));
  assert.equal(await counter.textContent(), '10');
  await ana.composer.fill(`${'x'.repeat(399)}é😀`);
  assert.equal(await counter.textContent(), '−2', 'characters are counted, as a person would, not bytes');
  assert.match(await hint(ana) ?? '', /2 characters too long/);
  assert.equal(await ana.composer.getAttribute('aria-invalid'), 'true');
  await ana.composer.press('Enter');
  await holds(ana, `${'x'.repeat(399)}é😀`);
  await ana.composer.fill('y'.repeat(400));
  assert.equal(await counter.textContent(), '0');
  await ana.say('y'.repeat(400));
  await ana.seeMany(2);
  await ana.seeAllSent();
  assert.equal(await counter.textContent(), '');
  assert.equal(await hint(ana), '');
  assert.deepEqual(await log(server), ['hello', 'y'.repeat(400)]);
});

test('names of emoji become emoji, except in code', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  // The list is loaded when the first name is begun.
  await ana.composer.pressSequentially('hooray :tada');
  await ana.page.getByRole('option', { name: ':tada:' }).waitFor();
  await ana.composer.pressSequentially(':');
  await ana.composer.press('Enter');
  await ana.see('hooray 🎉');
  await ana.say('`:tada:` at 12:30:45');
  await ana.see(':tada: at 12:30:45');
});

test('the field grows with its text to a bound, and shrinks when it is sent', async (t) => {
  const { person } = await stage(t);
  const ana = await person('ana');
  const height = async () => (await ana.composer.boundingBox())?.height ?? 0;
  const low = await height();
  await ana.write('one\ntwo\nthree');
  const higher = await height();
  assert.ok(higher >= low + 40, `${higher} is not higher than ${low}`);
  const pasted = Array.from({ length: 60 }, (_, line) => `line ${line + 1}`).join('\n');
  await ana.composer.fill('');
  await ana.page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    document.execCommand('insertText', false, data.getData('text/plain'));
  }, pasted);
  await holds(ana, pasted);
  const full = await height();
  assert.ok(full > higher && full < 400, `${full} leaves room for the messages`);
  assert.ok(((await ana.page.locator('#log').boundingBox())?.height ?? 0) > 200);
  await ana.composer.press('Enter');
  await ana.seeMany(1);
  assert.equal(await height(), low);
  await ana.page.getByRole('button', { name: 'Show more' }).click();
  await eventually('all lines came', () => ana.texts(), ([text]) => text.includes('line 1\n') && text.includes('line 60'));
});

test('commands do what they say', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await ana.say('/me waves');
  await ana.page.locator('#log .action', { hasText: 'waves' }).waitFor();
  await ana.say('//two slashes');
  await ana.see('/two slashes');
  await ana.say('// a comment');
  await ana.see('// a comment');
  await ana.say('/nick ana-maria');
  await ana.page.locator('#me', { hasText: 'ana-maria' }).waitFor();
  await ana.say('/join #kitchen');
  await ana.page.locator(`${parts.room('kitchen')}[aria-current]`).waitFor();
  await ana.say('/leave');
  await ana.page.locator(parts.room('kitchen')).waitFor({ state: 'detached' });
  await ana.page.locator(`${parts.room('lobby')}[aria-current]`).waitFor();
  assert.deepEqual(await log(server), ['* waves', '/two slashes', '// a comment']);
});

test('what is refused here stays in the field, with the reason', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  for (const [line, words] of /** @type {[string, RegExp][]} */ ([
    ['/wave at everybody', /There is no command \/wave/],
    ['/me ', /Type what you are doing/],
    ['/join', /Type the name of the room/],
    ['/nick', /Type the new nickname/],
    ['/join what?', /“what\?” does not work as a name: “\?” is not allowed/],
    ['/nick ...', /“...” does not work as a name: it needs a letter/],
    [`/nick ${'x'.repeat(25)}`, /is too long: it has 25 characters, and at most 24/],
    ['a bell: \u0007', /Character 9 is a control character/],
  ])) {
    await ana.composer.fill(line);
    await ana.composer.press('Escape'); // the completions
    await ana.composer.press('Enter');
    await notice(ana, words);
    assert.equal(await ana.composer.inputValue(), line, 'nothing typed is lost');
  }
  await ana.write(' \n ');
  await ana.composer.press('Enter');
  await ana.sayAndSee('in the end');
  assert.deepEqual(await log(server), ['in the end']);
});

test('what stands before the text stays, what stands after it goes', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  for (const text of ['    indented', '\n\nbelow', 'after\n\n  ', 'a  b\n\n\tc']) await ana.say(text);
  await ana.seeMany(4);
  await ana.seeAllSent();
  assert.deepEqual(await log(server), ['    indented', '\n\nbelow', 'after', 'a  b\n\n\tc']);
});

test('without the server, what is said waits and says so', async (t) => {
  const { server, person } = await stage(t);
  const ana = await person('ana');
  await ana.sayAndSee('before');
  await server.kill9();
  await eventually('the hint tells', () => hint(ana), (words) => /Will be sent when you are back online/.test(words ?? ''));
  await ana.say('meanwhile');
  await eventually('it waits', () => ana.outgoing(), (texts) => texts.includes('meanwhile'));
  await ana.page.locator('#log .waiting', { hasText: 'Waiting to be sent' }).waitFor();
  await ana.say('/nick anna');
  await notice(ana, /You can change your nickname when you are back online/);
  assert.equal(await ana.composer.inputValue(), '/nick anna', 'nothing typed is lost');
  await ana.composer.fill('');
  await server.restart();
  await ana.see('meanwhile');
  await ana.seeAllSent();
  assert.equal(await hint(ana), '');
  assert.deepEqual(await log(server), ['before', 'meanwhile']);
});
