/** The short run of the digital twin: most kinds of faults once; even seeds in format T, odd ones in S. `CHAOS_SEED` replays a seed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidenceOf, failuresOf, tableOf } from './report.ts';
import { runTwin } from './twin.ts';

const DEADLINE_MS = 120_000;

test('given a living Atlas and every kind of fault, when answers are judged, then none is a lie and all heal', async (t) => {
  const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000_000);
  t.diagnostic(`CHAOS_SEED=${seed}`);
  const report = await runTwin({
    seed,
    format: seed % 2 === 0 ? 'T' : 'S',
    events: 1_500,
    actionsPerSecond: 80,
    charactersPerTenant: 40,
    replicas: 2,
    restEvery: 1_500,
    deadlineMs: DEADLINE_MS,
    faults: [
      ['topic delay', 'producer clock', 'service clock'],
      ['kill'],
      ['replicas come and go'],
      ['process paused', 'broker killed'],
    ],
    healAt: () => [],
  });
  t.diagnostic(tableOf(report));
  const failures = failuresOf(report);
  assert.deepEqual(failures, [], `CHAOS_SEED=${seed}\n${evidenceOf(report, 1)}`);
});
