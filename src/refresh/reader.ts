import type { CharacterView, Moment } from '../domain/character.ts';
import { DEGRADABLE, type Degradable } from '../domain/freshness.ts';
import { PARTS } from '../domain/part.ts';
import type { EffectiveStats } from '../domain/ruleset.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import type { StateStore } from '../state/store.ts';
import type { Effective, EffectiveCache } from './effective-cache.ts';
import type { ReadFlow } from './read-flow.ts';
import type { StatsAnswer, StatsReader } from './stats-reader.ts';

export interface ReaderOptions {
  readonly store: Pick<StateStore, 'find'>;
  readonly clock: Pick<Clock, 'mono'>;
  readonly flow: ReadFlow;
  readonly effective: EffectiveCache;
  readonly encode: (characterId: CharacterId, stats: EffectiveStats, degraded: readonly Degradable[]) => string;
}

export interface Reader extends StatsReader {
  /** How many answers named each as degraded. */
  readonly degradedAnswers: Readonly<Record<Degradable, number>>;
}

/** The last answer about one character. */
interface Kept {
  readonly effective: Effective;
  readonly answer: StatsAnswer;
  /** Monotonic ms until which it may be given again without asking `flow`. */
  readonly until: number;
}

/**
 * How long `flow` is not asked again, ms. It reads the wall clock and looks whether the character was read lately and is to
 * be held: what a tenth of a second may delay.
 */
const KEEP_MS = 100;

/**
 * Answers reads from the state: computed and encoded at the first read after a change, kept until the next one. A character
 * that is asked for again at once, is complete and has not changed gets the same answer the short way.
 */
export function createReader({ store, clock, flow, effective, encode }: ReaderOptions): Reader {
  const answers = new WeakMap<CharacterView, Kept>();
  const degradedAnswers = Object.fromEntries(DEGRADABLE.map((what) => [what, 0])) as Record<Degradable, number>;

  function answerFrom(view: CharacterView, moment: Moment): StatsAnswer | undefined {
    const computed = effective.of(view, moment);
    if (computed === undefined) return undefined;
    for (const what of computed.degraded) degradedAnswers[what] += 1;
    const kept = answers.get(view);
    const known = kept?.effective === computed ? kept.answer : undefined;
    const answer = answerOf(view, computed, known);
    const keep = computed.degraded.length > 0 ? 0 : Math.min(KEEP_MS, computed.until - moment.now);
    answers.set(view, { effective: computed, answer, until: moment.mono + keep });
    return answer;
  }

  /** `known` is the answer given before of the same result. A read that changed nothing makes it younger. */
  function answerOf(view: CharacterView, { stats, degraded, version }: Effective, known?: StatsAnswer): StatsAnswer {
    const asOf = oldestAsOf(view);
    if (known?.asOf === asOf) return known;
    return { kind: 'answer', body: known?.body ?? encode(view.characterId, stats, degraded), version, asOf };
  }

  function lastAnswer(tenant: Tenant, characterId: CharacterId): StatsAnswer | undefined {
    const view = store.find(tenant, characterId);
    const kept = view && answers.get(view);
    if (view === undefined || kept === undefined || clock.mono() >= kept.until) return undefined;
    return effective.holds(kept.effective, view) && oldestAsOf(view) === kept.answer.asOf ? kept.answer : undefined;
  }

  return {
    degradedAnswers,
    read: (tenant, characterId, context) =>
      lastAnswer(tenant, characterId) ?? flow.read(tenant, characterId, context, answerFrom),
  };
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
