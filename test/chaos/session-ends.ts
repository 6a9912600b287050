import type { Who } from '../../world/model.ts';
import type { Arrival, Shipment } from './outbox.ts';
import { nameOf } from './truth-history.ts';

/** What the service must know about sessions: whatever its topic has, also of before its start, which it reads again. */
export interface SessionEnds {
  /** Told of every session record on its way to its topic, repetitions included. */
  add(who: Who, shipment: Shipment): void;
  /** Whether a process must know that each session of the character has ended. */
  mustKnow(who: Who): boolean;
  /**
   * Whether that process has met a session of the character before `metBefore` (monotonic ms), and nothing was said about the
   * end of it.
   */
  mustHold(who: Who, startedAt: number, metBefore: number): boolean;
}

export function createSessionEnds(): SessionEnds {
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
    mustKnow(who) {
      return [...(sessions.get(nameOf(who))?.values() ?? [])].every(({ destroyed }) => destroyed.length > 0);
    },
    mustHold(who, startedAt, metBefore) {
      return [...(sessions.get(nameOf(who))?.values() ?? [])].some(
        ({ created, destroyed }) =>
          destroyed.length === 0 && created.some(({ at }) => at > startedAt && at < metBefore),
      );
    },
  };
}
