import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Latencies, in ms, of a client that asks for the time of day while others attack. */
export interface ProbeReport {
  readonly probes: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly failed: number;
}

export interface StallProbe {
  stop(): Promise<ProbeReport>;
}

/** Asks `/api/livez` every 20 ms, from a thread of its own: what it measures is the service, not the generator. */
export function startStallProbe(origin: string): StallProbe {
  const worker = new Worker(new URL('stall-probe-thread.ts', import.meta.url), { workerData: { origin } });
  return {
    async stop() {
      const ended = once(worker, 'message');
      worker.postMessage('stop');
      const [report]: ProbeReport[] = await ended;
      await worker.terminate();
      if (report === undefined) throw new Error('the probe has nothing to report');
      return report;
    },
  };
}
