import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { uniqueName } from '../test/support/kafka-client.ts';
import { freePort } from '../test/support/process-guard.ts';
import { topicVariables } from '../test/support/topic-variables.ts';
import { until } from '../test/support/wait.ts';
import { type Child, startChild } from './child.ts';
import { connectHttp, type HttpConnection } from './http.ts';
import type { Memory } from './processes/leash.ts';
import { TENANT_HEADERS } from './records.ts';

const ROOT = join(import.meta.dirname, '..');
const PROCESSES = join(import.meta.dirname, 'processes');

/** Topics of one run of the service. Only the first two carry anything in the benches. */
export interface Topics {
  readonly session: string;
  readonly buff: string;
  readonly asset: string;
  readonly character: string;
  readonly skill: string;
}

/** The whole service as a process of its own. */
export interface Service {
  readonly child: Child;
  readonly port: number;
  /** When the process was started, in ms of performance.now(). */
  readonly startedAt: number;
  readonly http: HttpConnection;
  /** Sum over the partitions of a topic. */
  position(topic: string): Promise<number>;
  residents(): Promise<number>;
  /** Body of the stats answer. */
  stats(characterId: number): Promise<string>;
  /** After a collection. */
  memory(): Promise<Memory>;
  /** Ms from SIGTERM to the end of the process. */
  end(): Promise<number>;
}

export interface ServiceOptions {
  /** Variables beyond those that every service here has. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Instead of the service's own entry: one of bench/processes by its name. */
  readonly program?: string;
  /** Of Node. */
  readonly flags?: readonly string[];
}

/** An answer may rest on how partitions were followed 150 ms ago (`KEEP_MS` of feed-health.ts and `LOOK_MS` of feed-watch.ts). */
const SEEN_MS = 200;
/** As package.json starts it. */
const NODE_FLAGS = ['--max-semi-space-size=16', '--heap-growing-percent=100'];

export const statsPath = (characterId: number | string): string =>
  `/api/worlds/0/channels/1/characters/${characterId}/stats`;

/** Resolves as soon as the process is started; see {@link ready}. A fresh consumer group each time. */
export async function startService(
  brokers: readonly string[],
  topics: Topics,
  upstreamPort: number,
  { variables = {}, program, flags = [] }: ServiceOptions = {},
): Promise<Service> {
  const port = await freePort();
  const startedAt = performance.now();
  const leash = join(PROCESSES, 'leash.ts');
  const entry = program === undefined ? join(ROOT, 'src', 'main.ts') : join(PROCESSES, `${program}.ts`);
  const child = startChild(['--expose-gc', ...NODE_FLAGS, ...flags, '--import', leash, entry], {
    BOOTSTRAP_SERVERS: brokers.join(','),
    ...topicVariables(topics),
    BASE_SERVICE_URL: `http://127.0.0.1:${upstreamPort}/api/`,
    REST_PORT: String(port),
    KAFKA_CONSUMER_GROUP: uniqueName('bench'),
    LOG_LEVEL: 'warn',
    // The upstream stub is slow where the machine does other work.
    HTTP_CLIENT_TIMEOUT: '30s',
    NODE_ENV: 'production',
    ...variables,
  });
  const http = connectHttp(port, TENANT_HEADERS);
  return {
    child,
    port,
    startedAt,
    http,
    position: async (topic) => positionIn(await http.text('/api/debug/consumers'), topic),
    residents: async () => gaugeIn(await http.text('/api/metrics'), 'effective_stats_residents'),
    stats: (characterId) => http.text(statsPath(characterId)),
    async memory() {
      const answer = await child.ask('memory');
      if (!isMemory(answer)) throw new Error('the service did not tell its memory');
      return answer;
    },
    end() {
      http.close();
      return child.end();
    },
  };
}

export async function ready(service: Service): Promise<void> {
  const answers = until('the service is ready', async () => (await service.http.text('/api/readyz')) !== '', 60_000);
  await service.child.whileAlive(answers);
}

/**
 * As {@link ready}, and no answer re-reads any more what was not followed for a while: the upstream services here know nothing of the
 * events, so that a re-read would take them back.
 */
export async function current(service: Service): Promise<void> {
  await ready(service);
  await delay(SEEN_MS);
}

/** Waits until the characters are held; their parts may still be loading. */
export async function loggedIn(service: Service, count: number, deadlineMs = 60_000): Promise<void> {
  const isHeld = async (): Promise<boolean> => (await service.residents()) === count;
  await service.child.whileAlive(until(`${count} characters are logged in`, isHeld, deadlineMs));
}

function isMemory(value: unknown): value is Memory {
  return typeof value === 'object' && value !== null && 'heap' in value && 'rss' in value;
}

function positionIn(document: string, topic: string): number {
  const answer: unknown = JSON.parse(document);
  if (!isConsumers(answer)) throw new Error(`/api/debug/consumers answered ${document}`);
  return answer.partitions.reduce((sum, entry) => sum + (entry.topic === topic ? entry.position : 0), 0);
}

interface Consumers {
  readonly partitions: readonly { readonly topic: string; readonly position: number }[];
}

function isConsumers(value: unknown): value is Consumers {
  return typeof value === 'object' && value !== null && 'partitions' in value && Array.isArray(value.partitions);
}

/** Value of a gauge without labels. */
function gaugeIn(metrics: string, name: string): number {
  const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics);
  if (found?.[1] === undefined) throw new Error(`/api/metrics shows no ${name}`);
  return Number(found[1]);
}
