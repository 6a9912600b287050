import { duration, listed, mib, reportTable } from '../support/report-table.ts';
import type { CampaignReport } from './campaign.ts';
import { inUse } from './observed.ts';
import { growthOf, type SoakReport, slopeOf } from './soak.ts';

/** The run as a table, and what does not hold. */
export function reportOf(report: CampaignReport, failures: readonly string[]): string {
  const { messages, requests, probe, churn, burst, overload, soak, before, after } = report;
  const rows: readonly (readonly [string, string | number])[] = [
    ['seed', report.seed],
    ['duration', `${Math.round(report.seconds)} s`],
    ['messages: sent / good / hostile', `${messages.sent} / ${messages.good} / ${messages.hostile}`],
    ['  counted by the service', report.counted],
    ['  dead letters by reason', listed(Object.entries(report.deadByReason))],
    ['  foreseen as', listed(messages.verdicts)],
    ['  not as foreseen', messages.wrong.length],
    ['requests: sent / honest / slow clients', `${requests.requests} / ${requests.honest} / ${requests.slow}`],
    ['  more on the same connections', requests.pipelined],
    ['  answers by status', listed([...requests.statuses].sort(([a], [b]) => a - b))],
    ['  connections that ended without an answer', requests.silent],
    ['  not as foreseen', requests.wrong.length],
    ['answers 500 / errors logged', `${report.answered500} / ${report.defects.length}`],
    ['wrong at rest', report.wrongAtRest.length],
    ['event loop: longest delay', duration(report.stallMs)],
    [
      'probes: count / p50 / p99 / longest',
      `${probe.probes} / ${[probe.p50, probe.p99, probe.max].map(duration).join(' / ')}`,
    ],
    ['churn: visitors / sessions / tenants', `${churn.visitors} / ${churn.sessions} / ${churn.tenants}`],
    ['  heap at most', mib(churn.peakHeapBytes)],
    ['burst: records / size', `${burst.records} / ${mib(burst.bytes)}`],
    ['  taken in', `${Math.round(burst.rate)}/s`],
    ['  heap / RSS at most', `${mib(burst.peakHeapBytes)} / ${mib(burst.peakRssBytes)}`],
    ['  event loop: longest delay', duration(burst.stallMs)],
    ['overload: records / size', `${overload.records} / ${mib(overload.bytes)}`],
    ['  offered / applied', `${mib(overload.offered)}/s / ${mib(overload.applied)}/s`],
    ['  held at most, collected', mib(overload.heldBytes)],
    ['  event loop: longest delay, forced collections included', duration(overload.stallMs)],
    ['heap before → after, collected', `${mib(before.heapBytes)} → ${mib(after.heapBytes)}`],
    ['outside the heap before → after', `${mib(before.externalBytes)} → ${mib(after.externalBytes)}`],
    ['RSS before → after', `${mib(before.rssBytes)} → ${mib(after.rssBytes)}`],
    [
      'shedding: reads / refused / waited in vain',
      [report.shed.reads, report.shed.refused, report.shed.unavailable].join(' / '),
    ],
    ['secrets and internals told', report.told.length],
    ...(soak === undefined ? [] : soakRows(soak)),
  ];
  const verdict = failures.length === 0 ? ['all of it holds'] : failures.map((failure) => `FAILED ${failure}`);
  return [reportTable(rows), '', ...verdict].join('\n');
}

function soakRows(soak: SoakReport): [string, string | number][] {
  const used = soak.readings.map((reading) => (inUse(reading) / 2 ** 20).toFixed(1));
  const minutes = soak.readings.at(-1)?.minutes ?? 0;
  return [
    ['soak: minutes / rounds', `${minutes.toFixed(1)} / ${soak.rounds}`],
    [
      '  sessions / new tenants / visits / dead letters / requests',
      [soak.sessions, soak.tenants, soak.visits, soak.deadLetters, soak.requests].join(' / '),
    ],
    ['  in use with all bounds filled, collected, MiB', used.join(' ')],
    ['  growth / trend in the second half', `${mib(growthOf(soak))} / ${mib(slopeOf(soak))} per minute`],
    ['  not as foreseen', soak.wrong.length],
  ];
}
