import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, matchesGlob } from 'node:path';
import { provisionKafka } from './support/kafka-broker.ts';
import { PrerequisiteMissing } from './support/process-guard.ts';

// Runs the tests on a Kafka that is provisioned once for all of them.
const HELP = `npm test -- [globs…]

  globs  files of tests, to run only these: 'test/integration/*.test.ts'; all when left out

Kafka: the one that KAFKA_BROKERS names, else Docker, else Java 17 with Maven. All of them take about ten minutes on two cores.
`;
const ROOT = join(import.meta.dirname, '..');
const ALL = ['src/**/*.test.ts', 'bench/**/*.test.ts', 'world/**/*.test.ts', 'test/**/*.test.ts'];
/** Most files wait more than they work: two at a time also where Node's own choice, on two processors, is one. */
const AT_A_TIME = Math.max(2, availableParallelism() - 1);
/** These judge how soon things happen in several busy processes: nothing else runs then. */
const ALONE = ['test/chaos/*', 'test/hostile/*', 'test/page/*', 'test/integration/replicas.test.ts'];
/** Each file is a process, and most of them load the same modules: compiled by the first. */
const COMPILED = join(ROOT, '.cache', 'compiled');

let interrupted = false;

function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  else process.stderr.write(`${line}\n`);
}

/** Resolves with the exit code; a signal ends it as well. */
function runTests(files: readonly string[], atATime: number, brokers: readonly string[]): Promise<number> {
  if (files.length === 0 || interrupted) return Promise.resolve(0);
  const args = ['--test', '--test-reporter=spec', `--test-concurrency=${atATime}`, ...files];
  const tests = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: COMPILED, ...process.env, KAFKA_BROKERS: brokers.join(',') },
  });
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      interrupted = true;
      tests.kill(name);
    });
  }
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
  // The clients' test installs packages of its own, some with tests.
  const files = globSync(globs.length === 0 ? ALL : globs, { cwd: ROOT, exclude: ['**/node_modules/**'] });
  if (files.length === 0) {
    process.stderr.write(`no files of tests: ${globs.join(' ')}\n`);
    return 2;
  }
  const { alone = [], together = [] } = Object.groupBy(files, (file) =>
    ALONE.some((glob) => matchesGlob(file, glob)) ? 'alone' : 'together',
  );
  const kafka = await provisionKafka(progress, 'full');
  try {
    progress(`Kafka for the tests: ${kafka.origin}\n`);
    const codes = [await runTests(together, AT_A_TIME, kafka.brokers), await runTests(alone, 1, kafka.brokers)];
    return Math.max(...codes);
  } finally {
    await kafka.close();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof PrerequisiteMissing)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  return 1;
});
