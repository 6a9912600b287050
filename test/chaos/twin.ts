import { setTimeout as delay } from 'node:timers/promises';
/**
 * The digital twin: a simulated Atlas that lives in real time, the service under test as a process on a real Kafka, readers
 * that judge every answer, and faults. A run alternates: life with faults → rest, until its events are spent.
 */
import { createPrng } from '../../src/lib/prng.ts';
import type { Format } from '../../src/world/truth.ts';
import { type Actors, createActors } from './actors.ts';
import { createFaults, type Fault, type Faults, mayCoincide } from './faults.ts';
import { type Ailment, checkHealing, type Healing } from './healing.ts';
import { createJudge } from './judge.ts';
import { watchOwnLag } from './own-lag.ts';
import { createReaders, type Lie, type ReadCounts, type Readers } from './readers.ts';
import { recoveryTime } from './recovery.ts';
import { checkAtRest } from './rest.ts';
import { type Stage, setStage } from './stage.ts';
import { createTruthHistory } from './truth-history.ts';
import { createUpstreamFaults, type UpstreamFaults } from './upstream-faults.ts';
import { startWatch, type Watch } from './watch.ts';

export interface TwinOptions {
  readonly seed: number;
  /** Of events and answers: S that of the seed's time, T today's (contract). */
  readonly format: Format;
  /** Records that the world emits; repetitions come on top. */
  readonly events: number;
  readonly actionsPerSecond: number;
  readonly charactersPerTenant: number;
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
  readonly mismatched: readonly {
    readonly character: string;
    readonly why: string;
    readonly timeline: readonly string[];
  }[];
  /** Ms until everyone was right at each rest. */
  readonly rests: readonly number[];
  /** Residents at each rest of whose logging out the service could not know. */
  readonly lingering: readonly number[];
  /** By fault, {@link AT_ONCE} or {@link THEN_KILL}. */
  readonly recoveries: Readonly<Record<string, readonly Readonly<Recovery>[]>>;
  readonly healings: readonly Healing[];
  /** Ms for which exact answers had been out of date, as far as the service could know. */
  readonly ages: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly commitRewinds: readonly string[];
  readonly redelivered: number;
  readonly joins: number;
  readonly starts: number;
  /** What the service printed, its warnings. */
  readonly output: string;
}

export interface Recovery {
  /** Until it was over. */
  readonly ms: number;
  /** Records that were delivered again until the next fault: a group may notice late that it has lost a member. */
  again: number;
}

/** Faults that struck at the same time. */
export const AT_ONCE = 'several at once';
/** A kill that came before the fault before it was recovered from. */
export const THEN_KILL = 'any, at once a kill';

/** More records than this in wait, and the actors pause: after an outage they are caught up with soon. */
const WAITING_MAX = 4_000;
const CALM_MS = [200, 1_500] as const;
/** At least 20 in 200,000. */
const EVENTS_PER_KILL = 9_000;
/** How often each fault strikes in comparison to the others; the long ones seldom. */
const URN = (
  [
    [8, 'kill'],
    [2, 'broker restart'],
    [1, 'broker frozen'],
    [1, 'broker killed'],
    [3, 'members come and go'],
    [2, 'member killed'],
    [1, 'process paused'],
    [3, 'service clock'],
    [3, 'producer clock'],
    [4, 'topic delay'],
  ] as const
).flatMap(([count, fault]) => Array.from({ length: count }, (): Fault => fault));

/** Shares of the faults that do not strike alone. */
const AT_ONCE_SHARE = 0.2;
const THEN_KILL_SHARE = 0.15;

export async function runTwin(options: TwinOptions): Promise<TwinReport> {
  const { seed } = options;
  const began = performance.now();
  const stage = await setStage(seed, options.charactersPerTenant, options.format);
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
  let upSince = performance.now();
  const lag = watchOwnLag(LATE_MS);
  const readers = createReaders({
    world: stage.world,
    prng: createPrng(seed ^ 0x0b3),
    subject: stage.subject,
    history,
    judge: createJudge(options.format),
    timeline: stage.timeline,
    brokerAwaySince: () => stage.brokerAwaySince,
    sessionEnds: stage.sessionEnds,
    baseCanBeHad: () =>
      !upstreamFaults.isTroubled('characters') && performance.now() > Math.max(upSince, lag.lateAt) + UP_FOR_MS,
  });
  const watch = startWatch(stage);
  const noteUp = (isUp: boolean): void => {
    upSince = isUp ? performance.now() : Number.POSITIVE_INFINITY;
  };
  const parts = { options, stage, actors, readers, watch, upstreamFaults, noteUp };
  const run = createRun(parts, createFaults(stage, seed, watch));
  try {
    await run.play(began + options.deadlineMs);
    await watch.sample();
    return run.report((performance.now() - began) / 1_000);
  } finally {
    lag.stop();
    await Promise.all([readers.stop(), watch.stop()]);
    await stage.close();
  }
}

/** A service that has just come up, or back from a pause, has to load everything anew. */
const UP_FOR_MS = 5_000;
/** A process that is late by so much answers for the character service too late to be read within READ_WAIT. */
const LATE_MS = 500;

interface Parts {
  readonly options: TwinOptions;
  readonly stage: Stage;
  readonly actors: Actors;
  readonly readers: Readers;
  readonly watch: Watch;
  readonly upstreamFaults: UpstreamFaults;
  /** Told when the process goes and comes. */
  readonly noteUp: (isUp: boolean) => void;
}

function createRun({ options, stage, actors, readers, watch, upstreamFaults, noteUp }: Parts, faults: Faults) {
  // Draws of their own for each purpose: how often one is asked must not change the others.
  const prng = createPrng(options.seed ^ 0x0b4);
  const calmPrng = createPrng(options.seed ^ 0x0b5);
  const upstreamCalmPrng = createPrng(options.seed ^ 0x0b6);
  const samplePrng = createPrng(options.seed ^ 0x0b7);
  const healingPrng = createPrng(options.seed ^ 0x0b8);
  const struck: Partial<Record<Fault, number>> = {};
  const recoveries: Record<string, Recovery[]> = {};
  let latest: Recovery | undefined;
  let redelivered = 0;
  const healings: Healing[] = [];
  const rests: number[] = [];
  const lingering: number[] = [];
  const mismatched: TwinReport['mismatched'][number][] = [];
  const first = [...options.faults];
  let phase = 'life';

  const nextFaults = (): readonly Fault[] => {
    const killsDue = stage.emitted / EVENTS_PER_KILL;
    if ((struck.kill ?? 0) < killsDue) return ['kill'];
    const planned = first.shift();
    if (planned !== undefined) return planned;
    const fault = prng.pick(URN) ?? 'kill';
    const other = prng.chance(AT_ONCE_SHARE) ? prng.pick(URN.filter((each) => mayCoincide(each, fault))) : undefined;
    return other === undefined ? [fault] : [fault, other];
  };

  const progress = (): TwinProgress => ({
    events: stage.emitted,
    faults: struck,
    upstreamFaults: [...upstreamFaults.struck.values()].reduce((sum, count) => sum + count, 0),
    reads: readers.counts,
    mismatches: mismatched.length,
    phase,
  });
  const say = (what: string): void => {
    phase = what;
    options.onProgress?.(progress());
  };

  const strike = async (together: readonly Fault[]): Promise<void> => {
    say(together.join(' + '));
    for (const fault of together) struck[fault] = (struck[fault] ?? 0) + 1;
    const halts = together.some((fault) => fault === 'kill' || fault === 'process paused');
    if (halts) noteUp(false);
    await Promise.all(together.map((fault) => faults[fault]()));
    if (halts) noteUp(true);
  };

  /** What came again since the last call is of the latest fault. */
  const noteRedelivered = async (): Promise<void> => {
    await watch.sample();
    if (latest !== undefined) latest.again += watch.redelivered - redelivered;
    ({ redelivered } = watch);
  };

  const strikeNext = async (): Promise<void> => {
    await noteRedelivered();
    const isPlanned = first.length > 0;
    const together = nextFaults();
    await strike(together);
    const thenKill = !isPlanned && prng.chance(THEN_KILL_SHARE);
    if (thenKill) await strike(['kill']);
    say(`after ${together.join(' + ')}${thenKill ? ' + kill' : ''}`);
    const ms = await recoveryTime(stage, upstreamFaults, samplePrng);
    const alone = together.length > 1 ? AT_ONCE : (together[0] ?? AT_ONCE);
    const name = thenKill ? THEN_KILL : alone;
    latest = { ms, again: 0 };
    recoveries[name] = [...(recoveries[name] ?? []), latest];
    say('life');
  };

  /** One trouble after the other until enough was emitted; the upstream services have theirs at the same time. */
  const disturb = async (isOver: () => boolean): Promise<void> => {
    let ended = false;
    const struckUpstream = (async () => {
      while (!ended) {
        await upstreamFaults.strike(() => !ended);
        await delay(upstreamCalmPrng.between(...CALM_MS));
      }
    })();
    while (first.length > 0 || !isOver()) {
      await strikeNext();
      await delay(calmPrng.between(...CALM_MS));
    }
    ended = true;
    await struckUpstream;
  };

  const rest = async (count: number): Promise<void> => {
    say('rest');
    await noteRedelivered();
    await readers.pause();
    actors.act(() => stage.world.sweepSessions());
    await stage.outbox.flush();
    const { mismatches, lingering: stayed, ms } = await checkAtRest(stage);
    rests.push(ms);
    lingering.push(stayed);
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
        mismatched,
        rests,
        lingering,
        recoveries,
        healings,
        ages: quantilesOf(readers.ages),
        commitRewinds: watch.commitRewinds,
        redelivered: watch.redelivered,
        joins: watch.joins,
        starts: stage.subject.starts,
        output: stage.subject.output(),
      };
    },
  };
}

function quantilesOf(values: readonly number[]): { p50: number; p99: number; max: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
