import { setImmediate as nextTurn } from 'node:timers/promises';
import { openOutside } from '../../src/app/outside.ts';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import {
  createHttpUpstream,
  type HttpUpstream,
  type HttpUpstreamOptions,
} from '../../src/upstream/http/http-upstream.ts';
import { createPartReaders } from '../../src/upstream/http/part-reader.ts';
import type { ServiceClient } from '../../src/upstream/http/service-client.ts';
import { documentFor } from '../upstream-answers.ts';

// The whole service, spared its HTTP to the upstream services: documents about characters are made in this process and go
// through the service's own decoding, so that a million characters are loaded in minutes. Game data come over HTTP all the
// same. Tells how many documents were read when asked for its `reads`.
let reads = 0;

const client: ServiceClient = {
  async get({ path }, decode) {
    await nextTurn();
    reads += 1;
    const document = documentFor(`/api/${path}`);
    return document === undefined ? 'missing' : decode(document);
  },
  close: async () => undefined,
};

function createUpstream(options: HttpUpstreamOptions): HttpUpstream {
  const readers = createPartReaders();
  const request = { headers: {}, deadline: options.timeout, attempts: 1 };
  return {
    ...createHttpUpstream(options),
    fetch: (part, { characterId }) => readers[part](client, characterId, request),
  };
}

const parsed = parseConfig(process.env);
if ('violations' in parsed) throw new Error(JSON.stringify(parsed.violations));
const { config } = parsed;
const logger = await createLogger({
  level: config.logLevel,
  serviceName: config.serviceName,
  output: process.stdout,
});
const surroundings = { clock: systemClock, random: Math.random, logger };
const app = createApp(config, { ...surroundings, ...(await openOutside(config, surroundings)), createUpstream });
process.on('message', (message) => {
  if (message === 'reads') process.send?.(reads);
});
process.on('SIGTERM', () => void app.stop().finally(() => process.exit(0)));
await app.start();
