import type { BuffChange } from './event.ts';

/** One level of a skill as the data service describes it. Integers. */
export interface SkillEffect {
  readonly weaponAttack: number;
  readonly magicAttack: number;
  readonly weaponDefense: number;
  readonly magicDefense: number;
  readonly accuracy: number;
  readonly avoidability: number;
  readonly speed: number;
  readonly jump: number;
  readonly hp: number;
  readonly mp: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly statups: readonly BuffChange[];
}

export interface SkillData {
  /** False marks a passive skill. */
  readonly action: boolean;
  /** Index 0 is level 1. */
  readonly effects: readonly SkillEffect[];
}

/** What an item template demands of its wearer; 0 demands nothing. */
export interface EquipmentRequirements {
  readonly level: number;
  /** Bits: 1 warrior, 2 magician, 4 bowman, 8 thief, 16 pirate; 0 any; -1 or 65535: beginners alone, whatever the bits say. */
  readonly job: number;
  readonly strength: number;
  readonly dexterity: number;
  readonly intelligence: number;
  readonly luck: number;
  /** Fame (`reqPOP`), where the data has it. */
  readonly fame: number;
}

/** null: the data service knows no such entry. undefined: not loaded, or not to be had at the moment. */
export type Lookup<T> = T | null | undefined;

/** One tenant's static game data, as far as it is known; lookups are synchronous and never load anything. */
export interface StaticData {
  skill(skillId: number): Lookup<SkillData>;
  requirements(templateId: number): Lookup<EquipmentRequirements>;
  /** Rises whenever any lookup of this tenant may answer differently than before. */
  readonly revision: number;
}
