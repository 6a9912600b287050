import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causeText } from './cause-text.ts';

test('given an error with causes, then each that adds something is told, in one line', () => {
  const refused = new Error('connect ECONNREFUSED\n  127.0.0.1:9');
  const error = new Error('it cannot be reached', { cause: new Error('it cannot be reached', { cause: refused }) });
  assert.equal(causeText(error), 'it cannot be reached: connect ECONNREFUSED 127.0.0.1:9');
});

test('given a name with several addresses, then the failure of each is told', () => {
  const both = new AggregateError([
    new Error('connect ECONNREFUSED ::1:9'),
    new Error('connect ECONNREFUSED 127.0.0.1:9'),
  ]);
  assert.equal(causeText(both), 'connect ECONNREFUSED ::1:9, connect ECONNREFUSED 127.0.0.1:9');
});

test('given what is no error, has no message, or causes itself, then it is told as far as it goes', () => {
  const round = new Error('round');
  round.cause = round;
  assert.deepEqual(['text', new TypeError(''), round].map(causeText), ['text', 'TypeError', 'round']);
});
