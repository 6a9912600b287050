import { PassThrough } from 'node:stream';
import { createLogger, type Logger } from '../src/telemetry/logger.ts';

/** For a service within a command: its log would stand among what the command says. */
export const silentLogger: Logger = await createLogger({
  level: 'fatal',
  serviceName: 'effective-stats-tool',
  output: new PassThrough().resume(),
});
