import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoDuration } from './go-duration.ts';

const READINGS: readonly (readonly [string, number])[] = [
  ['0', 0],
  ['0s', 0],
  ['250ms', 250],
  ['10s', 10_000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['1.s', 1_000],
  ['1.1s', 1_100],
  ['1h2m3s4ms5us6ns', 3_723_004.005006],
  ['15µs', 0.015],
  ['15μs', 0.015],
  ['30s1m', 90_000],
];

for (const [text, ms] of READINGS) {
  test(`given ${text}, when it is read as a Go duration, then it is ${ms} ms`, () => {
    assert.equal(parseGoDuration(text), ms);
  });
}

for (const text of ['', '5', '1 s', 's', '.s', '1d', '-1s', '+1s', '1..5s', '1s ', '1sm', '1,5s', '1S', 'Infinitys']) {
  test(`given ${JSON.stringify(text)}, when it is read as a Go duration, then it is none`, () => {
    assert.equal(parseGoDuration(text), undefined);
  });
}
