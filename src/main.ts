import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import type { App } from './app.ts';

// As in bin/effective-stats.js: what is imported from here on is kept compiled for the next start, where that can be written.
enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'effective-stats'));

/** How long an orderly stop may take before the process ends all the same. */
const STOP_DEADLINE_MS = 10_000;
const INVALID_USE = 2;

async function main(): Promise<void> {
  // Whoever read the output is gone, or its disk is full: that costs the log and nothing else. Without a listener it would be
  // a defect, to be logged.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  const options = process.argv.slice(2);
  if (options.includes('--help') || options.includes('-h')) {
    const { helpText } = await import('./config/help.ts');
    process.stdout.write(helpText());
    return;
  }
  if (options.length > 0) {
    process.stderr.write('Expected no options but --help: everything is configured by environment variables.\n');
    process.exitCode = INVALID_USE;
    return;
  }
  const { formatViolations, parseConfig } = await import('./config/config.ts');
  const parsed = parseConfig(process.env);
  if ('violations' in parsed) {
    process.stderr.write(`${formatViolations(parsed.violations)}\n`);
    process.exitCode = INVALID_USE;
    return;
  }
  const { config, warnings } = parsed;

  /** undefined until it is made; a stop that comes before waits for it. */
  let app: App | undefined;
  let ending: 0 | 1 | undefined;
  const endApp = async (made: App, code: 0 | 1): Promise<void> => {
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    await made.stop().then(
      () => process.exit(code),
      () => process.exit(1),
    );
  };
  const stop = (code: 0 | 1): void => {
    if (ending !== undefined) return;
    ending = code;
    if (app !== undefined) void endApp(app, code);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (app === undefined) stop(0);
      else void app.drain().then(() => stop(0));
    });
  }
  const { createLogger } = await import('./telemetry/logger.ts');
  const logger = await createLogger({
    level: config.logLevel,
    serviceName: config.serviceName,
    output: process.stdout,
  });
  for (const defect of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(defect, (err) => {
      logger.fatal({ err }, 'a defect: the service stops');
      stop(1);
    });
  }
  for (const warning of warnings) logger.warn(warning);
  try {
    const { createApp } = await import('./app.ts');
    const { openOutside } = await import('./app/outside.ts');
    const { systemClock: clock } = await import('./lib/clock.ts');
    const surroundings = { clock, random: Math.random, logger };
    app = createApp(config, { ...surroundings, ...(await openOutside(config, surroundings)) });
    if (ending !== undefined) await endApp(app, ending);
    await app.start();
    const { collectGarbage } = await import('./lib/collect-garbage.ts');
    collectGarbage();
  } catch (err) {
    // A stop in the midst of it.
    if (ending !== undefined) return;
    if (isPortTaken(err)) logger.fatal(`the service could not start: port ${config.restPort} (REST_PORT) is taken`);
    else logger.fatal({ err }, 'the service could not start');
    if (app === undefined) process.exit(1);
    stop(1);
  }
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

await main();
