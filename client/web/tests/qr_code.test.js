// QR codes, compared with those of another program (python3-qrcode 8.2), one for each version and each mask.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { qrCode } from '../device/qr_code.js';

/** @type {{text: string, mask: number, rows: string[]}[]} the rows as hexadecimal numbers */
const GOLDEN = JSON.parse(readFileSync(new URL('golden/qr.json', import.meta.url), 'utf8'));

/** @param {boolean[][] | null} rows */
const written = (rows) => rows?.map((row) => BigInt(`0b${row.map(Number).join('')}`).toString(16));

for (const { text, mask, rows } of GOLDEN) {
  test(`a text of ${text.length} with mask ${mask}`, () => {
    assert.deepEqual(written(qrCode(text, mask)), rows);
  });
}

test('without a mask that is asked for, one of them is taken', () => {
  const [{ text }] = GOLDEN;
  const all = Array.from({ length: 8 }, (_, mask) => JSON.stringify(qrCode(text, mask)));
  assert.ok(all.includes(JSON.stringify(qrCode(text))));
});

test('what is too long gets none', () => {
  assert.equal(qrCode('x'.repeat(134))?.length, 41);
  assert.equal(qrCode('x'.repeat(135)), null);
  assert.equal(qrCode('é'.repeat(68)), null);
  assert.equal(qrCode('')?.length, 21);
});
