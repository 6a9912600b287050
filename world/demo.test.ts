import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../test/support/fake-clock.ts';
import { startDemo } from './demo.ts';
import type { WorldRecord } from './producer.ts';

test('given the demo, when time passes, then it lives, and its sample changes every few seconds and stays online', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const records: WorldRecord[] = [];
  const demo = await startDemo({ publish: (record) => records.push(record), clock: createFakeClock() });
  try {
    const ofSample = (): WorldRecord[] =>
      records.filter(({ value }) => JSON.parse(value.toString()).characterId === demo.sampleCharacterId);
    assert.ok(ofSample().some(({ stream }) => stream === 'session'));
    const begun = records.length;

    for (let step = 0; step < 12; step++) {
      const before = ofSample().length;
      t.mock.timers.tick(2_000);
      assert.ok(ofSample().length > before, `step ${step}`);
    }
    assert.ok(records.length - begun > 500, `${records.length - begun} records in 24 s`);
    const sessions = ofSample().filter(({ stream }) => stream === 'session');
    assert.ok(sessions.every(({ value }) => JSON.parse(value.toString()).type === 'CREATED'));

    const { id, region, majorVersion, minorVersion } = demo.tenant;
    const headers = {
      TENANT_ID: id,
      REGION: region,
      MAJOR_VERSION: `${majorVersion}`,
      MINOR_VERSION: `${minorVersion}`,
    };
    const answer = await fetch(`${demo.baseUrl}characters/${demo.sampleCharacterId}`, { headers });
    assert.equal(answer.status, 200);
  } finally {
    await demo.stop();
  }
  const ended = records.length;
  t.mock.timers.tick(5_000);
  assert.equal(records.length, ended);
});
