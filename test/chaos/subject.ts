import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Who } from '../../world/model.ts';
import { freePort } from '../support/process-guard.ts';
import { type ServiceProcess, type StatsAnswer, startService, tenantHeaders } from '../support/service-process.ts';

/** The service under test: one address, a process behind it that comes and goes. */
export interface Subject {
  /** Undefined: no answer (nobody listens, the connection broke, or 10 s passed). */
  ask(who: Who): Promise<StatsAnswer | undefined>;
  /** Whether the service takes the character for one who is logged in; undefined: no answer. */
  isResident(who: Who): Promise<boolean | undefined>;
  text(path: string): Promise<string | undefined>;
  /** Status of `/api/readyz`, and what it says is degraded; undefined: no answer. */
  readiness(): Promise<{ readonly status: number; readonly degraded: readonly string[] } | undefined>;
  /** Resolves when it is ready. */
  start(): Promise<void>;
  pause(): void;
  resume(): void;
  end(name: NodeJS.Signals): Promise<void>;
  /** Steps its local clock to this many ms off. */
  skew(ms: number): Promise<void>;
  /** Ms by which its clock is off. */
  readonly skewed: number;
  /** Monotonic ms since which it runs; Infinity: it is down or paused. */
  readonly upSince: number;
  /** Monotonic ms of the last start, Infinity until it is over; and how often it was started. */
  readonly startedAt: number;
  readonly starts: number;
  /** What its processes have printed. */
  output(): string;
  close(): Promise<void>;
}

const ANSWER_WITHIN_MS = 10_000;

export async function createSubject(variables: Record<string, string>): Promise<Subject> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const directory = await mkdtemp(join(tmpdir(), 'effective-stats-chaos-'));
  const clockFile = join(directory, 'clock');
  await writeFile(clockFile, '0');
  const preload = join(import.meta.dirname, 'skewed-clock.ts');
  const environment = {
    LOG_LEVEL: 'warn',
    ...variables,
    REST_PORT: String(port),
    NODE_OPTIONS: `--import=${preload}`,
    CHAOS_CLOCK_FILE: clockFile,
  };
  let process: ServiceProcess | undefined;
  let printed = '';
  let startedAt = 0;
  let upSince = Number.POSITIVE_INFINITY;
  let starts = 0;
  let skewed = 0;

  const get = async (path: string, headers: Record<string, string> = {}) => {
    try {
      const response = await fetch(`${origin}${path}`, { headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      return { status: response.status, headers: response.headers, body: await response.text() };
    } catch {
      return undefined;
    }
  };

  const end = async (name: NodeJS.Signals): Promise<void> => {
    const ending = process;
    process = undefined;
    startedAt = Number.POSITIVE_INFINITY;
    upSince = Number.POSITIVE_INFINITY;
    await ending?.end(name);
    printed += ending?.output() ?? '';
  };

  return {
    async ask({ tenant, characterId }) {
      const answer = await get(statsPath(characterId), tenantHeaders(tenant));
      return answer === undefined ? undefined : decoded(answer);
    },
    async isResident({ tenant, characterId }) {
      const answer = await get(`${statsPath(characterId)}/explain`, tenantHeaders(tenant));
      return answer?.status === 200 ? JSON.parse(answer.body).data.attributes.resident : undefined;
    },
    async text(path) {
      const answer = await get(path);
      return answer?.status === 200 ? answer.body : undefined;
    },
    async readiness() {
      const answer = await get('/api/readyz');
      if (answer === undefined) return undefined;
      const document: { degraded?: { what: string }[] } = answer.status === 200 ? JSON.parse(answer.body) : {};
      return { status: answer.status, degraded: (document.degraded ?? []).map(({ what }) => what) };
    },
    async start() {
      process = await startService(environment);
      startedAt = performance.now();
      upSince = startedAt;
      starts += 1;
    },
    pause() {
      upSince = Number.POSITIVE_INFINITY;
      process?.signal('SIGSTOP');
    },
    resume() {
      process?.signal('SIGCONT');
      upSince = performance.now();
    },
    end,
    async skew(ms) {
      skewed = ms;
      await writeFile(clockFile, String(ms));
    },
    get skewed() {
      return skewed;
    },
    get upSince() {
      return upSince;
    },
    get startedAt() {
      return startedAt;
    },
    get starts() {
      return starts;
    },
    output: () => printed + (process?.output() ?? ''),
    async close() {
      process?.signal('SIGCONT');
      await end('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function statsPath(characterId: number): string {
  return `/api/worlds/0/channels/1/characters/${characterId}/stats`;
}

function decoded({ status, headers, body }: { status: number; headers: Headers; body: string }): StatsAnswer {
  const document = status === 200 ? JSON.parse(body) : undefined;
  const { bonuses = [], ...attributes } = document?.data?.attributes ?? {};
  return { status, headers, attributes, bonuses, degraded: document?.meta?.degraded ?? [], body };
}
