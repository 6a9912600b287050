import type { CharacterView, Moment } from '../domain/character.ts';
import type { Degradable } from '../domain/freshness.ts';
import { PARTS } from '../domain/part.ts';
import type { EffectiveStats } from '../domain/ruleset.ts';
import type { CharacterId } from '../domain/tenant.ts';
import type { Effective, EffectiveCache } from './effective-cache.ts';
import type { ReadFlow } from './read-flow.ts';
import type { StatsAnswer, StatsReader } from './stats-reader.ts';

export interface ReaderOptions {
  readonly flow: ReadFlow;
  readonly effective: EffectiveCache;
  readonly encode: (characterId: CharacterId, stats: EffectiveStats, degraded: readonly Degradable[]) => string;
}

/** Answers reads from the state: computed and encoded at the first read after a change, kept until the next one. */
export function createReader({ flow, effective, encode }: ReaderOptions): StatsReader {
  const answers = new WeakMap<Effective, StatsAnswer>();

  function answerFrom(view: CharacterView, moment: Moment): StatsAnswer | undefined {
    const computed = effective.of(view, moment);
    if (computed === undefined) return undefined;
    const known = answers.get(computed);
    const asOf = oldestAsOf(view);
    if (known !== undefined && known.asOf === asOf) return known;
    // A read that changed nothing makes the same answer younger.
    const body = known?.body ?? encode(view.characterId, computed.stats, computed.degraded);
    const answer: StatsAnswer = { kind: 'answer', body, version: computed.version, asOf };
    answers.set(computed, answer);
    return answer;
  }

  return { read: (tenant, characterId, context) => flow.read(tenant, characterId, context, answerFrom) };
}

/** When the part that was read the longest ago was read; Infinity: none ever was. */
function oldestAsOf(view: CharacterView): number {
  let oldest = Number.POSITIVE_INFINITY;
  for (const part of PARTS) {
    const { asOf } = view.part(part);
    if (asOf !== undefined && asOf < oldest) oldest = asOf;
  }
  return oldest;
}
