import { compareInstants } from '../../instant.ts';
import type { Bonus } from '../../ruleset.ts';
import type { BuffStat, SkillLevel } from '../../snapshot.ts';
import { STAT_INDEX, type Stat } from '../../stat.ts';
import type { Lookup, StaticData } from '../../static-data.ts';
import { bonusOf, type Form, grants } from '../bonus.ts';
import { effectAt } from './skill-effect.ts';
import { BUFF_TYPES } from './stat-types.ts';

const ENERGY_CHARGE = 'ENERGY_CHARGE';

/** Reading of a full energy bar (rules §2). */
const FULL_ENERGY = 15_000;

export interface BuffBonuses {
  /** Ordered by source, then stat. */
  readonly bonuses: readonly Bonus[];
  /** Skills behind a full energy bar whose data or level is unknown; ascending, each once. */
  readonly unknownSkillIds: readonly number[];
}

/** What a buff grants unless another type of its source bears on the same stat. */
interface Candidate {
  readonly bonus: Bonus;
  readonly buff: BuffStat;
}

/**
 * Bonuses of buffs (rules §2). When two types of one source bear on one stat (PAD and WEAPON_ATTACK), the newest
 * createdAt replaces the others, even by 0; at equal times the later type name, so that the input's order never decides.
 */
export function buffBonuses(buffs: readonly BuffStat[], skills: readonly SkillLevel[], data: StaticData): BuffBonuses {
  const candidates: Candidate[] = [];
  const unknown = new Set<number>();
  const add = (buff: BuffStat, stat: Stat, form: Form, value: number) =>
    candidates.push({ bonus: bonusOf('buff', buff.sourceId, stat, form, value), buff });
  for (const buff of buffs) {
    if (buff.statType === ENERGY_CHARGE) {
      if (buff.amount !== FULL_ENERGY) continue;
      const attack = chargedAttack(buff, skills, data);
      if (attack === undefined) unknown.add(buff.sourceId);
      else if (attack !== null) add(buff, 'weapon_attack', 'amount', attack);
      continue;
    }
    const meaning = BUFF_TYPES.get(buff.statType);
    if (meaning === undefined) continue;
    for (const stat of meaning.stats) add(buff, stat, meaning.form, buff.amount);
  }
  return { bonuses: winners(candidates), unknownSkillIds: [...unknown].sort((a, b) => a - b) };
}

/**
 * Skills whose data the buffs need: every energy charge's, full or not, so that the data is there at the moment at which
 * the bar is full.
 */
export function chargingSkills(buffs: readonly BuffStat[]): readonly number[] {
  return buffs.filter((buff) => buff.statType === ENERGY_CHARGE).map((buff) => buff.sourceId);
}

/** Weapon attack of a full energy bar; null: the skill grants none. undefined: its data or level is unknown. */
function chargedAttack(buff: BuffStat, skills: readonly SkillLevel[], data: StaticData): Lookup<number> {
  const skill = data.skill(buff.sourceId);
  if (skill === null) return null;
  // Format S has no level, and a Go producer without one sends 0.
  const onWire = buff.level === 0 ? undefined : buff.level;
  const level = onWire ?? skills.find((learnt) => learnt.skillId === buff.sourceId)?.level;
  if (level === undefined) return undefined;
  const effect = effectAt(skill, level);
  return effect === null ? null : effect?.weaponAttack;
}

function winners(candidates: Candidate[]): Bonus[] {
  candidates.sort(
    (a, b) =>
      a.bonus.id - b.bonus.id ||
      STAT_INDEX[a.bonus.stat] - STAT_INDEX[b.bonus.stat] ||
      compareInstants(a.buff.createdAt, b.buff.createdAt) ||
      compareText(a.buff.statType, b.buff.statType),
  );
  return candidates
    .map((candidate) => candidate.bonus)
    .filter((bonus, index, all) => !sameTarget(bonus, all[index + 1]))
    .filter(grants);
}

function sameTarget(a: Bonus, b: Bonus | undefined): boolean {
  return a.id === b?.id && a.stat === b.stat;
}

/** By code units: the same on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
