import { ATTRIBUTES } from '../../src/answers/stats-document.ts';
import { STATS, type Stat } from '../../src/domain/stat.ts';
import type { StatsAnswer } from './service-process.ts';

type Attributes = StatsAnswer['attributes'];

export function equals(attributes: Attributes, expected: Readonly<Record<Stat, number>>): boolean {
  return STATS.every((stat) => attributes[ATTRIBUTES[stat]] === expected[stat]);
}

/** In words, a stat each; empty: there are none. */
export function differences(attributes: Attributes, expected: Readonly<Record<Stat, number>>): readonly string[] {
  return STATS.flatMap((stat) => {
    const got = attributes[ATTRIBUTES[stat]];
    return got === expected[stat] ? [] : [`${stat} is ${got} instead of ${expected[stat]}`];
  });
}
