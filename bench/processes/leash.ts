// Preloaded into the service. It ends when the bench is gone, and tells how much memory it holds when asked.
process.on('disconnect', () => process.exit(1));
process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.(heapUsed + external);
});
