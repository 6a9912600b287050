import { PRIMARY_STATS, STATS, type Stat } from '../../src/domain/stat.ts';
import type { Character } from '../../src/world/truth.ts';
import { oracleStats } from '../support/oracle.ts';
import { type Rows, totalOf } from './listed-bonuses.ts';

/** Stats of somebody on whom one source can be seen alone. */
export type Effect = Readonly<Record<Stat, number>>;

/** Somebody with round stats, so that the effect of one source alone can be seen in the totals. */
const BARE_BASE = 1_000;

/** What these sources alone make of the stats of somebody who has nothing else. */
export function effectOf(sources: Partial<Pick<Character, 'assets' | 'buffs' | 'skills'>>): Effect {
  const base = Object.fromEntries(PRIMARY_STATS.map((stat) => [stat, BARE_BASE])) as Pick<
    Character['base'],
    (typeof PRIMARY_STATS)[number]
  >;
  const bare = { ...NOBODY, base: { ...NOBODY.base, ...base }, ...sources };
  return oracleStats(bare, { now: 0, checkRequirements: false });
}

/** True when an answer's rows about one source say just that effect. */
export function sameEffect(rows: Rows, effect: Effect): boolean {
  const own = [rows];
  return STATS.every((stat) => totalOf(stat, bareBase(stat), own) === effect[stat]);
}

export function bareBase(stat: Stat): number {
  return PRIMARY_STATS.some((primary) => primary === stat) ? BARE_BASE : 0;
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

/** What nobody has without any source. */
export const BARE: Effect = effectOf({});
