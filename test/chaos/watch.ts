import { STREAMS } from '../../src/events/stream.ts';
import { pause } from './faults.ts';
import type { Stage } from './stage.ts';

/** What is counted from outside: commits as the broker has them, deliveries and joins as the service tells them. */
export interface Watch {
  readonly commitRewinds: readonly string[];
  /** Records handled by all processes together; those handled after a process's last sample are missing. */
  readonly delivered: number;
  readonly joins: number;
  /** Takes the service's figures now, e.g. before it is killed. */
  sample(): Promise<void>;
  stop(): Promise<void>;
}

const SAMPLE_EVERY_MS = 1_000;

export function startWatch({ kafka, topics, groupId, subject }: Stage): Watch {
  const committed = new Map<string, number>();
  const commitRewinds: string[] = [];
  /** Newest figures of each process, by its start. */
  const processes = new Map<number, { readonly delivered: number; readonly joins: number }>();
  let stopped = false;

  const sample = async (): Promise<void> => {
    const { starts } = subject;
    const text = await subject.text('/api/metrics');
    if (text === undefined || starts !== subject.starts) return;
    processes.set(starts, {
      delivered: sumOf(text, 'effective_stats_events_total'),
      joins: sumOf(text, 'effective_stats_feed_rebalances_total'),
    });
  };

  const lookAtCommits = async (): Promise<void> => {
    for (const stream of STREAMS) {
      for (const [partition, offset] of await kafka.allCommitted(groupId, topics[stream])) {
        const name = `${stream}/${partition}`;
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
      await pause(SAMPLE_EVERY_MS);
    }
  };
  const looping = loop();
  const total = (figure: 'delivered' | 'joins'): number =>
    [...processes.values()].reduce((sum, process) => sum + process[figure], 0);

  return {
    commitRewinds,
    get delivered() {
      return total('delivered');
    },
    get joins() {
      return total('joins');
    },
    sample,
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
