import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../test/support/process-guard.ts';
import { type Child, startChild } from './child.ts';
import { connectHttp } from './http.ts';

/** How often it is asked. A refused connection takes a tenth of that. */
const ASK_MS = 5;

/** A process that has just answered for the first time. */
export interface Started {
  readonly child: Child;
  /** Ms from the process's start to its first answer. */
  readonly ms: number;
  /** CPU time until then, ms. */
  readonly cpu: number;
}

/** Starts a program of Node that listens on REST_PORT, and asks it from then on. Standard error gets its log. */
export async function startAndAsk(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Started> {
  const port = await freePort();
  const from = performance.now();
  const child = startChild(args, { ...env, REST_PORT: String(port) });
  await child.whileAlive(answer(port));
  return { child, ms: performance.now() - from, cpu: await cpuOf(child.pid) };
}

/** Resident memory in bytes, as the kernel counts it; NaN where there is no /proc. */
export async function rssOf({ pid }: Child): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1_024;
}

/** In hundredths of a second, which is how Linux counts. */
async function cpuOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [user, system] = text.slice(text.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
  return ((user ?? Number.NaN) + (system ?? Number.NaN)) * 10;
}

async function answer(port: number): Promise<void> {
  for (;;) {
    const connection = connectHttp(port);
    const answered = await connection.text('/api/livez').then(
      () => true,
      () => false,
    );
    connection.close();
    if (answered) return;
    await delay(ASK_MS);
  }
}
