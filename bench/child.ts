import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** A process of the benches, with a channel for questions. */
export interface Child {
  readonly pid: number;
  /** Sends the message and resolves with the next one that comes back. */
  ask(message: string): Promise<unknown>;
  /** CPU time so far, ms. */
  cpu(): Promise<number>;
  /** The work's result, or a rejection as soon as the process has ended: nothing would come of waiting. */
  whileAlive<T>(work: Promise<T>): Promise<T>;
  /** Holds the process still (SIGSTOP) while others work, so that its backlog is there at once when it goes on. */
  freeze(): void;
  thaw(): void;
  /** SIGTERM, then SIGKILL after 12 s. Resolves with the ms that the end took. Idempotent. */
  end(): Promise<number>;
}

/** A collection of some GB takes seconds. */
const ANSWER_DEADLINE_MS = 60_000;
const END_DEADLINE_MS = 12_000;

/** Node with the same version as the bench; what the child writes appears on standard error. */
export function startChild(args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
  const child = spawn(process.execPath, [...args], {
    stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
    env: { ...process.env, ...env },
  });
  const ended = once(child, 'exit');
  const died = ended.then(([code, signal]) => {
    throw new Error(`${args.join(' ')} ended with ${String(code ?? signal)}`);
  });
  // An end that nobody waits for must not look like a defect of the bench.
  died.catch(() => undefined);
  let ending: Promise<number> | undefined;
  const ask = (message: string): Promise<unknown> => {
    const answer = once(child, 'message', { signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) }).then(
      ([first]) => first,
      (cause: unknown) => {
        throw new Error(`${args.join(' ')} did not answer ${message}`, { cause });
      },
    );
    child.send(message);
    return Promise.race([answer, died]);
  };
  return {
    pid: child.pid ?? 0,
    ask,
    cpu: async () => Number(await ask('cpu')),
    whileAlive: (work) => Promise.race([work, died]),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    end() {
      ending ??= endOf(child, ended);
      return ending;
    },
  };
}

/** A helper of the benches that says its port once it serves. */
export async function startServer(args: readonly string[]): Promise<{ child: Child; port: number }> {
  const child = startChild(args);
  const port = await child.ask('port');
  if (typeof port !== 'number') throw new Error(`${args.join(' ')} did not name its port`);
  return { child, port };
}

async function endOf(child: ChildProcess, ended: Promise<unknown>): Promise<number> {
  const from = performance.now();
  if (child.exitCode !== null || child.signalCode !== null) return 0;
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const patience = new AbortController();
  const killer = delay(END_DEADLINE_MS, undefined, { signal: patience.signal }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
  await ended;
  const took = performance.now() - from;
  patience.abort();
  await killer;
  return took;
}
