import type { EventContext } from '../domain/event.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { Unanswered } from './read-flow.ts';

/** One character's effective stats, encoded once: the same object while nothing about the answer has changed. */
export interface StatsAnswer {
  readonly kind: 'answer';
  /** A whole JSON:API document. */
  readonly body: string;
  /** Of the character's state; rises with every change of it. */
  readonly version: number;
  /** Epoch ms: the oldest start of the reads that the loaded parts rest on. Events that came since are in the answer. */
  readonly asOf: number;
}

export type StatsRead = StatsAnswer | Unanswered;

/**
 * Reads of effective stats. Answers synchronously when nothing has to be waited for; otherwise waits at most READ_WAIT.
 * Never rejects for what upstream services do.
 */
export interface StatsReader {
  read(tenant: Tenant, characterId: CharacterId, context: EventContext | undefined): StatsRead | Promise<StatsRead>;
}
