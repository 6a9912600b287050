import { answerCpu } from './answer-cpu.ts';

// Preloaded into the service. It ends when the bench is gone, and tells its memory and CPU time when asked.
process.on('disconnect', () => process.exit(1));
answerCpu();
process.on('message', (message) => {
  if (message !== 'heap') return;
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.(heapUsed + external);
});
