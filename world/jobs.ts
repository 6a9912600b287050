/** Bits of `reqJob` (docs/reference/rulesets.md). */
export const CLASS_BITS = { beginner: 0, warrior: 1, magician: 2, bowman: 4, thief: 8, pirate: 16 } as const;

export type JobClass = keyof typeof CLASS_BITS;

export type Ability = 'strength' | 'dexterity' | 'intelligence' | 'luck';

export interface JobTraits {
  /** Where its ability points go first, and second. */
  readonly main: Ability;
  readonly second: Ability;
  /** MaxHP and MaxMP per level: least and most. */
  readonly hp: readonly [number, number];
  readonly mp: readonly [number, number];
}

/** Gains per level as published for the v83 game, without the skills that improve them. */
export const TRAITS: Readonly<Record<JobClass, JobTraits>> = {
  beginner: { main: 'strength', second: 'dexterity', hp: [12, 16], mp: [10, 12] },
  warrior: { main: 'strength', second: 'dexterity', hp: [24, 28], mp: [4, 6] },
  magician: { main: 'intelligence', second: 'luck', hp: [10, 14], mp: [22, 24] },
  bowman: { main: 'dexterity', second: 'strength', hp: [20, 24], mp: [14, 16] },
  thief: { main: 'luck', second: 'dexterity', hp: [20, 24], mp: [14, 16] },
  pirate: { main: 'strength', second: 'dexterity', hp: [22, 28], mp: [18, 23] },
};

export interface Job {
  readonly id: number;
  readonly jobClass: JobClass;
  readonly minLevel: number;
  /** The job that it is an advancement of; undefined for beginners. */
  readonly from: number | undefined;
}

/** Levels at which a job can be taken. */
const FIRST = 10;
const SECOND = 30;
const THIRD = 70;
const FOURTH = 120;

/** An explorer's class has branches, each with three advancements: 100 → 110 → 111 → 112. */
function explorers(jobClass: JobClass, first: number, branches: number): Job[] {
  const jobs: Job[] = [{ id: first, jobClass, minLevel: FIRST, from: 0 }];
  for (let branch = 1; branch <= branches; branch++) {
    const second = first + 10 * branch;
    jobs.push(
      { id: second, jobClass, minLevel: SECOND, from: first },
      { id: second + 1, jobClass, minLevel: THIRD, from: second },
      { id: second + 2, jobClass, minLevel: FOURTH, from: second + 1 },
    );
  }
  return jobs;
}

/** One of the five Cygnus knights; they have three jobs. */
function knights(jobClass: JobClass, first: number): Job[] {
  return [
    { id: first, jobClass, minLevel: FIRST, from: 1000 },
    { id: first + 10, jobClass, minLevel: SECOND, from: first },
    { id: first + 11, jobClass, minLevel: THIRD, from: first + 10 },
  ];
}

export const JOBS: ReadonlyMap<number, Job> = new Map(
  [
    { id: 0, jobClass: 'beginner', minLevel: 1, from: undefined } as const,
    ...explorers('warrior', 100, 3),
    ...explorers('magician', 200, 3),
    ...explorers('bowman', 300, 2),
    ...explorers('thief', 400, 2),
    ...explorers('pirate', 500, 2),
    { id: 1000, jobClass: 'beginner', minLevel: 1, from: undefined } as const,
    ...knights('warrior', 1100),
    ...knights('magician', 1200),
    ...knights('bowman', 1300),
    ...knights('thief', 1400),
    ...knights('pirate', 1500),
    { id: 2000, jobClass: 'beginner', minLevel: 1, from: undefined } as const,
    { id: 2100, jobClass: 'warrior', minLevel: FIRST, from: 2000 } as const,
    { id: 2110, jobClass: 'warrior', minLevel: SECOND, from: 2100 } as const,
    { id: 2111, jobClass: 'warrior', minLevel: THIRD, from: 2110 } as const,
    { id: 2112, jobClass: 'warrior', minLevel: FOURTH, from: 2111 } as const,
  ].map((job) => [job.id, job]),
);

export function jobClassOf(jobId: number): JobClass {
  return JOBS.get(jobId)?.jobClass ?? 'beginner';
}

/** The job, and all that it came from. */
export function lineageOf(jobId: number): readonly number[] {
  const from = JOBS.get(jobId)?.from;
  return from === undefined ? [jobId] : [jobId, ...lineageOf(from)];
}

/** Jobs that a character of this job and level may take next. */
export function advancementsOf(jobId: number, level: number): readonly Job[] {
  return [...JOBS.values()].filter((job) => job.from === jobId && level >= job.minLevel);
}
