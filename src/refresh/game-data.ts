import type { Character } from '../domain/character.ts';
import type { Ruleset } from '../domain/ruleset.ts';
import type { PartSnapshot } from '../domain/snapshot.ts';
import type { Tenant } from '../domain/tenant.ts';
import { settledWithin } from '../lib/settled-within.ts';
import type { Upstream } from '../upstream/port.ts';

export interface GameDataOptions {
  readonly upstream: Pick<Upstream, 'ensureStaticData'>;
  readonly rulesetOf: (tenant: Tenant) => Ruleset;
  readonly checkRequirements: boolean;
}

/**
 * How long a merge waits for static data that is not cached yet: a slow data service delays no one, and holds no place in
 * another service's budget. What is missing then is named as degraded, and counted as soon as it has come.
 */
const REQUIREMENTS_WAIT_MS = 300;
const SKILL_DATA_WAIT_MS = 1_000;

/** Has the game data loaded that the first answer after this read is computed with. */
export async function loadGameData(
  { upstream, rulesetOf, checkRequirements }: GameDataOptions,
  { tenant, context }: Pick<Character, 'tenant' | 'context'>,
  snapshot: PartSnapshot,
): Promise<void> {
  const skillIds = skillsNeeded(rulesetOf(tenant), snapshot);
  const gear = snapshot.part === 'equipment' && checkRequirements ? snapshot.assets : [];
  if (skillIds.length === 0 && gear.length === 0) return;
  const templateIds = gear.map((asset) => asset.templateId);
  const loaded = upstream.ensureStaticData({ tenant, context, skillIds, templateIds });
  await settledWithin(loaded, gear.length > 0 ? REQUIREMENTS_WAIT_MS : SKILL_DATA_WAIT_MS);
}

function skillsNeeded(ruleset: Ruleset, snapshot: PartSnapshot): readonly number[] {
  if (snapshot.part === 'passives') return snapshot.skills.map((skill) => skill.skillId);
  return snapshot.part === 'buffs' ? ruleset.skillsOfBuffs(snapshot.buffs) : [];
}
