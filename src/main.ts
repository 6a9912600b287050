import { createApp } from './app.ts';
import { formatViolations, parseConfig } from './config/config.ts';
import { helpText } from './config/help.ts';
import { systemClock } from './lib/clock.ts';
import { createLogger } from './telemetry/logger.ts';

/** How long an orderly stop may take before the process ends all the same. */
const STOP_DEADLINE_MS = 10_000;
const INVALID_USE = 2;

async function main(): Promise<void> {
  const options = process.argv.slice(2);
  if (options.includes('--help') || options.includes('-h')) {
    process.stdout.write(helpText());
    return;
  }
  if (options.length > 0) {
    process.stderr.write('Expected no options but --help: everything is configured by environment variables.\n');
    process.exitCode = INVALID_USE;
    return;
  }
  const parsed = parseConfig(process.env);
  if ('violations' in parsed) {
    process.stderr.write(`${formatViolations(parsed.violations)}\n`);
    process.exitCode = INVALID_USE;
    return;
  }
  const { config, warnings } = parsed;
  const logger = await createLogger({
    level: config.logLevel,
    serviceName: config.serviceName,
    output: process.stdout,
  });
  for (const warning of warnings) logger.warn(warning);
  const app = await createApp(config, { clock: systemClock, random: Math.random, logger });

  let stopping = false;
  const stop = (code: 0 | 1): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    app.stop().then(
      () => process.exit(code),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void app.drain().then(() => stop(0)));
  for (const defect of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(defect, (err) => {
      logger.fatal({ err }, 'a defect: the service stops');
      stop(1);
    });
  }
  try {
    await app.start();
  } catch (err) {
    logger.fatal({ err }, 'the service could not start');
    stop(1);
  }
}

await main();
