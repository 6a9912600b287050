import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../lib/app-error.ts';
import type { Outages } from './outages.ts';
import { SERVICES, type Service } from './port.ts';

export interface RollCallOptions {
  /** Rejects with AppError UPSTREAM_* when the service is not there. */
  readonly ask: (service: Service) => Promise<void>;
  /** Services that seem not to be there now. */
  readonly absent: () => readonly Service[];
  readonly outages: Pick<Outages, 'ended'>;
  /** Ms between two calls. */
  readonly pause: number;
  readonly signal: AbortSignal;
}

/**
 * Asks each service once whether it is there, so that a mistyped URL is told at start and not by the first player. Those
 * that are absent are asked again: perhaps nobody is online whose reads would find them back. Resolves when the signal ends
 * it; never rejects.
 */
export async function callRoll({ ask, absent, outages, pause, signal }: RollCallOptions): Promise<void> {
  const find = async (service: Service): Promise<void> => {
    const error: unknown = await ask(service).then(
      () => undefined,
      (reason) => reason,
    );
    const isHeldBack = error instanceof AppError && error.code === 'UPSTREAM_GATE_OPEN';
    if (!isHeldBack && !signal.aborted) outages.ended(service, error);
  };
  await Promise.all(SERVICES.map(find));
  while (!signal.aborted) {
    await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
    if (!signal.aborted) await Promise.all(absent().map(find));
  }
}
