import type { EventContext } from '../domain/event.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';

/** What a read of one character's effective stats came to. The body is a whole JSON:API document, encoded once. */
export type StatsRead =
  | { readonly kind: 'answer'; readonly body: string }
  /** The character service does not know the character. */
  | { readonly kind: 'unknown' }
  /** Base stats cannot be had now: never answer zeros instead. */
  | { readonly kind: 'unavailable' };

/**
 * Reads of effective stats. Answers synchronously when nothing has to be waited for; otherwise waits at most READ_WAIT.
 * Never rejects for what upstream services do.
 */
export interface StatsReader {
  read(tenant: Tenant, characterId: CharacterId, context: EventContext | undefined): StatsRead | Promise<StatsRead>;
}
