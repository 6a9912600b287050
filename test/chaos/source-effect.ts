import { PRIMARY_STATS, STATS, type Stat } from '../../src/domain/stat.ts';
import { type Asset, type Character, type Format, NO_STATS } from '../../world/model.ts';
import { oracleStats } from '../support/oracle.ts';
import { type Rows, totalOf } from './listed-bonuses.ts';

/** Stats of somebody on whom one source can be seen alone. */
export type Effect = Readonly<Record<Stat, number>>;

/** Every stat of somebody on whom one source alone can be seen, also one that subtracts: by base or, where there is none, by gear. */
export const BARE = 1_000;

const GEAR: Asset = {
  assetId: 0,
  templateId: 0,
  slot: -1,
  stats: {
    ...NO_STATS,
    weaponAttack: BARE,
    magicAttack: BARE,
    weaponDefense: BARE,
    magicDefense: BARE,
    accuracy: BARE,
    avoidability: BARE,
    speed: BARE,
    jump: BARE,
  },
  createdAt: { ms: 0, ns: 0 },
  upgrades: 0,
  level: 0,
};

/** What these sources alone make of the stats of somebody who has nothing else. */
export function effectOf(
  sources: Partial<Pick<Character, 'assets' | 'buffs' | 'skills'>>,
  format: Format = 'T',
): Effect {
  const base = Object.fromEntries(PRIMARY_STATS.map((stat) => [stat, BARE])) as Pick<
    Character['base'],
    (typeof PRIMARY_STATS)[number]
  >;
  const { assets = [], buffs = [], skills = [] } = sources;
  const bare = { ...NOBODY, base: { ...NOBODY.base, ...base }, assets: [GEAR, ...assets], buffs, skills };
  return oracleStats(bare, { now: 0, checkRequirements: false, format });
}

/** True when an answer's rows about one source say just that effect. */
export function sameEffect(rows: Rows, effect: Effect): boolean {
  const own = [rows];
  return STATS.every((stat) => totalOf(stat, BARE, own) === effect[stat]);
}

const NOBODY: Character = {
  tenant: { id: '', region: '', majorVersion: 0, minorVersion: 0, key: '' },
  characterId: 0,
  accountId: 0,
  name: '',
  worldId: 0,
  base: {
    strength: 0,
    dexterity: 0,
    luck: 0,
    intelligence: 0,
    max_hp: 0,
    max_mp: 0,
    level: 1,
    job: 0,
    fame: 0,
    gm: 0,
  },
  hp: 0,
  mp: 0,
  ap: 0,
  compartmentId: '',
  assets: [],
  skills: [],
  buffs: [],
  everBuffed: false,
  sessions: [],
};
