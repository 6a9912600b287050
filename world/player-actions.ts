import type { Prng } from '../src/lib/prng.ts';
import type { ApTarget } from './growth.ts';
import { ITEM_TEMPLATES, isOverall, PANTS_SLOT, placeOf, TOP_SLOT } from './item-templates.ts';
import { advancementsOf } from './jobs.ts';
import { type Asset, baggedAssets, type Character, isOnline, wornAssets } from './model.ts';
import { suits } from './random-character.ts';
import { CONSUMABLES, ENERGY_SKILLS, FULL_ENERGY, SKILL_TEMPLATES, skillsOfJob } from './skill-templates.ts';
import type { World } from './world.ts';

/** Something that the game lets someone who is logged in do; nothing when there is no occasion for it. */
type PlayerAction = (world: World, prng: Prng, character: Character) => void;

const LEVEL_MAX = 200;
export const CHANNELS = 3;
const AP_TARGETS: readonly ApTarget[] = ['strength', 'dexterity', 'intelligence', 'luck', 'max_hp', 'max_mp'];
/** What hits add to an energy bar. */
const ENERGY_STEP = 3_750;

const castOnSelf: PlayerAction = (world, prng, character) => {
  const skill = prng.pick(character.skills.filter(({ skillId }) => SKILL_TEMPLATES.get(skillId)?.buff !== undefined));
  if (skill !== undefined) world.cast(character, skill.skillId);
};

const castOnParty: PlayerAction = (world, prng, character) => {
  const skill = prng.pick(character.skills.filter(({ skillId }) => SKILL_TEMPLATES.get(skillId)?.buff?.party === true));
  const target = prng.pick(world.characters().filter((other) => isOnline(other) && other.tenant === character.tenant));
  if (skill !== undefined) world.cast(character, skill.skillId, target);
};

const consume: PlayerAction = (world, prng, character) => world.consume(character, prng.pick(CONSUMABLES)?.itemId ?? 0);

const cancelBuff: PlayerAction = (world, prng, character) => {
  const buff = prng.pick(character.buffs);
  if (buff !== undefined) world.expireBuff(character, buff.sourceId);
};

const chargeEnergy: PlayerAction = (world, _, character) => {
  const skill = character.skills.find(({ skillId }) => ENERGY_SKILLS.includes(skillId));
  if (skill === undefined) return;
  const held = character.buffs.find((buff) => buff.sourceId === skill.skillId)?.changes[0]?.amount ?? 0;
  const amount = held === FULL_ENERGY ? 0 : Math.min(FULL_ENERGY, held + ENERGY_STEP);
  world.updateBuff(character, skill.skillId, skill.level, [{ type: 'ENERGY_CHARGE', amount }]);
};

const equip: PlayerAction = (world, prng, character) => {
  const asset = prng.pick(baggedAssets(character).filter((candidate) => isWearable(candidate, character)));
  if (asset !== undefined) world.equip(character, asset.assetId);
};

const unequip: PlayerAction = (world, prng, character) => {
  const asset = prng.pick(wornAssets(character));
  if (asset !== undefined) world.unequip(character, asset.assetId);
};

const scroll: PlayerAction = (world, prng, character) => {
  const asset = prng.pick(character.assets.filter(({ upgrades }) => upgrades > 0));
  const stat = prng.pick(['strength', 'luck', 'hp', 'weaponAttack', 'speed'] as const);
  if (asset !== undefined && stat !== undefined) world.scroll(character, asset.assetId, { [stat]: prng.between(1, 5) });
};

const loseAndFind: PlayerAction = (world, prng, character) => {
  const asset = prng.pick(character.assets);
  if (asset === undefined) return;
  world.drop(character, asset.assetId, prng.pick(['DELETED', 'EXPIRED', 'RELEASED'] as const));
  world.give(character, prng.pick([...ITEM_TEMPLATES.keys()]) ?? asset.templateId);
};

const levelUp: PlayerAction = (world, _, character) => {
  if (character.base.level < LEVEL_MAX) world.levelUp(character);
};

const advance: PlayerAction = (world, prng, character) => {
  const job = prng.pick(advancementsOf(character.base.job, character.base.level));
  if (job !== undefined) world.changeJob(character, job.id);
};

const spendAp: PlayerAction = (world, prng, character) => world.spendAp(character, prng.pick(AP_TARGETS) ?? 'strength');

const learn: PlayerAction = (world, prng, character) => {
  const skill = prng.pick(skillsOfJob(character.base.job));
  if (skill === undefined) return;
  const level = character.skills.find(({ skillId }) => skillId === skill.skillId)?.level ?? 0;
  if (level < skill.maxLevel) world.learnSkill(character, skill.skillId, level + 1);
};

const changeChannel: PlayerAction = (world, prng, character) =>
  world.changeChannel(character, prng.between(0, CHANNELS - 1));

const sendIrrelevantEvent: PlayerAction = (world, _, character) => world.sendIrrelevantEvent(character);

/** How often each is done in comparison to the others. */
export const PLAYER_ACTIONS: readonly (readonly [number, PlayerAction])[] = [
  [30, sendIrrelevantEvent],
  [12, castOnSelf],
  [4, castOnParty],
  [5, consume],
  [8, cancelBuff],
  [5, chargeEnergy],
  [10, equip],
  [4, unequip],
  [1, scroll],
  [1, loseAndFind],
  [1, levelUp],
  [1, advance],
  [4, spendAp],
  [3, learn],
  [4, changeChannel],
];

/** The game refuses what one does not qualify for; random play does not put pants over an overall either. */
function isWearable({ templateId }: Asset, character: Character): boolean {
  const template = ITEM_TEMPLATES.get(templateId);
  if (template === undefined || !suits(template, character.base)) return false;
  const top = character.assets.find(({ slot }) => slot === TOP_SLOT);
  return placeOf(templateId).slot !== PANTS_SLOT || !isOverall(top?.templateId ?? 0);
}
