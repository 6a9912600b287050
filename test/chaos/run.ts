import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { SERVICES } from '../../src/upstream/port.ts';
import { createProgressBar } from '../../tool/progress-bar.ts';
import { runToExitCode, WrongArguments, wholeNumber } from '../support/long-run.ts';
import { FAULTS } from './faults.ts';
import { type Ailment, FAILURES } from './healing.ts';
import { evidenceOf, failuresOf, tableOf } from './report.ts';
import { runTwin, type TwinProgress } from './twin.ts';

// The long run of the digital twin; ends by itself.
const HELP = `npm run test:chaos -- [--events N] [--seed N] [--format S|T] [--replicas N] [--minutes N] [--json FILE]

  --events N   events that the simulated Atlas emits, 200,000 when left out
  --seed N     draws actions and faults as that seed does, each kind in its order; a random one when left out
  --format F   S: events and answers as Atlas's were in February 2026; T, when left out: as they are today
  --replicas N of the service, each asked, killed and paused at random; 3 when left out
  --minutes N  gives up after so many minutes; when left out, 20 and one for each 4,000 events
  --json FILE  also writes everything that was counted, and the evidence of lies

Kafka: Docker, else Java 17 with Maven; always a broker of its own, because it is harmed.
`;

const ACTIONS_PER_SECOND = 300;
const CHARACTERS_PER_TENANT = 120;
const RESTS = 8;
const REST_EVERY_MIN = 5_000;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '200000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      format: { type: 'string', default: 'T' },
      replicas: { type: 'string', default: '3' },
      minutes: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const events = wholeNumber('events', values.events);
  const seed = wholeNumber('seed', values.seed);
  const minutes = values.minutes === undefined ? 20 + events / 4_000 : wholeNumber('minutes', values.minutes);
  const { format } = values;
  if (format !== 'S' && format !== 'T') throw new WrongArguments(`--format: expected S or T, got ${format}`);
  process.stderr.write(`seed ${seed}, format ${format}\n`);
  // Some records are kept for long: not each the whole block that it would share with others.
  Buffer.poolSize = 0;
  const bar = createProgressBar(events);
  const report = await runTwin({
    seed,
    format,
    events,
    actionsPerSecond: ACTIONS_PER_SECOND,
    charactersPerTenant: CHARACTERS_PER_TENANT,
    replicas: wholeNumber('replicas', values.replicas),
    restEvery: Math.max(REST_EVERY_MIN, Math.ceil(events / RESTS)),
    deadlineMs: minutes * 60_000,
    faults: FAULTS.map((fault) => [fault]),
    healAt: (rest) => [ailment(2 * rest), ailment(2 * rest + 1)],
    onProgress: (progress) => bar.update(progress.events, `events, ${whatOf(progress)}`),
  }).finally(() => bar.stop());
  process.stdout.write(`${tableOf(report)}\n`);
  const failures = failuresOf(report);
  if (failures.length > 0) process.stdout.write(`\n${evidenceOf(report)}\n\n${failures.join('\n')}\n`);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
  return failures.length === 0 ? 0 : 1;
}

/** Every service in turn, and every failure of each. */
function ailment(count: number): Ailment {
  const service = SERVICES[count % SERVICES.length] ?? 'characters';
  return { service, failure: FAILURES[count % FAILURES.length] ?? 'answers 500' };
}

function whatOf({ faults, upstreamFaults, reads, mismatches, phase }: TwinProgress): string {
  const all = Object.values(faults).reduce((sum, count) => sum + count, upstreamFaults);
  return `${faults.kill ?? 0} kills, ${all} faults, ${reads.lies} lies, ${mismatches} mismatches: ${phase}`;
}

await runToExitCode(HELP, main);
