import type { FeedLogger } from './kafka-options.ts';

/** Logs a failure when it begins and when it is over, not at every attempt in between. */
export interface OutageLog {
  began(what: string, error: unknown): void;
  ended(what: string): void;
}

export function createOutageLog(logger: FeedLogger): OutageLog {
  const open = new Set<string>();
  return {
    began(what, error) {
      if (open.has(what)) {
        logger.debug({ err: error }, `${what} still fails`);
        return;
      }
      open.add(what);
      logger.warn({ err: error }, `${what} fails, trying on`);
    },
    ended(what) {
      if (open.delete(what)) logger.info({}, `${what} works again`);
    },
  };
}
