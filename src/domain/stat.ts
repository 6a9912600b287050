/** The fourteen stats, in the order in which answers list them. */
export const STATS = [
  'strength',
  'dexterity',
  'luck',
  'intelligence',
  'max_hp',
  'max_mp',
  'weapon_attack',
  'weapon_defense',
  'magic_attack',
  'magic_defense',
  'accuracy',
  'avoidability',
  'speed',
  'jump',
] as const;

export type Stat = (typeof STATS)[number];

/** Position of each stat in {@link STATS}. */
export const STAT_INDEX: Readonly<Record<Stat, number>> = Object.fromEntries(
  STATS.map((stat, index) => [stat, index]),
) as Record<Stat, number>;

/** The first six stats have a base value at the character service; the others have base 0. */
export const PRIMARY_STATS = ['strength', 'dexterity', 'luck', 'intelligence', 'max_hp', 'max_mp'] as const;

/** The base fields that the character service owns, each heard on its own. */
export const BASE_FIELDS = [...PRIMARY_STATS, 'level', 'job', 'fame', 'gm'] as const;

export type BaseField = (typeof BASE_FIELDS)[number];

/** All base fields, loaded. Integers; `fame` may be negative. */
export type BaseValues = Readonly<Record<BaseField, number>>;

/** Flat stat values of one worn item, by stat; zero entries left out. Never mutated. */
export type StatRow = Readonly<Partial<Record<Stat, number>>>;
