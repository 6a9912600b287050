import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Outside } from '../src/app/ports.ts';
import type { Tenant } from '../src/domain/tenant.ts';
import type { BatchHandler, Feed, FeedRecord } from '../src/ingest/feed.ts';
import { systemClock } from '../src/lib/clock.ts';
import { version } from '../src/lib/version.ts';
import { mapServices, type Service } from '../src/upstream/port.ts';
import { createAnonymizer } from './anonymous.ts';
import { defineCommand, EXIT, Failure, UsageError } from './command.ts';
import { kafkaConfig } from './environment.ts';
import { fileTrouble } from './file-trouble.ts';
import { createProgressBar } from './progress-bar.ts';
import { ASK_MS, numbersIn, type RecordingLine, SETTINGS } from './recording.ts';
import { openService, type ServiceAccess } from './service.ts';
import { silentLogger } from './silent-logger.ts';
import { DEFAULT_TENANT, duration, integer, tenant } from './values.ts';

const UPSTREAM_TIMEOUT_MS = 10_000;
const NO_BROKERS =
  'record follows the Kafka of a running installation: set BOOTSTRAP_SERVERS and BASE_SERVICE_URL as they are for the service.';
/** Headers of answers that decide whether they are believed. */
const KEPT_HEADERS = ['content-type', 'date', 'age', 'retry-after'];
const TENANT_HEADERS = ['TENANT_ID', 'REGION', 'MAJOR_VERSION', 'MINOR_VERSION'];

export const record = defineCommand({
  summary: 'Write down what the service hears and is answered about some characters: how a wrong number is reported.',
  words: '<file>',
  details: [
    'It follows Kafka and asks the upstream services beside the running service, with the same variables, and',
    'disturbs nobody. Let it run while the number goes wrong. replay does it again, anywhere.',
  ],
  options: {
    character: { type: 'string', multiple: true, placeholder: 'ID', description: 'Whom to record.' },
    tenant: { type: 'string', placeholder: 'TENANT', default: DEFAULT_TENANT, description: 'Whose they are.' },
    for: { type: 'string', placeholder: 'DURATION', default: '30s', description: 'How long; Ctrl-C ends it earlier.' },
    url: {
      type: 'string',
      placeholder: 'URL',
      description: 'The running service, to write down what it answers at the end.',
    },
    anonymous: { type: 'boolean', description: 'Leave out names, accounts and the id of the tenant.' },
  },
  async run({ values, words: [file = ''] }, terminal) {
    const characters = (values.character ?? []).map((text) => integer('--character', text, 1, 4_294_967_295));
    if (characters.length === 0) throw new UsageError('--character: expected at least one, got none');
    const whose = tenant('--tenant', values.tenant);
    const ms = duration('--for', values.for);
    const shadow = {
      REST_PORT: '0',
      CLAMP_COMMANDS: 'off',
      KAFKA_CONSUMER_GROUP: `recorder-${randomBytes(6).toString('hex')}`,
    };
    const config = kafkaConfig(terminal.env, NO_BROKERS, shadow);
    const out = createWriteStream(file);
    const failed = new Promise<never>((_, reject) =>
      out.once('error', (error) => reject(new UsageError(fileTrouble(file, error)))),
    );
    const anonymous = values.anonymous === true ? createAnonymizer(whose.id) : (line: RecordingLine) => line;
    const counts = { event: 0, answer: 0, stats: 0, recording: 0 };
    const write = (line: RecordingLine): void => {
      counts[line.kind] += 1;
      out.write(`${JSON.stringify(anonymous(line))}\n`);
    };
    const set = SETTINGS.flatMap((name) => (terminal.env[name] ? [[name, terminal.env[name]] as const] : []));
    write({
      kind: 'recording',
      ...{ format: 1, version, at: Date.now(), tenant: values.tenant, characters },
      settings: Object.fromEntries(set),
    });
    const { createApp } = await import('../src/app.ts');
    const { openOutside } = await import('../src/app/outside.ts');
    const proxy = await startProxy(config.serviceUrls, write);
    const surroundings = { clock: systemClock, random: Math.random, logger: silentLogger };
    const outside = await openOutside(config, surroundings);
    const feed = recorded(outside.feed, concernedBy(whose, new Set(characters)), write);
    const app = createApp(config, { ...surroundings, ...outside, feed, addresses: proxy.addresses });
    try {
      const own = openService({ url: await Promise.race([app.start(), failed]), tenant: values.tenant }, terminal);
      const bar = createProgressBar(Math.round(ms / 1_000));
      const begun = Date.now();
      for (let next = begun; !terminal.signal.aborted && Date.now() - begun < ms; next += ASK_MS) {
        await Promise.race([Promise.all(characters.map((characterId) => numbersOf(own, characterId))), failed]);
        bar.update(Math.floor((Date.now() - begun) / 1_000), 's', `, ${counts.event} events, ${counts.answer} answers`);
        const pause = Math.min(next + ASK_MS, begun + ms) - Date.now();
        await delay(Math.max(0, pause), undefined, { signal: terminal.signal }).catch(() => undefined);
      }
      bar.stop();
      const asked: (readonly ['recorder' | 'service', ServiceAccess])[] = [['recorder', own]];
      if (values.url !== undefined) asked.push(['service', openService({ ...values, url: values.url }, terminal)]);
      for (const [by, service] of asked) {
        for (const characterId of characters) {
          const stats = await numbersOf(service, characterId);
          if (stats !== undefined) write({ kind: 'stats', at: Date.now(), by, characterId, stats });
        }
      }
    } finally {
      await app.stop();
      await proxy.close();
      await new Promise<void>((done) => out.end(() => done()));
    }
    const told = { file, events: counts.event, answers: counts.answer, stats: counts.stats };
    const text = `${file}: ${told.events} events, ${told.answers} answers, ${told.stats} results`;
    terminal.stdout.write(`${values.json === true ? JSON.stringify(told) : text}\n`);
    if (counts.stats > 0) return EXIT.fine;
    throw new Failure('Nobody could be answered for. Run effective-stats doctor with the same variables: it says why.');
  },
});

/** undefined: there is no answer now. */
async function numbersOf(service: ServiceAccess, characterId: number): Promise<Record<string, number> | undefined> {
  const path = `/api/worlds/0/channels/0/characters/${characterId}/stats`;
  return service.text(path).then(numbersIn, () => undefined);
}

type IsConcerned = (record: FeedRecord) => boolean;

function concernedBy({ id }: Tenant, characters: ReadonlySet<number>): IsConcerned {
  return ({ content: { headers, value } }) => {
    if (value === null) return false;
    const tenantId = headers.find(([name]) => name.toString() === 'TENANT_ID')?.[1].toString();
    if (tenantId?.toLowerCase() !== id) return false;
    try {
      return characters.has(JSON.parse(value.toString()).characterId);
    } catch {
      return false;
    }
  };
}

/** Hands on, and writes down, only what concerns those who are recorded. */
function recorded(feed: Feed, isConcerned: IsConcerned, write: (line: RecordingLine) => void): Feed {
  const handling = (handle: BatchHandler): BatchHandler => {
    return (batch) => {
      const records = batch.records.filter(isConcerned);
      for (const { stream, topic, partition, offset, timestamp, content } of records) {
        const { headers, value } = content;
        const own = headers.filter(([name]) => TENANT_HEADERS.includes(name.toString()));
        write({
          kind: 'event',
          ...{ at: Date.now(), stream, topic, partition, offset, timestamp },
          headers: own.map(([name, bytes]) => [name.toString(), bytes.toString('base64')]),
          value: JSON.parse(value?.toString() ?? 'null'),
        });
      }
      return handle({ ...batch, records });
    };
  };
  return new Proxy(feed, {
    get(target, property) {
      if (property === 'start')
        return (handle: BatchHandler, ...rest: [never]) => target.start(handling(handle), ...rest);
      return Reflect.get(target, property);
    },
  });
}

interface RecordingProxy {
  readonly addresses: Outside['addresses'];
  close(): Promise<void>;
}

/** Stands before the upstream services, hands on and writes down. */
async function startProxy(
  upstream: Readonly<Record<Service, string>>,
  write: (line: RecordingLine) => void,
): Promise<RecordingProxy> {
  const server = createServer(async (request, response) => {
    const [, service = '', rest = ''] = /^\/(\w+)\/(.*)$/.exec(request.url ?? '') ?? [];
    const base = Object.entries(upstream).find(([name]) => name === service)?.[1] ?? '';
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const asked = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    const at = Date.now();
    try {
      const signal = AbortSignal.timeout(UPSTREAM_TIMEOUT_MS);
      const answer = await fetch(`${base.replace(/\/?$/, '/')}${rest}`, { headers: asked, signal });
      const body = await answer.text();
      const kept = KEPT_HEADERS.flatMap((name) => {
        const value = answer.headers.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      const line = { status: answer.status, headers: Object.fromEntries(kept), body };
      write({ kind: 'answer', at, path: `${service}/${rest}`, ...line });
      response.sendDate = false;
      response.writeHead(line.status, line.headers).end(body);
    } catch {
      write({ kind: 'answer', at, path: `${service}/${rest}`, status: 0, headers: {}, body: '' });
      request.socket.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const addresses = mapServices((service) => ({ url: `http://127.0.0.1:${port}/${service}/`, setBy: 'the recorder' }));
  return {
    addresses,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
