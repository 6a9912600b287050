import { type Character, isResident } from '../domain/character.ts';
import type { EventContext } from '../domain/event.ts';
import type { Moment } from '../domain/part-state.ts';
import { createLedger } from '../domain/rulesets/ledger.ts';
import { placeOf } from '../domain/sessions.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { ReadQueue } from '../refresh/read-queue.ts';
import type { EffectiveStatsCache, Watches } from './effective-stats.ts';
import { type Explanation, explainLedger } from './explanation.ts';
import { partFreshness } from './part-freshness.ts';
import type { ReadFlow, Unanswered } from './read-flow.ts';

export type ExplanationRead = { readonly kind: 'answer'; readonly explanation: Explanation } | Unanswered;

/** Explains the answer that a StatsReader would give at the same moment; waits and fails as it does. */
export interface Explainer {
  explain(
    tenant: Tenant,
    characterId: CharacterId,
    context: EventContext | undefined,
  ): ExplanationRead | Promise<ExplanationRead>;
}

export interface ExplainerOptions {
  readonly flow: ReadFlow;
  readonly effective: EffectiveStatsCache;
  readonly watches: () => Watches;
  readonly queue: Pick<ReadQueue, 'status'>;
}

/** Runs the ruleset again, on what the stats were computed from, with a recorder. */
export function createExplainer({ flow, effective, watches, queue }: ExplainerOptions): Explainer {
  function answerFrom(character: Character, moment: Moment): ExplanationRead | undefined {
    const computed = effective.of(character, moment);
    const calculation = effective.calculationOf(character, moment);
    if (computed === undefined || calculation === undefined) return undefined;
    const ledger = createLedger();
    const stats = calculation.ruleset.compute(calculation.input, ledger);
    const explanation: Explanation = {
      characterId: character.characterId,
      now: moment.now,
      version: character.version,
      ruleset: calculation.ruleset.name,
      degraded: computed.degraded,
      resident: isResident(character),
      place: placeOf(character.sessions),
      sessions: [...character.sessions],
      parts: partFreshness(character, moment, watches(), queue),
      ...explainLedger(character, moment, stats, ledger),
    };
    return { kind: 'answer', explanation };
  }

  return { explain: (tenant, characterId, context) => flow.read(tenant, characterId, context, answerFrom) };
}
