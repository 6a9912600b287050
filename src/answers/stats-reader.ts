import type { Character } from '../domain/character.ts';
import type { EventContext } from '../domain/event.ts';
import { DEGRADABLE, type Degradable } from '../domain/freshness.ts';
import { PARTS } from '../domain/part.ts';
import type { Moment } from '../domain/part-state.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { EffectiveStatsCache } from './effective-stats.ts';
import type { ReadFlow, Unanswered } from './read-flow.ts';

/** One character's effective stats. */
export interface StatsAnswer {
  readonly kind: 'answer';
  /** A whole JSON:API document; the same string while nothing about it has changed. */
  readonly body: string;
  /** Of the character's state in this process; rises with every change of it. */
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
    const { body, version } = computed;
    return { kind: 'answer', body, version, asOf: moment.now - (moment.mono - oldestRead(character)) };
  }

  return {
    degradedAnswers,
    read: (tenant, characterId, context) => flow.read(tenant, characterId, context, answerFrom),
  };
}

/** Monotonic ms at which the loaded part that was read the longest ago was read; -Infinity: none ever was. */
function oldestRead(character: Character): number {
  let oldest = Number.POSITIVE_INFINITY;
  for (const part of PARTS) {
    const { began } = character[part];
    if (began !== Number.NEGATIVE_INFINITY && began < oldest) oldest = began;
  }
  return oldest;
}
