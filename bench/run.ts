import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { PrerequisiteMissing } from '../test/support/process-guard.ts';
import { type Bed, createBed } from './bed.ts';
import { type Case, FULL, QUICK, type Sizes, withSizes } from './case.ts';
import { get } from './cases/get.ts';
import { growth } from './cases/growth.ts';
import { ingest } from './cases/ingest.ts';
import { login } from './cases/login.ts';
import { memory } from './cases/memory.ts';
import { mixed } from './cases/mixed.ts';

import { overload } from './cases/overload.ts';
import { replay } from './cases/replay.ts';
import { shards } from './cases/shards.ts';
import { start } from './cases/start.ts';
import { visible } from './cases/visible.ts';
import { watched } from './cases/watched.ts';
import { figuresIn } from './compare.ts';
import type { Figure } from './figure.ts';
import { createProgress } from './progress.ts';
import { circumstances, reportOf } from './report.ts';

// Measures the whole service as a process on a real Kafka, each figure beside its ceiling in the same run.
const CASES: Readonly<Record<string, Case>> = {
  ingest: ingest(1),
  'ingest-8': ingest(8),
  visible,
  get,
  mixed,
  overload,
  login,
  memory,
  growth,
  replay,
  shards,
  start,
  watched,
};

/** A run takes half of this at most. */
const DEADLINE_MS = 60 * 60_000;

const HELP = `npm run bench -- [names…] [--quick] [--size NAME=N]… [--json FILE] [--compare FILE] [--profile FOLDER]

Without names, all of them:
${Object.entries(CASES)
  .map(([name, { about }]) => `  ${name.padEnd(12)}${about}`)
  .join('\n')}

  --quick           fewer and shorter rounds, to see that it works; its figures are noise
  --size NAME=N     one of the sizes below; may be repeated
  --json FILE       also writes the figures and what they were measured on
  --compare FILE    an earlier run's --json: says of each figure whether it is better, worse, or within a tenth, which is noise.
                    Where there is a ceiling, the ratios to it are compared
  --profile FOLDER  each service leaves a CPU profile there when it ends, for the developer tools of a browser; this costs some speed

Sizes, and with --quick:
${Object.entries(FULL)
  .map(([name, size]) => `  ${name.padEnd(16)}${String(size).padEnd(24)}${new Map(Object.entries(QUICK)).get(name)}`)
  .join('\n')}

Kafka: the one that KAFKA_BROKERS names, else Docker, else Java 17 with Maven.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      size: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      compare: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = positionals.filter((name) => CASES[name] === undefined);
  if (unknown.length > 0) {
    process.stderr.write(`no such bench: ${unknown.join(', ')}\n\n${HELP}`);
    return 2;
  }
  const sizes = withSizes(values.quick ? QUICK : FULL, values.size);
  if (sizes === undefined) {
    process.stderr.write(`no such size: ${values.size.join(', ')}\n\n${HELP}`);
    return 2;
  }
  const earlier = values.compare === undefined ? undefined : figuresIn(await readFile(values.compare, 'utf8'));
  const bed = await createBed((line) => process.stderr.write(`${line}\n`), values.profile);
  const giveUp = (why: string): void => {
    process.stderr.write(`\n${why}\n`);
    void bed.close().finally(() => process.exit(1));
  };
  setTimeout(() => giveUp(`gave up after ${DEADLINE_MS / 60_000} minutes`), DEADLINE_MS).unref();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, giveUp);
  try {
    const { figures, failed } = await measure(bed, positionals, sizes);
    const on = circumstances(bed.origin, ['npm run bench --', ...process.argv.slice(2)].join(' '));
    process.stdout.write(`${reportOf(figures, on, earlier)}\n`);
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ ...on, figures }, null, 2)}\n`);
    return failed ? 1 : 0;
  } finally {
    await bed.close();
  }
}

/** A case that fails says why and costs only its own figures. */
async function measure(
  bed: Bed,
  names: readonly string[],
  sizes: Sizes,
): Promise<{ figures: readonly Figure[]; failed: boolean }> {
  const cases = Object.entries(CASES).flatMap(([name, each]) =>
    names.length === 0 || names.includes(name) ? [each] : [],
  );
  const progress = createProgress(cases.reduce((sum, each) => sum + each.steps(sizes), 0));
  const figures: Figure[] = [];
  let failed = false;
  for (const each of cases) {
    try {
      figures.push(...(await each.run(bed, sizes, progress)));
    } catch (error) {
      failed = true;
      console.error(`\n${each.about}: failed\n`, error);
    }
    await bed.clear();
  }
  progress.stop();
  return { figures, failed };
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof PrerequisiteMissing)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  return 1;
});
