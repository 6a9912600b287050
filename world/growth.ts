import type { PRIMARY_STATS } from '../src/domain/stat.ts';
import { type ActionContext, channelOf, sendCharacterStatus } from './context.ts';
import { ZERO_TIME } from './go-time.ts';
import { type Ability, JOBS, jobClassOf, TRAITS } from './jobs.ts';
import type { Character, Who } from './model.ts';

/** What ability points can be spent on. */
export type ApTarget = Ability | 'max_hp' | 'max_mp';

/** Base stats, jobs and skills change. Truth first, then the announcement. */
export interface GrowthActions {
  levelUp(who: Who): void;
  /** Spends one ability point. Does nothing without one. */
  spendAp(who: Who, target: ApTarget): void;
  /** Takes one spent point back and spends it on something else. Does nothing when there is none to take. */
  transferAp(who: Who, from: ApTarget, to: ApTarget): void;
  changeJob(who: Who, jobId: number): void;
  changeFame(who: Who, fame: number): void;
  /** Learns the skill, or changes its level. */
  learnSkill(who: Who, skillId: number, level: number): void;
  forgetSkill(who: Who, skillId: number): void;
}

/** The least of STR, DEX, INT and LUK. */
const ABILITY_MIN = 4;
/** MaxHP and MaxMP that one ability point is worth, and the bounds of each; about right for every class. */
const POOL_PER_POINT = 16;
const POOL_MIN = 50;
const POOL_MAX = 30_000;

export function createGrowthActions(context: ActionContext): GrowthActions {
  const { history, prng, producer, format } = context;

  const change = (
    character: Character,
    gains: Partial<Record<keyof Character['base'], number>>,
    ap: number,
  ): Character => {
    const base = { ...character.base, ...gains };
    const changed = { ...character, base, ap: character.ap + ap };
    history.commit(changed);
    return changed;
  };

  /** S sends no values. Go writes the keys of a map in alphabetical order. */
  const statChanged = (
    character: Character,
    transactionId: string,
    updates: readonly string[],
    fields: readonly (typeof PRIMARY_STATS)[number][],
    channelId = channelOf(character),
  ): void => {
    const values = fields.toSorted().map((field) => [field, character.base[field]] as const);
    sendCharacterStatus(context, character, transactionId, 'STAT_CHANGED', {
      channelId,
      exclRequestSent: true,
      updates,
      values: format === 'S' || values.length === 0 ? undefined : Object.fromEntries(values),
    });
  };

  /** What follows a level-up and a job change: points and pools, in an event of their own. */
  const growPools = (before: Character, transactionId: string, levels: number): void => {
    const { hp, mp } = TRAITS[jobClassOf(before.base.job)];
    const gain = (range: readonly [number, number]): number => prng.between(levels * range[0], levels * range[1]);
    const pools = {
      max_hp: Math.min(POOL_MAX, before.base.max_hp + gain(hp)),
      max_mp: Math.min(POOL_MAX, before.base.max_mp + gain(mp)),
    };
    const after = change(before, pools, 5);
    const updates = ['AVAILABLE_AP', 'AVAILABLE_SP', 'HP', 'MAX_HP', 'MP', 'MAX_MP'];
    statChanged(after, transactionId, updates, ['intelligence', 'max_hp', 'max_mp']);
  };

  const skillStatus = (character: Character, skillId: number, type: string, body: object): void =>
    producer.send('skill', character.tenant, character.characterId, {
      transactionId: prng.uuid(),
      worldId: character.worldId,
      characterId: character.characterId,
      skillId,
      type,
      body,
    });

  return {
    levelUp(who) {
      const before = history.get(who);
      const transactionId = prng.uuid();
      const levelled = change(before, { level: before.base.level + 1 }, 0);
      const body = { channelId: channelOf(before), amount: 1, current: levelled.base.level };
      sendCharacterStatus(context, levelled, transactionId, 'LEVEL_CHANGED', body);
      statChanged(levelled, transactionId, ['LEVEL'], []);
      growPools(levelled, transactionId, 1);
    },
    spendAp(who, target) {
      const before = history.get(who);
      if (before.ap === 0) return;
      const after = change(before, { [target]: raised(before, target, 1) }, -1);
      // The real service does not know the channel here.
      statChanged(after, prng.uuid(), [target.toUpperCase(), 'AVAILABLE_AP'], [target], 0);
    },
    transferAp(who, from, to) {
      const before = history.get(who);
      const lowered = raised(before, from, -1);
      if (lowered === before.base[from]) return;
      const after = change(before, { [from]: lowered, [to]: raised(before, to, 1) }, 0);
      statChanged(after, prng.uuid(), [from.toUpperCase(), to.toUpperCase()], [from, to]);
    },
    changeJob(who, jobId) {
      const before = history.get(who);
      const transactionId = prng.uuid();
      const changed = change(before, { job: jobId }, 0);
      sendCharacterStatus(context, changed, transactionId, 'JOB_CHANGED', { channelId: channelOf(before), jobId });
      statChanged(changed, transactionId, ['JOB'], []);
      // An advancement is worth about as much as some levels.
      growPools(changed, transactionId, JOBS.get(jobId)?.from === undefined ? 1 : 8);
    },
    changeFame(who, fame) {
      const after = change(history.get(who), { fame }, 0);
      statChanged(after, prng.uuid(), ['FAME'], []);
    },
    learnSkill(who, skillId, level) {
      const character = history.get(who);
      const others = character.skills.filter((skill) => skill.skillId !== skillId);
      const type = others.length === character.skills.length ? 'CREATED' : 'UPDATED';
      history.commit({ ...character, skills: [...others, { skillId, level, masterLevel: 0 }] });
      skillStatus(character, skillId, type, { level, masterLevel: 0, expiration: ZERO_TIME });
    },
    forgetSkill(who, skillId) {
      const character = history.get(who);
      history.commit({ ...character, skills: character.skills.filter((skill) => skill.skillId !== skillId) });
      skillStatus(character, skillId, 'DELETED', {});
    },
  };
}

/** The value of what a number of points, positive or negative, is spent on. */
function raised(character: Character, target: ApTarget, points: number): number {
  const value = character.base[target];
  if (target !== 'max_hp' && target !== 'max_mp') return Math.max(ABILITY_MIN, value + points);
  return Math.max(POOL_MIN, Math.min(POOL_MAX, value + points * POOL_PER_POINT));
}
