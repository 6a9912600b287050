/**
 * The gate in front of one upstream service.
 *
 * Modes: closed (every request passes) → open (only probes pass) → closed.
 * - closed → open: the service fails, for several ids (gate-window.ts).
 * - open: one probe at a time, about one per second, each for another id than the last failed one while others ask.
 * - open → closed: a probe succeeds. What was sent before the gate opened changes nothing any more.
 */
import type { Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import { createGateWindow } from './gate-window.ts';
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

const PROBE_INTERVAL_MS = 1_000;
/** How much longer the id of the last failed probe waits, so that another may go first. */
const SAME_ID_EXTRA_MS = 1_000;
const LOST_PROBE_MS = 5_000;

export function createGate({ service, clock, random, onEnd }: GateOptions): Gate {
  const window = createGateWindow(clock);
  const listeners = new Set<() => void>();
  let state: GateView['state'] = 'closed';
  let probe: string | undefined;
  let failedProbe: string | undefined;
  let nextProbeAt = 0;

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
    window.clear();
    scheduleProbe();
  };

  const record = (id: string, succeeded: boolean): void => {
    if (state === 'closed') {
      window.note(id, succeeded);
      if (!succeeded && window.isFailing) open();
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
