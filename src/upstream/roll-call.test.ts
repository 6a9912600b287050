import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../test/support/wait.ts';
import { SERVICES, type Service } from './port.ts';
import { callRoll } from './roll-call.ts';
import { stranger } from './upstream-errors.ts';

function setUp(absent: ReadonlySet<Service>) {
  const asked: Service[] = [];
  const missing = new Set<Service>();
  const leave = new AbortController();
  const done = callRoll({
    async ask(service) {
      asked.push(service);
      if (absent.has(service)) throw stranger(service, 'a 404 of text/html');
    },
    outages: {
      ended: (service, error) => void (error === undefined ? missing.delete(service) : missing.add(service)),
      now: () => [...missing].map((service) => ({ service, reason: '' })),
    },
    pause: 1,
    signal: leave.signal,
  });
  return { asked, missing, leave, done };
}

test('given all services are there, then each is asked once', async () => {
  const { asked, done } = setUp(new Set());
  await done;
  assert.deepEqual(asked.toSorted(), [...SERVICES].sort());
});

test('given one that is not there, then it is asked again until it is', async () => {
  const absent = new Set<Service>(['skills']);
  const { asked, missing, done } = setUp(absent);
  await until('it was asked three times', () => asked.length >= 7);
  assert.deepEqual([...missing], ['skills']);
  absent.clear();
  await done;
  assert.deepEqual([...missing], []);
  assert.equal(asked.filter((service) => service !== 'skills').length, 4);
});

test('given somebody’s read has found it meanwhile, then it is not asked any more', async () => {
  const { missing, done, asked } = setUp(new Set<Service>(['skills']));
  await until('it is missing', () => missing.has('skills'));
  missing.clear();
  await done;
  assert.ok(asked.length >= 5);
});

test('given the service stops, then nothing is asked any more', async () => {
  const { leave, done, missing } = setUp(new Set(SERVICES));
  await until('they are missing', () => missing.size === SERVICES.length);
  leave.abort();
  await done;
});
