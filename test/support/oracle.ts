/**
 * What the ruleset `atlas` gives (docs/reference/rulesets.md), worked out from a world's truth in the most naive way there is. It
 * shares nothing with the service but names: what both get right was thought out twice.
 */
import { STATS, type Stat } from '../../src/domain/stat.ts';
import { ITEM_TEMPLATES, type Requirements } from '../../world/item-templates.ts';
import type { Asset, Buff, Character, Format } from '../../world/model.ts';
import { SKILL_TEMPLATES } from '../../world/skill-templates.ts';

export interface OracleOptions {
  /** Epoch ms. */
  readonly now: number;
  /** Ms after its expiry for which a buff that nobody ended still counts; 0 when left out. */
  readonly grace?: number;
  /** Format S tells neither requirements nor the levels of buffs; T when left out. */
  readonly format?: Format;
  /** False: whatever is worn counts. True when left out. */
  readonly checkRequirements?: boolean;
}

/** Three ways to raise a stat, in whole numbers. */
interface Gain {
  readonly flat?: bigint;
  readonly percent?: bigint;
  readonly basePercent?: bigint;
}

/** By source and then stat: what comes later from the same source for the same stat replaces what was there. */
type Gains = Map<string, Map<Stat, Gain>>;

const FLAT_TYPES: Readonly<Record<string, Stat>> = {
  WEAPON_ATTACK: 'weapon_attack',
  PAD: 'weapon_attack',
  MAGIC_ATTACK: 'magic_attack',
  MAD: 'magic_attack',
  WEAPON_DEFENSE: 'weapon_defense',
  PDD: 'weapon_defense',
  MAGIC_DEFENSE: 'magic_defense',
  MDD: 'magic_defense',
  ACCURACY: 'accuracy',
  ACC: 'accuracy',
  AVOIDABILITY: 'avoidability',
  AVOID: 'avoidability',
  EVA: 'avoidability',
  SPEED: 'speed',
  JUMP: 'jump',
};

const STATUP_TYPES: Readonly<Record<string, Stat>> = {
  ...FLAT_TYPES,
  STR: 'strength',
  DEX: 'dexterity',
  INT: 'intelligence',
  LUK: 'luck',
  HP: 'max_hp',
  MHP: 'max_hp',
  MAX_HP: 'max_hp',
  MP: 'max_mp',
  MMP: 'max_mp',
  MAX_MP: 'max_mp',
};

/** Effective stats of one character at one moment. */
export function oracleStats(character: Character, options: OracleOptions): Record<Stat, number> {
  const own: Gains = new Map();
  addBuffs(own, character, options);
  addPassives(own, character);
  const worn = character.assets.filter((asset) => asset.slot < 0);
  const counting = options.checkRequirements === false ? worn : qualifying(worn, character, own, options.format ?? 'T');
  const all: Gains = new Map(own);
  for (const asset of counting) all.set(`equipment:${asset.assetId}`, itemGains(asset));
  return Object.fromEntries(STATS.map((stat) => [stat, total(character, stat, all)])) as Record<Stat, number>;
}

function put(gains: Gains, source: string, stat: Stat, gain: Gain): void {
  const ofSource = gains.get(source) ?? new Map<Stat, Gain>();
  ofSource.set(stat, gain);
  gains.set(source, ofSource);
}

function addBuffs(gains: Gains, character: Character, { now, grace = 0, format = 'T' }: OracleOptions): void {
  const counts = ({ expiresAt }: Buff): boolean => expiresAt === undefined || now < expiresAt.ms + grace;
  for (const buff of character.buffs.filter(counts)) {
    const source = `buff:${buff.sourceId}`;
    for (const { type, amount } of buff.changes) {
      const value = BigInt(amount);
      const flat = FLAT_TYPES[type];
      if (flat !== undefined) put(gains, source, flat, { flat: value });
      if (type === 'HYPER_BODY_HP') put(gains, source, 'max_hp', { percent: value });
      if (type === 'HYPER_BODY_MP') put(gains, source, 'max_mp', { percent: value });
      if (type === 'MAPLE_WARRIOR') {
        for (const stat of ['strength', 'dexterity', 'intelligence', 'luck'] as const) {
          put(gains, source, stat, { basePercent: value });
        }
      }
      if (type === 'ENERGY_CHARGE' && amount === 15_000) {
        const learnt = character.skills.find((skill) => skill.skillId === buff.sourceId)?.level ?? 0;
        const level = format === 'S' || buff.level === 0 ? learnt : buff.level;
        const charged = effectOf(buff.sourceId, level)?.weaponAttack ?? 0;
        if (charged !== 0) put(gains, source, 'weapon_attack', { flat: BigInt(charged) });
      }
    }
  }
}

function addPassives(gains: Gains, character: Character): void {
  for (const { skillId, level } of character.skills) {
    if (SKILL_TEMPLATES.get(skillId)?.action !== false) continue;
    const effect = effectOf(skillId, level);
    if (effect === undefined) continue;
    const source = `passive:${skillId}`;
    const direct: readonly (readonly [Stat, number | undefined])[] = [
      ['weapon_attack', effect.weaponAttack],
      ['magic_attack', effect.magicAttack],
      ['weapon_defense', effect.weaponDefense],
      ['magic_defense', effect.magicDefense],
      ['accuracy', effect.accuracy],
      ['avoidability', effect.avoidability],
      ['speed', effect.speed],
      ['jump', effect.jump],
      ['max_hp', Math.max(0, effect.hp ?? 0)],
      ['max_mp', Math.max(0, effect.mp ?? 0)],
    ];
    for (const [stat, amount = 0] of direct) put(gains, source, stat, { flat: BigInt(amount) });
    for (const { type, amount } of effect.statups ?? []) {
      const stat = STATUP_TYPES[type];
      if (stat !== undefined) put(gains, source, stat, { flat: BigInt(amount) });
    }
  }
}

/** undefined: no such skill, or none at that level. */
function effectOf(skillId: number, level: number) {
  const skill = SKILL_TEMPLATES.get(skillId);
  return skill !== undefined && level >= 1 && level <= skill.maxLevel ? skill.effect(level) : undefined;
}

function itemGains({ stats }: Asset): Map<Stat, Gain> {
  const fields: readonly (readonly [Stat, number])[] = [
    ['strength', stats.strength],
    ['dexterity', stats.dexterity],
    ['intelligence', stats.intelligence],
    ['luck', stats.luck],
    ['max_hp', stats.hp],
    ['max_mp', stats.mp],
    ['weapon_attack', stats.weaponAttack],
    ['weapon_defense', stats.weaponDefense],
    ['magic_attack', stats.magicAttack],
    ['magic_defense', stats.magicDefense],
    ['accuracy', stats.accuracy],
    ['avoidability', stats.avoidability],
    ['speed', stats.speed],
    ['jump', stats.jump],
  ];
  return new Map(fields.filter(([, value]) => value > 0).map(([stat, value]) => [stat, { flat: BigInt(value) }]));
}

/**
 * Looks at every set of worn items: a set can be reached when it is empty, or when one of its items could be added to the
 * rest, which can be reached itself. The largest that can be reached counts.
 */
function qualifying(worn: readonly Asset[], character: Character, own: Gains, format: Format): readonly Asset[] {
  const requirementsOf = (asset: Asset): Requirements | undefined =>
    format === 'T' ? ITEM_TEMPLATES.get(asset.templateId)?.requires : undefined;
  const demanding = worn.filter((asset) => {
    const { str = 0, dex = 0, int = 0, luk = 0 } = requirementsOf(asset) ?? {};
    return str + dex + int + luk > 0;
  });
  // What the others demand, a level and a class, does not depend on what else is worn.
  const free = worn.filter((asset) => !demanding.includes(asset) && meets(requirementsOf(asset), character, own, []));
  const reachable = new Set<number>([0]);
  let best: readonly Asset[] = [];
  for (let set = 1; set < 1 << demanding.length; set++) {
    const members = demanding.filter((_, index) => (set & (1 << index)) !== 0);
    const canBeReached = demanding.some((asset, index) => {
      const bit = 1 << index;
      if ((set & bit) === 0 || !reachable.has(set ^ bit)) return false;
      const wearing = [...free, ...members.filter((member) => member !== asset)];
      return meets(requirementsOf(asset), character, own, wearing);
    });
    if (!canBeReached) continue;
    reachable.add(set);
    if (members.length > best.length) best = members;
  }
  return [...free, ...best];
}

function meets(
  requires: Requirements | undefined,
  character: Character,
  own: Gains,
  wearing: readonly Asset[],
): boolean {
  if (requires === undefined) return true;
  const classBits: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 4, 4: 8, 5: 16 };
  const hundreds = Math.floor(character.base.job / 100);
  const knows: readonly number[] = [1, 2, 3, 4, 5, 11, 12, 13, 14, 15, 21, 22];
  const bit = knows.includes(hundreds) ? (classBits[hundreds % 10] ?? 0) : 0;
  if (character.base.level < requires.level) return false;
  const isForBeginners = requires.job === -1 || requires.job === 65_535;
  if (isForBeginners ? bit !== 0 : requires.job !== 0 && (requires.job & bit) === 0) return false;
  const gains: Gains = new Map(own);
  for (const asset of wearing) gains.set(`equipment:${asset.assetId}`, itemGains(asset));
  const has = (stat: 'strength' | 'dexterity' | 'intelligence' | 'luck', required: number): boolean =>
    required <= 0 || unbounded(character, stat, gains) >= BigInt(required);
  return (
    has('strength', requires.str) &&
    has('dexterity', requires.dex) &&
    has('intelligence', requires.int) &&
    has('luck', requires.luk)
  );
}

/** The formula of `atlas` before its bounds. */
function unbounded(character: Character, stat: Stat, gains: Gains): bigint {
  const bases: Readonly<Record<string, number>> = character.base;
  const base = BigInt(bases[stat] ?? 0);
  let flat = 0n;
  let percent = 100n;
  for (const ofSource of gains.values()) {
    const gain = ofSource.get(stat);
    // BigInt division cuts towards zero, which is the rule for percents of the base.
    flat += (gain?.flat ?? 0n) + (base * (gain?.basePercent ?? 0n)) / 100n;
    percent += gain?.percent ?? 0n;
  }
  // Cuts towards zero; that is the floor of all that counts, because nothing falls below 0.
  return ((base + flat) * percent) / 100n;
}

function total(character: Character, stat: Stat, gains: Gains): number {
  const most = stat === 'max_hp' || stat === 'max_mp' ? 30_000n : 4_294_967_295n;
  const value = unbounded(character, stat, gains);
  if (value < 0n) return 0;
  return Number(value > most ? most : value);
}
