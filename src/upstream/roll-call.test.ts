import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../test/support/wait.ts';
import { SERVICES, type Service } from './port.ts';
import { callRoll } from './roll-call.ts';
import { gateOpen, stranger } from './upstream-errors.ts';

function setUp(failing: Map<Service, Error>) {
  const asked: Service[] = [];
  const missing = new Set<Service>();
  const leave = new AbortController();
  const done = callRoll({
    async ask(service) {
      asked.push(service);
      const error = failing.get(service);
      if (error !== undefined) throw error;
    },
    outages: {
      ended: (service, error) => void (error === undefined ? missing.delete(service) : missing.add(service)),
    },
    absent: () => [...missing],
    pause: 1,
    signal: leave.signal,
  });
  const end = async () => {
    leave.abort();
    await done;
  };
  return { asked, missing, end };
}

test('given all services are there, then each is asked once', async () => {
  const { asked, end } = setUp(new Map());
  await until('all were asked', () => asked.length === SERVICES.length);
  await end();
  assert.deepEqual(asked.toSorted(), [...SERVICES].sort());
});

test('given one that is not there, then it is asked again until it is', async () => {
  const failing = new Map([['skills', stranger('skills', 'a 404 of text/html')] as const]);
  const { asked, missing, end } = setUp(new Map(failing));
  await until('it was asked three times', () => asked.length >= 7);
  assert.deepEqual([...missing], ['skills']);
  await end();
  assert.equal(asked.filter((service) => service !== 'skills').length, 4);
});

test('given one that comes, then it is not asked any more', async () => {
  const failing = new Map<Service, Error>([['skills', stranger('skills', 'a 404 of text/html')]]);
  const { asked, missing, end } = setUp(failing);
  await until('it is missing', () => missing.has('skills'));
  failing.clear();
  await until('it is there', () => !missing.has('skills'));
  const { length } = asked;
  await end();
  assert.equal(asked.length, length);
});

test('given its gate holds the question back, then that says nothing about it', async () => {
  const { asked, missing, end } = setUp(new Map([['skills', gateOpen('skills')]]));
  await until('all were asked', () => asked.length === SERVICES.length);
  await end();
  assert.deepEqual([...missing], []);
});
