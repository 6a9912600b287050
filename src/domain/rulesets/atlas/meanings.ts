import type { Stat } from '../../stat.ts';
import type { BuffMeaning, BuffMeanings } from '../buff-entries.ts';
import { chargedAttack, ENERGY_CHARGE } from '../energy-charge.ts';
import type { Phase } from '../evaluation.ts';
import { FLAT_TYPES } from '../stat-types.ts';

/** Most that MaxHP and MaxMP can be. */
const POOL_CAP = 30_000;

/** The order of the calculation (docs/reference/rulesets.md): everything flat, then all percents of the sum, then the limits. */
export const PHASES = [
  { name: 'base' },
  { name: 'equipment' },
  { name: 'buffs' },
  { name: 'passives' },
  { name: 'percent' },
  {
    name: 'limits',
    caps: [
      ['max_hp', POOL_CAP],
      ['max_mp', POOL_CAP],
    ],
  },
] as const satisfies readonly Phase[];

export const PHASE = { equipment: 1, buffs: 2, passives: 3, percent: 4 } as const;

/** What buffs grant (docs/reference/rulesets.md). Types that are missing here grant nothing. */
export const MEANINGS: BuffMeanings = new Map<string, BuffMeaning>([
  ...FLAT_TYPES.flatMap(([stat, names]) =>
    names.map((name) => [name, { type: stat, stats: [stat], form: 'amount', phase: PHASE.buffs }] as const),
  ),
  ['HYPER_BODY_HP', { type: 'HYPER_BODY_HP', stats: ['max_hp'], form: 'percent', phase: PHASE.percent }],
  ['HYPER_BODY_MP', { type: 'HYPER_BODY_MP', stats: ['max_mp'], form: 'percent', phase: PHASE.percent }],
  [
    'MAPLE_WARRIOR',
    {
      type: 'MAPLE_WARRIOR',
      stats: ['strength', 'dexterity', 'luck', 'intelligence'],
      form: 'basePercent',
      phase: PHASE.buffs,
    },
  ],
  [
    ENERGY_CHARGE,
    { type: ENERGY_CHARGE, stats: ['weapon_attack'], form: 'amount', phase: PHASE.buffs, value: chargedAttack },
  ],
]);

/** Which stat a passive's `statups` entry raises. Types that are missing here grant nothing. */
export const STATUP_TYPES: ReadonlyMap<string, Stat> = new Map<string, Stat>([
  ...FLAT_TYPES.flatMap(([stat, names]) => names.map((name) => [name, stat] as const)),
  ['STR', 'strength'],
  ['DEX', 'dexterity'],
  ['LUK', 'luck'],
  ['INT', 'intelligence'],
  ['HP', 'max_hp'],
  ['MHP', 'max_hp'],
  ['MAX_HP', 'max_hp'],
  ['MP', 'max_mp'],
  ['MMP', 'max_mp'],
  ['MAX_MP', 'max_mp'],
]);
