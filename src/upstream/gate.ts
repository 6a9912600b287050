/**
 * The gate in front of one upstream service.
 *
 * Modes: closed (every request passes) → open (only probes pass) → closed.
 * - closed → open: at least {@link FAILING_IDS_MIN} of the ids that asked within the last {@link WINDOW_MS} failed last
 *   time, and either they are half of all those ids, or the last {@link FAILURES_IN_A_ROW} requests all failed: earlier
 *   healthy answers must not keep a dead service being asked. Ids count, so one bad id cannot open it however often it
 *   fails.
 * - open: one probe at a time, about one per second, each for another id than the last failed one while others ask.
 * - open → closed: a probe succeeds. What was sent before the gate opened changes nothing any more.
 */
import type { Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import { type GateId, type GateView, mapServices, type Service } from './port.ts';
import { gateOpen, isServiceFailure } from './upstream-errors.ts';

export interface Gate extends GateView {
  /**
   * Sends a request through the gate and learns from how it ends; resolves and rejects with it. `isProbe` tells the request
   * that it has to be quick: {@link PROBE_DEADLINE_MS}, one attempt. Rejects with UPSTREAM_GATE_OPEN, and sends nothing, while
   * the gate is open and this id may not probe. What is no AppError UPSTREAM_* is a defect of ours: it says nothing about
   * the service, and the gate learns nothing from it.
   */
  run<T>(tenant: Tenant, id: GateId, request: (isProbe: boolean) => Promise<T>): Promise<T>;
}

export interface GateOptions {
  readonly service: Service;
  readonly clock: Pick<Clock, 'mono'>;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Told how each request ended that was sent; undefined: it was answered. What is no AppError is a defect of ours. */
  readonly onEnd: (service: Service, error: unknown) => void;
}

/** A probe's deadline in ms (how-state-works, rule 5). */
export const PROBE_DEADLINE_MS = 2_000;

/** How far back outcomes count, and of how many ids at most: under load the window is shorter and judges sooner. */
const WINDOW_MS = 10_000;
const WINDOW_IDS = 256;
const FAILING_IDS_MIN = 5;
const FAILING_SHARE = 0.5;
/** Of a service that fails three times in ten, so many in a row are one in 200 million. */
const FAILURES_IN_A_ROW = 16;
const PROBE_INTERVAL_MS = 1_000;
/** How much longer the id of the last failed probe waits, so that another may go first. */
const SAME_ID_EXTRA_MS = 1_000;
const LOST_PROBE_MS = 5_000;

interface Outcome {
  readonly at: number;
  readonly succeeded: boolean;
}

export function createGate({ service, clock, random, onEnd }: GateOptions): Gate {
  /** Newest outcome of each id, the oldest first. */
  const outcomes = new Map<string, Outcome>();
  const listeners = new Set<() => void>();
  let failing = 0;
  let failuresInARow = 0;
  let state: GateView['state'] = 'closed';
  let probe: string | undefined;
  let failedProbe: string | undefined;
  let nextProbeAt = 0;

  const forget = (id: string): void => {
    const outcome = outcomes.get(id);
    if (outcome?.succeeded === false) failing -= 1;
    outcomes.delete(id);
  };

  const remember = (id: string, succeeded: boolean): void => {
    const now = clock.mono();
    forget(id);
    outcomes.set(id, { at: now, succeeded });
    if (!succeeded) failing += 1;
    failuresInARow = succeeded ? 0 : failuresInARow + 1;
    for (const [other, { at }] of outcomes) {
      if (outcomes.size <= WINDOW_IDS && at > now - WINDOW_MS) break;
      forget(other);
    }
  };

  const isFailing = (): boolean =>
    failing >= FAILING_IDS_MIN && (failing >= outcomes.size * FAILING_SHARE || failuresInARow >= FAILURES_IN_A_ROW);

  const scheduleProbe = (): void => {
    nextProbeAt = clock.mono() + PROBE_INTERVAL_MS * (0.75 + random() / 2);
  };

  const close = (): void => {
    state = 'closed';
    probe = undefined;
    failedProbe = undefined;
    for (const listener of [...listeners]) listener();
  };

  const enter = (id: string): boolean => {
    if (state === 'closed') return true;
    if (clock.mono() < nextProbeAt + (id === failedProbe ? SAME_ID_EXTRA_MS : 0)) return false;
    probe = id;
    nextProbeAt = clock.mono() + LOST_PROBE_MS;
    return true;
  };

  const open = (): void => {
    state = 'open';
    outcomes.clear();
    failing = 0;
    failuresInARow = 0;
    scheduleProbe();
  };

  const record = (id: string, succeeded: boolean): void => {
    if (state === 'closed') {
      remember(id, succeeded);
      if (!succeeded && isFailing()) open();
      return;
    }
    if (id !== probe) return;
    if (succeeded) close();
    else {
      probe = undefined;
      failedProbe = id;
      scheduleProbe();
    }
  };

  return {
    get state() {
      return state;
    },
    get nextProbeAt() {
      return nextProbeAt;
    },
    tryEnter: (tenant, id) => enter(keyOf(tenant, id)),
    async run(tenant, id, request) {
      const key = keyOf(tenant, id);
      const isProbe = state === 'open';
      if (isProbe && key !== probe && !enter(key)) throw gateOpen(service);
      try {
        const answer = await request(isProbe);
        record(key, true);
        onEnd(service, undefined);
        return answer;
      } catch (error) {
        if (isServiceFailure(error)) record(key, false);
        else if (isProbe && key === probe) {
          probe = undefined;
          scheduleProbe();
        }
        onEnd(service, error);
        throw error;
      }
    },
    onClose(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function keyOf(tenant: Tenant, id: GateId): string {
  return `${tenant.key} ${id}`;
}

export type UpstreamGates = Readonly<Record<Service, Gate>>;

/** One gate per upstream service, all closed. */
export function createUpstreamGates(options: Omit<GateOptions, 'service'>): UpstreamGates {
  return mapServices((service) => createGate({ ...options, service }));
}
