import type { Character } from '../domain/character.ts';
import type { EventContext } from '../domain/event.ts';
import { DEGRADABLE, type Degradable } from '../domain/freshness.ts';
import type { Moment } from '../domain/part-state.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { Effective, EffectiveStatsCache } from './effective-stats.ts';
import type { ReadFlow, Unanswered } from './read-flow.ts';

/** One character's effective stats; the same object while nothing about them has changed. */
export type StatsAnswer = Pick<Effective, 'kind' | 'body' | 'version' | 'asOf' | 'sent'>;

export type StatsRead = StatsAnswer | Unanswered;

/**
 * Reads of effective stats. Answers synchronously when nothing has to be waited for; otherwise waits at most READ_WAIT.
 * Never rejects for what upstream services do.
 */
export interface StatsReader {
  read(tenant: Tenant, characterId: CharacterId, context: EventContext | undefined): StatsRead | Promise<StatsRead>;
}

export interface CountingStatsReader extends StatsReader {
  /** How many answers named each as degraded. */
  readonly degradedAnswers: Readonly<Record<Degradable, number>>;
}

export interface StatsReaderOptions {
  readonly flow: ReadFlow;
  readonly effective: EffectiveStatsCache;
}

export function createStatsReader({ flow, effective }: StatsReaderOptions): CountingStatsReader {
  const degradedAnswers = Object.fromEntries(DEGRADABLE.map((what) => [what, 0])) as Record<Degradable, number>;

  function answerFrom(character: Character, moment: Moment): StatsAnswer | undefined {
    const computed = effective.of(character, moment);
    if (computed === undefined) return undefined;
    for (const what of computed.degraded) degradedAnswers[what] += 1;
    return computed;
  }

  return {
    degradedAnswers,
    read: (tenant, characterId, context) => flow.read(tenant, characterId, context, answerFrom),
  };
}
