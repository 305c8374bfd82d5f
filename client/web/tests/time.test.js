// Times in several zones. A zone holds for a whole process, and formatters keep theirs: each test
// sets the zone and takes a module of its own.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';

const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

/** @param {string} name @returns {Promise<typeof import('../text/time.js')>} */
function inZone(name) {
  process.env.TZ = name;
  return import(`../text/time.js?zone=${name}`);
}

/** Versions of the languages' data differ in commas and in the width of spaces. @param {string} words */
const even = (words) => words.replace(/,/g, '').replace(/\s/g, ' ');

const examples = JSON.parse(readFileSync(new URL('golden/time.json', import.meta.url), 'utf8'));

for (const { name, tz, at, now, lang, ...expected } of examples) {
  test(`example: ${name}`, async () => {
    const time = await inZone(tz);
    const [moment, present] = [Date.parse(at), Date.parse(now)];
    /** @type {Record<string, () => string>} */
    const found = {
      dayKey: () => time.dayKey(moment),
      dayName: () => time.dayName(moment, present, lang),
      clock: () => time.timeOfDay(moment, lang),
      full: () => time.fullTime(moment, lang),
    };
    assert.notEqual(Object.keys(expected).length, 0);
    for (const [what, words] of Object.entries(expected)) assert.equal(even(found[what]()), even(String(words)), what);
  });
}

const at = Date.parse('2026-03-10T12:00:00Z');
const message = (/** @type {object} */ fields = {}) => /** @type {import('../net/wire.js').Message} */ (
  { type: 'message', room: '', seq: 1, cid: '01K9ZS6Q3V8Y4N2B7C5D1E0F9G', from: { id: '1', nick: 'ana' }, text: 'hello', at, ...fields });

test('messages of one person soon after each other are grouped', async () => {
  const { isGrouped } = await inZone('UTC');
  const first = message();
  assert.ok(isGrouped(first, message({ at: at + 299_999 })));
  assert.ok(!isGrouped(first, message({ at: at + 300_000 })));
  assert.ok(!isGrouped(first, message({ from: { id: '2', nick: 'ana' } })));
  assert.ok(isGrouped(first, message({ from: { id: '1', nick: 'ana-maria' } })));
  assert.ok(!isGrouped(first, message({ kind: 'action' })));
  assert.ok(!isGrouped(message({ kind: 'action' }), first));
  assert.ok(isGrouped(message({ kind: 'text' }), first));
  assert.ok(!isGrouped(null, first));
  assert.ok(!isGrouped(undefined, first));
});

test('midnight parts a group, in the zone of the reader', async () => {
  const before = message({ at: Date.parse('2026-03-10T22:59:00Z') });
  const after = message({ at: Date.parse('2026-03-10T23:01:00Z') });
  assert.ok((await inZone('UTC')).isGrouped(before, after));
  assert.ok(!(await inZone('Europe/Berlin')).isGrouped(before, after));
});

test('every hour of a year belongs to the day that its date says, in days of 23 and 25 hours too', async () => {
  for (const name of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu']) {
    const { dayKey, dayName } = await inZone(name);
    for (let hour = 0; hour < 365 * 24; hour += 1) {
      const moment = Date.UTC(2026, 0, 2, hour);
      assert.equal(dayKey(moment), new Intl.DateTimeFormat('sv-SE', { timeZone: name, dateStyle: 'short' }).format(moment));
      if (hour % 24 === 5) {
        const previous = new Date(moment);
        previous.setDate(previous.getDate() - 1);
        assert.equal(dayName(moment, moment, 'en'), 'Today');
        assert.equal(dayName(previous.getTime(), moment, 'en'), 'Yesterday');
      }
    }
  }
});

test('a moment that no calendar knows breaks nothing', async () => {
  const time = await inZone('UTC');
  const late = Number.MAX_SAFE_INTEGER;
  for (const words of [time.timeOfDay(late, 'en'), time.fullTime(late, 'de'), time.dayName(late, at, 'en'), time.dayKey(late)]) {
    assert.doesNotMatch(words, /NaN|Invalid/);
  }
});

test('a formatter is made once for a language', async () => {
  const time = await inZone('Asia/Tokyo');
  time.timeOfDay(at, 'en');
  const Made = Intl.DateTimeFormat;
  Intl.DateTimeFormat = /** @type {any} */ (function () { throw new Error('made again'); });
  try {
    time.timeOfDay(at + 1, 'en');
    assert.throws(() => time.timeOfDay(at, 'de'), /made again/);
  } finally {
    Intl.DateTimeFormat = Made;
  }
});
