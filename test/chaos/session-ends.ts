import type { Who } from '../../src/world/truth.ts';
import type { Arrival, Shipment } from './outbox.ts';
import { nameOf } from './truth-history.ts';

/**
 * What the service can know about ended sessions. In memory it forgets them when its process ends, and other members of its
 * group keep theirs to themselves: a CREATED that comes again afterwards may then make a resident of who is logged out.
 */
export interface SessionEnds {
  /** Told of every session record on its way to its topic, repetitions included. */
  add(who: Who, shipment: Shipment): void;
  /** Whether the process that runs since `startedAt` must know that each session of the character which it has met has ended. */
  mustKnow(who: Who, startedAt: number): boolean;
  /**
   * Whether that process has met a session of the character before `metBefore` (monotonic ms), and nothing was said about the
   * end of it.
   */
  mustHold(who: Who, startedAt: number, metBefore: number): boolean;
}

/** What was not committed when a process ended comes again to the next one. */
const UNCOMMITTED_MS = 15_000;

/** @param isShared Whether the group had other members at that time (monotonic ms). */
export function createSessionEnds(isShared: (at: number) => boolean): SessionEnds {
  const sessions = new Map<string, Map<string, { readonly created: Arrival[]; readonly destroyed: Arrival[] }>>();
  return {
    add(who, shipment) {
      const { sessionId, type } = JSON.parse(shipment.record.value.toString());
      const own = sessions.get(nameOf(who)) ?? new Map();
      sessions.set(nameOf(who), own);
      const session = own.get(sessionId) ?? { created: [], destroyed: [] };
      own.set(sessionId, session);
      (type === 'CREATED' ? session.created : session.destroyed).push(shipment.arrival);
    },
    mustKnow(who, startedAt) {
      return [...(sessions.get(nameOf(who))?.values() ?? [])].every(
        ({ created, destroyed }) =>
          created.every(({ at }) => at < startedAt - UNCOMMITTED_MS) ||
          destroyed.some(({ at }) => at > startedAt && !isShared(at)),
      );
    },
    mustHold(who, startedAt, metBefore) {
      return [...(sessions.get(nameOf(who))?.values() ?? [])].some(
        ({ created, destroyed }) =>
          destroyed.length === 0 && created.some(({ at }) => at > startedAt && at < metBefore && !isShared(at)),
      );
    },
  };
}
