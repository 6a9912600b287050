import assert from 'node:assert/strict';
import { test } from 'node:test';
import { field } from './go-json.ts';

test('given keys that differ in case, when a field is read, then the exact one counts, else the first', () => {
  assert.equal(field({ TYPE: 1, type: 2, Type: 3 }, 'type'), 2);
  assert.equal(field({ other: 0, TYPE: 1, Type: 3 }, 'type'), 1);
  assert.equal(field({ typ: 1, types: 2 }, 'type'), undefined);
});

test('given an object of very many keys, when fields are read, then they are found as in a small one', () => {
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`key${at}`, at]));
  const large = { ...many, TYPE: 1, Type: 2, exact: 3 };
  for (let reading = 0; reading < 2; reading++) {
    assert.equal(field(large, 'type'), 1);
    assert.equal(field(large, 'exact'), 3);
    assert.equal(field(large, 'KEY7'), 7);
    assert.equal(field(large, 'absent'), undefined);
  }
});

test('symptom: a record with tens of thousands of unknown fields keeps everything else waiting', () => {
  let listings = 0;
  const large = new Proxy(Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`key${at}`, at])), {
    ownKeys(target) {
      listings += 1;
      return Reflect.ownKeys(target);
    },
  });
  for (let at = 0; at < 50; at++) assert.equal(field(large, `absent${at}`), undefined);
  assert.ok(listings <= 2, `they were listed ${listings} times`);
});
