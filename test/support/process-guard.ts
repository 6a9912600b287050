import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** What a machine lacks to run the test bed; the message is one line that says what to install or set. */
export class PrerequisiteMissing extends Error {
  override readonly name = 'PrerequisiteMissing';
}

/** A running child of which nothing is left when its starter is gone, however that ended. */
export interface GuardedProcess {
  readonly pid: number;
  signal(name: NodeJS.Signals): void;
  /** Sends the signal and waits for the end; SIGKILL after `patienceMs`. Idempotent. */
  end(signal: NodeJS.Signals, patienceMs?: number): Promise<void>;
}

// The shell holds the reading end of a pipe whose writing end only the starter has: end of file means that the starter
// died, and then the child goes, and its directory with it. A line means that the starter ends the child by itself.
const GUARD = `"$@" </dev/null >>"$GUARD_LOG" 2>&1 &
child=$!
echo "$child"
if read -r word; then wait "$child"; else kill -KILL "$child"; rm -rf "$GUARD_DIRECTORY"; fi`;

export async function spawnGuarded(
  command: string,
  args: readonly string[],
  options: { logFile: string; directory: string },
): Promise<GuardedProcess> {
  const shell = spawn('/bin/sh', ['-c', GUARD, 'sh', command, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, GUARD_LOG: options.logFile, GUARD_DIRECTORY: options.directory },
  });
  const ended = new Promise<void>((resolve) => shell.once('exit', () => resolve()));
  const pid = await new Promise<number>((resolve, reject) => {
    shell.once('error', reject);
    shell.once('exit', () => reject(new Error(`${command} did not start`)));
    createInterface({ input: shell.stdout }).once('line', (line) => resolve(Number(line)));
  });
  shell.stdin.on('error', () => undefined);
  let ending: Promise<void> | undefined;
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(pid, name);
    } catch {
      // It is gone already.
    }
  };
  return {
    pid,
    signal,
    end(name, patienceMs = 10_000) {
      ending ??= (async () => {
        signal(name);
        shell.stdin.end('wait\n');
        const timer = setTimeout(() => signal('SIGKILL'), patienceMs);
        await ended;
        clearTimeout(timer);
      })();
      return ending;
    },
  };
}

/** Standard output and error of a command, or undefined when it is missing, fails or takes longer than `timeoutMs`. */
export function outputOf(command: string, args: readonly string[], timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: timeoutMs }, (error, stdout, stderr) =>
      resolve(error === null ? `${stdout}${stderr}` : undefined),
    );
  });
}

/** A TCP port of the loopback interface that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
