import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable, printableJson, withPrintableTexts } from './printable.ts';

const NASTY = 'a\u001b[2J\nb\u009b1m\u202ec\u2066\u007f\u2028';
const SHOWN = 'a\\u001b[2J\\u000ab\\u009b1m\\u202ec\\u2066\\u007f\\u2028';

test('given control and direction characters, when a text is made printable, then they are escaped and the rest stays', () => {
  assert.equal(printable(NASTY), SHOWN);
  assert.equal(printable('Grüße 剣 🗡'), 'Grüße 剣 🗡');
});

test('given JSON, when it is made printable, then it means the same', () => {
  const json = printableJson(JSON.stringify({ type: NASTY }));
  assert.deepEqual(JSON.parse(json), { type: NASTY });
  assert.match(json, /^[\x20-\x7e]+$/);
});

test('given a document, when its texts are made printable, then everything else is as it was', () => {
  const value = { a: [NASTY, 1, null, undefined], b: { c: true, d: NASTY } };
  assert.deepEqual(withPrintableTexts(value), { a: [SHOWN, 1, null, undefined], b: { c: true, d: SHOWN } });
});
