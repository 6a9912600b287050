import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** A process of the benches, with a channel for questions. */
export interface Child {
  readonly pid: number;
  /** Sends the message and resolves with the next one that comes back. */
  ask(message: string): Promise<unknown>;
  /** Holds the process still (SIGSTOP) while others work, so that its backlog is there at once when it goes on. */
  freeze(): void;
  thaw(): void;
  /** SIGTERM, then SIGKILL after 12 s. Resolves with the ms that the end took. Idempotent. */
  end(): Promise<number>;
}

const ANSWER_DEADLINE_MS = 20_000;
const END_DEADLINE_MS = 12_000;

/** Node with the same version as the bench; what the child writes appears on standard error. */
export function startChild(args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
  const child = spawn(process.execPath, [...args], {
    stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
    env: { ...process.env, ...env },
  });
  const ended = once(child, 'exit');
  // An end that nobody waits for must not look like a defect of the bench.
  ended.catch(() => undefined);
  let ending: Promise<number> | undefined;
  const pid = child.pid;
  if (pid === undefined) throw new Error(`could not start ${args.join(' ')}`);
  return {
    pid,
    async ask(message) {
      const answer = nextMessage(child);
      child.send(message);
      return answer;
    },
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

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const signal = AbortSignal.timeout(ANSWER_DEADLINE_MS);
  const gone = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`${child.spawnargs.slice(1).join(' ')} ended with ${String(code)} instead of answering`);
  });
  gone.catch(() => undefined);
  const [message] = await Promise.race([once(child, 'message', { signal }), gone]);
  return message;
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
