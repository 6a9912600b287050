import type { CalculationInput } from '../../ruleset.ts';
import type { WornAsset } from '../../snapshot.ts';
import type { EquipmentRequirements } from '../../static-data.ts';
import type { Entry } from '../entry.ts';
import type { Verdict } from '../equipment-entries.ts';
import { REQUIREMENTS_UNKNOWN } from '../reasons.ts';
import {
  meets,
  type Qualification,
  shortfall,
  type Wearer,
  wear,
  wearerOf,
  withoutRequirements,
} from '../requirements.ts';
import { PHASES } from './constants.ts';

interface Demanding {
  readonly asset: WornAsset;
  readonly requirements: EquipmentRequirements;
}

/**
 * Which assets their wearer qualifies for (docs/reference/rulesets.md). All that is worn counts at first; what its wearer does not
 * qualify for without it is dropped, and so on until nothing is. That is the greatest fixed point, where `atlas` takes
 * the least: two items that qualify only through each other stay worn, as they do in the game, which checks what is
 * worn and not how it came to be. Items never lower a stat, so each drop can only lead to more, and the order of the
 * assets cannot matter. An item does not help itself: the client takes its own stats off before it asks.
 */
export function qualify(input: CalculationInput, own: readonly Entry[]): Qualification {
  if (!input.checkRequirements || input.base.gm > 0) return withoutRequirements(input.assets);
  const verdicts: Verdict[] = [];
  const unknown = new Set<number>();
  const wearer = wearerOf(input.base, input.base.fame, PHASES, own);
  const demanding: Demanding[] = [];
  for (const asset of input.assets) {
    wear(wearer, asset, 1);
    const requirements = input.data.requirements(asset.templateId);
    if (requirements === undefined) unknown.add(asset.templateId);
    if (requirements === undefined || requirements === null) {
      verdicts.push({ asset, counts: true, reason: requirements === null ? undefined : REQUIREMENTS_UNKNOWN });
    } else {
      demanding.push({ asset, requirements });
    }
  }
  const kept = dropUnqualified(demanding, wearer);
  for (const { asset, requirements } of demanding) {
    if (kept.has(asset)) {
      verdicts.push({ asset, counts: true, reason: undefined });
    } else {
      const text = shortfall(requirements, wearer);
      verdicts.push({ asset, counts: false, reason: { code: 'unqualified', text } });
    }
  }
  return { verdicts, unknownTemplateIds: [...unknown].sort((a, b) => a - b) };
}

/** The assets that stay; the wearer is left with what they give. */
function dropUnqualified(demanding: readonly Demanding[], wearer: Wearer): ReadonlySet<WornAsset> {
  const kept = new Set(demanding.map(({ asset }) => asset));
  let before: number;
  do {
    before = kept.size;
    for (const { asset, requirements } of demanding) {
      if (!kept.has(asset)) continue;
      wear(wearer, asset, -1);
      if (meets(requirements, wearer)) wear(wearer, asset, 1);
      else kept.delete(asset);
    }
  } while (kept.size < before);
  return kept;
}
