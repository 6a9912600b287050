import { join } from 'node:path';
import { uniqueName } from '../test/support/kafka-client.ts';
import { freePort } from '../test/support/process-guard.ts';
import { until } from '../test/support/wait.ts';
import { type Child, startChild } from './child.ts';
import { connectHttp, type HttpConnection } from './http.ts';
import { TENANT_HEADERS } from './records.ts';

const ROOT = join(import.meta.dirname, '..');

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
  /** Bytes after a collection. */
  heap(): Promise<number>;
  /** Ms from SIGTERM to the end of the process. */
  end(): Promise<number>;
}

export const statsPath = (characterId: number): string => `/api/worlds/0/channels/1/characters/${characterId}/stats`;

/** Resolves as soon as the process is started; see {@link ready}. A fresh consumer group each time. */
export async function startService(brokers: readonly string[], topics: Topics, upstreamPort: number): Promise<Service> {
  const port = await freePort();
  const startedAt = performance.now();
  const leash = join(import.meta.dirname, 'processes', 'leash.ts');
  const child = startChild(['--expose-gc', '--import', leash, join(ROOT, 'src', 'main.ts')], {
    BOOTSTRAP_SERVERS: brokers.join(','),
    EVENT_TOPIC_SESSION_STATUS: topics.session,
    EVENT_TOPIC_CHARACTER_BUFF_STATUS: topics.buff,
    EVENT_TOPIC_ASSET_STATUS: topics.asset,
    EVENT_TOPIC_CHARACTER_STATUS: topics.character,
    EVENT_TOPIC_SKILL_STATUS: topics.skill,
    BASE_SERVICE_URL: `http://127.0.0.1:${upstreamPort}/api/`,
    REST_PORT: String(port),
    KAFKA_CONSUMER_GROUP: uniqueName('bench'),
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
  });
  const http = connectHttp(port, TENANT_HEADERS);
  return {
    child,
    port,
    startedAt,
    http,
    position: async (topic) => positionIn(await http.text('/api/debug/consumers'), topic),
    residents: async () => gaugeIn(await http.text('/api/metrics'), 'residents'),
    stats: (characterId) => http.text(statsPath(characterId)),
    async heap() {
      const bytes = await child.ask('heap');
      if (typeof bytes !== 'number') throw new Error('the service did not tell its memory');
      return bytes;
    },
    end() {
      http.close();
      return child.end();
    },
  };
}

export async function ready(service: Service): Promise<void> {
  await until('the service is ready', async () => (await service.http.text('/api/readyz')) !== '', 20_000);
}

/** Waits until the characters are held; their parts may still be loading. */
export async function loggedIn(service: Service, count: number): Promise<void> {
  await until(`${count} characters are logged in`, async () => (await service.residents()) === count, 60_000);
}

function positionIn(document: string, topic: string): number {
  const positions = [...partitionsIn(JSON.parse(document))].filter((entry) => entry.topic === topic);
  return positions.reduce((sum, entry) => sum + entry.position, 0);
}

interface Position {
  readonly topic: string;
  readonly position: number;
}

/** Finds the entries wherever the document keeps them: its shape is for people and may change. */
function* partitionsIn(value: unknown, topic?: string): Generator<Position> {
  if (typeof value !== 'object' || value === null) return;
  const named = 'topic' in value && typeof value.topic === 'string' ? value.topic : topic;
  if (named !== undefined && 'position' in value && typeof value.position === 'number') {
    yield { topic: named, position: value.position };
  }
  for (const child of Object.values(value)) yield* partitionsIn(child, named);
}

/** Value of the first gauge whose name ends so. */
function gaugeIn(metrics: string, ending: string): number {
  const found = new RegExp(`^\\w*${ending}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(metrics);
  if (found?.[1] === undefined) throw new Error(`/api/metrics shows no ${ending}`);
  return Number(found[1]);
}
