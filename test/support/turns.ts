import { setTimeout as delay } from 'node:timers/promises';
import type { Tenant } from '../../src/domain/tenant.ts';
import { type ServiceProcess, type StatsAnswer, statsOf } from './service-process.ts';

/** What the test has done to a replica, which excuses that it is silent, or not ready. */
export type Mishap = 'none' | 'ending' | 'silent';

/** A replica as a load balancer sees it. */
interface Backend {
  readonly service: ServiceProcess;
  ready: boolean;
  mishap: Mishap;
}

/** A client behind a load balancer: asks the replicas that are ready, one after another, and has every answer judged. */
export interface Turns {
  /** A replica that is ready is asked from now on. */
  add(service: ServiceProcess): void;
  note(service: ServiceProcess, mishap: Mishap): void;
  remove(service: ServiceProcess): void;
  readonly answers: number;
  /** Answers that came from this replica. */
  answersOf(service: ServiceProcess): number;
  /** What must not be: wrong answers, refusals, silence without a mishap, replicas that stop being ready. */
  readonly faults: readonly string[];
  stop(): Promise<void>;
}

export interface TurnsOptions {
  readonly tenant: Tenant;
  /** Whom to ask about next. */
  readonly pick: () => number;
  /** undefined: the answer is right. */
  readonly judge: (characterId: number, answer: StatsAnswer, askedAt: number) => string | undefined;
}

const CLIENTS = 4;
const PAUSE_MS = 20;
const PROBE_EACH_MS = 100;
/** Beyond it a client gives up, and a probe counts as failed. */
const PATIENCE_MS = 5_000;

export function createTurns({ tenant, pick, judge }: TurnsOptions): Turns {
  const backends = new Map<ServiceProcess, Backend>();
  const counts = new Map<ServiceProcess, number>();
  const faults: string[] = [];
  let answers = 0;
  let turn = 0;
  let stopped = false;

  const nextBackend = (): Backend | undefined => {
    const ready = [...backends.values()].filter((backend) => backend.ready);
    turn += 1;
    return ready[turn % ready.length];
  };

  async function ask(): Promise<void> {
    const backend = nextBackend();
    if (backend === undefined) return;
    const { service } = backend;
    const characterId = pick();
    const askedAt = performance.now();
    try {
      const answer = await statsOf(service.origin, tenant, characterId, AbortSignal.timeout(PATIENCE_MS));
      answers += 1;
      counts.set(service, (counts.get(service) ?? 0) + 1);
      const wrong = answer.status === 200 ? judge(characterId, answer, askedAt) : answer.body;
      if (wrong !== undefined) faults.push(`${service.origin}, ${answer.status}: ${wrong}`);
    } catch (error) {
      // Killed and paused ones are silent; one that ends in order is not, for as long as it is asked.
      if (backend.mishap !== 'silent') faults.push(`${service.origin}, silent: ${error}`);
    }
  }

  async function probe(backend: Backend): Promise<void> {
    const status = await fetch(`${backend.service.origin}/api/readyz`, { signal: AbortSignal.timeout(PATIENCE_MS) })
      .then((answer) => answer.status)
      .catch(() => 0);
    if (status !== 200 && backend.mishap === 'none') faults.push(`${backend.service.origin}: readyz says ${status}`);
    backend.ready = status === 200 && backends.has(backend.service);
  }

  const repeat = async (what: () => Promise<unknown>, pause: number, isOver = () => false): Promise<void> => {
    while (!stopped && !isOver()) {
      await what();
      await delay(pause);
    }
  };
  const running = Array.from({ length: CLIENTS }, () => repeat(ask, PAUSE_MS));
  return {
    add(service) {
      const backend: Backend = { service, ready: true, mishap: 'none' };
      backends.set(service, backend);
      running.push(
        repeat(
          () => probe(backend),
          PROBE_EACH_MS,
          () => !backends.has(service),
        ),
      );
    },
    note(service, mishap) {
      const backend = backends.get(service);
      if (backend !== undefined) backend.mishap = mishap;
    },
    remove(service) {
      backends.delete(service);
    },
    get answers() {
      return answers;
    },
    answersOf: (service) => counts.get(service) ?? 0,
    faults,
    async stop() {
      stopped = true;
      await Promise.all(running);
    },
  };
}
