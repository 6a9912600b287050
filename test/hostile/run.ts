import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { PrerequisiteMissing } from '../support/process-guard.ts';
import { failuresOf, runCampaign } from './campaign.ts';
import { createProgressBar } from './progress-bar.ts';
import { reportOf } from './report.ts';

const HELP = `node test/hostile/run.ts [options]

Hostile messages and requests against the whole service on a real Kafka: nothing may crash, stall, leak or be lost.

  --messages N   records on the topics (default 100000)
  --requests N   HTTP requests (default 20000)
  --seed N       the seed of an earlier run, to see the same messages and requests again
  -h, --help     this

Ends with 1 when something does not hold. Kafka: the one that KAFKA_BROKERS names, else Docker, else Java 17 with Maven.
`;

/** What the long run holds the service to. */
export const BOUNDS = { stallMs: 500, heapBytes: 24 * 2 ** 20 };

/** A run of the default size takes a tenth of this. */
const DEADLINE_MS = 60 * 60_000;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      messages: { type: 'string', default: '100000' },
      requests: { type: 'string', default: '20000' },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [messages, requests, seed] = [values.messages, values.requests, values.seed].map(Number);
  const isCount = (value: number | undefined): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
  if (!isCount(messages) || !isCount(requests) || !isCount(seed)) {
    process.stderr.write(`--messages, --requests and --seed take whole numbers\n\n${HELP}`);
    return 2;
  }
  process.stdout.write(`seed ${seed}\n`);
  setTimeout(() => {
    process.stderr.write('\ngave up: the run takes too long\n');
    process.exit(1);
  }, DEADLINE_MS).unref();
  const bar = createProgressBar(messages + requests);
  try {
    const report = await runCampaign({
      seed,
      messages,
      requests,
      slowClients: 60,
      charactersPerTenant: 40,
      burst: Math.max(10_000, 2 * messages),
      churn: Math.max(500, Math.ceil(messages / 10)),
      onSetup: (line) => process.stderr.write(`${line}\n`),
      onProgress: bar.update,
    });
    bar.stop();
    const failures = failuresOf(report, BOUNDS);
    process.stdout.write(`${reportOf(report, failures)}\n`);
    return failures.length === 0 ? 0 : 1;
  } finally {
    bar.stop();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof PrerequisiteMissing)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  return 1;
});
