import { setTimeout as delay } from 'node:timers/promises';
import { STREAMS } from '../../src/events/stream.ts';
import type { Stage } from './stage.ts';

/** What is seen from outside: commits as the broker has them. */
export interface Watch {
  readonly commitRewinds: readonly string[];
  /** Records that the service has handled and whose commit it does not know of; undefined: no answer. */
  uncommitted(): Promise<number | undefined>;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;

export function startWatch(stage: Stage): Watch {
  const { kafka, topics, variables, subjects } = stage;
  const groupId = variables['KAFKA_CONSUMER_GROUP'] ?? '';
  const committed = new Map<string, number>();
  const commitRewinds: string[] = [];
  let stopped = false;

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
      // While no broker answers there is nothing to see.
      await lookAtCommits().catch(() => undefined);
      await delay(LOOK_EVERY_MS);
    }
  };
  const looping = loop();

  return {
    commitRewinds,
    async uncommitted() {
      // Whichever replica commits, the others see it.
      const texts = await Promise.all(subjects.map((subject) => subject.text('/api/metrics')));
      if (texts.includes(undefined)) return undefined;
      const known = texts.map((text = '') => offsetsOf(text, 'committed'));
      const lags = texts.map((text = '') =>
        [...offsetsOf(text, 'position')].reduce((sum, [name, at]) => {
          const committed = Math.max(...known.map((offsets) => offsets.get(name) ?? 0));
          return sum + Math.max(0, at - (committed === 0 ? at : committed));
        }, 0),
      );
      return Math.max(...lags);
    },
    async stop() {
      stopped = true;
      await looping;
    },
  };
}

/** By `topic/partition`. */
function offsetsOf(metrics: string, figure: 'position' | 'committed'): Map<string, number> {
  const lines = metrics.matchAll(/^effective_stats_partition_(\w+)\{topic="(.+)",partition="(\d+)"\} (\d+)$/gm);
  const ofFigure = [...lines].filter(([, name]) => name === figure);
  return new Map(ofFigure.map(([, , topic, partition, offset]) => [`${topic}/${partition}`, Number(offset)]));
}
