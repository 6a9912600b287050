import type { SkillLevels } from '../domain/absorb.ts';
import type { SkillLevel } from '../domain/snapshot.ts';
import { BoundedMap } from '../lib/bounded-map.ts';

/** Levels that are shared; the game's end at 30. Keys up to 2^48 are exact. */
const SHARED_LEVELS = 65_536;

/**
 * Hands out one frozen object for equal skills of equal level, so that characters share it. At most `max` are remembered, then
 * the oldest goes; those in use stay valid. The game has about 1,000 skills.
 */
export function createSkillLevels(max = 20_000): SkillLevels {
  const known = new BoundedMap<number, SkillLevel>(max);
  return (skillId, level) => {
    if (level >= SHARED_LEVELS) return Object.freeze({ skillId, level });
    const key = skillId * SHARED_LEVELS + level;
    const shared = known.get(key);
    if (shared !== undefined) return shared;
    const skill = Object.freeze({ skillId, level });
    known.set(key, skill);
    return skill;
  };
}
