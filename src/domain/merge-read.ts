import type { AnyPart, Parts } from './character.ts';
import type { Part } from './part.ts';
import { type Moment, merge, mergedAgain } from './part-state.ts';
import { type BasePart, baseOf, contradictedByBase, sameBase } from './parts/base.ts';
import { type BuffsPart, buffsOf, buffsRead, contradictedByBuffs, sameBuffs } from './parts/buffs.ts';
import { contradictedByEquipment, type EquipmentPart, sameWorn, wornOf } from './parts/equipment.ts';
import { contradictedByPassives, type PassivesPart, sameSkills, skillsOf } from './parts/passives.ts';
import { packAssets, packBase, packBuffs, packSkills } from './rows.ts';
import type { PartSnapshot } from './snapshot.ts';

/** What a read makes of its part. */
export interface MergedRead {
  readonly part: AnyPart;
  /** True when a value shows otherwise than before. */
  readonly changed: boolean;
}

/** Merges what a read returned that began at a monotonic time. Pure. */
export function mergeRead(parts: Parts, snapshot: PartSnapshot, began: number, { now, mono }: Moment): MergedRead {
  switch (snapshot.part) {
    case 'base': {
      const part = merge(parts.base, packBase(snapshot.values), began, contradictedByBase, now);
      return { part, changed: !sameBase(baseOf(parts.base), baseOf(part)) };
    }
    case 'equipment': {
      const part = merge(parts.equipment, packAssets(snapshot.assets), began, contradictedByEquipment, now);
      return { part, changed: !sameWorn(wornOf(parts.equipment, mono), wornOf(part, mono)) };
    }
    case 'buffs': {
      const read = buffsRead(parts.buffs, packBuffs(snapshot.buffs), began);
      const part = merge(parts.buffs, read, began, contradictedByBuffs, now);
      return { part, changed: !sameBuffs(buffsOf(parts.buffs), buffsOf(part)) };
    }
    case 'passives': {
      const part = merge(parts.passives, packSkills(snapshot.skills), began, contradictedByPassives, now);
      return { part, changed: !sameSkills(skillsOf(parts.passives), skillsOf(part)) };
    }
    default:
      return unreachable(snapshot);
  }
}

/** The part once its last read has overridden what was heard before it began, and came here after it. `now` is epoch ms. Pure. */
export function overridden(name: Part, part: AnyPart, now: number): AnyPart {
  switch (name) {
    case 'base': {
      const base = part as BasePart;
      return base.read === undefined ? base : mergedAgain(base, base.read, contradictedByBase, now);
    }
    case 'equipment': {
      const equipment = part as EquipmentPart;
      return equipment.read === undefined
        ? equipment
        : mergedAgain(equipment, equipment.read, contradictedByEquipment, now);
    }
    case 'buffs': {
      const buffs = part as BuffsPart;
      if (buffs.read === undefined) return buffs;
      return mergedAgain(buffs, buffsRead(buffs, buffs.read.row, buffs.began), contradictedByBuffs, now);
    }
    case 'passives': {
      const passives = part as PassivesPart;
      return passives.read === undefined ? passives : mergedAgain(passives, passives.read, contradictedByPassives, now);
    }
    default:
      return unreachable(name);
  }
}

function unreachable(what: never): never {
  throw new Error(`unknown: ${JSON.stringify(what)}`);
}
