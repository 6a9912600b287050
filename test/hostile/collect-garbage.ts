/** Preloaded into the service under test: on SIGUSR2 it collects its garbage, and prints the bytes in use in the heap and outside. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
process.on('SIGUSR2', () => {
  collect();
  // Buffers that it has found are freed aside, and are only certain to be when the next collection begins.
  collect();
  const { heapUsed, external } = process.memoryUsage();
  process.stderr.write(`collected ${heapUsed} ${external}\n`);
});
