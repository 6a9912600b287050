import type { Part } from '../domain/part.ts';

/**
 * Where the numbers come from when somebody asks: plain counters and states that the rooms keep anyway, read at a scrape
 * and at no other time. Counters only ever rise.
 */
export interface MetricsSources {
  readonly build: { readonly version: string; readonly mode: string };
  readonly events: {
    lines(): readonly {
      readonly type: string;
      readonly outcome: string;
      readonly reason: string;
      readonly count: number;
    }[];
  };
  readonly feed: {
    health(): { readonly current: boolean };
    positions(): readonly {
      readonly topic: string;
      readonly partition: number;
      readonly position: number;
      readonly committed: number | undefined;
      readonly end: number;
    }[];
    readonly counters: {
      readonly commits: number;
      readonly commitFailures: number;
      readonly fetchFailures: number;
      readonly offsetResets: number;
    };
  };
  readonly answers: {
    /** Of stats, by what they named as degraded. */
    readonly degradedAnswers: Readonly<Record<string, number>>;
  };
  readonly refreshes: {
    /** By outcome; `drift` among them. */
    readonly counts: Readonly<Record<Part, { readonly drift: number } & Readonly<Record<string, number>>>>;
    readonly inFlight: Readonly<Record<Part, number>>;
  };
  /** By service. */
  readonly gates: Readonly<Record<string, { readonly state: 'closed' | 'open' }>>;
  readonly characters: {
    population(): { readonly residents: number; readonly visitors: number; readonly visitorsEvicted: number };
  };
  readonly deadLetters: { readonly total: number; readonly evicted: number };
  /** By name: what is remembered within a bound. */
  readonly caches: Readonly<Record<string, { readonly size: number; readonly evicted: number }>>;
}
