import { setTimeout as delay } from 'node:timers/promises';
import { STREAMS } from '../../src/events/stream.ts';
import type { Stage } from './stage.ts';

/** What is counted from outside: commits as the broker has them, deliveries and joins as the service tells them. */
export interface Watch {
  readonly commitRewinds: readonly string[];
  /** Records handled more than once, by all processes together; those handled between `beforeKill` and the kill are missing. */
  readonly redelivered: number;
  readonly joins: number;
  /** Records that the service has handled and whose commit it does not know of; undefined: no answer. */
  uncommitted(): Promise<number | undefined>;
  /** Takes the service's figures now. */
  sample(): Promise<void>;
  /** Notes how far the service has come. */
  beforeKill(): Promise<void>;
  /** Counts what lies between what was noted and the commits: the next process gets it again. */
  afterKill(): Promise<void>;
  stop(): Promise<void>;
}

const SAMPLE_EVERY_MS = 1_000;

export function startWatch(stage: Stage): Watch {
  const { kafka, topics, groupId, subject } = stage;
  const committed = new Map<string, number>();
  const commitRewinds: string[] = [];
  /** Newest figures of each process, by its start. */
  const processes = new Map<number, { readonly redelivered: number; readonly joins: number }>();
  /** Next offset by `topic/partition` when the service was about to be killed. */
  let positions: ReadonlyMap<string, number> = new Map();
  let redeliveredByKills = 0;
  let stopped = false;

  const sample = async (): Promise<void> => {
    const { starts } = subject;
    const text = await subject.text('/api/metrics');
    if (text === undefined || starts !== subject.starts) return;
    processes.set(starts, {
      redelivered: sumOf(text, 'effective_stats_feed_redelivered_total'),
      joins: sumOf(text, 'effective_stats_feed_rebalances_total'),
    });
  };

  const lookAtCommits = async (): Promise<void> => {
    for (const stream of STREAMS) {
      for (const [partition, offset] of await kafka.allCommitted(groupId, topics[stream])) {
        const name = `${topics[stream]}/${partition}`;
        const before = committed.get(name) ?? 0;
        if (offset < before) commitRewinds.push(`${name}: ${before} → ${offset}`);
        committed.set(name, offset);
      }
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopped) {
      await sample();
      // While no broker answers there is nothing to see.
      await lookAtCommits().catch(() => undefined);
      await delay(SAMPLE_EVERY_MS);
    }
  };
  const looping = loop();
  const total = (figure: 'redelivered' | 'joins'): number =>
    [...processes.values()].reduce((sum, process) => sum + process[figure], 0);

  return {
    commitRewinds,
    get redelivered() {
      return redeliveredByKills + total('redelivered');
    },
    get joins() {
      return total('joins');
    },
    async uncommitted() {
      const text = await subject.text('/api/metrics');
      if (text === undefined) return undefined;
      const known = offsetsOf(text, 'committed');
      return [...offsetsOf(text, 'position')].reduce((sum, [name, at]) => sum + at - (known.get(name) ?? at), 0);
    },
    sample,
    async beforeKill() {
      await sample();
      positions = offsetsOf((await subject.text('/api/metrics')) ?? '', 'position');
    },
    async afterKill() {
      // Without a broker nobody knows the commits; such a kill is not counted.
      if (stage.brokerAwaySince !== Number.POSITIVE_INFINITY) return;
      await lookAtCommits();
      for (const [name, position] of positions) {
        redeliveredByKills += Math.max(0, position - (committed.get(name) ?? position));
      }
    },
    async stop() {
      stopped = true;
      await looping;
    },
  };
}

function sumOf(metrics: string, name: string): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** By `topic/partition`. */
function offsetsOf(metrics: string, figure: 'position' | 'committed'): Map<string, number> {
  const lines = metrics.matchAll(/^effective_stats_partition_(\w+)\{topic="(.+)",partition="(\d+)"\} (\d+)$/gm);
  const ofFigure = [...lines].filter(([, name]) => name === figure);
  return new Map(ofFigure.map(([, , topic, partition, offset]) => [`${topic}/${partition}`, Number(offset)]));
}
