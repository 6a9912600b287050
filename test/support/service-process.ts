import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Tenant } from '../../src/domain/tenant.ts';
import { freePort } from './process-guard.ts';
import { until } from './wait.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** A second when nothing else runs. */
const START_MS = 60_000;
/** The line of the log that tells where it listens. */
const TOLD = /"origin":"([^"]+)"/;

/** An answer of the stats endpoint as a client decodes it. */
export interface StatsAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Empty unless the status is 200. */
  readonly attributes: Readonly<Record<string, number>>;
  readonly bonuses: readonly Readonly<Record<string, string | number>>[];
  readonly degraded: readonly string[];
  readonly body: string;
}

/** The whole service in a process of its own. */
export interface ServiceProcess {
  readonly origin: string;
  readonly pid: number;
  /** Everything that it has printed. */
  output(): string;
  stats(tenant: Tenant, characterId: number): Promise<StatsAnswer>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Sends the signal and waits for the end; resolves with the exit code (null when a signal ended it). */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
}

export function tenantHeaders(tenant: Tenant): Record<string, string> {
  return {
    TENANT_ID: tenant.id,
    REGION: tenant.region,
    MAJOR_VERSION: String(tenant.majorVersion),
    MINOR_VERSION: String(tenant.minorVersion),
  };
}

/** Asks whoever listens there. */
export async function statsOf(
  origin: string,
  tenant: Tenant,
  characterId: number,
  signal?: AbortSignal,
): Promise<StatsAnswer> {
  const url = `${origin}/api/worlds/0/channels/1/characters/${characterId}/stats`;
  const response = await fetch(url, { headers: tenantHeaders(tenant), ...(signal === undefined ? {} : { signal }) });
  const body = await response.text();
  const document = response.status === 200 ? JSON.parse(body) : undefined;
  const { bonuses = [], ...attributes } = document?.data?.attributes ?? {};
  const degraded = document?.meta?.degraded ?? [];
  return { status: response.status, headers: response.headers, attributes, bonuses, degraded, body };
}

/** Starts `src/main.ts` with these variables and nothing of the service's own from this process; waits until it is ready. */
export async function startService(variables: Record<string, string>): Promise<ServiceProcess> {
  const { REST_PORT: given, LOG_LEVEL: level = 'info' } = variables;
  // A port that is free now may be taken a moment later, as by the demo's own server: any one, and the log tells which.
  const isTold = given === undefined && level !== 'warn';
  const port = isTold ? '0' : (given ?? String(await freePort()));
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: ROOT,
    env: { PATH, HOME, LOG_LEVEL: level, ...variables, REST_PORT: port },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const output = (): string => Buffer.concat(chunks).toString();
  const exited = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  let origin = `http://127.0.0.1:${port}`;
  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${origin}${path}`, { headers });
  try {
    await until(
      'the service is ready',
      async () => {
        if (child.exitCode !== null) throw new Error(`it ended: ${output()}`);
        if (isTold) origin = TOLD.exec(output())?.[1] ?? origin;
        return (await get('/api/readyz')).status === 200;
      },
      START_MS,
    );
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`the service did not start:\n${output()}`, { cause: error });
  }
  return {
    origin,
    pid: child.pid ?? 0,
    output,
    get,
    stats: (tenant, characterId) => statsOf(origin, tenant, characterId),
    signal: (signal) => child.kill(signal),
    async end(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exited;
    },
  };
}
