import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { SERVICES } from '../../src/upstream/port.ts';
import type { RawRecord } from '../../test/support/kafka-client.ts';
import { until } from '../../test/support/wait.ts';
import type { Bed } from '../bed.ts';
import type { Case } from '../case.ts';
import type { Child } from '../child.ts';
import { type Figure, median } from '../figure.ts';
import { connectHttp } from '../http.ts';
import { sessionCreated, TENANT_HEADERS } from '../records.ts';
import { ready, type Service, statsPath } from '../service.ts';
import { POPULATIONS } from '../upstream-answers.ts';

const LATENCY_MS = 5;
const { passives: SKILLS, items: ITEMS } = POPULATIONS.skilled;
const CROWD = 1_000;
/** No request for so long: the login is over. Shorter than the pause before a confirming read. */
const QUIET_MS = 500;

/** Reads that a login causes, as the upstream services see them: when, how many, how many after one another. */
interface Traffic {
  /** From handing CREATED to the producer to the last answer. */
  readonly ms: number;
  readonly requests: number;
  /** Longest chain of requests each of which began after the one before was answered. */
  readonly roundTrips: number;
  /** Most requests that were under way at once. */
  readonly width: number;
}

/** What a login of a character with 60 skills and 12 items costs. */
export const login: Case = {
  about: `ms and upstream requests of a login, ${SKILLS} skills, ${ITEMS} items, ${LATENCY_MS} ms upstream latency; 1,000 logins at once`,
  steps: () => 3,
  async run(bed, sizes, progress) {
    const topics = await bed.createTopics();
    const upstream = await bed.startHelper('upstream', String(LATENCY_MS));
    const service = await bed.startService(topics, upstream.port);
    await ready(service);
    await until('each service was asked whether it is there', async () => {
      return (await requestsOf(upstream.child)).length >= SERVICES.length;
    });
    let next = POPULATIONS.skilled.first;
    const logIn = async (count: number, tenantId?: string): Promise<Traffic> => {
      const ids = Array.from({ length: count }, (_, index) => next + index);
      next += count;
      const records = ids.map((id) => sessionCreated(id, tenantId));
      return trafficOf(bed, topics.session, upstream.child, records);
    };
    progress.step('login: game data cold');
    const first = await logIn(1);
    await expectLoaded(service, next - 1);
    const cold: Traffic[] = [];
    for (let sample = 0; sample < 3 * sizes.rounds; sample++) {
      const tenantId = randomUUID();
      cold.push(await logIn(1, tenantId));
      await expectLoaded(service, next - 1, tenantId);
    }
    progress.step('login: game data cached');
    const cached: Traffic[] = [];
    for (let sample = 0; sample < 3 * sizes.rounds; sample++) cached.push(await logIn(1));
    progress.step(`login: ${CROWD} at once`);
    const crowd = await logIn(CROWD);
    await expectLoaded(service, next - 1);
    const bare = await bareReads(upstream.port, 4 * CROWD);
    const one = await bareReads(upstream.port, 1);
    return [...coldFigures(first, cold, one), ...cachedFigures(cached, one), ...crowdFigures(crowd, bare)];
  },
};

/** The process's own first login runs code that never ran before; a further tenant's finds nothing but its game data cold. */
function coldFigures(first: Traffic, cold: readonly Traffic[], roundTrip: number): Figure[] {
  const name = 'login, first of a tenant, game data cold';
  const roundTrips = median(cold.map((traffic) => traffic.roundTrips));
  const width = median(cold.map((traffic) => traffic.width));
  const one = { name: 'one bare round trip', value: roundTrip };
  return [
    { name: 'login, first of the process', unit: 'ms', service: first.ms, ceiling: one },
    { name: 'login, first of the process', unit: 'round trips', service: first.roundTrips },
    { name, unit: 'ms', service: median(cold.map(({ ms }) => ms)), ceiling: one },
    { name, unit: 'requests', service: median(cold.map(({ requests }) => requests)) },
    { name, unit: 'round trips', service: roundTrips, aim: { text: '≤ 4', met: roundTrips <= 4 } },
    { name, unit: 'at once', service: width, aim: { text: '≥ 32', met: width >= 32 } },
  ];
}

function cachedFigures(cached: readonly Traffic[], roundTrip: number): Figure[] {
  const requests = median(cached.map((traffic) => traffic.requests));
  const roundTrips = median(cached.map((traffic) => traffic.roundTrips));
  const one = { name: 'one bare round trip', value: roundTrip };
  return [
    { name: 'login, cached', unit: 'ms', service: median(cached.map(({ ms }) => ms)), ceiling: one },
    { name: 'login, cached', unit: 'requests', service: requests, aim: { text: '4', met: requests <= 4 } },
    { name: 'login, cached', unit: 'round trips', service: roundTrips, aim: { text: '≤ 2', met: roundTrips <= 2 } },
  ];
}

function crowdFigures(crowd: Traffic, bare: number): Figure[] {
  const name = `${CROWD} logins at once`;
  const ceiling = { name: `${4 * CROWD} bare requests`, value: bare };
  return [
    { name, unit: 'ms', service: crowd.ms, ceiling, aim: { text: '≤ 1,000 ms', met: crowd.ms <= 1_000 } },
    { name, unit: 'requests', service: crowd.requests, aim: { text: '4,000', met: crowd.requests <= 4 * CROWD } },
  ];
}

async function trafficOf(bed: Bed, topic: string, upstream: Child, sessions: readonly RawRecord[]): Promise<Traffic> {
  await upstream.ask('reset');
  const from = performance.timeOrigin + performance.now();
  await bed.produceAll(topic, sessions);
  let seen = 0;
  const quiet = async (): Promise<boolean> => {
    const before = seen;
    await delay(QUIET_MS);
    seen = (await requestsOf(upstream)).length;
    return seen >= 4 * sessions.length && seen === before;
  };
  await until(`the reads of ${sessions.length} logins are over`, quiet, 60_000);
  const requests = await requestsOf(upstream);
  // Confirming reads of a later moment are none of the login's.
  return {
    ms: lastAnswer(requests) - from,
    requests: requests.length,
    roundTrips: longestChain(requests),
    width: mostAtOnce(requests),
  };
}

type Request = readonly [from: number, until: number];

async function requestsOf(upstream: Child): Promise<Request[]> {
  const answer = await upstream.ask('requests');
  if (!Array.isArray(answer)) throw new Error('the upstream did not tell its requests');
  return answer.filter(isRequest);
}

function isRequest(value: unknown): value is Request {
  return Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'number';
}

function lastAnswer(requests: readonly Request[]): number {
  return requests.reduce((last, [, until]) => Math.max(last, until), 0);
}

/** Taking the request that ends first, again and again, gives the most that don't overlap. */
function longestChain(requests: readonly Request[]): number {
  let chain = 0;
  let end = 0;
  for (const [from, until] of requests.toSorted((a, b) => a[1] - b[1])) {
    if (from < end) continue;
    chain += 1;
    end = until;
  }
  return chain;
}

function mostAtOnce(requests: readonly Request[]): number {
  const underWay = requests.map(([at]) => requests.filter(([from, until]) => from <= at && at < until).length);
  return underWay.reduce((most, count) => Math.max(most, count), 0);
}

async function expectLoaded(service: Service, characterId: number, tenantId = TENANT_HEADERS.TENANT_ID): Promise<void> {
  const http = connectHttp(service.port, { ...TENANT_HEADERS, TENANT_ID: tenantId });
  const body = await http.text(statsPath(characterId));
  http.close();
  const passives = body.split('"passive:').length - 1;
  if (passives !== SKILLS || body.includes('"meta"')) {
    throw new Error(`${SKILLS} passives expected, degraded nothing: ${body.slice(0, 500)}`);
  }
}

/** The same number of reads from 64 connections that do nothing else. Ms. */
async function bareReads(port: number, count: number): Promise<number> {
  const connections = Array.from({ length: Math.min(64, count) }, () => connectHttp(port));
  const path = `/api/characters/${POPULATIONS.skilled.first}/skills`;
  await Promise.all(connections.map((connection) => connection.text(path)));
  const from = performance.now();
  let left = count;
  const work = connections.map(async (connection) => {
    for (; left > 0; ) {
      left -= 1;
      await connection.text(path);
    }
  });
  await Promise.all(work);
  const took = performance.now() - from;
  for (const connection of connections) connection.close();
  return took;
}
