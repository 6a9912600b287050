import { setTimeout as delay } from 'node:timers/promises';
import type { Outages } from './outages.ts';
import { SERVICES, type Service } from './port.ts';

export interface RollCallOptions {
  /** Rejects with AppError UPSTREAM_* when the service is not there. */
  readonly ask: (service: Service) => Promise<void>;
  readonly outages: Pick<Outages, 'ended' | 'now'>;
  /** Ms after which a service that is not there is asked again. */
  readonly pause: number;
  readonly signal: AbortSignal;
}

/**
 * Asks each service once whether it is there, so that a mistyped URL is told at start and not by the first player. Who is
 * not there is asked again until it is, or something else has found it: nobody may be online whose reads would find out.
 * Resolves then, with those that were not there at first, or once the signal says so; never rejects.
 */
export async function callRoll({ ask, outages, pause, signal }: RollCallOptions): Promise<void> {
  const isThere = async (service: Service): Promise<boolean> => {
    try {
      await ask(service);
      outages.ended(service, undefined);
      return true;
    } catch (error) {
      if (!signal.aborted) outages.ended(service, error);
      return false;
    }
  };
  const find = async (service: Service): Promise<void> => {
    while (!(await isThere(service)) && !signal.aborted) {
      await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
      if (!outages.now().some((missing) => missing.service === service)) return;
    }
  };
  await Promise.all(SERVICES.map(find));
}
