import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { provisionKafka } from './support/kafka-broker.ts';
import { PrerequisiteMissing } from './support/process-guard.ts';

// Runs the tests on a Kafka that is provisioned once for all of them.
const HELP = `npm test -- [globs…]

  globs  files of tests, to run only these: 'test/integration/*.test.ts'; all when left out

Kafka: the one that KAFKA_BROKERS names, else Docker, else Java 17 with Maven. All of them take about a quarter of an hour on two cores.
`;
const ROOT = join(import.meta.dirname, '..');
const ALL = ['src/**/*.test.ts', 'bench/**/*.test.ts', 'world/**/*.test.ts', 'test/**/*.test.ts'];

function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  else process.stderr.write(`${line}\n`);
}

function runTests(globs: readonly string[], brokers: readonly string[]): Promise<number> {
  const args = ['--test', '--test-reporter=spec', ...globs];
  const tests = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, KAFKA_BROKERS: brokers.join(',') },
  });
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => tests.kill(name));
  return new Promise((resolve, reject) => {
    tests.once('error', reject);
    tests.once('exit', (code) => resolve(code ?? 1));
  });
}

async function main(): Promise<number> {
  const globs = process.argv.slice(2);
  if (globs.some((glob) => glob.startsWith('-'))) {
    process.stdout.write(HELP);
    return globs.includes('--help') ? 0 : 2;
  }
  const kafka = await provisionKafka(progress);
  try {
    progress(`Kafka for the tests: ${kafka.origin}\n`);
    return await runTests(globs.length === 0 ? ALL : globs, kafka.brokers);
  } finally {
    await kafka.close();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof PrerequisiteMissing)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  return 1;
});
