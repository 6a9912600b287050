import { createPrng } from '../../src/lib/prng.ts';
import type { Progress } from '../support/kafka-broker.ts';
import { layBed } from './bed.ts';
import { type BurstReport, burst } from './burst.ts';
import { type ChurnReport, churn } from './churn.ts';
import { createMessageCampaign, type MessageReport } from './message-campaign.ts';
import { inUse, type Observed, observe, observeCollected } from './observed.ts';
import { type OverloadReport, overload } from './overload.ts';
import { createRequestCampaign, type RequestReport } from './request-campaign.ts';
import { wrongAtRest } from './rest.ts';
import { internalIn, secretIn } from './secrets.ts';
import { type SheddingReport, shed } from './shedding.ts';
import { growthOf, type SoakReading, type SoakReport, slopeOf, soak } from './soak.ts';
import { type ProbeReport, startStallProbe } from './stall-probe.ts';

export interface CampaignOptions {
  readonly seed: number;
  readonly messages: number;
  readonly requests: number;
  readonly slowClients: number;
  readonly charactersPerTenant: number;
  /** Records of the burst. */
  readonly burst: number;
  /** Records of the burst that takes more than ten times as long to apply as to deliver. */
  readonly heavy: number;
  /** Characters that come and go, visitors and sessions each. */
  readonly churn: number;
  /** How long everything comes and goes with every bound filled; 0 leaves it out. */
  readonly soakMinutes: number;
  /** The bed is being made. */
  readonly onSetup?: Progress;
  /** Messages and requests so far, and what happens. */
  readonly onProgress?: (done: number, what: string) => void;
}

export interface CampaignReport {
  readonly seed: number;
  readonly seconds: number;
  readonly messages: MessageReport;
  readonly requests: RequestReport;
  readonly probe: ProbeReport;
  /** The longest delay of the service's event loop during the attacks, ms, as the service measures it. */
  readonly stallMs: number;
  /** Events that the service counted after the attacks; as many as were sent, each once. */
  readonly counted: number;
  readonly deadByReason: Readonly<Record<string, number>>;
  readonly wrongAtRest: readonly string[];
  readonly churn: ChurnReport;
  readonly burst: BurstReport;
  readonly overload: OverloadReport;
  readonly shed: SheddingReport;
  readonly soak: SoakReport | undefined;
  /** With its garbage collected, before and after all. */
  readonly before: Observed;
  readonly after: Observed;
  /** What the service logged as an error. */
  readonly defects: readonly string[];
  readonly answered500: number;
  /** Secrets in logs or metrics, internals in answers of the operators' endpoints. */
  readonly told: readonly string[];
  /** Whether the service answered after all of it, and how it ended then; null: by a signal. */
  readonly isLive: boolean;
  readonly exitCode: number | null;
}

/** Warm code and caches: what they take is not growth. */
const WARM_UP = { messages: 2_000, requests: 400 };

/** Fetched and not yet applied are 512 KB and one fetch (a producer's batch whole), and what is made of them on the way. */
const HELD_MAX_BYTES = 8 * 2 ** 20;
/** Of all memory of the process, garbage included: what the guide for operators counts on (docs/guides/operating.md). */
const RSS_MAX_BYTES = 700 * 2 ** 20;
/** Readings scatter by a MiB or two. */
const SOAK_GROWTH_MAX_BYTES = 2 * 2 ** 20;
const SOAK_SLOPE_MAX_BYTES = 0.3 * 2 ** 20;
/** Fewer readings have no trend. */
const SOAK_MINUTES_MIN = 8;

/** Attacks one service with everything, and reports what it did. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const { seed, onProgress = () => undefined } = options;
  const bed = await layBed(seed, options.charactersPerTenant, options.onSetup);
  try {
    const began = performance.now();
    const { service } = bed;
    const messages = createMessageCampaign(bed, createPrng(seed));
    const port = Number(new URL(service.origin).port);
    const requests = createRequestCampaign(port, createPrng(seed + 1), createPrng(seed + 2));
    const done = (what: string): void => onProgress(messages.report.sent + requests.report.requests, what);
    const attack = async (most: { messages: number; requests: number }): Promise<number> => {
      let stallMs = 0;
      const byMessages = async (): Promise<void> => {
        while (messages.report.sent < most.messages) {
          await messages.round();
          stallMs = Math.max(stallMs, (await observe(service)).stallMs);
          done('messages and requests');
        }
      };
      const byRequests = async (): Promise<void> => {
        while (requests.report.requests < most.requests) await requests.round(100);
      };
      await Promise.all([byMessages(), byRequests()]);
      return stallMs;
    };

    await attack(WARM_UP);
    const before = await observeCollected(service);
    const probe = startStallProbe(service.origin);
    const [stallMs] = await Promise.all([attack(options), requests.slow(options.slowClients)]);
    const probed = await probe.stop();
    const { events, deadByReason } = await observe(service);
    const sent = messages.report.sent;
    done('rest');
    const wrong = await wrongAtRest(bed);
    done('churn');
    const churned = await churn(bed, options.churn);
    done('burst');
    const burstReport = await burst(bed, options.burst);
    done('overload');
    const overloadReport = await overload(bed, options.heavy);
    done('shedding');
    const shedReport = await shed(bed);
    const after = await observeCollected(service);
    const told = await toldBy(service, after);
    const { soakMinutes: minutes } = options;
    const onReading = (reading: SoakReading): void => done(`soak, minute ${reading.minutes.toFixed(1)}`);
    const soaked = minutes === 0 ? undefined : await soak(bed, { minutes, seed: seed + 3, onReading });
    const isLive = (await service.get('/api/livez')).status === 200;
    const exitCode = await service.end();
    const log = service.output();
    const inLog = secretIn(log);
    const defects = log.split('\n').filter((line) => /"level":"(error|fatal)"/.test(line));
    return {
      seed,
      seconds: (performance.now() - began) / 1_000,
      messages: { ...messages.report, sent },
      requests: requests.report,
      probe: probed,
      stallMs,
      counted: events,
      deadByReason,
      wrongAtRest: wrong,
      churn: churned,
      burst: burstReport,
      overload: overloadReport,
      shed: shedReport,
      soak: soaked,
      before,
      after,
      defects,
      answered500: after.answered500,
      told: [...told, ...(inLog === undefined ? [] : [`the log tells ${inLog}`])],
      isLive,
      exitCode,
    };
  } finally {
    await bed.close();
  }
}

async function toldBy(service: { get(path: string): Promise<Response> }, { text }: Observed): Promise<string[]> {
  const told: string[] = [];
  const inMetrics = secretIn(text);
  if (inMetrics !== undefined) told.push(`the metrics tell ${inMetrics}`);
  for (const path of ['/api/readyz', '/api/debug/dead-letters', '/api/debug/consumers', '/api/openapi.json']) {
    const found = internalIn(await (await service.get(path)).text());
    if (found !== undefined) told.push(`${path} tells ${found}`);
  }
  return told;
}

/** What the run shows not to hold; empty: all of it holds. */
export function failuresOf(
  report: CampaignReport,
  bounds: { readonly stallMs: number; readonly grownBytes: number },
): string[] {
  const { overload: heavy, soak: soaked } = report;
  const failures = [
    ...report.messages.wrong.map((wrong) => `message: ${wrong}`),
    ...report.requests.wrong.map((wrong) => `request: ${wrong}`),
    ...report.wrongAtRest.map((wrong) => `at rest: ${wrong}`),
    ...report.burst.wrong,
    ...report.shed.wrong,
    ...(soaked?.wrong ?? []).map((wrong) => `soak: ${wrong}`),
    ...report.told,
    ...report.defects.map((line) => `logged: ${line}`),
  ];
  const holds = (condition: boolean, what: string): void => void (condition || failures.push(what));
  holds(report.isLive, 'the service did not survive');
  holds(report.exitCode === 0, `the service ended with ${report.exitCode}`);
  holds(report.answered500 === 0, `${report.answered500} answers were 500`);
  holds(report.counted === report.messages.sent, `${report.counted} events counted of ${report.messages.sent} sent`);
  holds(report.probe.failed === 0, `${report.probe.failed} probes failed`);
  holds(report.stallMs <= bounds.stallMs, `the event loop stood still for ${Math.round(report.stallMs)} ms`);
  holds(report.probe.max <= bounds.stallMs * 2, `a probe took ${Math.round(report.probe.max)} ms`);
  const growth = inUse(report.after) - inUse(report.before);
  holds(growth <= bounds.grownBytes, `memory in use grew by ${Math.round(growth / 2 ** 20)} MiB`);
  holds(
    heavy.offered >= 10 * heavy.applied,
    `the burst came only ${(heavy.offered / heavy.applied).toFixed(1)} times as fast`,
  );
  holds(heavy.heldBytes <= HELD_MAX_BYTES, `${Math.round(heavy.heldBytes / 2 ** 20)} MiB were held in the burst`);
  const rss = Math.max(report.burst.peakRssBytes, report.after.rssBytes);
  holds(rss <= RSS_MAX_BYTES, `the process took ${Math.round(rss / 2 ** 20)} MiB`);
  const stall = Math.max(report.burst.stallMs, heavy.stallMs);
  holds(stall <= bounds.stallMs, `the event loop stood still for ${Math.round(stall)} ms in a burst`);
  const slope =
    (soaked?.readings.at(-1)?.minutes ?? 0) < SOAK_MINUTES_MIN || soaked === undefined ? 0 : slopeOf(soaked);
  holds(
    slope <= SOAK_SLOPE_MAX_BYTES,
    `memory in use grew by ${(slope / 2 ** 20).toFixed(2)} MiB a minute in the soak`,
  );
  const soakGrowth = soaked === undefined ? 0 : growthOf(soaked);
  holds(
    soakGrowth <= SOAK_GROWTH_MAX_BYTES,
    `memory in use grew by ${(soakGrowth / 2 ** 20).toFixed(1)} MiB in the soak`,
  );
  return failures;
}
