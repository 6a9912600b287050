import { PerformanceObserver } from 'node:perf_hooks';
import { answerCpu } from './answer-cpu.ts';

// Preloaded into the service. It ends when the bench is gone, and tells what it costs when asked: its CPU time, its memory
// after a collection, and the pauses that its collections made, from the second such question on.
export interface Memory {
  /** Bytes of the heap and of what it holds outside. */
  readonly heap: number;
  /** Bytes. */
  readonly rss: number;
}

/** Ms. */
const pauses: number[] = [];
const observer = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) pauses.push(duration);
});

process.on('disconnect', () => process.exit(1));
answerCpu();
process.on('message', (message) => {
  if (message === 'memory') {
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    process.send?.({ heap: heapUsed + external, rss } satisfies Memory);
  }
  if (message === 'pauses') {
    observer.observe({ entryTypes: ['gc'] });
    process.send?.(pauses.splice(0));
  }
});
