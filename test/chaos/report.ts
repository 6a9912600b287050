import { duration, listed, reportTable } from '../support/report-table.ts';
import type { AilmentKind } from './healing.ts';
import type { Lie } from './readers.ts';
import { AT_ONCE, THEN_KILL } from './strikes.ts';
import type { TwinReport } from './twin.ts';

/** How long the service may take after a fault is over: 15 s for Kafka's, with a little for what comes on top. */
const RECOVERED_MS = 15_000;
/** The same, for one after the other. */
const RECOVERED_OF_SEVERAL_MS = 25_000;

/**
 * What a failing service may see (docs/explanation/correctness.md): in its worst second the 64 reads that are in flight when
 * it fails, the 16 that fail in a row until its gate opens, each with up to two repetitions where connections break, and two
 * probes; from then on one probe in 0.75 to 1.25 s.
 */
const WORST_SECOND_MAX: Readonly<Record<AilmentKind, number>> = {
  'answers 500': 82,
  hangs: 82,
  'answers wrong types': 82,
  'resets connections': 242,
};
const PROBES_PER_SECOND_MAX = 1.7;

/** 20 kills per 200,000 events at least. */
const EVENTS_PER_KILL_MAX = 10_000;

const SEVERAL: readonly string[] = [AT_ONCE, THEN_KILL];

/** Reasons why the run failed; empty: everything that the twin holds the service to was kept. */
export function failuresOf(report: TwinReport): string[] {
  const failures: string[] = [];
  const expect = (holds: boolean, what: string): void => {
    if (!holds) failures.push(what);
  };
  expect(report.reads.lies === 0, `${report.reads.lies} answers were lies`);
  expect(report.mismatches === 0, `${report.mismatches} characters were wrong at rest`);
  expect(report.reads.exact > 0, 'no answer was exact');
  expect(report.reads.undecided === 0, `${report.reads.undecided} answers could not be judged`);
  expect(report.events >= report.wanted, `it ended after ${report.events} of ${report.wanted} events`);
  const killsDue = Math.floor(report.events / EVENTS_PER_KILL_MAX);
  expect((report.faults.kill ?? 0) >= killsDue, `only ${report.faults.kill ?? 0} kills, ${killsDue} were due`);
  expect(report.reads.refused === 0, `${report.reads.refused} times 503 although the base could be had`);
  const defects = report.output.split('\n').filter((line) => line.includes('a defect: '));
  expect(defects.length === 0, `the service met defects: ${defects.slice(0, 3).join('; ')}`);
  expect(report.commitRewinds.length === 0, `commits went back: ${report.commitRewinds.join(', ')}`);
  for (const { service, failure, unhealed, worstSecond, requestsPerSecond } of report.healings) {
    expect(unhealed.length === 0, `after the ${service} service's recovery ${unhealed.length} did not heal`);
    const isBounded = worstSecond <= WORST_SECOND_MAX[failure];
    expect(isBounded, `the failing ${service} service saw ${worstSecond} requests in a second`);
    expect(
      requestsPerSecond <= PROBES_PER_SECOND_MAX,
      `the failing ${service} service saw ${requestsPerSecond.toFixed(1)} requests/s behind its gate`,
    );
  }
  for (const [fault, recoveries] of Object.entries(report.recoveries)) {
    const slowest = Math.max(...recoveries);
    const allowed = SEVERAL.includes(fault) ? RECOVERED_OF_SEVERAL_MS : RECOVERED_MS;
    expect(slowest <= allowed, `recovery took ${Math.round(slowest)} ms after: ${fault}`);
  }
  return failures;
}

export function tableOf(report: TwinReport): string {
  const { reads, ages } = report;
  const judged = reads.exact + reads.mixed + reads.degraded + reads.undecided + reads.lies;
  const rows: [string, string][] = [
    ['Seed, format', `${report.seed}, ${report.format}`],
    ['Replicas', String(report.replicas)],
    ['Seconds', report.seconds.toFixed(0)],
    ['Actions, events emitted', `${report.actions}, ${report.events}`],
    ['Records on topics', `${report.sent} (${report.duplicates} duplicates and ${report.replays} replays among them)`],
    ['Faults', listed(Object.entries(report.faults))],
    ['Upstream faults', `${report.upstreamFaults}: ${listed(Object.entries(report.struck))}`],
    ['Requests to upstream services', listed(Object.entries(report.requests))],
    ['Answers judged', `${judged}: ${reads.exact} exact, ${reads.mixed} mixed, ${reads.degraded} degraded`],
    ['Answers undecided', String(reads.undecided)],
    ['**Lies**', String(reads.lies)],
    ['503 while the base could not be had, could be had', `${reads.unavailable}, ${reads.refused}`],
    ['Answers for which no 503 was excused, because the base was held', String(reads.held)],
    ['No answer (process down or paused)', String(reads.silent)],
    ['Age of exact answers p50, p99, max', [ages.p50, ages.p99, ages.max].map(duration).join(', ')],
    ['Rests, everyone right after (max)', `${report.rests.length}, ${duration(Math.max(...report.rests))}`],
    ['**Mismatches at rest**', String(report.mismatches)],
    ...Object.entries(report.recoveries).map(([fault, recoveries]): [string, string] => {
      const sorted = recoveries.toSorted((a, b) => a - b);
      const figures = `${sorted.length}; ${duration(sorted[sorted.length >> 1] ?? 0)}, ${duration(sorted.at(-1) ?? 0)}`;
      return [`Recovery after: ${fault} (times; p50, max)`, figures];
    }),
    ...report.healings.map((healing): [string, string] => [
      `Healing: ${healing.service} ${healing.failure} (last seen failed, unhealed of; requests in worst second, per second then)`,
      `${duration(healing.failedUntil)}, ${healing.unhealed.length} of ${healing.patients}; ${healing.worstSecond}, ${healing.requestsPerSecond.toFixed(1)}`,
    ]),
    ['Commit rewinds', String(report.commitRewinds.length)],
    ['Starts', String(report.starts)],
  ];
  return reportTable(rows);
}

/** What is needed to find out why, of the first lies, refusals and mismatches. */
export function evidenceOf(report: TwinReport, most = 3): string {
  const told = (kind: string, { character, why, answer, timeline }: Lie): string =>
    `${kind} about ${character}, seed ${report.seed}: ${why}\n${answer}\n${timeline.join('\n')}`;
  const lies = report.lies.slice(0, most).map((lie) => told('LIE', lie));
  const refusals = report.refusals.slice(0, most).map((refusal) => told('REFUSAL', refusal));
  const mismatches = report.mismatched
    .slice(0, most)
    .map((each) => `WRONG AT REST: ${each.character}, seed ${report.seed}: ${each.why}\n${each.timeline.join('\n')}`);
  return [...lies, ...refusals, ...mismatches].join('\n\n');
}
