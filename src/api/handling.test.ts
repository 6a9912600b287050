import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from './answer.ts';
import { handling } from './handling.ts';

const answer = ok('{}');

test('given an answer that cannot be sent, when it is due at once or late, then that is logged, and nothing is thrown', async () => {
  for (const handler of [() => answer, async () => answer]) {
    const told: unknown[] = [];
    const respond = handling({
      handler,
      send: () => assert.fail('no socket'),
      answerOfError(error: unknown) {
        told.push(error);
        return answer;
      },
      observer: { answered: () => undefined },
      clock: { now: () => 0, mono: () => 0 },
      refusalAt: undefined,
    });
    respond({}, {});
    await new Promise(setImmediate);
    assert.equal(told.length, 1);
  }
});
