import type { CharacterView, Moment } from '../domain/character.ts';
import type { EventContext } from '../domain/event.ts';
import type { Part } from '../domain/part.ts';
import { createLedger } from '../domain/rulesets/ledger.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { EffectiveCache } from './effective-cache.ts';
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
  readonly effective: EffectiveCache;
  readonly isFeedCurrent: (part: Part) => boolean;
}

/** Runs the ruleset again, on what the stats were computed from, with a recorder. */
export function createExplainer({ flow, effective, isFeedCurrent }: ExplainerOptions): Explainer {
  function answerFrom(view: CharacterView, moment: Moment): ExplanationRead | undefined {
    const computed = effective.of(view, moment);
    const basis = effective.basisOf(view, moment);
    if (computed === undefined || basis === undefined) return undefined;
    const ledger = createLedger();
    const stats = basis.ruleset.compute(basis.input, ledger);
    const explanation: Explanation = {
      characterId: view.characterId,
      now: moment.now,
      version: view.version,
      ruleset: basis.ruleset.name,
      degraded: computed.degraded,
      resident: view.resident,
      place: view.place,
      sessions: [...view.sessions()],
      parts: partFreshness(view, moment, isFeedCurrent),
      ...explainLedger(view, stats, ledger),
    };
    return { kind: 'answer', explanation };
  }

  return { explain: (tenant, characterId, context) => flow.read(tenant, characterId, context, answerFrom) };
}
