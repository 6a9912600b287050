import type { Prng } from '../../src/lib/prng.ts';
import { baggedAssets, type Character, isOnline } from '../../world/model.ts';
import type { World } from '../../world/world.ts';

type HardAction = (world: World, prng: Prng, character: Character) => void;

/** Sources that no game data know, with the stat types that they grant; the first collects its stats one by one. */
const COLLECTOR = { sourceId: 9_000_001, types: ['WEAPON_ATTACK', 'MAGIC_ATTACK', 'SPEED'] } as const;
const POTIONS = [
  { sourceId: -9_000_002, types: ['ACCURACY', 'AVOIDABILITY', 'JUMP'] },
  { sourceId: 9_000_003, types: ['WEAPON_DEFENSE', 'MDD'] },
  { sourceId: 9_000_004, types: ['HYPER_BODY_HP', 'HYPER_BODY_MP'] },
  { sourceId: 9_000_005, types: ['MAPLE_WARRIOR'] },
] as const;

const changesOf = (types: readonly string[], prng: Prng) =>
  types.map((type) => ({ type, amount: prng.between(1, 40) }));

/** Lapses within seconds, and may name fewer stats than the last one from its source. */
const drink: HardAction = (world, prng, character) => {
  const potion = prng.pick(POTIONS) ?? POTIONS[0];
  const types = potion.types.slice(0, prng.between(1, potion.types.length));
  const duration = prng.between(1, 30) * 1_000;
  world.applyBuff(character, { sourceId: potion.sourceId, level: 1, duration, changes: changesOf(types, prng) });
};

const collect: HardAction = (world, prng, character) => {
  const types = COLLECTOR.types.slice(0, prng.between(1, COLLECTOR.types.length));
  const { sourceId } = COLLECTOR;
  world.accumulateBuff(character, { sourceId, level: 1, duration: 60_000, changes: changesOf(types, prng) });
};

const loseOneStat: HardAction = (world, prng, character) =>
  world.expireBuff(character, COLLECTOR.sourceId, [prng.pick(COLLECTOR.types) ?? 'SPEED']);

const die: HardAction = (world, _, character) => world.expireAllBuffs(character);

const forget: HardAction = (world, prng, character) => {
  const skill = prng.pick(character.skills);
  if (skill !== undefined) world.forgetSkill(character, skill.skillId);
};

const transfer: HardAction = (world, prng, character) => {
  const [from, to] = prng.shuffle(['strength', 'dexterity', 'luck', 'intelligence', 'max_hp'] as const);
  if (from !== undefined && to !== undefined) world.transferAp(character, from, to);
};

const rollBack: HardAction = (world, prng, character) => {
  const asset = prng.pick(baggedAssets(character));
  if (asset !== undefined) world.announceRolledBackEquip(character, asset.assetId);
};

const crashChannel: HardAction = (world, prng, character) =>
  world.changeChannel(character, prng.between(0, 2), 'destroyed-late');

const sweepSessions: HardAction = (world) => world.sweepSessions();

/** How often each is done in comparison to the others: what ordinary life seldom does and what is hard to get right. */
const HARD_ACTIONS: readonly (readonly [number, HardAction])[] = [
  [20, drink],
  [12, collect],
  [8, loseOneStat],
  [3, die],
  [3, forget],
  [8, transfer],
  [6, rollBack],
  [6, crashChannel],
  [4, sweepSessions],
];

const URN = HARD_ACTIONS.flatMap(([count, action]) => Array.from({ length: count }, () => action));

/** One random action of somebody who is logged in. */
export function doSomethingHard(world: World, prng: Prng): void {
  const character = prng.pick(world.characters().filter(isOnline));
  if (character !== undefined) prng.pick(URN)?.(world, prng, character);
}
