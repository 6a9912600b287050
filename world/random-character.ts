import type { BaseValues } from '../src/domain/stat.ts';
import type { Tenant } from '../src/domain/tenant.ts';
import type { Prng } from '../src/lib/prng.ts';
import { ITEM_TEMPLATES, type ItemTemplate, isOverall, PANTS_SLOT, placeOf, TOP_SLOT } from './item-templates.ts';
import { CLASS_BITS, JOBS, jobClassOf, lineageOf, TRAITS } from './jobs.ts';
import type { Asset, Character, LearntSkill } from './model.ts';
import { skillsOfJob } from './skill-templates.ts';

const LEVEL_MAX = 180;
/** Points that a character begins with, and gets with every level. */
const FIRST_AP = 9;
const LEVEL_AP = 5;
/** The least of an ability. */
const ABILITY_MIN = 4;
/** Items are older than the events about them. */
const ITEM_AGE_MAX_MS = 100 * 24 * 3_600_000;

/** Someone with a plausible job, level, stats, skills and gear, offline and not buffed. */
export function randomCharacter(
  tenant: Tenant,
  characterId: number,
  prng: Prng,
  now: number,
  nextAssetId: () => number,
): Character {
  const level = prng.between(1, LEVEL_MAX);
  const reachable = [...JOBS.values()].filter((job) => job.minLevel <= level && level < job.minLevel + 80);
  const job = prng.pick(reachable)?.id ?? 0;
  const base = baseOf(job, level, prng);
  return {
    tenant,
    characterId,
    accountId: characterId,
    name: nameOf(prng),
    worldId: 0,
    base,
    hp: base.max_hp,
    mp: base.max_mp,
    ap: prng.between(0, 20),
    compartmentId: prng.uuid(),
    assets: gearOf(base, prng, now, nextAssetId),
    skills: skillsOf(job, prng),
    buffs: [],
    everBuffed: false,
    sessions: [],
  };
}

function baseOf(job: number, level: number, prng: Prng): BaseValues {
  const traits = TRAITS[jobClassOf(job)];
  const points = FIRST_AP + LEVEL_AP * (level - 1);
  const second = Math.min(points, prng.between(level, 1 + Math.ceil(1.4 * level)));
  const abilities = { strength: ABILITY_MIN, dexterity: ABILITY_MIN, luck: ABILITY_MIN, intelligence: ABILITY_MIN };
  abilities[traits.main] += points - second;
  abilities[traits.second] += second;
  const { hp, mp } = traits;
  return {
    ...abilities,
    max_hp: Math.min(30_000, 50 + prng.between(level * hp[0], level * hp[1]) + 200 * lineageOf(job).length),
    max_mp: Math.min(30_000, 5 + prng.between(level * mp[0], level * mp[1]) + 50 * lineageOf(job).length),
    level,
    job,
    fame: prng.between(-5, 60),
    gm: prng.chance(0.02) ? 1 : 0,
  };
}

function skillsOf(job: number, prng: Prng): LearntSkill[] {
  return skillsOfJob(job)
    .filter(() => prng.chance(0.8))
    .map(({ skillId, maxLevel }) => ({ skillId, level: prng.between(1, maxLevel), masterLevel: 0 }));
}

/** Meets what the template demands by base stats alone; good enough for picking gear. */
export function suits(template: ItemTemplate, base: BaseValues): boolean {
  const { level, job, str, dex, int, luk } = template.requires;
  const ableTo = base.strength >= str && base.dexterity >= dex && base.intelligence >= int && base.luck >= luk;
  return isOpenTo(job, base) && base.level >= level && ableTo;
}

function isOpenTo(classBits: number, base: BaseValues): boolean {
  return classBits === 0 || (classBits & CLASS_BITS[jobClassOf(base.job)]) !== 0;
}

/** Wears about one suitable item per slot, and carries some more of any kind that its class can use. */
function gearOf(base: BaseValues, prng: Prng, now: number, nextAssetId: () => number): Asset[] {
  const suitable = prng.shuffle([...ITEM_TEMPLATES.values()].filter((template) => suits(template, base)));
  const worn = new Map<number, ItemTemplate>();
  for (const template of suitable) {
    const { slot } = placeOf(template.templateId);
    if (!worn.has(slot) && prng.chance(0.85)) worn.set(slot, template);
  }
  if (isOverall(worn.get(TOP_SLOT)?.templateId ?? 0)) worn.delete(PANTS_SLOT);
  const ofClass = [...ITEM_TEMPLATES.values()].filter(({ requires }) => isOpenTo(requires.job, base));
  const bagged = prng.shuffle(ofClass).slice(0, prng.between(3, 8));
  return [
    ...[...worn].map(([slot, template]) => assetOf(template, slot, prng, now, nextAssetId())),
    ...bagged.map((template, index) => assetOf(template, index + 1, prng, now, nextAssetId())),
  ];
}

function assetOf(template: ItemTemplate, slot: number, prng: Prng, now: number, assetId: number): Asset {
  const gained = template.upgrades > 0 ? prng.between(0, 3) : 0;
  const { stats } = template;
  return {
    assetId,
    templateId: template.templateId,
    slot,
    stats: stats.weaponAttack > 0 ? { ...stats, weaponAttack: stats.weaponAttack + gained } : stats,
    createdAt: { ms: Math.floor(now) - prng.between(0, ITEM_AGE_MAX_MS), ns: prng.between(0, 999) * 1_000 },
    upgrades: template.upgrades - gained,
    level: gained,
  };
}

const SYLLABLES = ['ka', 'lo', 'ri', 'mu', 'ne', 'sha', 'to', 'vi', 'ar', 'en', 'ox', 'il'] as const;

function nameOf(prng: Prng): string {
  const count = prng.between(2, 4);
  const name = Array.from({ length: count }, () => prng.pick(SYLLABLES) ?? '').join('');
  return name.charAt(0).toUpperCase() + name.slice(1);
}
