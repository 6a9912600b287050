import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { createServiceTrouble } from './service-trouble.ts';

test('given a service that fails for a while, then two lines tell of it and which one, however often it failed', () => {
  const clock = createFakeClock();
  const lines: string[] = [];
  const log = (level: string) => (details: object) => void lines.push(`${level} ${JSON.stringify(details)}`);
  const trouble = createServiceTrouble(clock, { info: log('info'), warn: log('warn') });
  for (let count = 0; count < 3; count += 1) {
    trouble.failed('buffs', new Error('no answer'));
    trouble.succeeded('buffs');
  }
  trouble.succeeded('skills');
  clock.pass(15_000);
  trouble.succeeded('buffs');
  trouble.succeeded('buffs');
  assert.deepEqual(lines, ['warn {"upstream":"buffs","reason":"no answer"}', 'info {"upstream":"buffs"}']);
});
