import { setTimeout as delay } from 'node:timers/promises';
import type { Prng } from '../../src/lib/prng.ts';
import { SERVICES, type Service } from '../../src/upstream/port.ts';
import type { Misbehaviour } from '../../world/misbehaviour.ts';
import type { Stage } from './stage.ts';

/** What answers name when this service fails. */
export const DEGRADED_BY: Readonly<Record<Service, readonly string[]>> = {
  characters: ['base'],
  inventory: ['equipment'],
  buffs: ['buffs'],
  skills: ['passives'],
  data: ['buffs', 'passives', 'requirements'],
};

/** How services misbehave: down, slow and wrong in all the ways that the world knows. */
const UPSTREAM_FAULTS = {
  'answers 503': { failure: { kind: 'status', status: 503, retryAfter: 1 } },
  'answers 500': { failure: { kind: 'status', status: 500 } },
  'resets connections': { failure: { kind: 'reset' } },
  hangs: { failure: { kind: 'hang' } },
  'cuts answers off': { failure: { kind: 'truncated' } },
  'answers a proxy page': { failure: { kind: 'wrong-body', body: 'not-json' } },
  'answers wrong types': { failure: { kind: 'wrong-body', body: 'wrong-types' } },
  'answers about others': { failure: { kind: 'wrong-body', body: 'other-id' } },
  'answers zeros': { failure: { kind: 'wrong-body', body: 'zeros' } },
  'is slow': { latency: [200, 1_200] },
  'is too slow': { latency: [2_100, 4_000] },
  'fails now and then': { failure: { kind: 'reset' }, probability: 0.3, latency: [0, 200] },
  'commits late': {},
} as const satisfies Record<string, Misbehaviour>;

const KINDS = Object.keys(UPSTREAM_FAULTS) as (keyof typeof UPSTREAM_FAULTS)[];

/** Every service in every trouble. */
const EVERY_FAULT = SERVICES.flatMap((service) => KINDS.map((fault) => ({ service, fault })));

/** Faults of the upstream services, one after the other. */
export interface UpstreamFaults {
  /** The next of all services' faults, in random order, for a few seconds, or until it is no longer wanted. */
  strike(isWanted: () => boolean): Promise<void>;
  /** Monotonic ms until which the service failed; Infinity: it does. One that only commits late does not fail. */
  failedUntil(service: Service): number;
  readonly struck: ReadonlyMap<string, number>;
}

/** An ordinary network: answers take a moment, and the truth in them is of some moment of it. */
const CALM: Misbehaviour = { latency: [0, 15] };
const LASTS_MS = [1_500, 5_000] as const;
/** The confirming read begins 2 s after the event (how-state-works, rule 1). */
const LAG_MS = [200, 1_800] as const;

export function createUpstreamFaults({ upstream }: Stage, prng: Prng): UpstreamFaults {
  const failedUntil = new Map<Service, number>();
  const struck = new Map<string, number>();
  let deck: (typeof EVERY_FAULT)[number][] = [];
  for (const service of SERVICES) upstream.misbehaviour[service] = CALM;

  const strike = async (isWanted: () => boolean): Promise<void> => {
    if (deck.length === 0) deck = prng.shuffle(EVERY_FAULT);
    const next = deck.pop();
    if (next === undefined) return;
    const { service, fault } = next;
    struck.set(fault, (struck.get(fault) ?? 0) + 1);
    if (fault !== 'commits late') failedUntil.set(service, Number.POSITIVE_INFINITY);
    const lag = fault === 'commits late' ? prng.between(...LAG_MS) : 0;
    upstream.misbehaviour[service] = { ...CALM, lag, ...UPSTREAM_FAULTS[fault] };
    const until = performance.now() + prng.between(...LASTS_MS);
    while (isWanted() && performance.now() < until) await delay(50);
    upstream.misbehaviour[service] = CALM;
    if (fault !== 'commits late') failedUntil.set(service, performance.now());
  };

  return {
    strike,
    failedUntil: (service) => failedUntil.get(service) ?? Number.NEGATIVE_INFINITY,
    struck,
  };
}
