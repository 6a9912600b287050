import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createProgressBar } from '../../tool/progress-bar.ts';
import { runToExitCode, wholeNumber } from '../support/long-run.ts';
import { failuresOf, runCampaign } from './campaign.ts';
import { reportOf } from './report.ts';

const HELP = `npm run test:hostile -- [options]

Hostile messages and requests against the whole service on a real Kafka: nothing may crash, stall, leak or be lost.

  --messages N   records on the topics (default 100000)
  --requests N   HTTP requests (default 20000)
  --soak N       whole minutes in which everything comes and goes with every bound filled (default 10; 0: none)
  --seed N       the seed of an earlier run, to see the same messages and requests again
  -h, --help     this

  npm run test:hostile -- --messages 1000000 --requests 200000 --soak 30

Ends with 1 when something does not hold. Kafka: the one that KAFKA_BROKERS names, else Docker, else Java 17 with Maven.
`;

/** What the long run holds the service to. */
export const BOUNDS = { stallMs: 500, grownBytes: 24 * 2 ** 20 };

/** Several times what runs take: some 400 records and 40 requests a second, and the rest. */
function deadlineMs(messages: number, requests: number, soakMinutes: number): number {
  return 20 * 60_000 + 10 * messages + 50 * requests + 2 * 60_000 * soakMinutes;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      messages: { type: 'string', default: '100000' },
      requests: { type: 'string', default: '20000' },
      soak: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const numberOf = (name: 'messages' | 'requests' | 'soak' | 'seed') => wholeNumber(name, values[name], 0);
  const [messages, requests, soakMinutes, seed] = [
    numberOf('messages'),
    numberOf('requests'),
    numberOf('soak'),
    numberOf('seed'),
  ];
  process.stdout.write(`seed ${seed}\n`);
  setTimeout(
    () => {
      process.stderr.write('\ngave up: the run takes too long\n');
      process.exit(1);
    },
    deadlineMs(messages, requests, soakMinutes),
  ).unref();
  const bar = createProgressBar(messages + requests);
  try {
    const report = await runCampaign({
      seed,
      messages,
      requests,
      slowClients: 60,
      charactersPerTenant: 40,
      burst: Math.max(10_000, Math.min(200_000, 2 * messages)),
      heavy: 5_000,
      churn: Math.max(500, Math.min(10_000, Math.ceil(messages / 10))),
      soakMinutes,
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

await runToExitCode(HELP, main);
