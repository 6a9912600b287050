import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const EVERY_MS = 20;

const { origin }: { origin: string } = workerData;
const latencies: number[] = [];
let failed = 0;
let stopped = false;

parentPort?.on('message', () => {
  stopped = true;
});
while (!stopped) {
  const began = performance.now();
  try {
    const answer = await fetch(`${origin}/api/livez`);
    await answer.text();
    if (answer.status !== 200) failed += 1;
  } catch {
    failed += 1;
  }
  latencies.push(performance.now() - began);
  await delay(EVERY_MS);
}
const sorted = latencies.toSorted((a, b) => a - b);
const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
parentPort?.postMessage({ probes: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1), failed });
