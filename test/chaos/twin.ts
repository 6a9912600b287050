import { setTimeout as delay } from 'node:timers/promises';
/**
 * The digital twin: a simulated Atlas that lives in real time, the service under test as a process on a real Kafka, readers
 * that judge every answer, and faults. A run alternates: life with faults → rest, until its events are spent.
 */
import { createPrng } from '../../src/lib/prng.ts';
import type { Format } from '../../world/model.ts';
import { type Actors, createActors } from './actors.ts';
import { createExcuses, type Excuses } from './excuses.ts';
import { createFaults, type Fault } from './faults.ts';
import { type Ailment, checkHealing, type Healing } from './healing.ts';
import { createJudge } from './judge.ts';
import { createReaders, type Lie, type ReadCounts, type Readers } from './readers.ts';
import { checkAtRest } from './rest.ts';
import { type Stage, setStage } from './stage.ts';
import { createStrikes } from './strikes.ts';
import { createTruthHistory } from './truth-history.ts';
import { createUpstreamFaults, type UpstreamFaults } from './upstream-faults.ts';
import { startWatch, type Watch } from './watch.ts';

export interface TwinOptions {
  readonly seed: number;
  /** Of events and answers: S is Atlas of February 2026, T of summer 2026 (docs/reference/events.md). */
  readonly format: Format;
  /** Records that the world emits; repetitions come on top. */
  readonly events: number;
  readonly actionsPerSecond: number;
  readonly charactersPerTenant: number;
  /** Replicas of the service under test. */
  readonly replicas: number;
  /** Records between two rests. */
  readonly restEvery: number;
  /** Gives up after this long. */
  readonly deadlineMs: number;
  /** The first faults, those of one list at the same time; random ones follow. */
  readonly faults: readonly (readonly Fault[])[];
  /** Which healings are checked at a rest, the first being 0. */
  readonly healAt: (rest: number) => readonly Ailment[];
  readonly onProgress?: (progress: TwinProgress) => void;
}

export interface TwinProgress {
  readonly events: number;
  /** How often each fault has struck. */
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
  readonly upstreamFaults: number;
  readonly reads: Readonly<ReadCounts>;
  readonly mismatches: number;
  /** What happens now. */
  readonly phase: string;
}

export interface TwinReport extends TwinProgress {
  readonly seed: number;
  readonly format: Format;
  /** Events that it was to emit. */
  readonly wanted: number;
  readonly seconds: number;
  readonly actions: number;
  readonly sent: number;
  readonly duplicates: number;
  readonly replays: number;
  readonly struck: Readonly<Record<string, number>>;
  readonly lies: readonly Lie[];
  readonly refusals: readonly Lie[];
  readonly mismatched: readonly {
    readonly character: string;
    readonly why: string;
    readonly timeline: readonly string[];
  }[];
  /** Ms until everyone was right at each rest. */
  readonly rests: readonly number[];
  /** Ms, by fault, or by how several strike (strikes.ts). */
  readonly recoveries: Readonly<Record<string, readonly number[]>>;
  readonly healings: readonly Healing[];
  /** Ms for which exact answers had been out of date, as far as the service could know. */
  readonly ages: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly commitRewinds: readonly string[];
  readonly replicas: number;
  /** Requests that each upstream service has seen. */
  readonly requests: Readonly<Record<string, number>>;
  readonly starts: number;
  /** What the service printed, its warnings. */
  readonly output: string;
}

/** More records than this in wait, and the actors pause: after an outage they are caught up with soon. */
const WAITING_MAX = 4_000;
const CALM_MS = [200, 1_500] as const;

export async function runTwin(options: TwinOptions): Promise<TwinReport> {
  const { seed } = options;
  const began = performance.now();
  const excuses: Excuses = createExcuses({
    brokerAwaySince: () => stage.brokerAwaySince,
    failedUntil: (service) => upstreamFaults.failedUntil(service),
    askUpstream: async () => void (await fetch(`${stage.upstream.url}nobody`).then((answer) => answer.arrayBuffer())),
  });
  const stage = await setStage({ ...options, onSent: excuses.sent });
  const upstreamFaults = createUpstreamFaults(stage, createPrng(seed ^ 0x0b1));
  const history = createTruthHistory(stage.world);
  const actors = createActors({
    world: stage.world,
    seed,
    prng: createPrng(seed ^ 0x0b2),
    history,
    actionsPerSecond: options.actionsPerSecond,
    takeEmitted: stage.takeEmitted,
    isHeldUp: () => stage.outbox.waiting > WAITING_MAX,
  });
  const readers = createReaders({
    world: stage.world,
    prng: createPrng(seed ^ 0x0b3),
    subjects: stage.subjects,
    history,
    judge: createJudge(options.format),
    timeline: stage.timeline,
    excuses,
  });
  const watch = startWatch(stage);
  const run = createRun({ options, stage, actors, readers, watch, upstreamFaults, excuses });
  try {
    await run.play(began + options.deadlineMs);
    return run.report((performance.now() - began) / 1_000);
  } finally {
    excuses.stop();
    await Promise.all([readers.stop(), watch.stop()]);
    await stage.close();
  }
}

interface Parts {
  readonly options: TwinOptions;
  readonly stage: Stage;
  readonly actors: Actors;
  readonly readers: Readers;
  readonly watch: Watch;
  readonly upstreamFaults: UpstreamFaults;
  readonly excuses: Excuses;
}

function createRun({ options, stage, actors, readers, watch, upstreamFaults, excuses }: Parts) {
  // Draws of their own for each purpose: how often one is asked must not change the others.
  const calmPrng = createPrng(options.seed ^ 0x0b7);
  const upstreamCalmPrng = createPrng(options.seed ^ 0x0b8);
  const healingPrng = createPrng(options.seed ^ 0x0b9);
  const healings: Healing[] = [];
  const rests: number[] = [];
  const mismatched: TwinReport['mismatched'][number][] = [];
  let phase = 'life';

  const progress = (): TwinProgress => ({
    events: stage.emitted,
    faults: strikes.struck,
    upstreamFaults: [...upstreamFaults.struck.values()].reduce((sum, count) => sum + count, 0),
    reads: readers.counts,
    mismatches: mismatched.length,
    phase,
  });
  const say = (what: string): void => {
    phase = what;
    options.onProgress?.(progress());
  };

  const strikes = createStrikes({
    stage,
    faults: createFaults(stage, options.seed),
    excuses,
    watch,
    seed: options.seed,
    planned: options.faults,
    say,
  });

  /** One trouble after the other until enough was emitted; the upstream services have theirs at the same time. */
  const disturb = async (isOver: () => boolean): Promise<void> => {
    let ended = false;
    const struckUpstream = (async () => {
      while (!ended) {
        await upstreamFaults.strike(() => !ended);
        await delay(upstreamCalmPrng.between(...CALM_MS));
      }
    })();
    while (strikes.arePlanned || !isOver()) {
      await strikes.next();
      await delay(calmPrng.between(...CALM_MS));
    }
    ended = true;
    await struckUpstream;
  };

  const rest = async (count: number): Promise<void> => {
    say('rest');
    await readers.pause();
    actors.act(() => stage.world.sweepSessions());
    await stage.outbox.flush();
    const { mismatches, ms } = await checkAtRest(stage);
    rests.push(ms);
    for (const { who, character, why } of mismatches) {
      mismatched.push({ character, why, timeline: stage.timeline.of(who) });
    }
    for (const ailment of options.healAt(count)) {
      say(`healing of ${ailment.service}`);
      healings.push(await checkHealing(stage, actors, ailment, healingPrng));
    }
    readers.resume();
  };

  return {
    async play(deadline: number): Promise<void> {
      const isLate = (): boolean => performance.now() > deadline;
      for (let count = 0; stage.emitted < options.events && !isLate(); count += 1) {
        const target = Math.min(options.events, stage.emitted + options.restEvery);
        let disturbing = true;
        const disturbed = disturb(() => stage.emitted >= target || isLate()).finally(() => {
          disturbing = false;
        });
        await actors.actWhile(() => disturbing || (stage.emitted < target && !isLate()));
        await disturbed;
        await rest(count);
      }
    },
    report(seconds: number): TwinReport {
      const { sent, duplicates, replays } = stage.outbox.counts;
      return {
        ...progress(),
        seed: options.seed,
        format: options.format,
        wanted: options.events,
        seconds,
        actions: actors.actions,
        sent,
        duplicates,
        replays,
        struck: Object.fromEntries(upstreamFaults.struck),
        lies: readers.lies,
        refusals: readers.refusals,
        mismatched,
        rests,
        recoveries: strikes.recoveries,
        healings,
        ages: quantilesOf(readers.ages),
        commitRewinds: watch.commitRewinds,
        replicas: stage.subjects.length,
        requests: Object.fromEntries(Object.entries(stage.upstream.counts)),
        starts: stage.subjects.reduce((sum, subject) => sum + subject.starts, 0),
        output: stage.subjects.map((subject) => subject.output()).join('\n'),
      };
    },
  };
}

function quantilesOf(values: readonly number[]): { p50: number; p99: number; max: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
