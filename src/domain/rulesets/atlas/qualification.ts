import type { CalculationInput } from '../../ruleset.ts';
import type { WornAsset } from '../../snapshot.ts';
import type { EquipmentRequirements } from '../../static-data.ts';
import type { Entry } from '../entry.ts';
import type { Verdict } from '../equipment-entries.ts';
import { REQUIREMENTS_UNKNOWN } from '../reasons.ts';
import { meets, type Qualification, shortfall, wear, wearerOf } from '../requirements.ts';
import { PHASES } from './meanings.ts';

/** Atlas looks at no fame. */
const FAME_NOT_ASKED = Number.POSITIVE_INFINITY;

interface Pending {
  readonly asset: WornAsset;
  readonly requirements: EquipmentRequirements;
}

/**
 * Which assets their wearer qualifies for (docs/reference/rulesets.md), beginning with base and the bonuses that are not equipment:
 * rounds over those that do not qualify yet, until a round adds none, which is the least fixed point. Items never lower
 * a stat in this ruleset, so what suffices once suffices for good, and the order of the assets cannot matter.
 */
export function qualify(input: CalculationInput, own: readonly Entry[]): Qualification {
  const verdicts: Verdict[] = [];
  const unknown = new Set<number>();
  const wearer = wearerOf(input.base, FAME_NOT_ASKED, PHASES, own);

  let pending: Pending[] = [];
  for (const asset of input.assets) {
    const requirements = input.data.requirements(asset.templateId);
    if (requirements === undefined) unknown.add(asset.templateId);
    if (requirements === undefined || requirements === null) {
      verdicts.push({ asset, counts: true, reason: requirements === null ? undefined : REQUIREMENTS_UNKNOWN });
      wear(wearer, asset, 1);
    } else {
      pending.push({ asset, requirements });
    }
  }

  let before: number;
  do {
    before = pending.length;
    pending = pending.filter(({ asset, requirements }) => {
      if (!meets(requirements, wearer)) return true;
      verdicts.push({ asset, counts: true, reason: undefined });
      wear(wearer, asset, 1);
      return false;
    });
  } while (pending.length < before);

  for (const { asset, requirements } of pending) {
    const text = shortfall(requirements, wearer);
    verdicts.push({ asset, counts: false, reason: { code: 'unqualified', text } });
  }
  return { verdicts, unknownTemplateIds: [...unknown].sort((a, b) => a - b) };
}
