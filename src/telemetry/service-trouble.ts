import type { Clock } from '../lib/clock.ts';
import type { Logger } from './logger.ts';

/** Logs an upstream service's trouble twice: when it begins and when it is over. Single failures are debug lines. */
export interface ServiceTrouble {
  failed(service: string, error: Error): void;
  succeeded(service: string): void;
}

/** One id may go on failing while all others are answered: trouble is over when nothing has failed for this long. */
const OVER_MS = 15_000;

export function createServiceTrouble(clock: Clock, logger: Pick<Logger, 'info' | 'warn'>): ServiceTrouble {
  /** Monotonic ms of the last failure of each service in trouble. */
  const failedAt = new Map<string, number>();
  return {
    failed(service, { message }) {
      if (!failedAt.has(service))
        logger.warn({ upstream: service, reason: message }, 'reads of a service fail and are tried again');
      failedAt.set(service, clock.mono());
    },
    succeeded(service) {
      const last = failedAt.get(service);
      if (last === undefined || clock.mono() < last + OVER_MS) return;
      failedAt.delete(service);
      logger.info({ upstream: service }, 'reads of the service succeed again');
    },
  };
}
