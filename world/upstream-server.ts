import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Tenant, tenantOf } from '../src/domain/tenant.ts';
import { createServer } from '../src/lib/node-http.ts';
import { createPrng } from '../src/lib/prng.ts';
import type { Service } from '../src/upstream/port.ts';
import { answerTo, PREFIX, type Question, questionOf } from './answers.ts';
import { type Failure, type Misbehaviour, type Misbehaviours, noMisbehaviour, replyOf } from './misbehaviour.ts';
import type { World } from './world.ts';

export interface UpstreamServer {
  /** Base URL of all services; ends with a slash. */
  readonly url: string;
  /** How the services misbehave; assign to change that at any time. */
  readonly misbehaviour: Misbehaviours;
  /** Requests that came in, by service; those that failed included. */
  readonly counts: Readonly<Record<Service, number>>;
  /** Ends every connection, also those that hang. */
  close(): Promise<void>;
}

export interface UpstreamServerOptions {
  /** A free one when left out. */
  readonly port?: number;
  /** 127.0.0.1 when left out. */
  readonly host?: string;
  /**
   * Servers that share the port; 1 when left out. libuv takes one connection per server and turn of the event loop, so that
   * a busy process is slow to meet many clients. More than one needs Linux.
   */
  readonly listeners?: number;
  /** None when left out. */
  readonly misbehaviour?: Partial<Misbehaviours>;
}

/**
 * The five services that {@link World}'s truth is read from (docs/reference/upstream.md), in the world's format. Answers
 * are dated by the world's clock. Rejects when the port is taken.
 */
export async function startUpstreamServer(world: World, options: UpstreamServerOptions = {}): Promise<UpstreamServer> {
  const misbehaviour: Misbehaviours = { ...noMisbehaviour(), ...options.misbehaviour };
  const counts: Record<Service, number> = { characters: 0, inventory: 0, buffs: 0, skills: 0, data: 0 };
  const prng = createPrng(1);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://upstream');
    const question = questionOf(url.pathname);
    response.sendDate = false;
    response.setHeader('date', new Date(world.clock.now()).toUTCString());
    if (question === undefined || request.method !== 'GET') return void response.writeHead(404).end();
    counts[question.service]++;
    const tenant = tenantIn(request.headers);
    if (tenant === undefined) return void response.writeHead(400).end();

    const how = misbehaviour[question.service];
    const failure = failureOf(how, question, prng.chance(how.probability ?? 1));
    const [least, most] = typeof how.latency === 'number' ? [how.latency, how.latency] : (how.latency ?? [0, 0]);
    const latency = prng.between(least, most);
    const reading = prng.between(0, latency);
    if (latency > 0) await delay(reading);
    const known = world.tenants.find((candidate) => candidate.key === tenant.key);
    const truth = answerTo(world, question, known, url, how.lag ?? 0);
    if (latency > 0) await delay(latency - reading);

    if (failure?.kind === 'hang') return;
    if (failure?.kind === 'reset') return void request.socket.resetAndDestroy();
    const reply = replyOf(truth, failure, question, world.format);
    const body = Buffer.from(reply.body);
    response.setHeader('content-type', 'application/json');
    response.setHeader('content-length', body.length);
    if (reply.retryAfter !== undefined) response.setHeader('retry-after', reply.retryAfter);
    response.writeHead(reply.status);
    if (!reply.broken) return void response.end(body);
    response.write(body.subarray(0, body.length >> 1), () => request.socket.destroy());
  };

  const count = options.listeners ?? 1;
  const servers = Array.from({ length: count }, () =>
    createServer((request, response) => void answer(request, response)),
  );
  let port = options.port ?? 0;
  for (const server of servers) port = await listen(server, port, options.host ?? '127.0.0.1', count > 1);
  return {
    url: `http://127.0.0.1:${port}${PREFIX}/`,
    misbehaviour,
    counts,
    close: async () => {
      await Promise.all(servers.map(close));
    },
  };
}

/** Resolves with the port. */
function listen(server: Server, port: number, host: string, reusePort: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, reusePort }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function failureOf(how: Misbehaviour, question: Question, drawn: boolean): Failure | undefined {
  return drawn && (how.ids?.includes(question.id) ?? true) ? how.failure : undefined;
}

/** undefined: a header is missing or malformed. */
function tenantIn(headers: IncomingHttpHeaders): Tenant | undefined {
  const { tenant_id: id, region, major_version: major, minor_version: minor } = headers;
  if (typeof id !== 'string' || typeof region !== 'string') return undefined;
  if (typeof major !== 'string' || typeof minor !== 'string') return undefined;
  const isVersion = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 0xffff;
  return isVersion(major) && isVersion(minor) ? tenantOf(id, region, Number(major), Number(minor)) : undefined;
}
