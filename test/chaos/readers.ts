import { setTimeout as delay } from 'node:timers/promises';
import type { Prng } from '../../src/lib/prng.ts';
import { isOnline, type Who } from '../../world/model.ts';
import type { World } from '../../world/world.ts';
import type { StatsAnswer } from '../support/service-process.ts';
import type { Excuses } from './excuses.ts';
import type { Judge, Verdict } from './judge.ts';
import type { Subject } from './subject.ts';
import type { Timeline } from './timeline.ts';
import { nameOf, type TruthHistory, toldAt } from './truth-history.ts';

export interface Lie {
  readonly character: string;
  readonly why: string;
  readonly answer: string;
  readonly timeline: readonly string[];
}

/** How reads were answered. */
export interface ReadCounts {
  exact: number;
  mixed: number;
  degraded: number;
  undecided: number;
  unavailable: number;
  /** 503 although the character service answered and the service has been up for a while, or although the base was held. */
  refused: number;
  /** Answers about characters who must be held with their base, for whom no 503 is excused. */
  held: number;
  /** The service was down or paused. */
  silent: number;
  lies: number;
}

/** Clients that read random characters all the time and judge every answer. */
export interface Readers {
  readonly counts: Readonly<ReadCounts>;
  /** The first ones, with all that is known about them. */
  readonly lies: readonly Lie[];
  /** The first 503 that nothing excuses. */
  readonly refusals: readonly Lie[];
  /** Ms for which exact answers had been out of date, as far as the service could know. */
  readonly ages: readonly number[];
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
}

export interface ReadersOptions {
  readonly world: World;
  readonly prng: Prng;
  readonly subjects: readonly Subject[];
  readonly history: TruthHistory;
  readonly judge: Judge;
  readonly timeline: Timeline;
  readonly excuses: Excuses;
}

const READERS = 8;
const PAUSE_MS = [2, 25] as const;
const LIES_KEPT = 20;
const REFUSALS_KEPT = 3;
const AGES_MAX = 200_000;

export function createReaders(options: ReadersOptions): Readers {
  const { world, prng, subjects, history, judge, timeline, excuses } = options;
  const counts: ReadCounts = {
    exact: 0,
    mixed: 0,
    degraded: 0,
    undecided: 0,
    unavailable: 0,
    refused: 0,
    held: 0,
    silent: 0,
    lies: 0,
  };
  const lies: Lie[] = [];
  const refusals: Lie[] = [];
  const ages: number[] = [];
  let paused = false;
  let stopped = false;
  let reading = 0;

  const note = (who: Who, answer: StatsAnswer, verdict: Verdict, begun: number): void => {
    timeline.add(who, () => `answer to a request ${ago(begun)}: ${verdict.kind}, degraded [${answer.degraded}]`);
    if (verdict.kind === 'exact') {
      counts.exact += 1;
      if (ages.length < AGES_MAX) ages.push(Math.max(0, begun - toldAt(verdict.truth)));
    } else if (verdict.kind !== 'lie') counts[verdict.kind] += 1;
    else {
      counts.lies += 1;
      if (lies.length < LIES_KEPT) lies.push(evidenceOf(who, answer, verdict.why));
    }
  };

  const evidenceOf = (who: Who, { body }: StatsAnswer, why: string): Lie => ({
    character: nameOf(who),
    why,
    answer: body,
    timeline: timeline.of(who),
  });

  const read = async (subject: Subject, who: Who): Promise<void> => {
    const begun = performance.now();
    const { startedAt } = subject;
    const answer = await subject.ask(who);
    if (answer === undefined) {
      counts.silent += 1;
      return;
    }
    const mustHave = startedAt === subject.startedAt && excuses.mustHaveBase(subject, who);
    if (mustHave) counts.held += 1;
    if (answer.status === 503) {
      const excused = !mustHave && excuses.mayLackBase(subject);
      if (excused) counts.unavailable += 1;
      else counts.refused += 1;
      timeline.add(who, () => `answer to a request ${ago(begun)}: 503`);
      if (!excused && refusals.length < REFUSALS_KEPT) {
        refusals.push(
          evidenceOf(who, answer, `replica ${subjects.indexOf(subject)}: 503 although the base could be had`),
        );
      }
      return;
    }
    if (answer.status === 200) excuses.answered(subject, who, startedAt, begun);
    const truths = history.of(who, excuses.mayBeBelieved(begun));
    const past = history.of(who, () => true);
    const verdict: Verdict =
      answer.status === 200
        ? judge({ answer, truths, past, retold: excuses.retold(who), endedAt: Date.now() })
        : { kind: 'lie', why: `status ${answer.status}` };
    note(who, answer, verdict, begun);
  };

  const loop = async (): Promise<void> => {
    while (!stopped) {
      const who = paused ? undefined : prng.pick(world.characters().filter(isOnline));
      const subject = prng.pick(subjects);
      if (who !== undefined && subject !== undefined) {
        reading += 1;
        await read(subject, who).finally(() => {
          reading -= 1;
        });
      }
      await delay(prng.between(...PAUSE_MS));
    }
  };
  const loops = Array.from({ length: READERS }, loop);

  return {
    counts,
    lies,
    refusals,
    ages,
    async pause() {
      paused = true;
      while (reading > 0) await delay(5);
    },
    resume() {
      paused = false;
    },
    async stop() {
      stopped = true;
      await Promise.all(loops);
    },
  };
}

function ago(begun: number): string {
  return `made ${Math.round(performance.now() - begun)} ms before`;
}
